//! The program as a person runs it: as a process, with a folder of its own for its state.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

/// A command that hangs is killed and the test fails. So long that one which only has few processors is not taken for it.
const LONGEST: Duration = Duration::from_secs(180);

/// The program, with a folder for its state that goes with the test.
pub struct Airlock {
    vardir: tempfile::TempDir,
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub struct Output {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Airlock {
    #[allow(clippy::new_without_default, reason = "it is work, not a value")]
    pub fn new() -> Self {
        Self { vardir: tempfile::tempdir().unwrap() }
    }

    /// The folder that the program is given for its state.
    pub fn vardir(&self) -> &Path {
        self.vardir.path()
    }

    /// The command, for those who want to change it before it is run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.arg("--vardir").arg(self.vardir()).args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        run(self.command(arguments))
    }

    /// Runs a command that has to succeed.
    pub fn done(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "airlock {arguments:?}: {}\n{}", output.status, output.stderr);
        output
    }

    /// Runs a command that has to succeed and to print JSON.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.done(arguments);
        serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", output.stdout))
    }
}

/// Runs a command to its end. Neither of its outputs is a terminal.
pub fn run(mut command: Command) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let (stdout, stderr) = (folder.path().join("stdout"), folder.path().join("stderr"));
    let started = Instant::now();
    let file = |path: &Path| fs::File::create(path).unwrap();
    let mut child =
        command.stdin(Stdio::null()).stdout(file(&stdout)).stderr(file(&stderr)).spawn().unwrap_or_else(|error| {
            panic!("{command:?} does not start: {error}");
        });
    let status = wait(&mut child, started);
    let text = |path: &Path| String::from_utf8(fs::read(path).unwrap()).expect("UTF-8");
    let (stdout, stderr, took) = (text(&stdout), text(&stderr), started.elapsed());
    match status {
        Some(status) => Output { status, stdout, stderr, took },
        None => panic!("{command:?}: not done after {took:?}\n{stderr}"),
    }
}

fn wait(child: &mut Child, started: Instant) -> Option<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if started.elapsed() > LONGEST {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The program's file: the one that was built with these tests. One that is missing, or older than its sources, is built:
/// cargo builds no program for the tests of another package.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let tests = std::env::current_exe().unwrap();
        let profile = tests.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
        let program = profile.join("airlock");
        if !is_fresh(&program) {
            build(profile);
        }
        assert!(program.is_file(), "{} is not there", program.display());
        program
    })
}

/// True when no file that cargo made the program of is newer than it (`airlock.d`, in the form of a makefile).
fn is_fresh(program: &Path) -> bool {
    let Ok(built) = fs::metadata(program).and_then(|file| file.modified()) else { return false };
    let Ok(sources) = fs::read_to_string(program.with_extension("d")) else { return false };
    let Some((_, sources)) = sources.split_once(": ") else { return false };
    let names = sources.replace("\\ ", "\0");
    names.split_whitespace().all(|name| is_older(Path::new(&name.replace('\0', " ")), built))
}

fn is_older(path: &Path, time: SystemTime) -> bool {
    if path.is_dir() {
        return fs::read_dir(path).is_ok_and(|mut entries| entries.all(|e| e.is_ok_and(|e| is_older(&e.path(), time))));
    }
    fs::metadata(path).and_then(|file| file.modified()).is_ok_and(|changed| changed <= time)
}

fn build(profile: &Path) {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        // What cargo and nextest tell a test about itself is not for another build.
        let name_text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "NEXTEST"].iter().any(|start| name_text.starts_with(start)) {
            command.env_remove(&name);
        }
    }
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    command.args(["build", "--quiet", "--package", "airlock-agent", "--manifest-path"]).arg(manifest);
    command.arg("--target-dir").arg(profile.parent().expect("a folder of profiles"));
    if profile.ends_with("release") {
        command.arg("--release");
    }
    let status = command.stdin(Stdio::null()).status().expect("cargo starts");
    assert!(status.success(), "the program does not build: {status}");
}
