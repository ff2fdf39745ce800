//! The JSON inventory of GLPI 10 and later (inventory_format, <https://github.com/glpi-project/inventory_format>).
//!
//! Written straight into a text: an inventory has thousands of software rows, and a tree of them would cost more than
//! everything else. Keys are sorted at every level, sections that are lists are arrays always, and no name is written
//! that the schema does not have: older servers refuse the whole document for one that they do not know.

use crate::base64;
use crate::envelope::Envelope;
use crate::facts::{Facts, carries};
use airlock_model::{Document, Report, Row, Section, Shape, Value, is_obeyed};
use std::collections::HashMap;
use std::fmt::Write as _;

/// The document that a GLPI server takes an inventory from.
pub fn inventory_json(report: &Report, envelope: &Envelope) -> String {
    let mut out = Writer::default();
    out.open('{');
    out.key("action");
    out.text("inventory");
    out.key("content");
    content(&mut out, report, envelope);
    out.key("deviceid");
    out.text(&envelope.deviceid);
    out.key("itemtype");
    out.text(&envelope.itemtype);
    if envelope.partial {
        out.key("partial");
        out.word("true");
    }
    if let Some(tag) = envelope.tag() {
        out.key("tag");
        out.text(tag);
    }
    out.close('}');
    out.text.push('\n');
    out.text
}

fn content(out: &mut Writer, report: &Report, envelope: &Envelope) {
    // The one member that is no section has its place among them.
    let mut version = Some("versionclient");
    let mut version_before = |out: &mut Writer, next: Option<&str>| {
        if let Some(key) = version.take_if(|key| next.is_none_or(|next| *key < next)) {
            out.key(key);
            out.text(&envelope.versionclient);
        }
    };
    out.open('{');
    for (section, rows) in report.sections() {
        if carries(section.document, Document::Json) && section.parent.is_none() {
            version_before(out, Some(section.name));
            write_section(out, report, section, rows);
        }
    }
    version_before(out, None);
    out.close('}');
}

fn write_section(out: &mut Writer, report: &Report, section: &'static Section, rows: &[Row]) {
    let mut facts = Facts::new(section, Document::Json);
    let mut nested: Vec<Nested<'_>> = section.children().map(|child| Nested::new(report, child)).collect();
    let mut begun = false;
    for row in rows {
        if !facts.take(row) {
            continue;
        }
        if !begun {
            begun = true;
            out.key(section.name);
            if section.shape == Shape::List {
                out.open('[');
            }
        }
        if section.shape == Shape::List {
            out.item();
        }
        write_row(out, &facts, row, &mut nested);
        if section.shape == Shape::Object {
            return;
        }
    }
    if begun {
        out.close(']');
    }
}

fn write_row(out: &mut Writer, facts: &Facts<'_>, row: &Row, nested: &mut [Nested<'_>]) {
    let of = row.text("name").unwrap_or_default();
    let mut nested = nested.iter_mut().peekable();
    let mut object = None;
    out.open('{');
    for (column, value) in facts.iter() {
        if object != column.object {
            if object.is_some() {
                out.close('}');
            }
            object = column.object;
            if let Some(name) = object {
                out.key(name);
                out.open('{');
            }
        }
        while let Some(child) = nested.next_if(|child| child.section.name < column.field.name) {
            child.write(out, of);
        }
        out.key(column.name);
        out.value(value);
    }
    if object.is_some() {
        out.close('}');
    }
    for child in nested {
        child.write(out, of);
    }
    out.close('}');
}

/// The rows of a section that are written inside the rows of another one, by the name of that row.
struct Nested<'a> {
    section: &'static Section,
    facts: Facts<'a>,
    rows: HashMap<&'a str, Vec<&'a Row>>,
}

impl<'a> Nested<'a> {
    fn new(report: &'a Report, section: &'static Section) -> Self {
        let mut rows: HashMap<&str, Vec<&Row>> = HashMap::new();
        for row in report.rows(section.name) {
            rows.entry(row.text("of").unwrap_or_default()).or_default().push(row);
        }
        Self { section, facts: Facts::new(section, Document::Json), rows }
    }

    /// Writes the rows of that parent. They are written once: a second parent of the same name has none.
    fn write(&mut self, out: &mut Writer, of: &str) {
        let Some(rows) = self.rows.remove(of) else { return };
        out.key(self.section.name);
        out.open('[');
        for row in rows {
            if self.facts.take(row) {
                out.item();
                write_row(out, &self.facts, row, &mut []);
            }
        }
        out.close(']');
    }
}

/// Indented JSON. Keys are names of the schema, which need no escaping.
#[derive(Default)]
struct Writer {
    text: String,
    depth: usize,
    /// Something was written at this depth already.
    after: bool,
}

impl Writer {
    fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.depth += 1;
        self.after = false;
    }

    fn close(&mut self, bracket: char) {
        self.depth = self.depth.saturating_sub(1);
        if self.after {
            self.line();
        }
        self.text.push(bracket);
        self.after = true;
    }

    /// Where the next member of an object or array begins.
    fn item(&mut self) {
        if self.after {
            self.text.push(',');
        }
        self.line();
        self.after = true;
    }

    fn line(&mut self) {
        const LINE: &str = "\n                    ";
        self.text.push_str(LINE.get(..=self.depth * 2).unwrap_or(LINE));
    }

    fn key(&mut self, name: &str) {
        self.item();
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\": ");
    }

    fn word(&mut self, word: &str) {
        self.text.push_str(word);
    }

    fn text(&mut self, text: &str) {
        // Every byte is looked at, so that many can be at once.
        let (escape, ascii) = text.bytes().fold((false, true), |(escape, ascii), b| {
            (escape | (b < 0x20) | (b == b'"') | (b == b'\\') | (b == 0x7f), ascii & (b < 0x80))
        });
        if escape || !ascii {
            self.escaped(text);
        } else {
            self.text.push('"');
            self.text.push_str(text);
            self.text.push('"');
        }
    }

    /// What a terminal would obey is escaped too: the document says the same, and whoever prints it is safe.
    fn escaped(&mut self, text: &str) {
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                c if is_obeyed(c) => {
                    let mut units = [0; 2];
                    for unit in c.encode_utf16(&mut units) {
                        let _written = write!(self.text, "\\u{unit:04x}");
                    }
                }
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Text(text) => self.text(text),
            Value::Integer(number) => {
                let _written = write!(self.text, "{number}");
            }
            Value::Boolean(yes) => self.word(if *yes { "true" } else { "false" }),
            Value::Bytes(bytes) => self.text(&base64::encode(bytes)),
            Value::Texts(texts) => {
                self.open('[');
                for text in texts {
                    self.item();
                    self.text(text);
                }
                self.close(']');
            }
        }
    }
}
