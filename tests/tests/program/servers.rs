//! Servers and modes: one round by hand, the daemon, what is remembered, and what people see of it.

use airlock_tests::agent::{Agent, hq, until};
use airlock_tests::fakeglpi::{FakeGlpi, Play};
use airlock_tests::program::program;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn daemon(agent: &Agent) -> Daemon {
    let pid_file = agent.confdir.path().join("pid");
    let output = agent.run(&["daemon", &format!("--pidfile={}", pid_file.display())]);
    assert!(output.status.success(), "{}", output.stderr);
    let pid = Pid::from_raw(fs::read_to_string(&pid_file).unwrap().trim().parse().unwrap());
    Daemon { pid, pid_file }
}

/// A daemon that runs; killed with the test if it does not end before.
struct Daemon {
    pid: Pid,
    pid_file: PathBuf,
}

impl Daemon {
    fn tell(&self, signal: Signal) {
        kill(self.pid, signal).unwrap();
    }

    fn ends(&self) -> bool {
        self.tell(Signal::SIGTERM);
        until(|| !self.pid_file.exists() && kill(self.pid, None).is_err())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = kill(self.pid, Signal::SIGKILL);
    }
}

#[test]
fn a_round_contacts_a_server_and_delivers_what_it_may_see() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    let told = agent.json(&["run", "--json"]);
    assert_eq!((&told[0]["target"], &told[0]["ok"]), (&"hq".into(), &true.into()), "{told}");
    let inventories = server.inventories();
    assert_eq!(inventories.len(), 1);
    let inventory: Value = serde_json::from_str(&inventories[0]).unwrap_or_default();
    assert!(inventory.is_null() || inventory["content"]["hardware"].is_object());
    // Without a policy: nothing of people.
    assert!(!inventories[0].contains("\"local_users\"") && !inventories[0].contains("LOCAL_USERS"));
    assert_eq!(agent.outbox("hq"), ["delivered.entry"]);
    let sent = agent.json(&["sent", "--json"]);
    assert_eq!(sent.as_array().map(Vec::len), Some(1), "{sent}");
    assert_eq!(agent.run(&["run"]).stdout, "", "from cron, a round that went well says nothing");
}

#[test]
fn whoever_is_not_due_is_left_out_and_a_forced_run_leaves_out_nobody() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    agent.run(&["run"]);
    let count = server.requests().len();
    let told = agent.json(&["run", "--lazy", "--json"]);
    assert_eq!(told[0]["what"], "not due yet");
    assert_eq!(server.requests().len(), count);
    assert!(agent.run(&["run", "--set-forcerun"]).status.success());
    agent.run(&["run", "--lazy"]);
    assert!(server.requests().len() > count);
    let again = server.requests().len();
    agent.run(&["run", "--lazy"]);
    assert_eq!(server.requests().len(), again, "it is forced once");
}

#[test]
fn what_a_server_does_not_take_waits_and_goes_later_as_it_was() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    server.next(Play::Usual);
    server.next(Play::Close);
    let output = agent.run(&["run"]);
    assert!(!output.status.success() && output.stderr.contains("1 wait to be delivered"), "{}", output.stderr);
    let waiting = agent.outbox("hq");
    assert!(waiting.iter().any(|name| name.ends_with(".document")), "{waiting:?}");
    let name = waiting.iter().find(|name| name.ends_with(".document")).unwrap();
    let folder = agent.airlock.vardir().join("servers/hq/outbox");
    let document = fs::read_to_string(folder.join(name)).unwrap();
    assert!(agent.remembered("hq")["failures"] == 1 && agent.remembered("hq")["last_error"].is_string());
    let why = agent.run(&["why", "hq"]).stdout;
    assert!(why.contains("The first broken link") && why.contains("contact"), "{why}");
    agent.run(&["run", "--json"]);
    let inventories = server.inventories();
    assert!(inventories.contains(&document), "the very same bytes");
    assert_eq!(agent.outbox("hq"), ["delivered.entry"]);
    assert!(agent.run(&["why", "hq"]).stdout.contains("No link is broken"));
}

#[test]
fn one_server_in_trouble_is_no_other_servers() {
    let (bad, good) = (FakeGlpi::http(), FakeGlpi::http());
    bad.at("/", Play::Hang);
    let settings = format!(
        "[transport]\ntimeout = 3\n[[server]]\nname = \"bad\"\nurl = \"{}\"\n[[server]]\nname = \"good\"\nurl = \"{}\"\n",
        bad.url("/"),
        good.url("/")
    );
    let agent = Agent::new(&settings);
    let told = agent.json(&["run", "--json"]);
    assert_eq!((&told[0]["ok"], &told[1]["ok"]), (&false.into(), &true.into()), "{told}");
    assert_eq!(good.inventories().len(), 1);
}

#[test]
fn several_servers_get_their_parts_of_one_observation() {
    let (some, all) = (FakeGlpi::http(), FakeGlpi::http());
    let settings = format!(
        "[[server]]\nname = \"some\"\nurl = \"{}\"\n[[server]]\nname = \"all\"\nurl = \"{}\"\n",
        some.url("/"),
        all.url("/")
    );
    let agent = Agent::new(&settings);
    let grant = |server: &str, categories: &str| {
        format!(
            "[[grant]]\nserver = [\"{server}\"]\ntask = [\"inventory\"]\nverb = \"inventory.read\"\ncategories = [{categories}]\n\
             [[grant]]\nserver = [\"{server}\"]\ntask = [\"*\"]\nverb = \"report.send\"\n"
        )
    };
    let origin = |server: &FakeGlpi| server.url("");
    agent.policy(&format!(
        "policy_version = 1\nid = \"t\"\nserial = 1\nlayer = \"local\"\n[server.some]\norigin = \"{}\"\n[server.all]\norigin = \"{}\"\n{}{}",
        origin(&some),
        origin(&all),
        grant("some", "\"hardware\", \"bios\""),
        grant("all", "\"*\""),
    ));
    let told = agent.json(&["run", "--json"]);
    assert!(told[0]["ok"] == true && told[1]["ok"] == true, "{told}");
    let (part, whole) = (some.inventories().remove(0), all.inventories().remove(0));
    let has = |text: &str, section: &str| text.to_ascii_lowercase().contains(section);
    assert!(has(&part, "hardware") && !has(&part, "softwares") && has(&whole, "softwares"));
}

#[test]
fn a_daemon_takes_turns_by_itself_and_does_as_signals_say() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    let daemon = daemon(&agent);
    assert!(until(|| server.inventories().len() == 1), "the first turn comes by itself");
    assert!(until(|| agent.remembered("hq")["failures"] == 0 && agent.outbox("hq") == ["delivered.entry"]));
    let status = agent.json(&["status", "--json"]);
    assert_eq!((&status["status"], &status["targets"][0]["name"]), (&"waiting".into(), &"hq".into()), "{status}");
    let second = agent.run(&["daemon", "--no-fork"]);
    assert!(!second.status.success() && second.stderr.contains("another airlock daemon"), "{}", second.stderr);
    daemon.tell(Signal::SIGUSR1);
    assert!(until(|| server.inventories().len() == 2), "USR1: everybody's turn");
    let other = FakeGlpi::http();
    agent.settings(&format!("{}[[server]]\nname = \"two\"\nurl = \"{}\"\n", hq(&server), other.url("/")));
    daemon.tell(Signal::SIGHUP);
    assert!(until(|| other.inventories().len() == 1), "HUP: a server that is new has its turn");
    agent.settings("nonsense");
    daemon.tell(Signal::SIGHUP);
    assert!(daemon.ends(), "and it still does as it is told");
}

/// The server wants something now, and it says so while the agent is still busy with what it wanted before.
#[test]
fn a_wake_in_the_middle_of_a_turn_is_not_lost() {
    let server = FakeGlpi::http();
    server.next(Play::Usual);
    server.next(Play::Late(std::time::Duration::from_secs(2)));
    let agent = Agent::of(&server);
    let daemon = daemon(&agent);
    assert!(until(|| server.inventories().len() == 1), "its first turn has come, and the server takes its time");
    daemon.tell(Signal::SIGUSR1);
    assert!(until(|| server.inventories().len() == 2), "a second turn follows the first");
    assert!(daemon.ends());
}

#[test]
fn a_service_logs_to_where_its_settings_say() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    let log = agent.confdir.path().join("airlock.log");
    agent.settings(&format!("{}[log]\nfile = \"{}\"\n", hq(&server), log.display()));
    let daemon = daemon(&agent);
    assert!(until(|| fs::read_to_string(&log).is_ok_and(|text| text.contains("hq: inventory"))));
    let text = fs::read_to_string(&log).unwrap();
    assert!(
        text.lines().all(|line| line.starts_with("20") && line.contains(" INFO ") || line.contains(" WARN ")),
        "{text}"
    );
    assert!(daemon.ends());
    agent.settings("[log]\nto = [\"syslog\"]\nfacility = \"nobody\"\n");
    let output = agent.run(&["daemon", "--no-fork"]);
    assert!(!output.status.success() && output.stderr.contains("no facility"), "{}", output.stderr);
}

#[test]
fn a_daemons_environment_is_not_its_workers() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    let canary = FakeGlpi::http();
    let mut command = std::process::Command::new(program());
    let confdir = agent.confdir.path().display().to_string();
    command.args([
        "--confdir",
        &confdir,
        "--vardir",
        &agent.airlock.vardir().display().to_string(),
        "daemon",
        "--no-fork",
    ]);
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"] {
        command.env(name, canary.url(""));
    }
    let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    let came = until(|| server.inventories().len() == 1);
    let _ = child.kill();
    let _ = child.wait();
    assert!(came);
    assert_eq!(canary.connections(), 0);
}

#[test]
fn the_way_to_a_result_is_told_link_by_link() {
    let server = FakeGlpi::http();
    let agent = Agent::of(&server);
    let before = agent.run(&["why", "hq"]).stdout;
    assert!(before.contains("there was none yet"), "{before}");
    agent.run(&["run"]);
    let chain = agent.json(&["why", "deploy", "--json"]);
    let broken = chain[0]["links"].as_array().unwrap().iter().find(|link| link["ok"] == false).unwrap().clone();
    assert!(broken["words"].as_str().unwrap().contains("deploy") || broken["link"] == "policy", "{broken}");
    let slip = agent.run(&["why", "hqq"]);
    assert!(!slip.status.success() && slip.stderr.contains("did you mean hq?"), "{}", slip.stderr);
}
