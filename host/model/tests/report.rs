//! What a report keeps, merges and leaves out.

#![allow(clippy::unwrap_used, reason = "a test's helpers too")]

use airlock_model::schema::{self, SECTIONS};
use airlock_model::{Incomplete, Report, Row, Section, Value};

fn section(name: &str) -> &'static Section {
    schema::section(name).unwrap()
}

fn emit(report: &mut Report, name: &str, rows: Vec<Row>) -> Vec<String> {
    report.emit(section(name), rows).into_iter().map(|note| note.0).collect()
}

#[test]
fn rows_of_a_list_are_kept_in_order() {
    let mut report = Report::default();
    assert!(emit(&mut report, "cpus", vec![Row::new().with("name", "One"), Row::new().with("name", "Two")]).is_empty());
    assert!(emit(&mut report, "cpus", vec![Row::new().with("name", "Three")]).is_empty());
    let names: Vec<_> = report.rows("cpus").iter().filter_map(|row| row.text("name")).collect();
    assert_eq!(names, ["One", "Two", "Three"]);
}

#[test]
fn rows_of_an_object_become_one() {
    let mut report = Report::default();
    let rows = vec![Row::new().with("name", "a").with("memory", 1_u32), Row::new().with("memory", 2_u32)];
    assert!(emit(&mut report, "hardware", rows).is_empty());
    assert!(emit(&mut report, "hardware", vec![Row::new().with("swap", 3_u32)]).is_empty());
    assert_eq!(report.rows("hardware"), [Row::new().with("name", "a").with("memory", 2_u32).with("swap", 3_u32)]);
}

#[test]
fn nothing_emitted_is_no_section() {
    let mut report = Report::default();
    emit(&mut report, "hardware", vec![Row::new()]);
    emit(&mut report, "bios", vec![]);
    emit(&mut report, "cpus", vec![Row::new(), Row::new().with("nothing", "x")]);
    assert_eq!(report.sections().count(), 0);
}

#[test]
fn what_does_not_fit_is_left_out_with_a_note() {
    let mut report = Report::default();
    let row = Row::new()
        .with("description", "eth0")
        .with("mtu", "many")
        .with("status", "Up")
        .with("virtualdev", "1")
        .with("colour", "red");
    let notes = emit(&mut report, "networks", vec![row]);
    assert_eq!(
        notes,
        [
            "networks.mtu: \"many\" is not a whole number, zero or more, left out",
            "networks.status: \"Up\" is not one of up, down, dormant, notpresent, lowerlayerdown, unknown, testing, left out",
            "networks.virtualdev: \"1\" is not true or false, left out",
            "networks.\"colour\": no such field, left out",
        ]
    );
    assert_eq!(report.rows("networks"), [Row::new().with("description", "eth0")]);
}

#[test]
fn a_row_without_a_required_field_is_left_out() {
    let mut report = Report::default();
    let notes =
        emit(&mut report, "networks", vec![Row::new().with("mac", "00:00"), Row::new().with("description", "lo")]);
    assert_eq!(notes, ["networks: a row without description, left out"]);
    assert_eq!(report.rows("networks").len(), 1);
}

#[test]
fn digits_and_texts_change_places_where_the_field_wants_it() {
    let mut report = Report::default();
    let rows = vec![Row::new().with("speed", "3200").with("model", 158_u32)];
    assert!(emit(&mut report, "cpus", rows).is_empty());
    assert_eq!(report.rows("cpus"), [Row::new().with("speed", 3200_u32).with("model", "158")]);
    let rows = vec![Row::new().with("speed", -1_i64)];
    assert_eq!(emit(&mut report, "cpus", rows), ["cpus.speed: \"-1\" is not a whole number, zero or more, left out"]);
}

#[test]
fn dates_are_checked() {
    let mut report = Report::default();
    let date = |text: &str| vec![Row::new().with("name", "x").with("install_date", text)];
    assert!(emit(&mut report, "softwares", date("2024-05-01")).is_empty());
    assert!(emit(&mut report, "softwares", date("2024-05-01 10:00:00")).is_empty());
    assert_eq!(emit(&mut report, "softwares", date("01/05/2024")).len(), 1);
    assert_eq!(emit(&mut report, "softwares", date("2023-02-30")).len(), 1);
    assert_eq!(report.rows("softwares").len(), 4);
}

#[test]
fn control_characters_go_and_nothing_is_left_is_said() {
    let mut report = Report::default();
    let members = Value::Texts(vec!["a\0b".into(), "\n".into()]);
    emit(
        &mut report,
        "local_groups",
        vec![Row::new().with("id", "1").with("name", "g\x1b[31m").with("members", members)],
    );
    let row = Row::new().with("id", "1").with("name", "g[31m").with("members", vec!["ab".to_owned()]);
    assert_eq!(report.rows("local_groups"), [row]);
    let notes = emit(&mut report, "cpus", vec![Row::new().with("name", "\u{7f}\u{85}\t")]);
    assert_eq!(notes, ["cpus.name: nothing but control characters, left out"]);
}

#[test]
fn what_a_device_says_of_itself_keeps_its_lines() {
    let mut report = Report::default();
    let row = Row::new().with("comments", "\nOne \x07OS\r\n  two\n").with("name", "a\nb");
    assert!(emit(&mut report, "network_device", vec![row]).is_empty());
    let row = &report.rows("network_device")[0];
    assert_eq!((row.text("comments"), row.text("name")), (Some("One OS\n  two"), Some("ab")));
}

#[test]
fn notes_are_short_and_few() {
    let mut report = Report::default();
    let rows = (0..5000).map(|_| Row::new().with("name", "x").with("foo", "y")).collect();
    assert_eq!(emit(&mut report, "softwares", rows), ["softwares.\"foo\": no such field, left out (5000 times)"]);
    let rows = (0..5000).map(|i| Row::new().with(format!("{i}\x07{}", "é".repeat(500)), "y")).collect();
    let notes = emit(&mut report, "softwares", rows);
    assert_eq!(notes.len(), 101);
    assert_eq!(notes[100], "4900 more values or rows were left out");
    assert!(notes.iter().all(|note| note.len() < 300 && !note.contains('\x07')));
}

#[test]
fn hostile_values_in_any_field_do_no_harm() {
    let values = || {
        [
            Value::Text("\u{202e}\0\r\n<x>&]]>\"'\\ \u{fffe}\u{10ffff}".into()),
            Value::Text("9".repeat(400)),
            Value::Integer(i64::MIN),
            Value::Boolean(true),
            Value::Bytes(vec![0, 255]),
            Value::Texts(vec![String::new(), "\0".into()]),
            Value::Text(String::new()),
        ]
    };
    for section in SECTIONS {
        for field in section.fields {
            for value in values() {
                let mut report = Report::default();
                report.emit(section, vec![Row::new().with(field.name, value)]);
                let held = report.rows(section.name).iter().flat_map(Row::iter).all(|(_, value)| match value {
                    Value::Text(text) => {
                        let obeyed = |c: char| c.is_control() && !(field.lines && c == '\n');
                        !text.is_empty() && !text.chars().any(obeyed)
                    }
                    Value::Texts(texts) => texts.iter().all(|t| !t.is_empty() && !t.chars().any(char::is_control)),
                    Value::Integer(number) => *number >= 0,
                    Value::Boolean(_) => true,
                    Value::Bytes(_) => false,
                });
                assert!(held, "{}.{}", section.name, field.name);
            }
        }
    }
}

#[test]
fn reports_merge() {
    let mut report = Report::default();
    emit(&mut report, "hardware", vec![Row::new().with("name", "a").with("memory", 1_u32)]);
    emit(&mut report, "cpus", vec![Row::new().with("name", "One")]);
    let mut other = Report::default();
    emit(&mut other, "hardware", vec![Row::new().with("name", "b")]);
    emit(&mut other, "cpus", vec![Row::new().with("name", "Two")]);
    emit(&mut other, "bios", vec![Row::new().with("ssn", "S")]);
    other.incomplete.push(Incomplete { section: "cpus".into(), why: "half".into() });
    report.merge(other);
    assert_eq!(report.rows("hardware"), [Row::new().with("name", "b").with("memory", 1_u32)]);
    assert_eq!(report.rows("cpus").len(), 2);
    assert_eq!(report.rows("bios").len(), 1);
    assert_eq!(report.incomplete.len(), 1);
}

#[test]
fn loose_ends_are_told() {
    let mut report = Report::default();
    emit(&mut report, "operatingsystem", vec![Row::new().with("timezone.name", "UTC")]);
    emit(&mut report, "accesslog", vec![Row::new().with("userid", "me")]);
    emit(&mut report, "databases", vec![Row::new().with("name", "db").with("of", "MySQL")]);
    let notes: Vec<String> = report.loose_ends().into_iter().map(|note| note.0).collect();
    assert_eq!(
        notes,
        [
            "accesslog: without logdate, not sent",
            "databases: no databases_services row is called \"MySQL\", not sent",
            "operatingsystem.timezone: without timezone.offset, not sent",
        ]
    );
    emit(&mut report, "operatingsystem", vec![Row::new().with("timezone.offset", "+0000")]);
    emit(&mut report, "accesslog", vec![Row::new().with("logdate", "2024-01-01 00:00:00")]);
    emit(&mut report, "databases_services", vec![Row::new().with("name", "MySQL").with("version", "8")]);
    assert!(report.loose_ends().is_empty());
}

#[test]
fn a_report_survives_serialisation() {
    let mut report = Report::default();
    emit(
        &mut report,
        "local_groups",
        vec![Row::new().with("id", "1").with("name", "g").with("members", vec!["a".to_owned()])],
    );
    emit(
        &mut report,
        "networks",
        vec![Row::new().with("description", "lo").with("virtualdev", true).with("mtu", 1_u32)],
    );
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}
