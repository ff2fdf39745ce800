//! `airlock task test`: tasks on mocked machines and recordings, against what is expected of them.

mod case;
mod compare;
mod junit;
mod show;

use crate::cli::inventory::folders;
use crate::exit::{Failed, Usage};
use crate::policies::Places;
use crate::run::Engine;
use crate::terminal;
use airlock_native::write_document;
use anyhow::Context;
use case::{Case, find};
use clap::Args;
use compare::{Tested, Tests};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

#[derive(Debug, Args)]
#[command(after_help = "\
A case is a folder with
  mock.toml or run.cassette   the machine: described, or recorded
  policy.toml                 the owner's policy, as in policy.d [default: as airlock task run has it]
  job.json                    the job [default: {}, or as it was recorded]
  case.toml                   task = \"inventory\" or a file beside it, server = \"hq\", target = \"…\": what is needed
  expected.json or error.txt  what has to come of it (--write writes it)
DIR is a case, or has cases in it, at any depth. The same policy engine decides as on a real machine. A case fails when its
outcome is another one, when the task asks for what was not recorded, and when recorded answers are left over that the
policy would have shown.

Examples:
  airlock task test tests/cases
  airlock task test tests/cases --task target/my-task.wasm --junit report.xml

Exit codes: 0 every case passed; 1 one did not, or there was none; 2 the command line makes no sense")]
pub(crate) struct Options {
    /// Where the cases are
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// The task of the cases that do not name one
    #[arg(long, value_name = "TASK|FILE.wasm")]
    task: Option<String>,

    /// Cases beside each other [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,

    /// Write what came of each case into it, as what is expected from now on
    #[arg(long)]
    write: bool,

    /// Write the results there, as JUnit's XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let cases = find(&options.folder).with_context(|| options.folder.display().to_string())?;
    if cases.is_empty() {
        let why = "no case in it: a case has a mock.toml or a run.cassette";
        return Err(Usage(format!("{}: {why}", options.folder.display())).into());
    }
    let folders = folders(places.vardir());
    let engine = Engine::for_tests(folders.as_ref())?;
    let tests = Tests::new(&engine, options.task.as_deref(), options.write);
    let results = beside(&cases, workers(options.jobs), |case| tests.run(case));
    if let Some(path) = &options.junit {
        write_document(path, junit::document(&results).as_bytes()).with_context(|| path.display().to_string())?;
    }
    terminal::print(&if options.json { show::json(&results)? } else { show::words(&results) })?;
    if results.iter().all(|tested| tested.passed()) { Ok(()) } else { Err(Failed.into()) }
}

fn workers(jobs: Option<u16>) -> usize {
    jobs.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from)
}

/// Tests the cases beside each other; the results are in the order of the cases.
fn beside(cases: &[Case], workers: usize, test: impl Fn(&Case) -> Tested + Sync) -> Vec<Tested> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Tested)>> = Mutex::default();
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(at) else { return };
            let tested = test(case);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, tested));
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers.min(cases.len()) {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, tested)| tested).collect()
}
