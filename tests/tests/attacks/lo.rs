//! LO: what is beside the agent on its own machine: links and poison in its state, another agent at the same time, a disk
//! that is full or cannot be written.

use airlock_tests::agent::{Agent, hq};
use airlock_tests::fakeglpi::FakeGlpi;
use airlock_tests::program::{Output, run};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const CANARY: &str = "canary-5e0d1c";

/// An agent that has been at its server once, so that all its files are there.
fn experienced(server: &FakeGlpi) -> Agent {
    let agent = Agent::of(server);
    let output = agent.run(&["run"]);
    assert!(output.status.success(), "{}", output.stderr);
    agent
}

fn state(agent: &Agent, name: &str) -> PathBuf {
    agent.airlock.vardir().join(name)
}

/// Files of its state that are read or written in each run.
const STATE: &[&str] = &["agentid", "deviceid", "servers/hq/server.json", "servers/hq/outbox/delivered.entry"];

#[test]
fn lo_01_a_link_in_the_state_is_neither_written_through_nor_read_through() {
    for name in STATE.iter().chain(&["servers/hq/session.lock", "servers/hq/server.json.lock", "log/audit.jsonl"]) {
        let server = FakeGlpi::http();
        let agent = experienced(&server);
        let victim = agent.confdir.path().join("victim");
        fs::write(&victim, CANARY).unwrap();
        let path = state(&agent, name);
        let _ = fs::remove_file(&path);
        symlink(&victim, &path).unwrap();
        let seen = server.requests().len();
        let output = agent.run(&["run", "--json"]);
        assert_eq!(fs::read_to_string(&victim).unwrap(), CANARY, "{name}: written through");
        for request in server.requests().iter().skip(seen) {
            let headers = format!("{:?}", request.headers);
            assert!(!request.text().contains(CANARY) && !headers.contains(CANARY), "{name}: read through");
        }
        assert!(!(output.stdout + &output.stderr).contains(CANARY), "{name}: shown");
    }
}

#[test]
fn lo_01_a_state_folder_that_is_a_link_or_that_others_may_write_is_not_used() {
    let server = FakeGlpi::http();
    let agent = experienced(&server);
    let outbox = state(&agent, "servers/hq/outbox");
    let elsewhere = agent.confdir.path().join("elsewhere");
    fs::rename(&outbox, &elsewhere).unwrap();
    symlink(&elsewhere, &outbox).unwrap();
    let before = fs::read_dir(&elsewhere).unwrap().count();
    let output = agent.run(&["run"]);
    assert!(!output.status.success() && output.stderr.contains("it is not a folder"), "{}", output.stderr);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), before);
}

#[test]
fn lo_01_twin_a_state_folder_with_a_link_above_it_is_used() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    let link = agent.confdir.path().join("var");
    symlink(agent.airlock.vardir(), &link).unwrap();
    let vardir = format!("--vardir={}", link.join("below").display());
    let mut command = Command::new(airlock_tests::program::program());
    command.arg(format!("--confdir={}", agent.confdir.path().display())).args([&vardir, "run"]);
    let output = run(command);
    assert!(output.status.success(), "{}", output.stderr);
    assert_eq!(server.inventories().len(), 1);
}

#[test]
fn lo_02_poisoned_state_is_said_and_set_aside_and_the_work_goes_on() {
    let deep = "[".repeat(200_000);
    let poisons: [(&str, &[u8]); 5] = [
        ("truncated", b"{\"url\":\"htt"),
        ("wrong schema", b"{\"url\": 7, \"next\": \"soon\", \"failures\": -1, \"number\": {}}"),
        ("deep", deep.as_bytes()),
        ("no text", b"\xff\xfe\0\0pst0\x04\x0b"),
        ("empty", b""),
    ];
    for (what, poison) in poisons {
        let server = FakeGlpi::http();
        let agent = experienced(&server);
        for name in STATE {
            fs::write(state(&agent, name), poison).unwrap();
        }
        fs::write(state(&agent, "servers/hq/outbox/0000000077.entry"), poison).unwrap();
        goes_on(what, &server, &agent);
    }
}

#[test]
fn lo_02_state_of_a_gibibyte_is_not_read() {
    let server = FakeGlpi::http();
    let agent = experienced(&server);
    for name in STATE {
        // A hole: it takes no room.
        File::create(state(&agent, name)).unwrap().set_len(1 << 30).unwrap();
    }
    let output = goes_on("a gibibyte", &server, &agent);
    assert!(output.stderr.contains("larger than airlock ever makes it"), "{}", output.stderr);
}

fn goes_on(what: &str, server: &FakeGlpi, agent: &Agent) -> Output {
    let before = server.inventories().len();
    let output = agent.run(&["run"]);
    assert!(output.status.success(), "{what}: {}", output.stderr);
    assert_eq!(server.inventories().len(), before + 1, "{what}");
    assert!(output.stderr.contains("begun anew"), "{what} is said: {}", output.stderr);
    assert!(agent.remembered("hq")["worked"].is_number(), "{what}");
    assert!(agent.outbox("hq").contains(&"delivered.entry".to_owned()), "{what}");
    // And the next time nothing is left to say.
    let next = agent.run(&["run"]);
    assert!(next.status.success() && !next.stderr.contains("begun anew"), "{what}: {}", next.stderr);
    output
}

#[test]
fn lo_02_twin_state_of_an_older_or_newer_version_is_taken_as_far_as_it_is_known() {
    let server = FakeGlpi::http();
    let agent = experienced(&server);
    let (path, mut known) = (state(&agent, "servers/hq/server.json"), agent.remembered("hq"));
    known["something_of_tomorrow"] = json!({"a": [1, 2, 3]});
    known.as_object_mut().unwrap().remove("results");
    known["failures"] = json!(3);
    fs::write(&path, known.to_string()).unwrap();
    let status = agent.json(&["status", "--json"]);
    assert!(status.to_string().contains("\"hq\""), "{status}");
    let output = agent.run(&["run"]);
    assert!(output.status.success() && !output.stderr.contains("damaged"), "{}", output.stderr);
    assert_eq!(agent.remembered("hq")["failures"], 0);
}

#[test]
fn lo_08_of_twenty_at_once_one_talks_to_a_server_and_the_state_stays_whole() {
    let server = FakeGlpi::http();
    let agent = experienced(&server);
    let before = server.inventories().len();
    let start = |_| {
        let mut command = agent.command(&["run", "--json"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..20).map(start).collect();
    let mut done = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        if output.status.success() {
            done += 1;
            continue;
        }
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert_eq!(told[0]["what"], "another airlock talks to it just now", "{told}");
    }
    assert!(done >= 1);
    // Whoever had the server to itself delivered one report, and nobody else did.
    assert_eq!(server.inventories().len() - before, done);
    assert_eq!(agent.outbox("hq"), ["delivered.entry"]);
    let verified = agent.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{}{}", verified.stdout, verified.stderr);
}

#[test]
fn lo_08_twin_one_after_the_other_all_are_done() {
    let server = FakeGlpi::http();
    let agent = experienced(&server);
    for _ in 0..3 {
        assert!(agent.run(&["run"]).status.success());
    }
    assert_eq!(server.inventories().len(), 4);
}

/// Runs a script in which `$AIRLOCK` is the program and `$STATE` its state, a small file system of its own, seen by
/// nobody else. None, said aloud, where that cannot be arranged.
fn on_a_small_disk(test: &str, agent: &Agent, script: &str) -> Option<Output> {
    let is_possible = Command::new("unshare").args(["-Urm", "mount", "-t", "tmpfs", "none", "/tmp"]).output();
    if !is_possible.is_ok_and(|output| output.status.success()) {
        eprintln!("{test}: NOT RUN: namespaces of users and mounts are not to be had here (unshare -Urm)");
        return None;
    }
    let program = agent.command(&[]);
    let words: Vec<String> = std::iter::once(program.get_program())
        .chain(program.get_args())
        .map(|word| word.to_str().unwrap().to_owned())
        .collect();
    let mut command = Command::new("unshare");
    command
        .args(["-Urm", "sh", "-c"])
        .arg(format!("mount -t tmpfs -o size=12m,mode=700 none \"$STATE\" || exit 99\n{script}"));
    command.env("AIRLOCK", words.join(" ")).env("STATE", agent.airlock.vardir());
    Some(run(command))
}

#[test]
fn lo_09_a_full_disk_is_said_and_nothing_half_is_left_and_afterwards_it_goes_on() {
    let test = "lo::lo_09_a_full_disk_is_said_and_nothing_half_is_left_and_afterwards_it_goes_on";
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    let script = "$AIRLOCK run > \"$STATE/first\" 2>&1; echo first $?
         rm -r \"$STATE/compiled\"
         dd if=/dev/zero of=\"$STATE/fill\" bs=1k 2> /dev/null
         said=$($AIRLOCK run 2>&1); echo full $?; echo \"$said\"
         $AIRLOCK inventory --no-category environment > /dev/null 2>&1; echo inventory $?
         rm \"$STATE/fill\" \"$STATE/first\"
         $AIRLOCK run 2>&1; echo again $?
         ls \"$STATE/servers/hq/outbox\"
         for file in $(find \"$STATE\" -name '*.json' -o -name '*.entry'); do
             test -s $file || echo \"half: $file\"
         done";
    let Some(output) = on_a_small_disk(test, &agent, script) else { return };
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(said.contains("first 0") && said.contains("full 1") && said.contains("again 0"), "{said}");
    assert!(said.contains("No space left on device"), "{said}");
    assert!(said.contains("inventory 0"), "what only reads goes on: {said}");
    assert!(!said.contains("half:") && said.contains("delivered.entry"), "{said}");
    assert!(server.inventories().len() >= 2);
}

#[test]
fn lo_09_a_state_that_cannot_be_written_is_said_and_what_only_reads_goes_on() {
    let test = "lo::lo_09_a_state_that_cannot_be_written_is_said_and_what_only_reads_goes_on";
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    let script = "$AIRLOCK run; echo first $?
         mount -o remount,ro \"$STATE\" || exit 99
         said=$($AIRLOCK run 2>&1); echo read-only $?; echo \"$said\"
         $AIRLOCK inventory --no-category environment > /dev/null; echo inventory $?
         mount -o remount,rw \"$STATE\" || exit 99
         $AIRLOCK run; echo again $?";
    let Some(output) = on_a_small_disk(test, &agent, script) else { return };
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(said.contains("first 0") && said.contains("read-only 1") && said.contains("again 0"), "{said}");
    assert!(said.contains("Read-only file system"), "{said}");
    assert!(said.contains("inventory 0"), "{said}");
}

#[test]
fn lo_09_twin_a_small_disk_with_room_is_enough() {
    let server = FakeGlpi::http();
    let agent = Agent::new(&hq(&server));
    let Some(output) = on_a_small_disk("lo::lo_09_twin", &agent, "$AIRLOCK run; echo done $?") else { return };
    assert!(output.stdout.contains("done 0"), "{output:?}");
    assert_eq!(server.inventories().len(), 1);
}
