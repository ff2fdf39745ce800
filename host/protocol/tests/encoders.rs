//! What holds of every document: only names of the schema, the same facts in both, and no text that breaks them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test's helpers too")]

mod common;

use airlock_model::{Document, Kind, Report, Row, Section, Value, schema};
use airlock_protocol::{Envelope, additional_content, inventory_html, inventory_json, inventory_xml};
use common::{add, full};
use proptest::prelude::*;

fn envelope() -> Envelope {
    Envelope::computer("device", "Airlock_v0.1")
}

fn parsed(report: &Report) -> serde_json::Value {
    serde_json::from_str(&inventory_json(report, &envelope())).unwrap()
}

/// Every member is one of the section's fields, of its type.
fn check(section: &Section, row: &serde_json::Map<String, serde_json::Value>, prefix: &str) {
    assert!(row.keys().is_sorted());
    for (name, value) in row {
        let path = format!("{prefix}{name}");
        if let Some(child) = section.children().find(|child| child.name == path) {
            for row in value.as_array().unwrap() {
                check(child, row.as_object().unwrap(), "");
            }
        } else if let Some(object) = value.as_object() {
            check(section, object, &format!("{path}."));
        } else {
            let field = section.field(&path).unwrap_or_else(|| panic!("{}.{path}", section.name));
            assert_ne!(field.document, Document::Xml);
            let fits = match field.kind {
                Kind::Integer => value.is_u64(),
                Kind::Boolean => value.is_boolean(),
                Kind::Texts => value.as_array().is_some_and(|list| list.iter().all(serde_json::Value::is_string)),
                _ => value.is_string(),
            };
            assert!(fits, "{}.{path}: {value}", section.name);
        }
    }
}

#[test]
fn json_has_nothing_but_the_schema() {
    let report = full("x", &[Document::Both, Document::Json, Document::Xml]);
    let document = parsed(&report);
    let root: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(root, ["action", "content", "deviceid", "itemtype"]);
    let content = document["content"].as_object().unwrap();
    assert!(content.keys().is_sorted());
    for (name, value) in content.iter().filter(|(name, _)| *name != "versionclient") {
        let section = schema::section(name).unwrap();
        assert_ne!(section.document, Document::Xml);
        match section.shape {
            airlock_model::Shape::Object => check(section, value.as_object().unwrap(), ""),
            airlock_model::Shape::List => {
                for row in value.as_array().unwrap() {
                    check(section, row.as_object().unwrap(), "");
                }
            }
        }
    }
    // And all of it: every section but those of XML and the one that is nested.
    let sent = schema::SECTIONS.iter().filter(|s| s.document != Document::Xml && s.parent.is_none()).count();
    assert_eq!(content.len(), sent + 1);
}

#[test]
fn keys_are_sorted_in_the_text_itself() {
    // Parsed maps are sorted anyway, so the text is asked.
    let text = inventory_json(&full("x", &[Document::Both, Document::Json]), &envelope());
    let members: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("    \"")).collect();
    assert!(members.len() > 40 && members.is_sorted(), "{members:?}");
    let hardware = text.split("\"hardware\": {\n").nth(1).unwrap().split('}').next().unwrap();
    let members: Vec<&str> = hardware.lines().filter(|line| line.contains('"')).collect();
    assert!(members.len() > 10 && members.is_sorted(), "{members:?}");
}

#[test]
fn both_documents_carry_the_same_facts() {
    let envelope = envelope();
    let report = full("42", &[Document::Both]);
    let (from_json, notes) = additional_content("a.json", inventory_json(&report, &envelope).as_bytes()).unwrap();
    assert_eq!(notes.len(), 1, "{notes:?}");
    let (from_xml, notes) = additional_content("a.xml", inventory_xml(&report, &envelope).as_bytes()).unwrap();
    assert_eq!(notes.len(), 1, "{notes:?}");
    for (section, _) in report.sections() {
        assert_eq!(facts(&from_json, section), facts(&report, section));
        assert_eq!(facts(&from_xml, section), facts(&report, section));
        // Nothing of the schema was forgotten on the way.
        let carried = section.fields.iter().filter(|field| field.document == Document::Both).count();
        assert_eq!(facts(&from_xml, section).len(), carried, "{}", section.name);
    }
}

fn facts(report: &Report, section: &Section) -> Vec<(String, Value)> {
    let rows = report.rows(section.name).iter();
    let mut facts: Vec<_> =
        rows.flat_map(|row| row.iter().map(|(name, value)| (name.to_owned(), value.clone()))).collect();
    facts.sort_by(|a, b| a.0.cmp(&b.0));
    facts
}

#[test]
fn each_document_has_what_only_it_can_carry() {
    let report = full("x", &[Document::Both, Document::Json, Document::Xml]);
    let xml = inventory_xml(&report, &envelope());
    let json = inventory_json(&report, &envelope());
    for only_xml in ["PCIID", "OEM", "RUDDER", "REGISTRY", "SERVER_ROLE", "AGENT_CAPABILITY"] {
        assert!(xml.contains(&format!("<{only_xml}>")), "{only_xml}");
    }
    assert!(!json.contains("rudder") && !json.contains("registry") && !json.contains("\"oem\""));
    assert!(json.contains("\"databases\": [") && json.contains("\"ipaddress\""));
    assert!(!xml.contains("DATABASES") && !xml.to_lowercase().contains("<of>") && !json.contains("\"of\""));
}

#[test]
fn elements_are_sorted() {
    let report = full("x", &[Document::Both, Document::Xml]);
    let xml = inventory_xml(&report, &envelope());
    let sections: Vec<&str> =
        xml.lines().filter_map(|line| line.strip_prefix("    <")).filter(|l| !l.starts_with('/')).collect();
    assert!(sections.len() > 40 && sections.is_sorted(), "{sections:?}");
}

#[test]
fn bytes_are_base64() {
    // No field takes bytes, but a report may come out of a file.
    let text = r#"{"sections":{"monitors":[[["base64",{"bytes":[255,254,253]}]]]},"incomplete":[]}"#;
    let report: Report = serde_json::from_str(text).unwrap();
    assert_eq!(parsed(&report)["content"]["monitors"][0]["base64"], "//79");
    assert!(inventory_xml(&report, &envelope()).contains("<BASE64>//79</BASE64>"));
}

#[test]
fn what_a_file_holds_beyond_the_schema_is_not_encoded() {
    let text = r#"{"sections":{"what":[[["x",{"text":"lost"}]]],"cpus":[[["what",{"text":"lost"}],["name",{"text":"kept"}]],[["what",{"text":"lost"}]]],
        "envs":[[["key",{"text":"lost"}]]]},"incomplete":[]}"#;
    let report: Report = serde_json::from_str(text).unwrap();
    for text in [
        inventory_json(&report, &envelope()),
        inventory_xml(&report, &envelope()),
        inventory_html(&report, &envelope()),
    ] {
        assert!(text.contains("kept") && !text.contains("what"), "{text}");
    }
    assert_eq!(parsed(&report)["content"]["cpus"].as_array().unwrap().len(), 1);
    assert!(parsed(&report)["content"].get("envs").is_none());
}

#[test]
fn a_service_of_a_name_that_comes_twice_has_its_databases_once() {
    let mut report = Report::default();
    for port in [1_u32, 2] {
        add(&mut report, "databases_services", Row::new().with("name", "S").with("version", "1").with("port", port));
    }
    add(&mut report, "databases", Row::new().with("name", "d").with("of", "S"));
    let document = parsed(&report);
    assert_eq!(document["content"]["databases_services"][0]["databases"][0]["name"], "d");
    assert!(document["content"]["databases_services"][1].get("databases").is_none());
}

/// The characters that do harm somewhere, and any others.
fn hostile() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "]]>",
        "<!--",
        "-->",
        "&",
        "&amp;",
        "<",
        ">",
        "\"",
        "'",
        "\\",
        "\\u0000",
        "\0",
        "\r\n",
        "\t",
        "\u{7f}",
        "\u{85}",
        "\u{202e}",
        "\u{2028}",
        "\u{fffe}",
        "\u{ffff}",
        "\u{fffd}",
        "\u{10ffff}",
        "</script>",
        "<![CDATA[",
        "<?xml?>",
        "<!DOCTYPE x>",
        "&#0;",
        " ",
        "é",
        "𝒳",
    ]);
    prop::collection::vec(
        prop_oneof![nasty.prop_map(str::to_owned), any::<char>().prop_map(String::from), "[ -~]{0,8}"],
        0..12,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_text_survives_and_breaks_nothing(text in hostile()) {
        let clean: String = text.chars().filter(|c| !c.is_control()).collect();
        let lines: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
        let report = full(&text, &[Document::Both, Document::Json]);
        let mut envelope = envelope();
        envelope.tag = Some(text.clone());
        envelope.deviceid.clone_from(&text);

        let json = inventory_json(&report, &envelope);
        let document: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(document["deviceid"].as_str().unwrap(), &text);
        if !clean.is_empty() {
            for (section, rows) in report.sections().filter(|(s, _)| s.parent.is_none()) {
                for (name, value) in rows[0].iter().filter(|(name, _)| section.field(name).unwrap().values.is_empty()) {
                    let pointer = format!("/content/{}{}/{}", section.name, if section.shape == airlock_model::Shape::List { "/0" } else { "" }, name.replace('.', "/"));
                    if section.field(name).unwrap().kind == Kind::Text {
                        let clean = if section.field(name).unwrap().lines { lines.trim_matches('\n') } else { &clean };
                        prop_assert_eq!(document.pointer(&pointer).and_then(|v| v.as_str()), Some(clean), "{}", pointer);
                    } else {
                        prop_assert!(document.pointer(&pointer).is_some(), "{} {:?}", pointer, value);
                    }
                }
            }
        }

        let xml = inventory_xml(&report, &envelope);
        let (read, _) = additional_content("x.xml", xml.as_bytes()).unwrap();
        let held: String = clean.chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
        let held = held.trim();
        prop_assert_eq!(read.rows("bios").first().and_then(|row| row.text("ssn")), Some(held).filter(|t| !t.is_empty()));
        let strange = xml.chars().find(|c| !matches!(c, '\n' | '\t' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..));
        prop_assert_eq!(strange, None);

        let html = inventory_html(&report, &envelope);
        prop_assert!(!html.contains("</script>") && !html.contains("<!--"));
        prop_assert_eq!(html.matches("<td").count(), html.matches("</td>").count());
    }
}
