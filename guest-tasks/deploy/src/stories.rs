//! Whole jobs, and what their servers are told, line by line.

use crate::fixture::Fixture;
use crate::machine::{Outcome, Reply};
use crate::{End, run};
use airlock_task::{Denial, DenialReason, Error};
use serde_json::{Value, json};

fn sha(digit: char) -> String {
    String::from(digit).repeat(128)
}

/// A job with three files, as servers write them.
fn unit(changes: Value) -> String {
    let file = |name: &str, parts: &[char], uncompress: u8| {
        let parts: Vec<String> = parts.iter().map(|part| sha(*part)).collect();
        let mirrors = ["https://hq.example/?file=", "https://cache.example/?file="];
        json!({"name": name, "p2p": 0, "p2p-retention-duration": 0, "uncompress": uncompress, "mirrors": mirrors, "multiparts": parts})
    };
    let mut job = json!({
        "uuid": "0123abcd", "userinteractions": [],
        "associatedFiles": [sha('1'), sha('2'), sha('3')],
        "checks": [
            {"name": "there", "type": "fileExists", "path": "/opt/acme/a", "value": "", "return": "error"},
            {"name": "not there", "type": "fileExists", "path": "/opt/none", "value": "", "return": "warning"},
            {"name": "nor there", "type": "fileExists", "path": "/opt/none", "value": "", "return": "info"},
            {"name": "whatever", "type": "fileExists", "path": "/opt/none", "value": "", "return": "ignore"},
        ],
        "actions": [
            {"mkdir": {"name": "make", "list": ["/opt/out"]}},
            {"copy": {"from": "*", "to": "/opt/out"}},
            {"cmd": {"name": "run", "exec": "setup --quiet", "logLineLimit": "10", "retChecks": [{"type": "okCode", "values": ["0"]}]}},
            {"delete": {"name": "tidy", "list": ["/opt/out/one.txt"]}},
        ],
    });
    for (key, value) in changes.as_object().unwrap() {
        job[key] = value.clone();
    }
    let files = json!({
        (sha('1')): file("a.txt", &['a'], 0), (sha('2')): file("b.bin", &['b', 'c'], 0), (sha('3')): file("c.tgz", &['d'], 1),
    });
    json!({"job": job, "files": files}).to_string()
}

fn machine() -> Fixture {
    let mut machine = Fixture::default();
    machine.put("/opt/acme/a", "a");
    for part in ['a', 'b', 'c', 'd'] {
        machine.mirrors.insert(sha(part), (0, part.to_string()));
    }
    machine.archives.insert("c.tgz".into(), vec![("one.txt".into(), "1".into()), ("dir/two.txt".into(), "2".into())]);
    let ended = Outcome { exit_code: Some(0), stdout: b"all fine\n".to_vec(), stderr: vec![] };
    machine.commands.insert("setup --quiet".into(), Ok(ended));
    machine
}

fn told(machine: &mut Fixture, changes: Value) -> (End, Vec<String>) {
    let end = run(machine, &unit(changes));
    (end, machine.story())
}

const CHECKED: &[&str] = &[
    "checking - starting",
    "checking c0 ok check #1, there passed",
    "checking c1 warning check #2, not there warning, /opt/none file is missing",
    "checking c2 info check #3, nor there info, /opt/none file is missing",
    "checking c3 ignore check #4, whatever passed",
    "checking ok all checks are ok",
    "downloading - downloading files",
];

#[test]
fn a_job_that_succeeds() {
    let mut machine = machine();
    machine.store.insert(sha('b'), "b".into());
    machine.store.insert(sha('c'), "c".into());
    let (end, story) = told(&mut machine, json!({}));
    let mut expected = CHECKED.to_vec();
    expected.extend([
        "downloading 1111 - fetching a.txt",
        "downloading 1111 ok a.txt downloaded",
        "downloading 2222 ok b.bin already downloaded",
        "downloading 3333 - fetching c.tgz",
        "downloading 3333 ok c.tgz downloaded",
        "downloading ok success",
        "prepare ok success",
        "processing a0 ok make, processing success",
        "processing a1 ok action #2, processing success",
        "processing a2 - run: ================================",
        "processing a2 - run: Started cmd: setup --quiet",
        "processing a2 - run: ================================",
        "processing a2 - run: all fine",
        "processing a2 - run: --------------------------------",
        "processing a2 - run: exit status: `0'",
        "processing a2 - run: ok, got expected exit status: 0",
        "processing a2 ok run, processing success",
        "processing a3 ok tidy, processing success",
        "- ok job successfully completed",
    ]);
    assert_eq!(story, expected);
    assert!(matches!(end, End::Done));
    // What archives had is there, and they are not.
    let out: Vec<&str> = machine.files.keys().filter_map(|at| at.strip_prefix("/opt/out/")).collect();
    assert_eq!(out, ["a.txt", "b.bin", "dir", "dir/two.txt"]);
}

#[test]
fn a_command_that_fails_ends_the_job() {
    let mut machine = machine();
    machine.commands.insert("setup --quiet".into(), Ok(Outcome { exit_code: Some(3), ..Outcome::default() }));
    let (end, story) = told(&mut machine, json!({}));
    assert_eq!(
        story[story.len() - 3..],
        [
            "processing a2 - run: exit status: `3'",
            "processing a2 - run: not expected exit status: 3",
            "processing a2 ko run, processing failure",
        ]
    );
    assert!(matches!(end, End::Failed(words) if words == "run, processing failure"));
    assert!(machine.files.contains_key("/opt/out/one.txt"));
}

#[test]
fn checks_that_skip_start_or_stop_a_job() {
    let check = |word: &str| {
        json!({"checks": [
            {"name": "c", "type": "fileExists", "path": "/x", "return": word},
            {"name": "d", "type": "fileExists", "path": "/y", "return": "error"},
        ]})
    };
    let (end, story) = told(&mut machine(), check("skip"));
    assert_eq!(story[1..], ["checking c0 ok check #1, c not successful then skip job", "checking ok job skipped"]);
    assert!(matches!(end, End::Skipped));
    let (end, story) = told(&mut machine(), check("startnow"));
    assert_eq!(
        story[1..4],
        [
            "checking c0 ok check #1, c not successful then start job now",
            "checking ok job started now",
            "downloading - downloading files"
        ]
    );
    assert!(matches!(end, End::Done));
    for word in ["error", "ko", "abort", "", "what"] {
        let mut machine = machine();
        let (end, story) = told(&mut machine, check(word));
        assert_eq!(story[1..], ["checking c0 ko check #1, failure on c, /x file is missing"], "{word}");
        assert!(matches!(end, End::Failed(_)) && machine.done.is_empty());
    }
}

#[test]
fn checks_of_an_action_leave_the_others_alone() {
    let check = |word: &str| json!([{"type": "fileMissing", "path": "/opt/acme/a", "return": word}]);
    let (end, story) = told(
        &mut machine(),
        json!({"associatedFiles": [], "checks": [], "actions": [
            {"mkdir": {"name": "one", "list": ["/opt/1"], "checks": check("skip")}},
            {"mkdir": {"name": "two", "list": ["/opt/2"], "checks": check("error")}},
            {"mkdir": {"name": "three", "list": ["/opt/3"], "checks": check("warning")}},
        ]}),
    );
    assert_eq!(
        story[5..],
        [
            "checking a0 c0 ok check #1, fileMissing not successful then skip action",
            "checking a0 ok action skipped",
            "checking a0 c0 ko check #1, failure on fileMissing, /opt/acme/a file exists",
            "checking a0 c0 warning check #1, fileMissing warning, /opt/acme/a file exists",
            "processing a0 ok three, processing success",
            "- ok job successfully completed",
        ]
    );
    assert!(matches!(end, End::Done));
}

#[test]
fn five_retries_for_a_job_and_each_part_once() {
    let mut machine = machine();
    machine.mirrors.insert(sha('b'), (4, "b".into()));
    machine.mirrors.insert(sha('d'), (3, "d".into()));
    let (end, story) = told(&mut machine, json!({}));
    assert!(matches!(end, End::Done), "{story:?}");
    // Two mirrors are asked before each retry.
    let retried: Vec<_> = story.iter().filter(|line| line.contains("retrying")).collect();
    assert_eq!(
        retried,
        ["downloading 2222 - retrying b.bin", "downloading 2222 - retrying b.bin", "downloading 3333 - retrying c.tgz"]
    );
    assert_eq!(machine.done.iter().filter(|done| done.ends_with("aaaa")).count(), 1);
    assert_eq!(machine.done[1..3], ["fetch https://hq.example/?file= bbbb", "fetch https://cache.example/?file= bbbb"]);

    let mut machine = self::machine();
    machine.mirrors.remove(&sha('c'));
    let (end, story) = told(&mut machine, json!({}));
    assert_eq!(
        story[story.len() - 3..],
        [
            "downloading 2222 - retrying b.bin",
            "downloading 2222 - b.bin: 404",
            "downloading 2222 ko b.bin download failed",
        ]
    );
    assert!(matches!(end, End::Failed(_)));
    assert_eq!(machine.done.iter().filter(|done| done.ends_with("cccc")).count(), 12);
}

#[test]
fn a_mirror_that_is_refused_is_asked_once_and_said() {
    let mut machine = Fixture { refuse_mirrors: true, ..machine() };
    let (end, story) = told(&mut machine, json!({}));
    assert_eq!(
        story[story.len() - 2..],
        [
            "downloading 1111 - a.txt: refused by the owner's policy: a.txt from https://hq.example/?file= (audit 1)",
            "downloading 1111 ko a.txt download failed",
        ]
    );
    assert!(matches!(end, End::Refused(_)));
    assert_eq!(machine.done.len(), 2);
}

#[test]
fn what_cannot_be_prepared_ends_the_job_before_its_actions() {
    for broken in [sha('a'), sha('d')] {
        let mut machine = machine();
        machine.archives.clear();
        if broken == sha('a') {
            machine.mirrors.insert(broken, (0, "other bytes".into()));
        }
        let (end, story) = told(&mut machine, json!({}));
        assert_eq!(story.last().unwrap(), "prepare ko failed to prepare work dir");
        assert!(story[story.len() - 2].starts_with("prepare "), "{story:?}");
        assert!(matches!(end, End::Failed(_)) && !machine.done.iter().any(|done| done.starts_with("mkdir")));
    }
}

#[test]
fn a_job_that_is_none_is_refused_in_words() {
    for (text, why) in [
        (
            unit(json!({"actions": [{"cmdx": {}}]})),
            "unknown action \"cmdx\": cmd, copy, delete, mkdir and move are known",
        ),
        (unit(json!({"associatedFiles": [sha('9')]})), "is not among the files of the server's answer"),
        ("{".to_owned(), "not JSON"),
    ] {
        let mut machine = machine();
        assert!(matches!(run(&mut machine, &text), End::NoJob(_)));
        let story = machine.story();
        assert!(
            story.len() == 1 && story[0].starts_with("checking ko job refused: ") && story[0].contains(why),
            "{story:?}"
        );
        assert!(machine.done.is_empty());
    }
}

#[test]
fn a_call_that_waits_for_a_person_ends_the_job_for_now() {
    for (call, before) in [
        ("fetch_part", "fetching"),
        ("run_template", "action #2, processing success"),
        ("remove", "run, processing success"),
    ] {
        let mut machine = machine();
        machine.held.insert(call);
        let (end, story) = told(&mut machine, json!({}));
        assert!(matches!(end, End::Held(Denial { reason: DenialReason::NotApproved, .. })), "{call}: {end:?}");
        assert!(story.last().unwrap().contains(before), "{call}: {story:?}");
        assert!(!story.iter().any(|line| line.contains(" ko ")), "{call}");
    }
}

#[test]
fn a_run_whose_allowance_is_spent_says_so() {
    let mut machine = Fixture { calls_left: Some(3), ..machine() };
    let (end, story) = told(&mut machine, json!({}));
    assert!(matches!(end, End::Over(Error::Exhausted(_))));
    assert!(story.last().unwrap().ends_with("ko this run's allowance of host calls is spent"), "{story:?}");
}

fn question(kind: &str, more: Value) -> Value {
    let mut question = json!({"type": kind, "title": "Acme", "text": "Hello %u", "platform": "win32,linux", "buttons": "okcancel",
        "icon": "info", "timeout": 300, "wait": "yes", "on_ok": "continue:continue:", "on_cancel": "stop:postpone:",
        "on_timeout": "stop:postpone:later"});
    for (key, value) in more.as_object().unwrap() {
        question[key] = value.clone();
    }
    question
}

fn answered(question: Value, reply: Result<Reply, Error>) -> (End, Fixture) {
    let mut machine = machine();
    machine.replies.push(reply);
    let (end, _) = told(&mut machine, json!({"userinteractions": [question]}));
    (end, machine)
}

#[test]
fn what_a_person_answers_is_told_and_obeyed() {
    let pressed = |button: &str| Ok(Reply::Pressed(button.to_owned()));
    let denied = Err(Error::Denied(Denial { audit: 1, capability: "ui.ask".into(), reason: DenialReason::NotGranted }));
    for (more, reply, event, behavior, goes_on) in [
        (json!({}), pressed("ok"), "on_ok", "continue", true),
        (json!({}), pressed("cancel"), "on_cancel", "postpone", false),
        (
            json!({"buttons": "canceltrycontinue", "on_continue": "continue:continue:"}),
            pressed("continue"),
            "on_continue",
            "continue",
            true,
        ),
        (json!({}), pressed("yes"), "on_yes", "error_bad_event", false),
        (json!({}), pressed("<b>"), "on_error", "error_bad_event", false),
        (json!({}), Ok(Reply::Timeout), "on_timeout", "postpone", false),
        (json!({}), Ok(Reply::NoOneThere), "on_nouser", "continue", true),
        (json!({"on_nouser": "stop:stop:"}), Ok(Reply::NoOneThere), "on_nouser", "stop", false),
        (json!({}), Err(Error::Unsupported), "on_nouser", "continue", true),
        (json!({}), denied, "on_nouser", "continue", true),
        (json!({"wait": "no"}), Ok(Reply::Timeout), "on_async", "continue", true),
        (json!({"buttons": "ok_async"}), Ok(Reply::Timeout), "on_async", "continue", true),
    ] {
        for kind in ["before", "after_download"] {
            let (end, machine) = answered(question(kind, more.clone()), reply.clone());
            let expected = (kind.to_owned(), behavior.to_owned(), event.to_owned());
            assert_eq!(machine.asked, [expected], "{more} {reply:?}");
            assert_eq!(matches!(end, End::Done), goes_on, "{more} {reply:?}");
            assert!(
                goes_on || (matches!(end, End::Stopped) && !machine.story().iter().any(|line| line.contains(" ko ")))
            );
        }
    }
}

#[test]
fn questions_are_plain_and_of_a_bounded_length() {
    let text = format!("\u{202e}Password:\u{1b}[31m\n{}", "x".repeat(1 << 20));
    let more = json!({"title": "t".repeat(5000), "text": text, "timeout": 99_999_999});
    let (_, machine) = answered(question("before", more), Ok(Reply::Pressed("ok".into())));
    let prompt = &machine.prompts[0];
    assert_eq!((prompt.title.chars().count(), prompt.text.chars().count()), (200, 4000));
    assert!(prompt.text.starts_with("\u{fffd}Password:\u{fffd}[31m\n"));
    assert_eq!(prompt.timeout, 86_400);
}

#[test]
fn other_machines_questions_and_other_moments_are_left_alone() {
    for platform in ["win32", "macos,win32", "none", ""] {
        let (end, machine) =
            answered(question("before", json!({"platform": platform})), Ok(Reply::Pressed("cancel".into())));
        assert!(machine.prompts.is_empty() && machine.asked.is_empty() && matches!(end, End::Done), "{platform}");
    }
    let (_, machine) = answered(question("after_failure", json!({})), Ok(Reply::Pressed("ok".into())));
    assert!(machine.prompts.is_empty());
    let mut machine = self::machine();
    machine.replies.push(Ok(Reply::Pressed("ok".into())));
    machine.mirrors.clear();
    told(&mut machine, json!({"userinteractions": [question("after_download_failure", json!({}))]}));
    assert_eq!(machine.asked[0].0, "after_download_failure");
}
