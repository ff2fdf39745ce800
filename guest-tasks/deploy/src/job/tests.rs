use super::*;
use serde_json::json;

fn file(changes: Value) -> Value {
    let mut file = json!({
        "name": "a.tgz", "p2p": "0", "p2p-retention-duration": "60", "uncompress": 1,
        "mirrors": ["https://m/"], "multiparts": ["b".repeat(128)],
    });
    for (key, value) in changes.as_object().unwrap() {
        file[key] = value.clone();
    }
    file
}

fn job(changes: Value) -> Value {
    let mut job = json!({ "uuid": "0123abcd-9", "checks": [], "actions": [], "associatedFiles": [] });
    for (key, value) in changes.as_object().unwrap() {
        job[key] = value.clone();
    }
    job
}

fn parsed(job: Value, files: Value) -> Result<Job, String> {
    parse(&json!({ "job": job, "files": files }).to_string()).map_err(|refusal| refusal.to_string())
}

#[test]
fn a_whole_job() {
    let sha = "A".repeat(128);
    let job = job(json!({
        "associatedFiles": [sha], "checks": [{"type": "fileExists", "path": "/x", "value": "", "return": "skip"}],
        "actions": [
            {"cmd": {"exec": "a", "logLineLimit": "100", "envs": {"X": "1"}, "retChecks": [{"type": "okCode", "values": ["0", 3]}]}},
            {"mkdir": {"name": "n", "list": ["/a"], "checks": [{"type": "directoryMissing", "path": "/a"}]}},
        ],
        "userinteractions": [], "requires": {"softwares-inventory": 1}, "name": "whatever",
    }));
    let job = parsed(job, json!({ (sha.clone()): file(json!({})) })).unwrap();
    let package = &job.packages[0];
    assert_eq!((package.file.sha512.as_str(), package.uncompress), ("a".repeat(128).as_str(), true));
    assert_eq!((package.file.retention_minutes, package.file.shared), (60, false));
    let Work::Command { lines: 100, returned: Some(returned), variables, .. } = &job.actions[0].work else { panic!() };
    assert_eq!((returned[0].values.join(" "), variables.join(" ")), ("0 3".to_owned(), "X".to_owned()));
    assert_eq!((job.actions[1].name.as_deref(), job.actions[1].checks.len(), job.checks.len()), (Some("n"), 1, 1));
}

#[test]
fn what_a_job_must_have() {
    for member in ["uuid", "associatedFiles", "actions", "checks"] {
        let mut job = job(json!({}));
        job.as_object_mut().unwrap().remove(member);
        assert_eq!(parsed(job, json!({})), Err(format!("jobs: {member} is missing")));
    }
    for member in ["mirrors", "multiparts", "name", "p2p-retention-duration", "p2p", "uncompress"] {
        let (sha, mut file) = ("a".repeat(128), file(json!({})));
        file.as_object_mut().unwrap().remove(member);
        let job = job(json!({ "associatedFiles": [sha] }));
        assert_eq!(parsed(job, json!({ (sha): file })), Err(format!("associatedFiles: {member} is missing")));
    }
    assert_eq!(parse("").map(drop), Err(Refusal::Nothing));
    for (text, why) in [
        ("{", "not JSON"),
        ("[]", "expected an object"),
        ("{}", "job is missing"),
        (r#"{"job": []}"#, "job: expected an object"),
    ] {
        assert!(parse(text).unwrap_err().to_string().contains(why), "{text}");
    }
}

#[test]
fn names_and_digests_lead_nowhere() {
    for uuid in ["../../../tmp/x", "short", "0123ABCD", "", &"a".repeat(65), "0123 abcd"] {
        assert!(parsed(job(json!({ "uuid": uuid })), json!({})).unwrap_err().contains("uuid"), "{uuid}");
    }
    let sha = "a".repeat(128);
    for name in [
        "../../etc/cron.d/x",
        "/etc/cron.d/x",
        "a/../../x",
        "..",
        ".",
        "",
        "a b",
        "a\\b",
        "a\u{202e}b",
        &"x".repeat(129),
    ] {
        let why =
            parsed(job(json!({ "associatedFiles": [sha] })), json!({ (sha.clone()): file(json!({ "name": name })) }));
        assert!(why.as_ref().unwrap_err().contains("file name"), "{name}: {why:?}");
    }
    for digest in ["../../aaaaaaaaaa", "a", &"g".repeat(128), &"a".repeat(127), &format!("{}/", "a".repeat(127))] {
        let why = parsed(job(json!({ "associatedFiles": [digest] })), json!({ (*digest): file(json!({})) }));
        assert!(why.unwrap_err().contains("SHA-512"), "{digest}");
        let parts = file(json!({ "multiparts": [digest] }));
        let why = parsed(job(json!({ "associatedFiles": [sha] })), json!({ (sha.clone()): parts }));
        assert!(why.unwrap_err().contains("SHA-512"), "{digest}");
    }
}

#[test]
fn a_file_that_the_server_does_not_describe_is_said() {
    let why = parsed(job(json!({ "associatedFiles": ["a".repeat(128)] })), json!({})).unwrap_err();
    assert!(why.contains("not among the files"), "{why}");
    let (a, b) = ("a".repeat(128), "b".repeat(128));
    let why = parsed(
        job(json!({ "associatedFiles": [a, b] })),
        json!({ (a.clone()): file(json!({})), (b.clone()): file(json!({})) }),
    );
    assert_eq!(why, Err("two associated files are called a.tgz".to_owned()));
}

#[test]
fn actions_by_their_exact_names_only() {
    for action in ["cmdx", "xcopyx", "remove", "Cmd::Evil", "CMD", "Move", "checks", "", "delete\n"] {
        let why = parsed(job(json!({ "actions": [{ action: {"list": []} }] })), json!({})).unwrap_err();
        assert!(why.starts_with("unknown action"), "{action}: {why}");
    }
    for action in
        [json!({}), json!({"cmd": {}, "copy": {}}), json!("cmd"), json!({"cmd": []}), json!({"mkdir": {"list": 1}})]
    {
        assert!(parsed(job(json!({ "actions": [action] })), json!({})).is_err(), "{action}");
    }
    assert_eq!(
        parsed(job(json!({ "actions": {"cmd": {}} })), json!({})),
        Err("jobs/actions: expected a list".to_owned())
    );
    let many = vec![json!({"mkdir": {"list": []}}); 1001];
    assert!(parsed(job(json!({ "actions": many })), json!({})).unwrap_err().contains("more than 1000"));
}

#[test]
fn few_mirrors_and_only_of_the_web() {
    let sha = "a".repeat(128);
    let mirrors: Vec<String> =
        (0..100).map(|n| format!("http://10.0.0.{n}:22/")).chain(["file:///etc/".into()]).collect();
    let job =
        parsed(job(json!({ "associatedFiles": [sha] })), json!({ (sha.clone()): file(json!({ "mirrors": mirrors })) }));
    let package = &job.unwrap().packages[0];
    assert_eq!((package.mirrors.len(), package.left_out), (MOST_MIRRORS, 101 - MOST_MIRRORS));
}
