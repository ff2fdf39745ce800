//! A command's keeper is this program once more. Here that is this test: started as a keeper it is one; else it runs
//! commands that have one. So it has no harness.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a surprise ends the test")]

use airlock_gate::calls::Outcome;
use airlock_gate::ports::Process;
use airlock_gate::{CallError, Command};
use airlock_native::{MachineProcess, OwnFiles, keep_command};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

const NAME: &str = "nothing_of_a_command_outlives_it";

fn main() -> ExitCode {
    if let Some(code) = keep_command(&std::env::args_os().collect::<Vec<_>>()) {
        return code;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        // What a runner asks for first; nothing here is left out of a run.
        if !arguments.iter().any(|argument| argument == "--ignored") {
            println!("{NAME}: test");
        }
        return ExitCode::SUCCESS;
    }
    nothing_of_a_command_outlives_it();
    println!("test {NAME} ... ok");
    ExitCode::SUCCESS
}

fn nothing_of_a_command_outlives_it() {
    it_runs_as_any_command();
    nothing_of_it_outlives_its_deadline();
    nothing_of_it_outlives_its_end();
    nobody_who_waits_ends_it_all();
}

fn sh(script: &str) -> Command {
    command("/bin/sh", &["-c", script])
}

fn command(program: &str, argv: &[&str]) -> Command {
    Command {
        program: program.to_owned(),
        sha256: None,
        argv: argv.iter().map(|word| (*word).to_owned()).collect(),
        run_as: None,
        wall_seconds: 20,
        output_kb: 4,
        ..Command::default()
    }
}

fn process() -> MachineProcess {
    MachineProcess::new(Arc::new(OwnFiles::default())).kept()
}

fn done(command: &Command) -> Result<Outcome, CallError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(process().run(command))
}

/// Forks away twice, in a session of its own, with none of the output that it was given; its number is in the file.
fn forks_away(file: &Path) -> String {
    format!(
        "(setsid sh -c 'exec </dev/null >/dev/null 2>&1; sh -c \"echo \\$\\$ >> {0}; exec sleep 60\" & \
         echo $$ >> {0}; exec sleep 60' &); while [ \"$(wc -l < {0})\" != 2 ]; do sleep 0.05; done",
        file.display()
    )
}

/// All of them have ended; there have to be two.
fn assert_gone(file: &Path) {
    let pids = fs::read_to_string(file).unwrap();
    assert_eq!(pids.lines().count(), 2, "{pids}");
    for pid in pids.lines() {
        let lives = || fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
        let began = Instant::now();
        while lives() {
            assert!(began.elapsed() < Duration::from_secs(30), "{pid} lives");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn it_runs_as_any_command() {
    let outcome = done(&sh("echo out; echo err >&2; exit 3")).unwrap();
    assert_eq!((outcome.exit_code, outcome.stdout, outcome.stderr), (Some(3), b"out\n".to_vec(), b"err\n".to_vec()));
    assert_eq!(done(&sh("kill -15 $$")).unwrap().exit_code, None);
    assert_eq!(done(&command("/bin/echo", &["a b", "$HOME", ""])).unwrap().stdout, b"a b $HOME \n");
    assert_eq!(done(&command("/bin/cat", &[])).unwrap().stdout, b"");
    assert_eq!(done(&sh("pwd; echo $0")).unwrap().stdout, b"/\n/bin/sh\n");
    let mut names: Vec<u8> = done(&command("/usr/bin/env", &[])).unwrap().stdout;
    names.retain(|byte| *byte != b'\n');
    assert_eq!(names.len(), "LC_ALL=CPATH=/usr/sbin:/usr/bin:/sbin:/bin".len());
    // No signal is held back from it, and a script finds itself.
    let mask = done(&sh("grep SigBlk /proc/self/status")).unwrap().stdout;
    assert_eq!(String::from_utf8(mask).unwrap(), "SigBlk:\t0000000000000000\n");
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    assert_eq!(
        done(&command(&at("script", "#!/bin/sh\necho \"it ran $1\"\n"), &["well"])).unwrap().stdout,
        b"it ran well\n"
    );
    let never = done(&command(&at("nothing", "\u{7f}ELF and nothing more"), &[]));
    assert!(matches!(&never, Err(CallError::Failed(why)) if why.contains("could not be started: ")), "{never:?}");
}

fn nothing_of_it_outlives_its_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pids");
    fs::write(&file, "").unwrap();
    let late = Command { wall_seconds: 3, ..sh(&format!("{}; sleep 60", forks_away(&file))) };
    let began = Instant::now();
    assert_eq!(done(&late), Err(CallError::Timeout));
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    assert_gone(&file);
}

fn nothing_of_it_outlives_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pids");
    fs::write(&file, "").unwrap();
    let outcome = done(&sh(&format!("{}; echo done; exit 7", forks_away(&file)))).unwrap();
    assert_eq!((outcome.exit_code, outcome.stdout), (Some(7), b"done\n".to_vec()));
    assert_gone(&file);
}

fn nobody_who_waits_ends_it_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pids");
    fs::write(&file, "").unwrap();
    let command = sh(&format!("{}; sleep 60", forks_away(&file)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let process = process();
    let waited = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(2), process.run(&command)).await });
    assert!(waited.is_err());
    assert_gone(&file);
}
