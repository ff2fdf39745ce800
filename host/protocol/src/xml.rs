//! The XML inventory of FusionInventory and OCS servers, which GLPI reads too: upper-case elements in the order of their
//! names, a list as the same element again and again, no types.
//!
//! Left out because XML has no place for them: databases, `partial`, `itemtype`, and characters that XML 1.0 cannot
//! hold (section 2.2, production 2: `Char`).

use crate::base64;
use crate::elements::{Out, document, element, end, start};
use crate::envelope::Envelope;
use crate::facts::{Column, Facts, carries};
use crate::words;
use airlock_model::{Document, Report, Row, Section, Value};
use std::io;

/// The document that a FusionInventory server takes an inventory from.
pub fn inventory_xml(report: &Report, envelope: &Envelope) -> String {
    document(|out| request(out, report, envelope))
}

fn request(out: &mut Out, report: &Report, envelope: &Envelope) -> io::Result<()> {
    start(out, "REQUEST")?;
    start(out, "CONTENT")?;
    for (_, part) in parts(report, envelope) {
        write_part(out, &part)?;
    }
    end(out, "CONTENT")?;
    element(out, "DEVICEID", &envelope.deviceid)?;
    element(out, "QUERY", "INVENTORY")?;
    end(out, "REQUEST")
}

/// What the content is made of.
enum Part<'a> {
    Rows { section: &'static Section, rows: &'a [Row], etime: Option<&'a Value> },
    Tag(&'a str),
    Version(&'a str),
}

/// The parts of the content by the name of their element.
fn parts<'a>(report: &'a Report, envelope: &'a Envelope) -> Vec<(&'static str, Part<'a>)> {
    // XML says how long it took in HARDWARE, of which there is one then.
    let mut etime = report.rows("versionprovider").first().and_then(|row| row.get("etime"));
    let mut parts = vec![("VERSIONCLIENT", Part::Version(&envelope.versionclient))];
    if let Some(tag) = envelope.tag() {
        parts.push(("ACCOUNTINFO", Part::Tag(tag)));
    }
    for (section, rows) in report.sections().filter(|(section, _)| carries(section.document, Document::Xml)) {
        let etime = if section.name == "hardware" { etime.take() } else { None };
        parts.push((section.xml, Part::Rows { section, rows, etime }));
    }
    if let (Some(_), Some(section)) = (etime, airlock_model::schema::section("hardware")) {
        parts.push((section.xml, Part::Rows { section, rows: &[], etime }));
    }
    parts.sort_by_key(|(name, _)| *name);
    parts
}

fn write_part(out: &mut Out, part: &Part<'_>) -> io::Result<()> {
    match part {
        Part::Version(version) => element(out, "VERSIONCLIENT", version),
        Part::Tag(tag) => {
            start(out, "ACCOUNTINFO")?;
            element(out, "KEYNAME", "TAG")?;
            element(out, "KEYVALUE", tag)?;
            end(out, "ACCOUNTINFO")
        }
        Part::Rows { section, rows, etime } => {
            let mut facts = Facts::new(section, Document::Xml);
            for row in *rows {
                if facts.take(row) {
                    // That member is written elsewhere.
                    let members = facts.iter().filter(|(c, _)| section.name != "versionprovider" || c.name != "ETIME");
                    write_row(out, section, members, *etime)?;
                }
            }
            if rows.is_empty() {
                write_row(out, section, std::iter::empty(), *etime)?;
            }
            Ok(())
        }
    }
}

fn write_row<'a>(
    out: &mut Out,
    section: &Section,
    members: impl Iterator<Item = (Column, &'a Value)>,
    mut etime: Option<&'a Value>,
) -> io::Result<()> {
    let mut members = members.peekable();
    if members.peek().is_none() && etime.is_none() {
        return Ok(());
    }
    start(out, section.xml)?;
    let mut object = None;
    for (column, value) in members {
        if let Some(etime) = etime.take_if(|_| column.field.xml > "ETIME") {
            write_value(out, section.name, "etime", "ETIME", etime)?;
        }
        if object != column.object {
            if let Some(object) = object {
                end(out, object)?;
            }
            object = column.object;
            if let Some(object) = object {
                start(out, object)?;
            }
        }
        write_value(out, section.name, column.field.name, column.name, value)?;
    }
    if let Some(object) = object {
        end(out, object)?;
    }
    if let Some(etime) = etime {
        write_value(out, section.name, "etime", "ETIME", etime)?;
    }
    end(out, section.xml)
}

fn write_value(out: &mut Out, section: &str, field: &str, name: &str, value: &Value) -> io::Result<()> {
    match value {
        Value::Text(text) => element(out, name, &words::for_xml(section, field, text)),
        Value::Integer(number) => element(out, name, &number.to_string()),
        Value::Boolean(yes) => element(out, name, if *yes { "1" } else { "0" }),
        Value::Bytes(bytes) => element(out, name, &base64::encode(bytes)),
        Value::Texts(texts) => texts.iter().try_for_each(|text| element(out, name, text)),
    }
}
