use super::*;
use crate::fixture::Fixture;
use crate::machine::{Key, Value as Data};
use serde_json::json;

fn machine() -> Fixture {
    let mut machine = Fixture { free: 200, ..Fixture::default() };
    machine.put("/opt/acme/a.txt", "a".repeat(250).as_str());
    machine.put("/root/secret", "s");
    machine.forbidden.push("/root".to_owned());
    machine
}

fn of(machine: &mut Fixture, check: serde_json::Value) -> Verdict {
    verdict(machine, &Check::read(check.as_object().unwrap())).unwrap()
}

fn passes(check: serde_json::Value) -> bool {
    of(&mut machine(), check) == Verdict::Passed
}

#[test]
fn files_folders_and_sizes() {
    for (kind, path, value, ok) in [
        ("directoryExists", "/opt/acme", "", true),
        ("directoryExists", "/opt/acme/a.txt", "", false),
        ("directoryExists", ".", "", true),
        ("directoryMissing", "/opt/acme", "", false),
        ("directoryMissing", "/opt/acme/a.txt", "", true),
        ("fileExists", "/opt/acme/a.txt", "", true),
        ("fileExists", "/opt/acme", "", false),
        ("fileMissing", "/opt/acme/b.txt", "", true),
        ("fileMissing", "/opt/acme/a.txt", "", false),
        ("fileMissing", "", "", true),
        ("fileExists", "", "", false),
        ("fileSizeEquals", "/opt/acme/a.txt", "250", true),
        ("fileSizeEquals", "/opt/acme/a.txt", "251", false),
        ("fileSizeGreater", "/opt/acme/a.txt", "249", true),
        ("fileSizeGreater", "/opt/acme/a.txt", "250", false),
        ("fileSizeLower", "/opt/acme/a.txt", "251", true),
        ("fileSizeLower", "/opt/acme/a.txt", "250", false),
        ("fileSizeLower", "/opt/acme/b.txt", "250", false),
        ("fileSizeLower", "/opt/acme/a.txt", "", false),
        ("fileSizeLower", "/opt/acme/a.txt", "many", false),
        ("freespaceGreater", "/opt", "199", true),
        ("freespaceGreater", "/opt", "-1", true),
        ("freespaceGreater", "/opt", "200", false),
        ("freespaceGreater", "", "1", false),
        ("fromTheFuture", "/x", "", true),
        ("", "", "", true),
    ] {
        assert_eq!(passes(json!({"type": kind, "path": path, "value": value})), ok, "{kind} {path} {value}");
    }
}

#[test]
fn digests() {
    let digest = "a".repeat(128);
    for (path, value, same) in [
        ("/opt/acme/a.txt", digest.to_uppercase(), true),
        ("/opt/acme/a.txt", "b".repeat(128), false),
        ("/opt/acme/a.txt", String::new(), false),
        ("/opt/acme", digest.clone(), false),
        ("/opt/none", digest.clone(), false),
    ] {
        assert_eq!(passes(json!({"type": "fileSHA512", "path": path, "value": value})), same, "{path}");
        assert_eq!(passes(json!({"type": "fileSHA512mismatch", "path": path, "value": value})), !same, "{path}");
    }
}

#[test]
fn what_is_not_granted_is_answered_alike_whatever_is_there() {
    let kinds = [
        "directoryExists",
        "directoryMissing",
        "fileExists",
        "fileMissing",
        "fileSizeEquals",
        "fileSizeGreater",
        "fileSizeLower",
        "fileSHA512",
        "fileSHA512mismatch",
        "freespaceGreater",
    ];
    for kind in kinds {
        let mut machine = machine();
        let mut answer = |path: &str| match of(&mut machine, json!({"type": kind, "path": path, "value": "1"})) {
            Verdict::Failed(why) => why.replace(path, "PATH").split(" (audit").next().unwrap().to_owned(),
            Verdict::Passed => panic!("{kind} {path} passed"),
        };
        assert_eq!(answer("/root/secret"), answer("/root/nothing"));
        assert_eq!(answer("/root/secret"), format!("refused by the owner's policy: {kind} PATH"));
    }
}

#[test]
fn variables_are_not_resolved() {
    let why = of(&mut machine(), json!({"type": "fileExists", "path": "/x/$GLPI_PASSWORD/%AWS_SECRET_ACCESS_KEY%"}));
    let words = "/x/$GLPI_PASSWORD/%AWS_SECRET_ACCESS_KEY% file is missing (names of variables in paths are taken literally here)";
    assert_eq!(why, Verdict::Failed(words.to_owned()));
}

#[test]
fn without_a_registry_every_check_of_it_fails() {
    for kind in [
        "winkeyExists",
        "winkeyMissing",
        "winkeyEquals",
        "winkeyNotEquals",
        "winvalueExists",
        "winvalueMissing",
        "winvalueType",
    ] {
        assert!(!passes(json!({"type": kind, "path": "HKEY_LOCAL_MACHINE/SOFTWARE/X", "value": "1"})), "{kind}");
    }
}

#[test]
fn the_registry() {
    let mut machine = machine();
    let value =
        |name: &str, kind: &str, data: &str| Data { name: name.into(), kind: Some(kind.into()), data: data.into() };
    let values = vec![value("debug", "REG_SZ", "2"), value("", "REG_SZ", "x"), value("n", "REG_DWORD", "0x0000003c")];
    machine.registry.insert("HKLM/SOFTWARE".into(), Key { keys: vec!["Acme".into()], values: vec![] });
    machine.registry.insert("HKLM/SOFTWARE/Acme".into(), Key { keys: vec![], values });
    for (kind, path, asked, ok) in [
        ("winkeyExists", r"HKLM\SOFTWARE\Acme", "", true),
        ("winkeyExists", r"HKLM\SOFTWARE\Acme\debug", "", false),
        ("winkeyMissing", r"HKLM\SOFTWARE\Acme", "", false),
        ("winkeyMissing", r"HKLM\NONE\Acme", "", true),
        ("winvalueExists", r"HKLM\SOFTWARE\Acme/debug", "", true),
        ("winvalueExists", r"HKLM\SOFTWARE\Acme/", "", true),
        ("winvalueExists", r"HKLM\SOFTWARE\Acme", "", false),
        ("winvalueMissing", r"HKLM\SOFTWARE\Acme\none", "", true),
        ("winkeyEquals", r"HKLM\SOFTWARE\Acme\debug", "2", true),
        ("winkeyEquals", r"HKLM\SOFTWARE\Acme\debug", "02", false),
        ("winkeyEquals", r"HKLM\SOFTWARE\Acme\n", "060", true),
        ("winkeyEquals", r"HKLM\SOFTWARE\Acme\none", "2", false),
        ("winkeyNotEquals", r"HKLM\SOFTWARE\Acme\none", "2", true),
        ("winkeyNotEquals", r"HKLM\SOFTWARE\Acme\debug", "2", false),
        ("winvalueType", r"HKLM\SOFTWARE\Acme\debug", "REG_SZ", true),
        ("winvalueType", r"HKLM\SOFTWARE\Acme\debug", "REG_DWORD", false),
    ] {
        let verdict = of(&mut machine, json!({"type": kind, "path": path, "value": asked}));
        assert_eq!(verdict == Verdict::Passed, ok, "{kind} {path} {asked}: {verdict:?}");
    }
}
