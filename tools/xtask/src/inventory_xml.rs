//! Inventory XML (`REQUEST/CONTENT`, one element a row, sections repeated) as sections of rows of fields, for comparing.
//!
//! An element inside a row that has elements of its own becomes fields named by their path (`TIMEZONE/NAME`); repeated
//! ones become several values of one field. Empty elements say nothing and are left out.

use anyhow::{Context, Result, bail};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};
use std::collections::BTreeMap;
use std::path::Path;

/// No inventory nests further; a document that does is none.
const MAX_DEPTH: usize = 16;

/// Fields by name, with their values in the document's order.
pub(crate) type Row = BTreeMap<String, Vec<String>>;

/// Rows by section, in the document's order.
#[derive(Debug, Default)]
pub(crate) struct Inventory {
    pub(crate) sections: BTreeMap<String, Vec<Row>>,
}

impl Inventory {
    pub(crate) fn rows(&self, section: &str) -> &[Row] {
        self.sections.get(section).map_or(&[], Vec::as_slice)
    }
}

pub(crate) fn read(path: &Path) -> Result<Inventory> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    parse(&String::from_utf8_lossy(&bytes)).with_context(|| format!("{} is no inventory", path.display()))
}

pub(crate) fn parse(text: &str) -> Result<Inventory> {
    let mut reader = Reader::from_str(text);
    let mut inventory = Inventory::default();
    let mut path: Vec<String> = Vec::new();
    let mut content = String::new();
    loop {
        match reader.read_event().with_context(|| format!("at byte {}", reader.error_position()))? {
            Event::Start(start) => {
                if path.len() == MAX_DEPTH {
                    bail!("elements nest deeper than {MAX_DEPTH} levels");
                }
                path.push(start.name().0.to_owned());
                content.clear();
                inventory.open(&path);
            }
            Event::Empty(start) => {
                path.push(start.name().0.to_owned());
                inventory.open(&path);
                path.pop();
            }
            Event::End(_) => {
                inventory.set(&path, content.trim());
                content.clear();
                path.pop();
            }
            Event::Text(piece) => content.push_str(&piece.xml10_content()),
            Event::CData(piece) => content.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) => content.push_str(&resolved(&reference)?),
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => {}
        }
    }
    if inventory.sections.is_empty() {
        bail!("there is nothing in REQUEST/CONTENT");
    }
    Ok(inventory)
}

/// The five predefined entities and characters by number; no others are defined in an inventory.
fn resolved(reference: &BytesRef<'_>) -> Result<String> {
    if let Some(character) = reference.resolve_char_ref()? {
        return Ok(character.to_string());
    }
    let name = reference.xml10_content();
    match resolve_predefined_entity(&name) {
        Some(text) => Ok(text.to_owned()),
        None => bail!("the entity &{name}; is not defined"),
    }
}

impl Inventory {
    fn open(&mut self, path: &[String]) {
        if let [request, content, section] = path
            && request == "REQUEST"
            && content == "CONTENT"
        {
            self.sections.entry(section.clone()).or_default().push(Row::new());
        }
    }

    fn set(&mut self, path: &[String], value: &str) {
        let [request, content, section, field @ ..] = path else { return };
        if request != "REQUEST" || content != "CONTENT" || value.is_empty() {
            return;
        }
        if let Some(row) = self.sections.get_mut(section).and_then(|rows| rows.last_mut()) {
            // A section of one value (VERSIONCLIENT) has no fields.
            let name = if field.is_empty() { "(value)".to_owned() } else { field.join("/") };
            row.entry(name).or_default().push(value.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field<'a>(inventory: &'a Inventory, section: &str, row: usize, name: &str) -> &'a [String] {
        &inventory.rows(section)[row][name]
    }

    #[test]
    fn sections_rows_and_fields() {
        let text = "<?xml version=\"1.0\"?>\n<REQUEST><CONTENT>\n\
            <CPUS>\n <NAME>A &amp; B</NAME><SPEED> 3000 </SPEED><CORE/></CPUS><CPUS><NAME>&#67;</NAME></CPUS>\
            <OPERATINGSYSTEM><TIMEZONE><NAME>UTC</NAME></TIMEZONE></OPERATINGSYSTEM>\
            <LOCAL_GROUPS><MEMBER>a</MEMBER><MEMBER><![CDATA[<b>]]></MEMBER></LOCAL_GROUPS>\
            <VERSIONCLIENT>x_1</VERSIONCLIENT><BATTERIES/>\
            </CONTENT><DEVICEID>d</DEVICEID></REQUEST>";
        let inventory = parse(text).unwrap();
        assert_eq!(field(&inventory, "CPUS", 0, "NAME"), ["A & B"]);
        assert_eq!(field(&inventory, "CPUS", 0, "SPEED"), ["3000"]);
        assert!(!inventory.rows("CPUS")[0].contains_key("CORE"));
        assert_eq!(field(&inventory, "CPUS", 1, "NAME"), ["C"]);
        assert_eq!(field(&inventory, "OPERATINGSYSTEM", 0, "TIMEZONE/NAME"), ["UTC"]);
        assert_eq!(field(&inventory, "LOCAL_GROUPS", 0, "MEMBER"), ["a", "<b>"]);
        assert_eq!(field(&inventory, "VERSIONCLIENT", 0, "(value)"), ["x_1"]);
        assert_eq!(inventory.rows("BATTERIES").len(), 1);
        assert!(!inventory.sections.contains_key("DEVICEID"));
    }

    #[test]
    fn what_is_no_inventory_is_refused() {
        for text in [
            "",
            "<a/>",
            "<REQUEST><CONTENT>",
            "<REQUEST></CONTENT>",
            "<REQUEST><CONTENT><A>&x;</A></CONTENT></REQUEST>",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let deep = "<a>".repeat(MAX_DEPTH + 1);
        assert!(format!("{:#}", parse(&deep).unwrap_err()).contains("16 levels"));
    }
}
