//! DE-16, DE-18, DE-23, DE-24: what the task itself makes of a server's words. Each on this machine and on a mocked one.

use airlock_deploy::fixture::Fixture;
use airlock_deploy::machine::Reply;
use airlock_deploy::{End, run};
use airlock_tests::agent::Agent;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const CANARY: &str = "c4n4ry-0123456789abcdef";

/// A folder that hq's deployments may look at and change, and a command of a megabyte.
struct World {
    agent: Agent,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let agent = Agent::new("[servers.hq]\nurl = \"https://hq.example\"\n");
        let root = folder.path().display().to_string();
        let grant = |verb: &str, rest: &str| {
            format!("[[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"{verb}\"\n{rest}\n")
        };
        let paths = format!("paths = [\"{root}/**\"]");
        let text = [
            "policy_version = 1\n[server.hq]\norigin = \"https://hq.example\"\n".to_owned(),
            grant("files.stat", &paths),
            grant("files.mkdir", &paths),
            grant("exec.template", "templates = [\"million\"]"),
            "[template.million]\nprogram = \"/usr/bin/printf\"\nargv = [\"%01000000d\", \"0\"]\n".to_owned(),
            "recognise = [\"million\"]\nwall_seconds = 10\noutput_kb = 1024\n".to_owned(),
        ];
        agent.policy(&text.concat());
        Self { agent, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// What came of a job: on this machine, and on one of a file. `{root}` in the job is the granted folder.
    fn both(&self, job: &Value, files: &[&str]) -> [Value; 2] {
        for name in files {
            fs::write(self.path(name), "x").unwrap();
        }
        let root = self.text("");
        let job = json!({ "job": job }).to_string().replace("{root}", root.trim_end_matches('/'));
        let (kept, mock) = (self.agent.confdir.path().join("job.json"), self.agent.confdir.path().join("mock.toml"));
        fs::write(&kept, job).unwrap();
        let described: String =
            files.iter().map(|name| format!("{:?} = {{ text = \"x\" }}\n", self.text(name))).collect();
        let zeros = "0".repeat(1_000_000);
        let program = format!("[[process]]\nprogram = \"/usr/bin/printf\"\nstdout = \"{zeros}\"\n");
        let folder = format!("{:?} = {{ folder = true }}\n", root.trim_end_matches('/'));
        fs::write(&mock, format!("mock_version = 1\n[files]\n{folder}{described}{program}")).unwrap();
        let job = format!("@{}", kept.display());
        let words = ["task", "run", "deploy", "--server", "hq", "--json", "--job", job.as_str()];
        let on_mock = [words.as_slice(), &["--mock", mock.to_str().unwrap()]].concat();
        [words.to_vec(), on_mock].map(|words| {
            let mut command = self.agent.command(&words);
            command.env("GLPI_PASSWORD", CANARY).env("AWS_SECRET_ACCESS_KEY", CANARY).env("HOME", self.folder.path());
            let output = airlock_tests::program::run(command);
            assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
            serde_json::from_str(&output.stdout)
                .unwrap_or_else(|error| panic!("{error}: {}{}", output.stdout, output.stderr))
        })
    }
}

fn job(more: Value) -> Value {
    let mut job = json!({ "uuid": "6b02e835e4c90", "checks": [], "associatedFiles": [], "actions": [] });
    for (key, value) in more.as_object().unwrap() {
        job[key] = value.clone();
    }
    job
}

fn said(outcome: &Value) -> Vec<String> {
    let lines = outcome["status"].as_array().unwrap().iter();
    lines
        .map(|line| format!("{} {}", line["status"].as_str().unwrap_or("-"), line["message"].as_str().unwrap()))
        .collect()
}

fn check(kind: &str, path: &str, then: &str) -> Value {
    json!({ "name": "c", "type": kind, "path": path, "value": "", "return": then })
}

#[test]
fn de_16_no_variable_of_this_machine_is_found_out_by_a_check() {
    let world = World::new();
    // Were the names resolved, these would be there.
    fs::create_dir_all(world.path(CANARY).join(CANARY)).unwrap();
    let paths = ["{root}/$GLPI_PASSWORD/%AWS_SECRET_ACCESS_KEY%", "{root}/${GLPI_PASSWORD}", "$HOME", "~", "%HOME%"];
    let mut checks: Vec<Value> = paths.iter().map(|path| check("directoryExists", path, "warning")).collect();
    checks.push(check("directoryMissing", "{root}/$GLPI_PASSWORD", "error"));
    for outcome in world.both(&job(json!({ "checks": checks })), &[]) {
        let lines = said(&outcome);
        assert!(!outcome.to_string().contains(CANARY), "{outcome:#}");
        assert_eq!(lines.iter().filter(|line| line.starts_with("warning ")).count(), paths.len(), "{lines:#?}");
        assert!(lines[1].contains("/$GLPI_PASSWORD/%AWS_SECRET_ACCESS_KEY% directory is missing"), "{lines:#?}");
        assert_eq!((lines[6].as_str(), outcome["outcome"].as_str()), ("ok check #6, c passed", Some("ok")));
    }
}

#[test]
fn de_16_twin_a_name_that_only_looks_like_a_variable_is_a_name() {
    let job = job(json!({ "checks": [check("fileExists", "{root}/$GLPI_PASSWORD", "error")] }));
    for outcome in World::new().both(&job, &["$GLPI_PASSWORD"]) {
        assert_eq!(said(&outcome)[1], "ok check #1, c passed");
    }
}

fn patterned(kind: &str, pattern: &str) -> Value {
    job(json!({ "actions": [{ "cmd": {
        "name": "m", "exec": "million", "logLineLimit": 0, "retChecks": [{ "type": kind, "values": [pattern] }],
    } }] }))
}

#[test]
fn de_18_a_pattern_that_takes_for_ever_does_not() {
    let large = format!("({}){{900}}{{900}}", "x?".repeat(400));
    for pattern in ["(0+)+x$", "(0|0)*x", "(0*)*(0*)*x", "(0?){500}0{500}x", &large, &"0".repeat(5000)] {
        let start = Instant::now();
        for outcome in World::new().both(&patterned("okPattern", pattern), &[]) {
            assert_eq!(said(&outcome).last().unwrap(), "ko m, processing failure", "{pattern:.40}");
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{pattern:.40}: {:?}", start.elapsed());
    }
}

#[test]
fn de_18_twin_ordinary_patterns_are_found() {
    for (kind, pattern) in [("okPattern", "0{3}$"), ("okPattern", "^[0-9]+$|done"), ("errorPattern", "(?i)error")] {
        for outcome in World::new().both(&patterned(kind, pattern), &[]) {
            assert_eq!(outcome["outcome"], "ok", "{pattern}: {outcome:#}");
        }
    }
}

#[test]
fn de_23_what_only_looks_like_an_action_is_none_and_nothing_of_its_job_is_done() {
    for name in ["cmdx", "xcopyx", "remove", "Cmd::Evil", "CMD", "mkdir ", "exec", "checks"] {
        let world = World::new();
        let actions =
            json!([{ "mkdir": { "list": ["{root}/made"] } }, { name: { "exec": "million", "list": ["{root}"] } }]);
        for outcome in world.both(&job(json!({ "actions": actions })), &[]) {
            let lines = said(&outcome);
            assert!(lines.len() == 1 && lines[0].starts_with("ko job refused: unknown action"), "{name}: {lines:?}");
            assert!(outcome.get("changes").is_none(), "{name}: {outcome:#}");
        }
        assert!(!world.path("made").exists(), "{name}");
    }
}

#[test]
fn de_23_twin_an_action_by_its_name_is_done() {
    let world = World::new();
    let actions = json!([{ "mkdir": { "list": ["{root}/made"] } }, { "cmd": { "exec": "million" } }]);
    for outcome in world.both(&job(json!({ "actions": actions })), &[]) {
        assert_eq!(said(&outcome).last().unwrap(), "ok job successfully completed", "{outcome:#}");
    }
    assert!(world.path("made").is_dir());
}

fn asking(question: Value) -> Value {
    let mut all =
        json!({ "type": "before", "title": "Airlock", "platform": "linux", "buttons": "okcancel", "icon": "warning" });
    for (key, value) in question.as_object().unwrap() {
        all[key] = value.clone();
    }
    job(json!({ "userinteractions": [all] }))
}

/// The task on a machine where somebody answers.
fn answered(job: &Value, reply: Reply) -> (End, Fixture) {
    let mut machine = Fixture { replies: vec![Ok(reply)], ..Fixture::default() };
    let end = run(&mut machine, &json!({ "job": job }).to_string());
    (end, machine)
}

#[test]
fn de_24_a_question_is_cut_plain_and_waits_no_longer_than_a_day() {
    let text = format!("\u{202e}Root password:\u{1b}]0;sudo\u{7}\u{9b}31m{}", "x".repeat(1 << 20));
    let job = asking(json!({
        "text": text, "title": "y".repeat(1 << 20), "wait": 0, "timeout": "99999999999", "on_timeout": "continue:continue:",
        "buttons": "z".repeat(1 << 20), "icon": "\u{1b}[2J",
    }));
    let (_, machine) = answered(&job, Reply::Timeout);
    let prompt = &machine.prompts[0];
    for text in [&prompt.title, &prompt.text, &prompt.buttons, &prompt.icon] {
        assert!(text.chars().count() <= 4000, "{}", text.len());
        assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{7}', '\u{9b}']), "{text:.100?}");
    }
    assert!(prompt.timeout <= 86_400);
    assert_eq!(machine.asked, [("before".to_owned(), "continue".to_owned(), "on_timeout".to_owned())]);
    // An answer that the question does not know is no leave to go on.
    let (end, machine) = answered(&asking(json!({ "on_ok": "continue:continue:" })), Reply::Pressed("../ok".into()));
    assert!(matches!(end, End::Stopped) && machine.asked[0].1 == "error_bad_event", "{:?}", machine.asked);
}

#[test]
fn de_24_where_nobody_may_be_asked_the_rule_for_nobody_holds() {
    let job =
        asking(json!({ "text": "x".repeat(100_000), "on_nouser": "stop:postpone:", "on_ok": "continue:continue:" }));
    for outcome in World::new().both(&job, &[]) {
        assert_eq!(outcome["asked"][0]["event"], "on_nouser", "{outcome:#}");
        assert_ne!(said(&outcome).last().unwrap(), "ok job successfully completed");
    }
}

#[test]
fn de_24_twin_a_plain_question_is_asked_as_it_is() {
    let job = asking(json!({
        "text": "Acme 2.0 will be installed.\nSave your work.", "title": "Update", "timeout": 300, "wait": "yes",
        "on_ok": "continue:continue:", "on_cancel": "stop:postpone:",
    }));
    for (button, goes_on) in [("ok", true), ("cancel", false)] {
        let (end, machine) = answered(&job, Reply::Pressed(button.into()));
        let prompt = &machine.prompts[0];
        assert_eq!((prompt.title.as_str(), prompt.timeout), ("Update", 300));
        assert_eq!(prompt.text, "Acme 2.0 will be installed.\nSave your work.");
        assert_eq!((matches!(end, End::Done), matches!(end, End::Stopped)), (goes_on, !goes_on));
    }
}
