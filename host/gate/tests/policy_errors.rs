//! A policy that is wrong does not load, and says where and what was probably meant.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that goes wrong ends, and reads the examples where they stand"
)]

use airlock_gate::policy::{PolicyFile, Problem, Rules, Severity};

const GOOD: &str = r#"policy_version = 1
id = "hq"
[server.hq]
origin = "https://glpi.example"
[[grant]]
server = ["hq"]
task = ["deploy"]
verb = "files.read"
paths = ["/opt/acme/**"]
"#;

fn problems(text: &str) -> Vec<Problem> {
    match Rules::parse(&[PolicyFile::new("50-hq.toml", text)]) {
        Ok(_) => vec![],
        Err(problems) => problems,
    }
}

/// The one problem of `GOOD` with something else in place of a piece of it.
fn problem(from: &str, to: &str) -> Problem {
    let text = GOOD.replace(from, to);
    assert_ne!(text, GOOD);
    let problems = problems(&text);
    assert_eq!(problems.len(), 1, "{to}: {problems:#?}");
    problems[0].clone()
}

#[test]
fn a_slip_has_its_line_its_column_and_what_was_meant() {
    assert_eq!(problems(GOOD), []);
    for (from, to, code, line, column, meant) in [
        ("[[grant]]", "[[grants]]", "E002", 5, 3, "did you mean grant?"),
        ("paths =", "pahts =", "E002", 9, 1, "did you mean paths?"),
        ("server = [\"hq\"]", "server = [\"hqq\"]", "E007", 6, 11, "did you mean hq?"),
        ("server = [\"hq\"]", "server = \"hqq\"", "E007", 6, 10, "did you mean hq?"),
        ("files.read", "file.read", "E003", 8, 8, "did you mean files.read?"),
        ("origin", "orign", "E002", 4, 1, "did you mean origin?"),
        ("policy_version = 1", "policy_version = 1\nmode = \"enforse\"", "E006", 2, 8, "did you mean enforce?"),
        ("id = \"hq\"", "ids = \"hq\"", "E002", 2, 1, "did you mean id?"),
    ] {
        // A key that is gone may be missed too; the slip itself is among what is said.
        let text = GOOD.replace(from, to);
        let problems = problems(&text);
        let slip =
            problems.iter().find(|problem| problem.code == code).unwrap_or_else(|| panic!("{to}: {problems:#?}"));
        assert_eq!((slip.line, slip.column), (line, column), "{slip}");
        assert_eq!(slip.hint.as_deref(), Some(meant), "{slip}");
        assert_eq!((slip.file.as_str(), slip.severity), ("50-hq.toml", Severity::Error));
    }
}

#[test]
fn what_the_language_does_not_have_is_an_error() {
    for (from, to, code, says) in [
        ("policy_version = 1", "policy_version = 2", "E011", "policy_version 2"),
        ("policy_version = 1", "", "E005", "policy_version"),
        ("paths =", "cidr = [\"10.0.0.0/8\"]\npaths =", "E010", "files.read has no argument cidr"),
        ("paths =", "redact = \"x\"\npaths =", "E010", "files.read has no argument redact"),
        ("paths = [\"/opt/acme/**\"]", "paths = \"/opt/../etc\"", "E006", "absolute and plain"),
        ("paths = [\"/opt/acme/**\"]", "paths = []", "E006", "empty"),
        ("paths = [\"/opt/acme/**\"]", "paths = [7]", "E004", "a text in quotes"),
        ("paths = [\"/opt/acme/**\"]", "", "E005", "paths"),
        ("server = [\"hq\"]", "", "E005", "server"),
        ("task = [\"deploy\"]", "", "E005", "task"),
        ("verb = \"files.read\"", "verb = \"*\"", "E003", "a grant is for one verb"),
        ("[server.hq]", "[server.hq]\ntls = { verify = false }", "E002", "verify"),
        ("https://glpi.example", "https://glpi.example/path", "E006", "nothing else"),
        ("https://glpi.example", "glpi.example", "E006", "https://"),
        ("policy_version = 1", "policy_version = 1\nserial = -1", "E006", "whole number"),
        ("policy_version = 1", "policy_version = \"1\"", "E004", "whole number"),
        ("policy_version = 1", "policy_version = 1\n[listener]\nport = 1", "E002", "listener"),
        ("[[grant]]", "[[forbid]]\nverb = \"net.probe\"\npps = 1\n[[grant]]", "E010", "pps"),
        ("[[grant]]", "[[grant]", "E001", "not TOML"),
    ] {
        let problem = problem(from, to);
        assert_eq!(problem.code, code, "{problem}");
        assert!(problem.to_string().contains(says), "{problem}");
    }
}

#[test]
fn templates_take_no_free_text() {
    let template = |args: &str, argv: &str| {
        format!(
            "{GOOD}[template.restart-acme]\nprogram = \"/bin/systemctl\"\nargv = [{argv}]\n[template.restart-acme.args]\n{args}\n"
        )
    };
    assert_eq!(problems(&template("unit = { type = \"name\" }", "\"{unit}\"")), []);
    let first = |args: &str, argv: &str| problems(&template(args, argv))[0].clone();
    let text = first("unit = { type = \"text\" }", "\"x\"");
    assert_eq!((text.code, text.line), ("E012", 14));
    assert!(text.message.contains(
        "template \"restart-acme\": argument `unit` has type text; use name, version, path-under, work-file, int, enum"
    ));
    for (args, argv, code) in [
        ("unit = { type = \"name\" }", "\"{untit}\"", "E013"),
        ("unit = { type = \"name\" }", "\"x\"", "E013"),
        ("unit = { type = \"name\" }", "\"{unit} {\"", "E013"),
        ("unit = { type = \"enum\" }", "\"{unit}\"", "E005"),
        ("unit = { type = \"name\", min = 1 }", "\"{unit}\"", "E002"),
        ("unit = { type = \"path-under\", root = \"opt\" }", "\"{unit}\"", "E006"),
    ] {
        assert!(problems(&template(args, argv)).iter().any(|problem| problem.code == code), "{args} {argv}");
    }
}

#[test]
fn the_same_name_for_two_things_is_an_error_and_twice_the_same_is_not() {
    let other = "policy_version = 1\n[server.hq]\norigin = \"https://glpi.example\"\n";
    let both = |other: &str| Rules::parse(&[PolicyFile::new("50-a.toml", GOOD), PolicyFile::new("51-b.toml", other)]);
    assert!(both(other).is_ok());
    let problems = both(&other.replace("https", "http")).unwrap_err();
    assert_eq!((problems[0].code, problems[0].file.as_str()), ("E008", "51-b.toml"));
    assert_eq!(both(&other.replace("[server", "id = \"hq\"\n[server")).unwrap_err()[0].code, "E008");
}

#[test]
fn hostile_files_end_in_an_error() {
    let deep = format!("policy_version = 1\nx = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    let tables = format!("policy_version = 1\n[{}]", vec!["a"; 10_000].join("."));
    let names = format!("{GOOD}name = \"{}\"\n", "x".repeat(1 << 20));
    for text in [
        deep,
        tables,
        names,
        "\u{0}".to_owned(),
        "x".repeat(9 << 20),
        "policy_version = 99999999999999999999".to_owned(),
    ] {
        assert!(!problems(&text).is_empty());
    }
    let many = "[[grant]]\nserver=\"hq\"\ntask=\"a\"\nverb=\"inventory.read\"\n".repeat(50_001);
    assert_eq!(problems(&format!("{GOOD}{many}"))[0].code, "E009");
}

/// Each key of the examples with one letter changed, dropped, doubled or swapped: an error, and never another policy.
#[test]
fn a_key_with_a_slip_in_it_never_loads() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/policies");
    let mut slips = 0;
    for name in ["inventory-only", "office-discovery", "signed-deploy", "approve-first"] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
        for (number, line) in text.lines().enumerate() {
            let Some((key, value)) = line.split_once('=') else { continue };
            let key_of_ours = key.trim();
            // Names that owners choose are keys too, and may be any.
            if line.starts_with('#') || key_of_ours.is_empty() || ["release", "unit"].contains(&key_of_ours) {
                continue;
            }
            for at in 0..key_of_ours.len() {
                let (before, rest) = key_of_ours.split_at(at);
                let (letter, after) = rest.split_at(1);
                for slip in [
                    format!("{before}{after}"),
                    format!("{before}{letter}{letter}{after}"),
                    format!("{before}x{after}"),
                ] {
                    if slip == key_of_ours || slip.is_empty() {
                        continue;
                    }
                    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                    lines[number] = format!("{slip} ={value}");
                    assert!(!problems(&lines.join("\n")).is_empty(), "{name}:{}: {slip}", number + 1);
                    slips += 1;
                }
            }
        }
    }
    assert!(slips > 500, "{slips}");
}
