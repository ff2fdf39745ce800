//! One parser's process: feeds it until the time is up.

use crate::mutate::{Damage, damaged};
use crate::targets::{Target, files};
use nix::sys::resource::{Resource, setrlimit};
use nix::time::{ClockId, clock_gettime};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What the process may have: a few dozen times the longest input, and the program itself.
pub(crate) const MEMORY: u64 = 256 << 20;
/// For one input of at most [`crate::mutate::LONGEST`] bytes.
const SLOWEST: Duration = Duration::from_secs(1);
/// For what is neither finished nor slow: an endless loop.
const ENDLESS: Duration = Duration::from_secs(10);

/// What is being parsed, and since when.
type Current = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

pub(crate) fn feed(target: &Target, time: Duration, seed: u64, failures: &Path) -> anyhow::Result<ExitCode> {
    setrlimit(Resource::RLIMIT_AS, MEMORY, MEMORY)?;
    // The message of a panic is said once, with its input.
    std::panic::set_hook(Box::new(|_| {}));
    let current = Current::default();
    watch(Arc::clone(&current), target.name, failures.to_owned());
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().zip(seed.to_le_bytes()) {
        *place = byte;
    }
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config.clone(), rng);
    let (end, mut inputs) = (Instant::now() + time, 0_u64);
    while Instant::now() < end {
        let outcome = runner.run(&damaged(target.seeds), |damage: Damage| {
            let input = damage.apply(target.seeds);
            try_one(target, &input, &current).map_err(TestCaseError::fail)
        });
        // A runner ends for good after its cases.
        let rng = runner.new_rng();
        runner = TestRunner::new_with_rng(config.clone(), rng);
        inputs += 64;
        if let Err(TestError::Fail(why, damage)) = outcome {
            let place = leave(failures, target.name, &damage.apply(target.seeds));
            eprintln!("{}: {why}; {}", target.name, place.display());
            files::clear();
            return Ok(ExitCode::FAILURE);
        }
    }
    files::clear();
    println!("{:<40} {inputs:>9} inputs", target.name);
    Ok(ExitCode::SUCCESS)
}

fn try_one(target: &Target, input: &[u8], current: &Current) -> Result<(), String> {
    let (started, used) = (Instant::now(), thread_time());
    *current.lock().unwrap_or_else(PoisonError::into_inner) = Some((started, input.to_vec()));
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    *current.lock().unwrap_or_else(PoisonError::into_inner) = None;
    match outcome {
        Err(_) => Err("panicked".to_owned()),
        Ok(()) => match thread_time().saturating_sub(used) {
            used if used > SLOWEST => Err(format!("took {} ms", used.as_millis())),
            _ => Ok(()),
        },
    }
}

/// The processor's time of this thread: the machine may be busy with other things.
fn thread_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

/// Ends the process when one input takes for ever.
fn watch(current: Current, name: &'static str, failures: PathBuf) {
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(1));
            let current = current.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((started, input)) = current.as_ref()
                && started.elapsed() > ENDLESS
            {
                eprintln!("{name}: does not end; {}", leave(&failures, name, input).display());
                std::process::abort();
            }
        }
    });
}

fn leave(failures: &Path, name: &str, input: &[u8]) -> PathBuf {
    let place = failures.join(name.replace('/', "-"));
    if let Err(error) = fs::write(&place, input) {
        eprintln!("{}: {error}", place.display());
    }
    place
}
