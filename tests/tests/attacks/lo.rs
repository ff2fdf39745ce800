//! LO: what is beside the agent on its own machine: links and poison in its state, another agent at the same time, a disk
//! that is full or cannot be written.

mod processes;

use airlock_tests::agent::{Agent, hq, until};
use airlock_tests::fakeglpi::{Authority, FakeGlpi};
use airlock_tests::program::{Output, run};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
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

/// A program that leaves a mark when it is run, under the names of the tools that collectors may call.
fn traps(folder: &std::path::Path) -> PathBuf {
    let mark = folder.join("ran");
    for name in
        ["ip", "lsblk", "dpkg", "dpkg-query", "rpm", "lspci", "lsusb", "dmidecode", "lvs", "pvs", "vgs", "sh", "ufw"]
    {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\necho {name} >> {}\n", mark.display())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    mark
}

#[test]
fn lo_03_programs_of_a_path_that_somebody_made_are_not_run() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    let folder = tempfile::tempdir().unwrap();
    let mark = traps(folder.path());
    let mut command = agent.command(&["run"]);
    command
        .env("PATH", format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", folder.path().display()))
        .current_dir(folder.path());
    let output = run(command);
    assert!(output.status.success(), "{}", output.stderr);
    assert_eq!(server.inventories().len(), 1);
    assert!(!mark.exists(), "{}", fs::read_to_string(&mark).unwrap());
    // They are traps: whoever runs one falls in.
    assert!(Command::new(folder.path().join("ip")).status().unwrap().success() && mark.exists());
}

#[test]
fn lo_03_twin_the_systems_own_programs_are() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    let mut command = agent.command(&["run"]);
    command.env("PATH", "/nonexistent");
    let output = run(command);
    assert!(output.status.success(), "{}", output.stderr);
    let report = server.inventories().remove(0).to_ascii_lowercase();
    assert!(report.contains("softwares"), "what is read does not depend on the path");
}

#[test]
fn lo_04_variables_of_the_environment_bring_in_no_authority_and_no_file() {
    let (evil, canary) = (Authority::new("evil"), tempfile::tempdir().unwrap());
    let server = FakeGlpi::https(&evil.identity(&["localhost"]));
    let agent = Agent::of(&server);
    let ca = evil.file(canary.path());
    let mut command = agent.command(&["run"]);
    for name in ["SSL_CERT_FILE", "OPENSSL_CONF", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NIX_SSL_CERT_FILE"] {
        command.env(name, &ca);
    }
    for name in ["SSL_CERT_DIR", "GCONV_PATH", "LOCPATH"] {
        command.env(name, canary.path());
    }
    command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full").env("XDG_DATA_HOME", canary.path());
    let output = run(command);
    assert!(!output.status.success(), "an authority of the environment is believed");
    assert!(server.requests().is_empty(), "nothing is said to it");
    assert!(!output.stderr.contains("TRACE") && !output.stderr.contains("DEBUG"), "{}", output.stderr);
}

#[test]
fn lo_04_twin_an_authority_of_the_settings_is_believed() {
    let (own, folder) = (Authority::new("own"), tempfile::tempdir().unwrap());
    let server = FakeGlpi::https(&own.identity(&["localhost"]));
    let agent = Agent::of(&server);
    agent.settings(&format!("{}[transport]\nca = \"{}\"\n", hq(&server), own.file(folder.path()).display()));
    let output = agent.run(&["run"]);
    assert!(output.status.success(), "{}", output.stderr);
    assert_eq!(server.inventories().len(), 1);
}

#[test]
fn lo_04_a_workers_environment_is_not_the_services() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    let mut command = agent.command(&["daemon", "--no-fork"]);
    command.env("LD_PRELOAD", "/nonexistent/evil.so").env("LD_LIBRARY_PATH", "/nonexistent").env("CANARY", CANARY);
    let mut daemon = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let came = until(|| server.inventories().len() == 1);
    daemon.kill().unwrap();
    let said = std::io::read_to_string(daemon.stderr.take().unwrap()).unwrap();
    daemon.wait().unwrap();
    assert!(came, "{said}");
    // The loader says it for each program that it is to be loaded into: once, for the daemon itself.
    assert_eq!(said.matches("evil.so").count(), 1, "{said}");
    assert!(!server.inventories().remove(0).contains(CANARY));
}

#[test]
fn lo_05_files_that_others_can_write_are_named_and_nothing_is_changed_under_them() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    agent.policy(&format!("policy_version = 1\n[server.hq]\norigin = \"{}\"\n", server.url("")));
    for name in ["airlock.toml", "policy.d/50-test.toml", "policy.d"] {
        let path = agent.confdir.path().join(name);
        let before = fs::metadata(&path).unwrap().permissions();
        fs::set_permissions(&path, fs::Permissions::from_mode(before.mode() | 0o022)).unwrap();
        let doctor = agent.run(&["doctor", "files"]);
        assert_eq!(doctor.status.code(), Some(1), "{name}: {}", doctor.stdout);
        assert!(doctor.stdout.contains(&path.display().to_string()), "{name}: {}", doctor.stdout);
        let output = agent.run(&["run"]);
        assert!(output.stderr.contains("nothing is changed on this machine"), "{name}: {}", output.stderr);
        fs::set_permissions(&path, before).unwrap();
    }
}

#[test]
fn lo_05_twin_under_files_that_are_the_owners_alone_all_is_well() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    agent.policy(&format!("policy_version = 1\n[server.hq]\norigin = \"{}\"\n", server.url("")));
    let doctor = agent.run(&["doctor", "files"]);
    assert!(doctor.status.success(), "{}{}", doctor.stdout, doctor.stderr);
    assert!(!agent.run(&["run"]).stderr.contains("nothing is changed on this machine"));
}

#[test]
fn lo_07_what_holds_secrets_can_be_looked_into_by_root_alone() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("LEFT OUT: only root can start a program as one user and look at it as the same");
        return;
    }
    let server = FakeGlpi::http();
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("airlock");
    fs::copy(airlock_tests::program::program(), &program).unwrap();
    for name in ["conf", "var"] {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        reach(&path);
        std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    reach(folder.path());
    reach(&program);
    let settings = folder.path().join("conf/airlock.toml");
    fs::write(&settings, hq(&server)).unwrap();
    let mut command = Command::new(&program);
    command.arg(format!("--vardir={}", folder.path().join("var").display()));
    command.arg(format!("--confdir={}", folder.path().join("conf").display())).args(["daemon", "--no-fork"]);
    let mut daemon = command
        .uid(NOBODY)
        .gid(NOBODY)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let came = until(|| server.inventories().len() == 1);
    let is_open = may_be_looked_into(daemon.id());
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    assert!(came && !is_open);
}

#[test]
fn lo_07_twin_another_program_of_that_user_can_be() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("LEFT OUT: only root can start a program as one user and look at it as the same");
        return;
    }
    let mut sleeper = Command::new("sleep").arg("9").uid(NOBODY).gid(NOBODY).spawn().unwrap();
    let ordinary = may_be_looked_into(sleeper.id());
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    assert!(ordinary);
}

const NOBODY: u32 = 65534;

/// Everybody may come here.
fn reach(path: &std::path::Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Whether another process of the same user reads its environment, which is what may also attach to it and read its memory.
fn may_be_looked_into(pid: u32) -> bool {
    let mut command = Command::new("cat");
    command.arg(format!("/proc/{pid}/environ")).uid(NOBODY).gid(NOBODY).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap().success()
}

#[test]
fn lo_07_a_secret_is_in_no_log_however_much_is_logged() {
    let own = Authority::new("own");
    let server = FakeGlpi::https(&own.identity(&["localhost"]));
    server.wants_basic("agent", CANARY);
    let agent = Agent::of(&server);
    let secret = agent.confdir.path().join("password");
    fs::write(&secret, format!("{CANARY}\n")).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let ca = own.file(agent.confdir.path());
    let login = format!(
        "[server.transport]\nca = \"{}\"\nlogin = {{ user = \"agent\", password_file = \"{}\" }}\n",
        ca.display(),
        secret.display()
    );
    agent.settings(&format!("{}{login}", hq(&server)));
    let output = agent.run(&["run", "--debug", "--debug"]);
    assert!(output.status.success(), "the benign twin: the password is used: {}", output.stderr);
    assert!(output.stderr.contains("DEBUG") && !output.stderr.contains(CANARY), "{}", output.stderr);
    let audit = agent.run(&["audit", "show", "--json"]);
    assert!(!(audit.stdout + &output.stdout).contains(CANARY));
}
