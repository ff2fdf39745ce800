//! What reaches a terminal, or a file in its place.

use airlock_tests::machine::Machine;
use airlock_tests::program::Airlock;
use std::fs;
use std::io::Read;
use std::process::Stdio;

#[test]
fn a_reader_who_goes_away_is_no_failure() {
    let airlock = Airlock::new();
    for arguments in [&["inventory"][..], &["task", "list"], &["completions", "bash"], &["--help"]] {
        let mut command = airlock.command(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let status = child.wait().unwrap();
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        assert!(status.success(), "{arguments:?}: {status}: {said}");
    }
}

#[test]
fn a_full_disk_is_a_failure() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let airlock = Airlock::new();
    let output = airlock.command(&["task", "list"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("No space left"), "{said}");
}

#[test]
fn without_a_terminal_there_is_no_bar_and_no_colour() {
    let machine = Machine::workstation();
    let output = Airlock::new().done(&["--debug", "inventory", "--machine", machine.argument(), "--timings"]);
    assert!(!output.stderr.contains(['\u{1b}', '\r']), "{:?}", output.stderr);
    assert!(output.stderr.contains("wall ms"));
}

#[test]
fn what_a_machine_says_of_itself_plays_no_tricks() {
    const EVIL: &str = "ev\u{1b}[2Jil\u{7}\u{9b}31m";
    let machine = Machine::workstation();
    machine.write("proc/sys/kernel/hostname", format!("{EVIL}\n"));
    let packages = machine.text("var/lib/dpkg/status").replace("Package: editor", &format!("Package: {EVIL}"));
    machine.write("var/lib/dpkg/status", packages);
    machine.write("etc/os-release", format!("NAME=\"{EVIL}\"\nPRETTY_NAME=\"{EVIL}\"\nID=debian\n"));
    machine.write("etc/passwd", format!("{EVIL}:x:1000:1000:{EVIL}:/home/x:/bin/sh\n{EVIL}\n"));
    machine.write("proc/812/cmdline", format!("{EVIL}\0{EVIL}\0"));
    machine.write("run/systemd/sessions/3", format!("UID=1000\nUSER={EVIL}\nACTIVE=1\nSTATE=active\nCLASS=user\n"));
    // An interface of which nothing can be seen is said, by its name.
    fs::create_dir(machine.path().join(format!("sys/class/net/{EVIL}"))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for format in ["--json", "--xml", "--html"] {
        let base = ["--debug", "--debug", "inventory", "--machine", machine.argument(), format];
        let output = Airlock::new().done(&base);
        for (what, text) in [("standard output", &output.stdout), ("standard error", &output.stderr)] {
            let control = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
            assert_eq!(control, None, "{format}, {what}: {text:?}");
        }
        if format == "--json" {
            crate::strict::assert_strict(&output.stdout);
            let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
            assert_eq!(document["content"]["softwares"][1]["name"], "ev[2Jil31m");
        }
        Airlock::new().done(&[&base[..], &["-o", folder.path().to_str().unwrap()]].concat());
    }
    for entry in fs::read_dir(folder.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.chars().any(char::is_control), "{name:?}");
    }
}
