//! What an inventory says of people, and what local people can make it say.

use airlock_tests::machine::Machine;
use airlock_tests::program::{Airlock, Output};
use serde_json::Value;
use std::fs;
use std::process::Command;
use std::time::Duration;

const USER: &str = "canary_user_7f3a";
const SECRET: &str = "canary-secret-91c4";

/// Grants of two servers.
const POLICY: &str = r#"
policy_version = 1
id = "test"
serial = 1
layer = "local"
[server.hq]
origin = "https://hq.example"
[server.lab]
origin = "https://lab.example"
[[grant]]
server = "*"
task = "inventory"
verb = "inventory.read"
categories = CATEGORIES
[[grant]]
server = "*"
task = "*"
verb = "report.send"
redact = "office"
[redact.office]
unknown = "keep"
RULES
"#;

/// A machine whose only person is the canary, with what that person's name gets into.
fn machine() -> Machine {
    let machine = Machine::workstation();
    machine.write(
        "etc/passwd",
        format!("root:x:0:0:root:/root:/bin/sh\n{USER}:x:1000:1000:Canary:/home/{USER}:/bin/sh\n"),
    );
    machine.write("etc/group", format!("root:x:0:\nwheel:x:10:{USER}\n"));
    let packages = machine.text("var/lib/dpkg/status");
    let package = format!(
        "\nPackage: acme-of-{USER}\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\
         Maintainer: {USER} <{USER}@example.org>\nDescription: in /home/{USER}/acme\n"
    );
    machine.write("var/lib/dpkg/status", format!("{}\n{package}", packages.trim_end()));
    machine
}

struct Scene {
    airlock: Airlock,
    machine: Machine,
}

impl Scene {
    fn new(machine: Machine, categories: &str, rules: &str) -> Self {
        let scene = Self { airlock: Airlock::new(), machine };
        fs::write(scene.policy(), POLICY.replace("CATEGORIES", categories).replace("RULES", rules)).unwrap();
        scene
    }

    fn policy(&self) -> std::path::PathBuf {
        self.airlock.vardir().join("50-test.toml")
    }

    fn sent(&self, server: &str, more: &[&str]) -> Output {
        let policy = self.policy();
        let policy = policy.to_str().unwrap();
        let words = ["inventory", "--machine", self.machine.argument(), "--policy", policy, "--server", server];
        self.airlock.done(&[&words[..], more].concat())
    }

    fn content(&self, server: &str) -> Value {
        serde_json::from_str::<Value>(&self.sent(server, &[]).stdout).unwrap()["content"].take()
    }
}

const NO_PEOPLE: &str = r#"
[[redact.office.rule]]
path = "content.users"
op = "drop"
[[redact.office.rule]]
path = "content.local_users"
op = "drop"
[[redact.office.rule]]
path = "content.local_groups"
op = "drop"
"#;

#[test]
fn co_08_the_name_of_a_person_is_nowhere_in_what_is_sent() {
    let scene = Scene::new(machine(), "[\"*\"]", NO_PEOPLE);
    for form in [&[][..], &["--xml"]] {
        let output = scene.sent("hq", form);
        assert!(!output.stdout.to_lowercase().contains(USER), "{}", output.stdout);
    }
    // Whoever runs the command sees it: the name was there to be sent.
    let own = scene.airlock.done(&["inventory", "--machine", scene.machine.argument()]);
    assert!(own.stdout.contains(USER));
}

#[test]
fn co_08_twin_what_is_no_persons_is_there() {
    let scene = Scene::new(machine(), "[\"*\"]", NO_PEOPLE);
    let content = scene.content("hq");
    assert!(content["hardware"]["name"].as_str().is_some_and(|name| !name.is_empty()), "{content:#}");
    assert!(!content["cpus"].as_array().unwrap().is_empty());
    assert!(!content["softwares"].as_array().unwrap().is_empty());
}

/// This machine itself, with a secret in the environment and one among a program's arguments.
fn own_inventory(more: &[&str], policy: &std::path::Path) -> Output {
    let airlock = Airlock::new();
    let policy = policy.to_str().unwrap();
    let words = ["inventory", "--policy", policy, "--server", "hq", "--partial"];
    let mut command = airlock.command(&[&words[..], more].concat());
    command.env("AWS_SECRET_ACCESS_KEY", SECRET);
    airlock_tests::program::run(command)
}

#[test]
fn co_09_variables_and_arguments_stay_here_unless_the_owner_says_so() {
    let mut child = Command::new("sleep").args(["60", &format!("-p{SECRET}")]).spawn();
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("50-test.toml");
    // Without a word of the owner on categories, a server gets no processes and no variables at all.
    fs::write(&policy, "policy_version = 1\n[server.hq]\norigin = \"https://hq.example\"\n").unwrap();
    let output = own_inventory(&["process,environment"], &policy);
    assert!(!output.stdout.contains(SECRET) && !output.stderr.contains(SECRET), "{output:?}");
    // With processes granted and their lines withheld, the programs are named and nothing of their arguments.
    let rules = "[[redact.office.rule]]\npath = \"content.processes.*.cmd\"\nop = \"drop\"\n";
    fs::write(&policy, POLICY.replace("CATEGORIES", "[\"process\", \"cpu\"]").replace("RULES", rules)).unwrap();
    let output = own_inventory(&["process,environment"], &policy);
    if let Ok(child) = &mut child {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(!output.stdout.contains(SECRET) && !output.stderr.contains(SECRET), "{output:?}");
    assert!(!output.stdout.contains("AWS_SECRET_ACCESS_KEY"), "{}", output.stdout);
}

#[test]
fn co_09_twin_the_owner_sees_both() {
    let airlock = Airlock::new();
    let mut command = airlock.command(&["inventory", "--partial", "process,environment"]);
    command.env("ACME_CANARY", SECRET);
    let output = airlock_tests::program::run(command);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    let envs = document["content"]["envs"].as_array().unwrap();
    assert!(envs.iter().any(|env| env["key"] == "ACME_CANARY" && env["val"] == SECRET), "{envs:?}");
    assert!(!document["content"]["processes"].as_array().unwrap().is_empty());
}

#[test]
fn co_10_a_category_that_is_not_granted_is_not_sent_whoever_asks_for_it() {
    let scene = Scene::new(machine(), "[\"cpu\", \"bios\"]", "");
    let output = scene.sent("hq", &["--partial", "environment,process,user,local_user,cpu"]);
    let content = serde_json::from_str::<Value>(&output.stdout).unwrap()["content"].take();
    for section in ["envs", "processes", "users", "local_users"] {
        assert!(content.get(section).is_none(), "{section}: {content:#}");
    }
    assert!(!output.stdout.contains(USER), "{}", output.stdout);
    // What was asked for and is not shown is said.
    for category in ["environment", "process", "local_user"] {
        assert!(output.stderr.contains(&format!("the category {category}")), "{category}: {}", output.stderr);
    }
}

#[test]
fn co_10_twin_a_category_that_is_granted_is_sent() {
    let scene = Scene::new(machine(), "[\"cpu\", \"bios\"]", "");
    let output = scene.sent("hq", &["--partial", "cpu"]);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert!(!document["content"]["cpus"].as_array().unwrap().is_empty(), "{document:#}");
}

const HASHED: &str = "[[redact.office.rule]]\npath = \"content.bios.ssn\"\nop = \"hash\"\n";

#[test]
fn co_11_two_servers_cannot_tell_that_they_see_the_same() {
    let scene = Scene::new(machine(), "[\"*\"]", HASHED);
    let serial = |server: &str| scene.content(server)["bios"]["ssn"].as_str().unwrap().to_owned();
    let (hq, lab) = (serial("hq"), serial("lab"));
    assert!(hq != lab && hq.starts_with('~') && lab.starts_with('~'), "{hq} {lab}");
    // It is a digest with a key of this machine's: nobody finds the value by trying all of them.
    let other = Scene::new(machine(), "[\"*\"]", HASHED);
    assert_ne!(hq, other.content("hq")["bios"]["ssn"].as_str().unwrap());
}

#[test]
fn co_11_twin_one_server_sees_the_same_as_the_last_time() {
    let scene = Scene::new(machine(), "[\"*\"]", HASHED);
    let serial = || scene.content("hq")["bios"]["ssn"].clone();
    assert_eq!(serial(), serial());
}

#[test]
fn co_12_a_collector_that_hangs_costs_its_section_and_is_named() {
    let machine = machine();
    for file in ["etc/passwd", "var/lib/dpkg/status"] {
        let path = machine.path().join(file);
        fs::remove_file(&path).unwrap();
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::from_bits_truncate(0o644)).unwrap();
    }
    let scene = Scene::new(machine, "[\"*\"]", "");
    let output = scene.sent("hq", &["--backend-collect-timeout", "1"]);
    assert!(output.took < Duration::from_secs(15), "{:?}", output.took);
    for section in ["local_users", "softwares"] {
        assert!(output.stderr.contains(&format!("incomplete: {section}: ")), "{section}: {}", output.stderr);
    }
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert!(!document["content"]["cpus"].as_array().unwrap().is_empty());
    // An empty list would say that all software is gone.
    assert!(document["content"].get("softwares").is_none(), "{}", document["content"]["softwares"]);
}

#[test]
fn co_12_twin_a_machine_that_answers_is_whole() {
    let scene = Scene::new(machine(), "[\"*\"]", "");
    let output = scene.sent("hq", &["--backend-collect-timeout", "10"]);
    assert!(!output.stderr.contains("incomplete: softwares"), "{}", output.stderr);
    assert!(output.stdout.contains("\"softwares\""));
}

#[test]
fn co_13_what_local_people_write_is_text_and_nothing_more() {
    let machine = machine();
    machine.write(
        "etc/os-release",
        b"ID=evil\nPRETTY_NAME=\"x\x1b]0;pwn\x07<script>alert(1)</script>\xff\xfe\"\nVERSION_ID=\"1\"\n",
    );
    machine.write("sys/class/dmi/id/product_name", "A".repeat(10 << 20));
    let packages = machine.text("var/lib/dpkg/status");
    let package =
        "\nPackage: evil\nStatus: install ok installed\nArchitecture: all\nVersion: 1\x1b[2J\nDescription: ]]><x/>\n";
    machine.write("var/lib/dpkg/status", format!("{}\n{package}", packages.trim_end()));
    let scene = Scene::new(machine, "[\"*\"]", "");
    let output = scene.sent("hq", &[]);
    serde_json::from_str::<Value>(&output.stdout).unwrap();
    for form in [&[][..], &["--xml"], &["--html"]] {
        let output = scene.sent("hq", form);
        let is_bad = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(!output.stdout.contains(is_bad) && !output.stderr.contains(is_bad), "{form:?}");
        assert!(output.stdout.len() < 4 << 20, "{form:?}: {} bytes", output.stdout.len());
        if !form.is_empty() {
            assert!(!output.stdout.contains("<script>") && !output.stdout.contains("]]><x/>"), "{form:?}");
        }
    }
    let xml = scene.sent("hq", &["--xml"]).stdout;
    let mut reader = quick_xml::Reader::from_str(&xml);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn co_13_twin_ordinary_names_are_kept_as_they_are() {
    let machine = machine();
    machine.write("etc/os-release", "ID=example\nPRETTY_NAME=\"Example & Söhne Linux 7 <LTS>\"\nVERSION_ID=\"7\"\n");
    let scene = Scene::new(machine, "[\"*\"]", "");
    let text = scene.content("hq")["operatingsystem"].to_string();
    assert!(text.contains("Example & Söhne Linux 7 <LTS>"), "{text}");
}
