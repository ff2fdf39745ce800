use super::*;
use crate::job::{Find, parse};
use crate::machine::Fields;
use airlock_task::{Denial, DenialReason, Limit};
use serde_json::json;

/// A machine that has one answer to everything.
struct Thought {
    files: Result<Vec<(String, u64)>, Error>,
    values: Result<Fields, Error>,
    found: Vec<Find>,
    answers: Vec<Fields>,
    warnings: Vec<String>,
}

fn machine() -> Thought {
    Thought { files: Ok(vec![]), values: Ok(vec![]), found: vec![], answers: vec![], warnings: vec![] }
}

impl Machine for Thought {
    fn find_files(&mut self, find: &Find) -> Result<Vec<(String, u64)>, Error> {
        self.found.push(find.clone());
        self.files.clone()
    }

    fn registry(&mut self, _path: &str) -> Result<Fields, Error> {
        self.values.clone()
    }

    fn wmi(&mut self, _class: &str, properties: &[String]) -> Result<Vec<Fields>, Error> {
        let of = |value: &str| properties.iter().map(|name| (name.clone(), value.to_owned())).collect();
        Ok(vec![of("1"), of("2")])
    }

    fn answer(&mut self, fields: &Fields) -> Result<(), Error> {
        self.answers.push(fields.clone());
        Ok(())
    }

    fn warn(&mut self, what: &str) {
        self.warnings.push(what.to_owned());
    }
}

fn find(filter: serde_json::Value) -> serde_json::Value {
    json!({"function": "findFile", "uuid": "6b02e835df9c8", "_sid": 25, "dir": "/opt/acme/", "limit": "10",
        "recursive": 1, "filter": filter})
}

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn a_question_for_files_is_read_as_servers_write_it() {
    let filter = json!({"is_file": 1, "is_dir": "0", "iname": "Hello.TXT", "name": "", "regex": null,
        "sizeGreater": "5", "sizeLower": 9, "checkSumSHA2": "ab"});
    let Ok(Job::Files(files)) = parse(&find(filter).to_string()) else { panic!() };
    let expected = Find {
        root: "/opt/acme".into(),
        recursive: true,
        is_file: true,
        iname: Some("Hello.TXT".into()),
        size_greater: Some(5),
        size_lower: Some(9),
        sha256: Some("ab".into()),
        limit: 10,
        ..Find::default()
    };
    assert_eq!(files, expected);
}

#[test]
fn a_limit_is_bounded() {
    for (said, meant) in [(json!(0), 50), (json!(null), 50), (json!(7), 7), (json!(1_000_000), 10_000), (json!(""), 50)]
    {
        let mut job = find(json!({"is_file": 0, "is_dir": 0}));
        job["limit"] = said;
        let Ok(Job::Files(files)) = parse(&job.to_string()) else { panic!() };
        assert_eq!(files.limit, meant);
    }
}

#[test]
fn a_folder_has_no_digest() {
    let Ok(Job::Files(files)) = parse(&find(json!({"is_file": 0, "is_dir": 1, "checkSumSHA512": "ab"})).to_string())
    else {
        panic!()
    };
    assert!(!files.is_dir);
}

#[test]
fn what_is_missing_or_unknown_is_named() {
    let filter = || json!({"is_file": 0, "is_dir": 0});
    let without = |mut job: serde_json::Value, pointer: &str, member: &str| {
        job.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(member);
        job
    };
    let with = |mut job: serde_json::Value, pointer: &str, member: &str| {
        job.pointer_mut(pointer).unwrap()[member] = json!("x");
        job
    };
    let wmi = || json!({"function": "getFromWMI", "uuid": "u", "class": "X", "properties": ["a"]});
    let registry = || json!({"function": "getFromRegistry", "uuid": "u", "path": "HKLM/x/*"});
    for (job, word) in [
        (without(find(filter()), "", "dir"), "dir"),
        (without(find(filter()), "", "filter"), "filter"),
        (without(find(filter()), "", "uuid"), "uuid"),
        (without(find(filter()), "", "function"), "function"),
        (without(find(filter()), "/filter", "is_file"), "is_file"),
        (without(find(filter()), "/filter", "is_dir"), "is_dir"),
        (with(find(filter()), "", "command"), "command"),
        (with(find(filter()), "/filter", "perm"), "perm"),
        (with(find(filter()), "", "limit"), "limit"),
        (with(wmi(), "", "moniker"), "moniker"),
        (with(wmi(), "", "query"), "query"),
        (with(wmi(), "", "method"), "method"),
        (without(wmi(), "", "class"), "class"),
        (without(wmi(), "", "properties"), "properties"),
        (without(registry(), "", "path"), "path"),
        (json!({"function": "runCommand", "uuid": "u", "command": "id"}), "runCommand"),
        (json!({"function": "evil", "uuid": "u"}), "evil"),
        (json!([]), "object"),
    ] {
        let why = parse(&job.to_string()).unwrap_err();
        assert!(why.contains(word), "{job}: {why}");
    }
    assert!(parse("{").is_err());
}

#[test]
fn newer_servers_words_for_the_registry_are_known() {
    let job = json!({"function": "getFromRegistry", "uuid": "u", "_sid": 9, "path": "HKLM/x/*", "exists": 1,
        "defined": 0, "depth": 1});
    assert_eq!(parse(&job.to_string()), Ok(Job::Registry("HKLM/x/*".into())));
}

#[test]
fn properties_may_come_in_one_text() {
    let job = |properties: serde_json::Value| json!({"function": "getFromWMI", "uuid": "u", "class": "X", "properties": properties});
    for properties in [json!(["Name, Version"]), json!("Name Version"), json!(["Name", "Version"])] {
        let Ok(Job::Wmi(wmi)) = parse(&job(properties).to_string()) else { panic!() };
        assert_eq!(wmi.properties, ["Name", "Version"]);
    }
    let mut machine = machine();
    run(&mut machine, &job(json!(["a,b"])).to_string()).unwrap();
    let instance = |value: &str| vec![field("a", value), field("b", value)];
    assert_eq!(machine.answers, [instance("1"), instance("2")]);
}

#[test]
fn each_file_is_an_answer_and_a_key_is_one() {
    let mut machine = machine();
    machine.files = Ok(vec![("/opt/acme/a".into(), 5), ("/opt/acme/b".into(), 0)]);
    run(&mut machine, &find(json!({"is_file": 1, "is_dir": 0})).to_string()).unwrap();
    let file = |path: &str, size: &str| vec![field("path", path), field("size", size)];
    assert_eq!(machine.answers, [file("/opt/acme/a", "5"), file("/opt/acme/b", "0")]);

    machine.answers.clear();
    machine.values = Ok(vec![field("", "default"), field("Version", "2"), field("_cpt", "0"), field("uuid", "x")]);
    let job = json!({"function": "getFromRegistry", "uuid": "u", "path": "HKLM/x/*"}).to_string();
    run(&mut machine, &job).unwrap();
    assert_eq!(machine.answers, [vec![field("(Default)", "default"), field("Version", "2")]]);
    // What would pass for the server's own words is left out, and said.
    assert_eq!(machine.warnings.len(), 2);
}

#[test]
fn large_answers_are_split_and_long_values_cut() {
    let mut machine = machine();
    let values = (0..500).map(|number| field(&number.to_string(), &"v".repeat(1000)));
    machine.values = Ok(values.chain([field("long", &"é".repeat(40_000))]).collect());
    run(&mut machine, &json!({"function": "getFromRegistry", "uuid": "u", "path": "HKLM/x/*"}).to_string()).unwrap();
    assert_eq!(machine.answers.iter().map(Vec::len).sum::<usize>(), 501);
    for answer in &machine.answers {
        let bytes: usize = answer.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(bytes <= 60 << 10 && answer.len() <= 200);
    }
    assert_eq!(machine.warnings.len(), 1);
}

#[test]
fn nothing_there_is_an_empty_answer_and_what_fails_is_said() {
    let job = find(json!({"is_file": 1, "is_dir": 0})).to_string();
    let with = |error: Error| {
        let mut machine = machine();
        machine.files = Err(error);
        let end = run(&mut machine, &job);
        (end, machine.answers.len(), machine.warnings.len())
    };
    assert!(matches!(with(Error::NotFound), (Ok(()), 0, 0)));
    assert!(matches!(with(Error::Unsupported), (Ok(()), 0, 1)));
    let denial = Denial { audit: 7, capability: "files.find".into(), reason: DenialReason::NotGranted };
    assert!(matches!(with(Error::Denied(denial)), (Err(Failure::Denied(denial)), 0, 0) if denial.audit == 7));
    let (Err(Failure::Failed(why)), 0, 0) = with(Error::Exhausted(Limit::Calls)) else { panic!() };
    assert!(why.starts_with("budget exceeded"), "{why}");
    assert!(matches!(with(Error::Invalid("x".into())), (Err(Failure::BadJob(why)), 0, 0) if why == "x"));
}
