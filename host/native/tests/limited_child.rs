//! A process with limits of its own is this program once more. Here that is this test: started with a word, it is the child;
//! without one, the parent of such children. So it has no harness.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a surprise ends the test")]

use airlock_native::{ChildError, ChildLimits, confine, read_standard_input, run_limited};
use std::io::Write;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

const NAME: &str = "a_child_is_held_to_its_limits";
const ROOM: ChildLimits =
    ChildLimits { wall: Duration::from_secs(30), cpu_seconds: 20, memory: 256 << 20, output: 1 << 20 };

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [act, cpu, memory] = arguments.as_slice()
        && let (Ok(cpu), Ok(memory)) = (cpu.parse(), memory.parse())
    {
        return child(act, cpu, memory);
    }
    if arguments.iter().any(|argument| argument == "--list") {
        // What a runner asks for first; nothing here is left out of a run.
        if !arguments.iter().any(|argument| argument == "--ignored") {
            println!("{NAME}: test");
        }
        return ExitCode::SUCCESS;
    }
    a_child_is_held_to_its_limits();
    println!("test {NAME} ... ok");
    ExitCode::SUCCESS
}

/// The child: what it does, once its limits hold.
fn child(act: &str, cpu: u64, memory: u64) -> ExitCode {
    confine(cpu, memory).unwrap();
    let input = read_standard_input(1 << 20).unwrap();
    match act {
        "echo" => std::io::stdout().write_all(&input).unwrap(),
        "sleep" => thread::sleep(Duration::from_secs(60)),
        "compute" => {
            let started = Instant::now();
            let mut sum = 0_u64;
            while started.elapsed() < Duration::from_secs(60) {
                sum = std::hint::black_box(sum.wrapping_add(1));
            }
        }
        "allocate" => {
            let mut all = Vec::new();
            for _ in 0..1024 {
                all.push(std::hint::black_box(vec![1_u8; 1 << 20]));
            }
        }
        "talk" => {
            let line = [b'x'; 4096];
            while std::io::stdout().write_all(&line).is_ok() {}
        }
        "fail" => {
            eprintln!("airlock: this makes no sense");
            return ExitCode::FAILURE;
        }
        other => panic!("{other}"),
    }
    ExitCode::SUCCESS
}

fn a_child_is_held_to_its_limits() {
    let started = Instant::now();
    let run = |act: &str, limits: ChildLimits| run_limited(act, b"some bytes", limits);
    assert_eq!(run("echo", ROOM).unwrap(), b"some bytes", "the twin: within its limits it answers");

    let wall = Duration::from_millis(300);
    let late = run("sleep", ChildLimits { wall, ..ROOM });
    assert!(matches!(late, Err(ChildError::Deadline(at)) if at == wall), "{late:?}");
    assert!(started.elapsed() < Duration::from_secs(10), "a child that sleeps is not waited for");

    let busy = run("compute", ChildLimits { cpu_seconds: 1, ..ROOM });
    assert!(matches!(busy, Err(ChildError::Cpu(1))), "{busy:?}");

    let large = run("allocate", ROOM);
    assert!(matches!(large, Err(ChildError::Crashed { mib: 256, .. })), "{large:?}");

    let talkative = run("talk", ROOM);
    assert!(matches!(talkative, Err(ChildError::Output(most)) if most == ROOM.output), "{talkative:?}");

    let failed = run("fail", ROOM);
    assert!(matches!(&failed, Err(ChildError::Failed(why)) if why == "this makes no sense"), "{failed:?}");
    assert!(started.elapsed() < Duration::from_secs(30));
}
