//! Property 7: what is withheld is in no document. A canary stands in every text field of a machine, one after the other;
//! no encoder may let it through, and without redaction they do.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a surprise ends the test")]

use airlock_gate::Location;
use airlock_gate::redact::{FieldPath, Filter, Glob, Key, Op, Profile, RedactRule, Redactor, Tokens, Unknown};
use airlock_model::schema::{self, SECTIONS};
use airlock_model::{Field, Incomplete, Kind, Report, Row, Section, Value};
use airlock_protocol::{Envelope, inventory_html, inventory_json, inventory_xml};
use std::collections::BTreeMap;

const CANARY: &str = "canary7Q4vXz9LmR2tBw";

fn rule(path: FieldPath, op: Op) -> RedactRule {
    RedactRule { path, op, at: Location::new("50-test.toml", 7) }
}

fn profile(unknown: Unknown, rules: Vec<RedactRule>) -> Profile {
    Profile { name: "test".into(), unknown, rules }
}

fn redactor(profiles: Vec<Profile>, tokens: Tokens) -> Redactor {
    Redactor::new(profiles, Key::new([9; 32]), tokens)
}

/// A value of the field's kind; where a text may be anything, this one.
fn value(field: &Field, text: &str) -> Value {
    match field.kind {
        Kind::Text if field.values.is_empty() => text.into(),
        Kind::Text => field.values[0].into(),
        Kind::Integer => 1_i64.into(),
        Kind::Boolean => true.into(),
        Kind::Date | Kind::DateOrDatetime => "2020-02-02".into(),
        Kind::Datetime => "2020-02-02 02:02:02".into(),
        Kind::Texts => vec!["plain".to_owned(), text.to_owned()].into(),
    }
}

/// A row with a text in one field, and what is required beside it.
fn row(section: &Section, field: &Field, text: &str) -> Row {
    let others = section.fields.iter().filter(|other| {
        other.name != field.name && (other.required || (section.parent.is_some() && other.name == "of"))
    });
    let mut row: Row = others.map(|other| (other.name.into(), value(other, "plain"))).collect();
    row.set(field.name, value(field, text));
    row
}

/// A report with the text in one field. Nested rows have a parent.
fn report(section: &'static Section, field: &'static Field, text: &str) -> Report {
    let mut report = Report::default();
    if let Some(parent) = section.parent.and_then(schema::section) {
        let name = if field.name == "of" { text } else { "plain" };
        report.emit(parent, vec![row(parent, parent.field("name").unwrap(), name)]);
    }
    report.emit(section, vec![row(section, field, text)]);
    report
}

/// Every document that is made of it, as one text.
fn wire(report: &Report) -> String {
    let envelope = Envelope::computer("device", "Airlock_v0");
    [inventory_json(report, &envelope), inventory_xml(report, &envelope), inventory_html(report, &envelope)].concat()
}

fn text_fields() -> impl Iterator<Item = (&'static Section, &'static Field)> {
    let of = |section: &'static Section| section.fields.iter().map(move |field| (section, field));
    SECTIONS
        .iter()
        .flat_map(of)
        .filter(|(_, field)| matches!(field.kind, Kind::Text | Kind::Texts) && field.values.is_empty())
}

fn done(redactor: &Redactor, report: Report) -> (String, Vec<String>) {
    let (report, withheld) = redactor.report(report, |_| ());
    (wire(&report), withheld.iter().map(ToString::to_string).collect())
}

#[test]
fn a_canary_in_any_field_never_reaches_the_wire() {
    let mut seen = 0;
    for (section, field) in text_fields() {
        let path = FieldPath::Field(section, field);
        let plain = wire(&report(section, field, CANARY));
        assert!(plain.contains(CANARY), "the twin: {path} is in some document");
        seen += 1;
        if section.name != "versionprovider" {
            let (wire, why) = done(
                &redactor(vec![profile(Unknown::Drop, vec![])], Tokens::default()),
                report(section, field, CANARY),
            );
            assert!(!wire.contains(CANARY), "{path} and an empty allow list");
            assert!(!why.is_empty(), "{path}");
        }
        let mut ops = vec![Op::Drop, Op::Hash, Op::Truncate(6), Op::Round(10), Op::Map(BTreeMap::new())];
        ops.push(Op::Filter(Filter::default()));
        for op in ops {
            for path in [path, FieldPath::Section(section)] {
                if matches!((&op, path), (Op::Filter(_), FieldPath::Section(_))) {
                    continue;
                }
                let rules = vec![rule(path, op.clone())];
                let (wire, why) = done(
                    &redactor(vec![profile(Unknown::Keep, rules)], Tokens::default()),
                    report(section, field, CANARY),
                );
                // Nested rows name their parent by its name: its rule is theirs.
                let is_link = field.name == "of" && section.parent.is_some();
                assert!(!wire.contains(CANARY) || is_link, "{path} {op:?}");
                assert!(why.iter().any(|why| why.contains("50-test.toml:7")) || is_link, "{path} {op:?}: {why:?}");
            }
        }
    }
    assert!(seen > 250, "{seen} fields");
}

#[test]
fn what_is_kept_reaches_the_wire() {
    for (section, field) in text_fields() {
        let rules = vec![
            rule(FieldPath::Section(section), Op::Keep),
            rule(FieldPath::Section(section.parent.and_then(schema::section).unwrap_or(section)), Op::Keep),
        ];
        let (wire, why) =
            done(&redactor(vec![profile(Unknown::Drop, rules)], Tokens::default()), report(section, field, CANARY));
        assert!(wire.contains(CANARY), "{}.{}: {why:?}", section.name, field.name);
    }
}

#[test]
fn a_token_that_is_withheld_leaves_in_no_other_field() {
    let secret = "Sw0rdfish/9+Zq";
    let tokens = Tokens { names: vec![CANARY.into()], homes: vec![], secrets: vec![secret.into()] };
    let users = FieldPath::Section(schema::section("local_users").unwrap());
    let sweeping = redactor(vec![profile(Unknown::Keep, vec![rule(users, Op::Drop)])], tokens.clone());
    let secrets_only = redactor(vec![], tokens);
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let percent_name: String = CANARY.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for (section, field) in text_fields() {
        for text in [CANARY.to_owned(), format!("/home/{CANARY}/x"), CANARY.to_uppercase(), percent_name.clone()] {
            let (wire, _) = done(&sweeping, report(section, field, &text));
            assert!(!wire.to_lowercase().contains(&text.to_lowercase()), "{}.{}: {text}", section.name, field.name);
        }
        for text in [format!("a{secret}b"), secret.to_uppercase(), percent.clone()] {
            for redactor in [&sweeping, &secrets_only] {
                let (wire, why) = done(redactor, report(section, field, &text));
                assert!(!wire.contains(&text) && !why.is_empty(), "{}.{}: {text}", section.name, field.name);
            }
        }
    }
}

#[test]
fn a_name_leaves_where_the_owner_lets_it_and_nowhere_else() {
    let tokens = Tokens { names: vec!["ann".into()], ..Tokens::default() };
    let users = schema::section("users").unwrap();
    let mut machine = report(users, users.field("login").unwrap(), "ann");
    let hardware = schema::section("hardware").unwrap();
    machine.emit(hardware, vec![row(hardware, hardware.field("lastloggeduser").unwrap(), "ann")]);
    let login = FieldPath::Field(users, users.field("login").unwrap());
    for keep in [login, FieldPath::Section(users)] {
        let profiles = vec![profile(Unknown::Keep, vec![rule(keep, Op::Keep)])];
        let (kept, _) = redactor(profiles, tokens.clone()).report(machine.clone(), |_| ());
        assert_eq!(kept.rows("users")[0].text("login"), Some("ann"));
        assert_eq!(kept.rows("hardware")[0].text("lastloggeduser"), Some("***"));
    }
    let unsaid = redactor(vec![profile(Unknown::Keep, vec![])], tokens.clone()).report(machine.clone(), |_| ()).0;
    assert_eq!(unsaid.rows("users")[0].text("login"), Some("***"));
    // Without a profile nothing was asked for.
    let (plain, withheld) = redactor(vec![], tokens).report(machine, |_| ());
    assert_eq!((plain.rows("users")[0].text("login"), withheld.len()), (Some("ann"), 0));
}

#[test]
fn notes_texts_and_members_are_swept_too() {
    let tokens = Tokens { names: vec!["carol".into()], homes: vec!["/home/carol".into()], ..Tokens::default() };
    let users = FieldPath::Section(schema::section("users").unwrap());
    let rules = vec![rule(users, Op::Drop), rule("deviceid".parse().unwrap(), Op::Hash)];
    let redactor = redactor(vec![profile(Unknown::Keep, rules)], tokens);
    let mut incomplete = Report::default();
    for (section, why) in [("softwares", "/home/carol/.var: denied"), ("users", "dave is logged in twice")] {
        incomplete.incomplete.push(Incomplete { section: section.into(), why: why.into() });
    }
    let provider = schema::section("versionprovider").unwrap();
    let (clean, _) = redactor.report(incomplete, |report| {
        let notes: Vec<String> = report.incomplete.iter().map(ToString::to_string).collect();
        report.emit(provider, vec![Row::new().with("name", "Airlock").with("comments", notes)]);
    });
    let wire = wire(&clean);
    assert!(!wire.contains("carol") && !wire.contains("dave"), "{wire}");
    assert!(wire.contains("not all of it could be read"), "{wire}");
    assert_eq!(redactor.text("cannot read /home/carol/x at https://u:p@h/"), "cannot read ***/x at https://***@h/");
    let (deviceid, tag, withheld) = redactor.members("carols-pc-2020", Some("desk of Carol"));
    assert!(deviceid.starts_with('~') && tag.as_deref() == Some("desk of ***"), "{deviceid} {tag:?}");
    assert_eq!(withheld.len(), 2, "{withheld:?}");
}

#[test]
fn an_allow_list_withholds_the_tag_and_a_dropped_device_is_hashed() {
    let list =
        redactor(vec![profile(Unknown::Drop, vec![rule("deviceid".parse().unwrap(), Op::Drop)])], Tokens::default());
    let (deviceid, tag, _) = list.members("host-1", Some("t"));
    assert!(deviceid.starts_with('~') && tag.is_none(), "{deviceid} {tag:?}");
    let kept = redactor(vec![profile(Unknown::Keep, vec![])], Tokens::default());
    assert_eq!(kept.members("host-1", Some("t")).1.as_deref(), Some("t"));
}

#[test]
fn filters_drop_rows_and_in_doubt_too() {
    let softwares = schema::section("softwares").unwrap();
    let globs = |field: &str, patterns: &[&str]| {
        BTreeMap::from([(field.to_owned(), patterns.iter().map(|p| Glob::new(*p)).collect::<Vec<_>>())])
    };
    let filter =
        Filter { keep: globs("publisher", &["Acme*", "Microsoft*"]), drop: globs("name", &["*personal*", "*VPN*"]) };
    let rules = vec![rule(FieldPath::Section(softwares), Op::Filter(filter))];
    let software = |name: &str, publisher: &str| Row::new().with("name", name).with("publisher", publisher);
    let mut machine = Report::default();
    let rows = vec![
        software("Agent", "Acme Corp"),
        software("My vpn", "Acme Corp"),
        software("Diary", "Someone"),
        software("Shouting", "ACME"),
        Row::new().with("name", "Nobody's"),
    ];
    machine.emit(softwares, rows);
    let (report, withheld) = redactor(vec![profile(Unknown::Drop, rules)], Tokens::default()).report(machine, |_| ());
    let names: Vec<_> = report.rows("softwares").iter().filter_map(|row| row.text("name")).collect();
    assert_eq!(names, ["Agent"]);
    assert_eq!((withheld[0].op, withheld[0].count), ("filter", 4));
}

#[test]
fn profiles_are_a_union_in_any_order() {
    let users = schema::section("users").unwrap();
    let login = FieldPath::Field(users, users.field("login").unwrap());
    let some = [
        profile(Unknown::Keep, vec![rule(login, Op::Hash)]),
        profile(Unknown::Keep, vec![rule(login, Op::Keep)]),
        profile(Unknown::Keep, vec![rule(login, Op::Truncate(2))]),
    ];
    let of = |profiles: Vec<Profile>| {
        redactor(profiles, Tokens::default()).report(report(users, users.field("login").unwrap(), "ann"), |_| ()).0
    };
    let one = of(some.to_vec());
    assert_eq!(one.rows("users")[0].text("login"), Some(Key::new([9; 32]).hash("an").as_str()));
    assert_eq!(of(some.iter().rev().cloned().collect()), one);
    let dropped = profile(Unknown::Keep, vec![rule(FieldPath::Section(users), Op::Drop)]);
    assert!(of([some.to_vec(), vec![dropped]].concat()).rows("users").is_empty());
}
