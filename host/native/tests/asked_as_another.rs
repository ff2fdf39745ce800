//! Root asks a logged-in user: by a child that is that user and nothing more. Here that child is this test, started once more,
//! and so is the user's desktop, on a real bus that is the user's own. So it has no harness. Root alone can try it; nobody is
//! made for it: the user is the one that every system has for things that are nobody's.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a surprise ends the test"
)]
#![allow(dead_code, reason = "parts of the program's own words on a bus are not said here")]

#[path = "../src/prompt/bus.rs"]
mod bus;
#[path = "../src/prompt/wire.rs"]
mod wire;

use airlock_gate::calls::{Pressed, Shown};
use airlock_gate::ports::Prompt as _;
use airlock_native::{MachinePrompt, ask_person};
use bus::{Bus, of_bus};
use nix::unistd::{Uid, User};
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use wire::{CALL, Message, REPLY, Reader, SIGNAL, Writer};

const NAME: &str = "root_asks_in_the_session_of_another_user_as_that_user";
const USER: &str = "nobody";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ask-person"] => ask_person().unwrap(),
        ["desktop", bus] => desktop(Path::new(bus)),
        all if all.contains(&"--list") => {
            // What a runner asks for first; nothing here is left out of a run.
            if !all.contains(&"--ignored") {
                println!("{NAME}: test");
            }
        }
        _ => {
            root_asks_in_the_session_of_another_user_as_that_user();
            println!("test {NAME} ... ok");
        }
    }
    ExitCode::SUCCESS
}

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program as the user, without any group of root's.
fn as_user(program: &str, user: &User) -> Command {
    let mut command = Command::new(program);
    command.uid(user.uid.as_raw()).gid(user.gid.as_raw()).env_clear().current_dir("/").stdin(Stdio::null());
    command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command
}

fn root_asks_in_the_session_of_another_user_as_that_user() {
    if !Uid::effective().is_root() {
        eprintln!("{NAME}: NOT RUN: only root can ask in the session of another user");
        return;
    }
    let Ok(Some(user)) = User::from_name(USER) else {
        eprintln!("{NAME}: NOT RUN: there is no user {USER} here");
        return;
    };
    let sessions = tempfile::tempdir().unwrap();
    fs::set_permissions(sessions.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let folder = sessions.path().join(user.uid.to_string());
    fs::create_dir(&folder).unwrap();
    chown(&folder, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let bus = folder.join("bus");
    let address = format!("--address=unix:path={}", bus.display());
    let started = as_user("dbus-daemon", &user)
        .args(["--session", "--nofork", "--nopidfile", &address])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(daemon) = started.map(Running) else {
        eprintln!("{NAME}: NOT RUN: no dbus-daemon can be started as {USER} (apt-get install dbus-daemon)");
        return;
    };
    let began = Instant::now();
    while !bus.exists() {
        assert!(began.elapsed() < Duration::from_secs(20), "dbus-daemon does not listen");
        sleep(Duration::from_millis(20));
    }
    let mut desktop = as_user("/proc/self/exe", &user)
        .args(["desktop", bus.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .map(Running)
        .unwrap();
    let mut said = BufReader::new(desktop.0.stdout.take().unwrap()).lines();
    assert_eq!(said.next().unwrap().unwrap(), "ready");

    let question = Shown {
        title: "hq: Update".into(),
        text: "asked by hq".into(),
        buttons: vec!["yes".into(), "no".into()],
        icon: "question".into(),
        timeout_seconds: 30,
    };
    let prompt = MachinePrompt::below(sessions.path().to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert_eq!(runtime.block_on(prompt.ask(&question)), Ok(Pressed::Button("no".into())));
    // What was shown, and who it was that asked: the user, in the user's one group, and in none of root's.
    assert_eq!(said.next().unwrap().unwrap(), "title hq: Update");
    let id = user.uid.as_raw();
    assert_eq!(said.next().unwrap().unwrap(), format!("Uid {id} {id} {id} {id}"));
    let group = user.gid.as_raw();
    assert_eq!(said.next().unwrap().unwrap(), format!("Gid {group} {group} {group} {group}"));
    assert_eq!(said.next().unwrap().unwrap(), "Groups");

    // The desktop has gone: nobody is there, and that is no error.
    drop(desktop);
    let begun = Instant::now();
    let mut pressed = runtime.block_on(prompt.ask(&question));
    // The bus may hear of it a moment later.
    while pressed != Ok(Pressed::NoOneThere) && begun.elapsed() < Duration::from_secs(20) {
        pressed = runtime.block_on(prompt.ask(&question));
    }
    assert_eq!(pressed, Ok(Pressed::NoOneThere));
    drop(daemon);
}

/// The user's desktop: shows a question, presses `no`, and says what it saw.
fn desktop(path: &Path) {
    let mut bus = Bus::connect(path, Uid::effective().as_raw()).unwrap();
    let mut name = Writer::default();
    name.text("org.freedesktop.Notifications");
    name.number(0);
    bus.call(&of_bus("RequestName", "su", name.done())).unwrap();
    println!("ready");
    while let Ok(Some(message)) = bus.next(Instant::now() + Duration::from_secs(60)) {
        if message.kind != CALL {
            continue;
        }
        let (mut body, sender) = (Writer::default(), message.sender.clone());
        let mut answer =
            Message { kind: REPLY, reply_to: message.serial, destination: sender.clone(), ..Message::default() };
        match message.member.as_str() {
            "GetCapabilities" => {
                body.texts(&["actions"]);
                answer.signature = "as".into();
            }
            "Notify" => {
                let mut shown = Reader::new(&message.body);
                let (_app, _replaces, _icon) = (shown.text().unwrap(), shown.number().unwrap(), shown.text().unwrap());
                println!("title {}", shown.text().unwrap());
                body.number(42);
                answer.signature = "u".into();
            }
            _ => {}
        }
        answer.body = body.done();
        if message.member == "Notify" {
            // While it waits for its answer it is there to be looked at.
            tell_who(&mut bus, &sender);
        }
        bus.send(&answer).unwrap();
        if message.member == "Notify" {
            bus.send(&pressed("no")).unwrap();
        }
    }
}

/// Who a sender is, as the kernel has it.
fn tell_who(bus: &mut Bus, sender: &str) {
    let mut name = Writer::default();
    name.text(sender);
    let answer = bus.call(&of_bus("GetConnectionUnixProcessID", "s", name.done())).unwrap();
    let process = Reader::new(&answer.body).number().unwrap();
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    for wanted in ["Uid:", "Gid:", "Groups:"] {
        let line = status.lines().find(|line| line.starts_with(wanted)).unwrap();
        println!("{}", line.replacen(':', "", 1).split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

fn pressed(button: &str) -> Message {
    let mut body = Writer::default();
    body.number(42);
    body.text(button);
    Message {
        kind: SIGNAL,
        path: "/org/freedesktop/Notifications".into(),
        interface: "org.freedesktop.Notifications".into(),
        member: "ActionInvoked".into(),
        signature: "us".into(),
        body: body.done(),
        ..Message::default()
    }
}
