//! The XML inventory of FusionInventory and OCS servers, which GLPI reads too: upper-case elements in the order of their
//! names, a list as the same element again and again, no types.
//!
//! Left out because XML has no place for them: databases, `partial`, `itemtype`, and characters that XML 1.0 cannot
//! hold (section 2.2, production 2: `Char`).

mod hardware;

use crate::base64;
use crate::elements::{Out, document, element, end, start};
use crate::envelope::Envelope;
use crate::facts::{Column, Facts, carries};
use crate::words;
use airlock_model::{Document, Report, Row, Section, Value};
use std::io;

pub(crate) use hardware::is_repeated;

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
    Rows { section: &'static Section, rows: &'a [Row], more: More },
    Tag(&'a str),
    Version(&'a str),
}

/// Members of an object that are no fields of its section, by the name of their element.
type More = Vec<(&'static str, String)>;

/// The parts of the content by the name of their element.
fn parts<'a>(report: &'a Report, envelope: &'a Envelope) -> Vec<(&'static str, Part<'a>)> {
    let mut parts = vec![("VERSIONCLIENT", Part::Version(&envelope.versionclient))];
    if let Some(tag) = envelope.tag() {
        parts.push(("ACCOUNTINFO", Part::Tag(tag)));
    }
    let carried = || report.sections().filter(|(section, _)| carries(section.document, Document::Xml));
    for (section, rows) in carried() {
        let more = if section.name == "hardware" { hardware::more(report) } else { More::new() };
        parts.push((section.xml, Part::Rows { section, rows, more }));
    }
    if let (Some(section), false) =
        (airlock_model::schema::section("hardware"), carried().any(|(section, _)| section.name == "hardware"))
    {
        // How long it took stands there, also where nothing else does.
        parts.push((
            section.xml,
            Part::Rows { section, rows: &[], more: hardware::etime(report).into_iter().collect() },
        ));
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
        Part::Rows { section, rows, more } => {
            let mut facts = Facts::new(section, Document::Xml);
            for row in *rows {
                if facts.take(row) {
                    // That member is written elsewhere.
                    let members = facts.iter().filter(|(c, _)| section.name != "versionprovider" || c.name != "ETIME");
                    write_row(out, section, members, more)?;
                }
            }
            if rows.is_empty() {
                write_row(out, section, std::iter::empty(), more)?;
            }
            Ok(())
        }
    }
}

fn write_row<'a>(
    out: &mut Out,
    section: &Section,
    members: impl Iterator<Item = (Column, &'a Value)>,
    more: &[(&'static str, String)],
) -> io::Result<()> {
    let (mut members, mut more) = (members.peekable(), more.iter().peekable());
    if members.peek().is_none() && more.peek().is_none() {
        return Ok(());
    }
    start(out, section.xml)?;
    let mut object = None;
    for (column, value) in members {
        while let Some((name, text)) = more.next_if(|(name, _)| *name < column.field.xml) {
            element(out, name, text)?;
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
    more.try_for_each(|(name, text)| element(out, name, text))?;
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
