//! What other users of the machine, and other programs of the same user, can do to the running agent.

use super::{NOBODY, hq, reach};
use airlock_tests::agent::until;
use airlock_tests::dropin::DropIn;
use airlock_tests::fakeglpi::FakeGlpi;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const GLPI: &str = "/front/inventory.php";
const SECRET: &str = "canary-3f1b77";
/// Some other user.
const STRANGER: u32 = 65533;

fn words_of(pid: u32) -> String {
    String::from_utf8_lossy(&fs::read(format!("/proc/{pid}/cmdline")).unwrap()).replace('\0', " ")
}

/// What `ps` shows of the program once it has started.
fn shown(name: &str, words: &[&str]) -> String {
    let drop_in = DropIn::new();
    let mut child = drop_in.command(name, words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while words_of(child.id()).contains(SECRET) && Instant::now() < deadline {
        sleep(Duration::from_millis(5));
    }
    sleep(Duration::from_millis(200));
    let shown = words_of(child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    shown
}

#[test]
fn lo_06_a_secret_of_the_command_line_is_taken_out_of_what_others_see() {
    let server = FakeGlpi::http();
    let url = server.url(GLPI);
    let secret = format!("--password={SECRET}");
    let line = shown("glpi-agent", &["--server", &url, "--user=agent", &secret, "-w", "1000"]);
    assert!(line.contains("glpi-agent") && line.contains("--password=***") && !line.contains(SECRET), "{line}");
    let client = format!("--oauth-client-secret={SECRET}");
    let line = shown("glpi-agent", &["--server", &url, "--oauth-client-id=a", &client, "-w", "1000"]);
    assert!(line.contains("--oauth-client-secret=***") && !line.contains(SECRET), "{line}");
}

#[test]
fn lo_06_own_commands_take_no_secret_as_an_argument() {
    let agent = airlock_tests::agent::Agent::new("");
    for words in [
        &["run", "--password", SECRET][..],
        &["daemon", "--password", SECRET],
        &["netdiscovery", "--community", SECRET],
    ] {
        let output = agent.run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", output.stderr);
        assert!(output.stderr.contains("unexpected argument"), "{words:?}: {}", output.stderr);
    }
}

#[test]
fn lo_06_twin_a_command_line_without_a_secret_is_as_it_was_written() {
    let server = FakeGlpi::http();
    let url = server.url(GLPI);
    let line = shown("glpi-agent", &["--server", &url, "--user=agent", "-w", "1000"]);
    assert!(line.contains(&format!("--server {url} --user=agent -w 1000")), "{line}");
}

/// A daemon of an ordinary user.
struct Daemon {
    child: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Daemon {
    fn of_nobody(server: &FakeGlpi) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("airlock");
        fs::copy(airlock_tests::program::program(), &program).unwrap();
        reach(folder.path());
        reach(&program);
        for name in ["conf", "var"] {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            reach(&path);
            std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        fs::write(folder.path().join("conf/airlock.toml"), hq(server)).unwrap();
        let mut command = Command::new(&program);
        command.arg(format!("--vardir={}", folder.path().join("var").display()));
        command.arg(format!("--confdir={}", folder.path().join("conf").display())).args(["daemon", "--no-fork"]);
        command.uid(NOBODY).gid(NOBODY).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { child: command.spawn().unwrap(), _folder: folder }
    }

    fn is_there(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

/// Whether a user may do that.
fn may(user: u32, program: &str, words: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(words).uid(user).gid(user).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap().success()
}

/// To open the memory of a process is what attaching to it as a debugger asks of the kernel (ptrace(2), access mode checking).
fn may_attach(user: u32, pid: u32) -> bool {
    may(user, "sh", &["-c", &format!("exec 3</proc/{pid}/mem")])
}

fn only_root() -> bool {
    let is = nix::unistd::geteuid().is_root();
    if !is {
        eprintln!("LEFT OUT: only root can be several users");
    }
    is
}

#[test]
fn lo_10_others_neither_signal_the_daemon_nor_attach_to_it() {
    if !only_root() {
        return;
    }
    let server = FakeGlpi::http();
    let mut daemon = Daemon::of_nobody(&server);
    assert!(until(|| server.inventories().len() == 1));
    let pid = daemon.child.id();
    for signal in ["-TERM", "-KILL", "-STOP", "-USR1", "-HUP"] {
        assert!(!may(STRANGER, "kill", &[signal, &pid.to_string()]), "{signal}");
    }
    assert!(!may_attach(STRANGER, pid), "another user");
    assert!(!may_attach(NOBODY, pid), "another program of the same user");
    sleep(Duration::from_millis(300));
    assert!(daemon.is_there() && server.inventories().len() == 1, "no signal came through");
}

#[test]
fn lo_10_twin_its_own_user_wakes_it_and_attaches_to_ordinary_programs() {
    if !only_root() {
        return;
    }
    let server = FakeGlpi::http();
    let daemon = Daemon::of_nobody(&server);
    assert!(until(|| server.inventories().len() == 1));
    assert!(may(NOBODY, "kill", &["-USR1", &daemon.child.id().to_string()]));
    assert!(until(|| server.inventories().len() == 2), "woken up");
    let mut ordinary = Command::new("sleep").arg("9").uid(NOBODY).gid(NOBODY).spawn().unwrap();
    let attached = may_attach(NOBODY, ordinary.id());
    ordinary.kill().unwrap();
    ordinary.wait().unwrap();
    assert!(attached);
}
