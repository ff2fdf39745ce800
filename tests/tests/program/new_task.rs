//! The path of somebody who writes a task: new, build, test on a machine that does not exist, sign; and of the owner who
//! lets it in: trust, install, run under the policy.

use airlock_tests::program::{Airlock, Output, run};
use std::fs;
use std::path::Path;
use std::process::Command;

fn succeeded(what: &str, output: Output) -> Output {
    assert!(output.status.success(), "{what}: {}\n{}{}", output.status, output.stdout, output.stderr);
    output
}

/// `cargo test`, `cargo build-task`. What is compiled beside the task is kept for the next time.
fn cargo(folder: &Path, word: &str) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().into_owned();
        if text.starts_with("CARGO_") && !["CARGO_HOME", "CARGO_NET_OFFLINE"].contains(&text.as_str()) {
            command.env_remove(&name);
        }
    }
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-task");
    let built = command.current_dir(folder).env("CARGO_TARGET_DIR", kept).arg(word).status().unwrap();
    assert!(built.success(), "cargo {word}: {built}");
}

#[test]
fn from_nothing_to_a_run_under_the_policy_of_another_machine() {
    let airlock = Airlock::new();
    let work = tempfile::tempdir().unwrap();
    let at = |path: &str| work.path().join(path).display().to_string();
    airlock.done(&["task", "new", "acme-version", "--path", &at("")]);
    cargo(&work.path().join("acme-version"), "test");
    cargo(&work.path().join("acme-version"), "build-task");
    let component = at("acme-version/target/acme-version.component.wasm");

    // The author's cases: one that finds what it looks for, one that the policy refuses.
    let cases = at("acme-version/cases");
    let tested = airlock.json(&["task", "test", &cases, "--task", &component, "--json"]);
    assert_eq!(tested.to_string().matches("\"passed\":true").count(), 2, "{tested:#}");

    airlock.done(&["task", "keygen", &at("acme"), "--no-password"]);
    let key = at("acme.key");
    let sign = ["--name", "acme-version", "--version", "0.1.0", "--counter", "1"];
    airlock.done(&[&["task", "sign", &component, "--key", &key], &sign[..]].concat());

    // On the owner's machine: a stranger's component is refused, whoever signed it …
    let owner = Airlock::new();
    let refused = owner.run(&["task", "install", &component]);
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stderr);
    // … and comes in once its publisher may bring that name.
    owner.done(&["task", "trust", &at("acme.pub"), "--name", "acme", "--names", "acme-*"]);
    owner.done(&["task", "install", &component]);

    // It finds what the policy lets it look at, on a machine that has it, and nothing else.
    let policy = at("acme-version/cases/found/policy.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let public = fs::read_to_string(at("acme.pub")).unwrap();
    let public = public.lines().find(|line| line.starts_with("RW")).expect("a minisign key");
    fs::write(&policy, format!("{text}\n[publisher.acme]\nkeys = [{public:?}]\nnames = [\"acme-*\"]\n")).unwrap();
    let mock = at("acme-version/cases/found/mock.toml");
    let run_it = |job: &str| {
        let job = format!("@{job}");
        let words = [
            "task",
            "run",
            "acme-version",
            "--server",
            "hq",
            "--mock",
            &mock,
            "--job",
            &job,
            "--json",
            "--policy",
            &policy,
        ];
        run(owner.command(&words))
    };
    let found = succeeded("the run", run_it(&at("acme-version/cases/found/job.json")));
    assert!(found.stdout.contains("2.5.1"), "{}", found.stdout);
    let refused = run_it(&at("acme-version/cases/refused/job.json"));
    assert_eq!(refused.status.code(), Some(1), "{}", refused.stdout);
    assert!(!refused.stdout.contains("secret") && !refused.stderr.contains("secret"));
}

#[test]
fn a_new_task_overwrites_nothing() {
    let airlock = Airlock::new();
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("acme-version")).unwrap();
    let path = work.path().display().to_string();
    let output = airlock.run(&["task", "new", "acme-version", "--path", &path]);
    assert_eq!(output.status.code(), Some(2), "{}", output.stderr);
    assert_eq!(fs::read_dir(work.path().join("acme-version")).unwrap().count(), 0);
}
