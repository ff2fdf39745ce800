//! From a file's content to rows that fit the schema.

use super::Content;
use crate::dates::{self, Order};
use crate::tree::Cell;
use crate::words;
use airlock_model::{Field, Kind, Note, Notes, Report, Row, Section, Value, schema, shown};
use std::collections::BTreeMap;

/// Members of the content that are no sections: the agent says these of itself.
const OWN: &[&str] = &["versionclient", "accountinfo"];

pub(super) fn report(content: Content) -> (Report, Vec<Note>) {
    let mut taker = Taker::default();
    for (name, cell) in content {
        match schema::section_called(&name) {
            Some(section) if section.parent.is_none() => taker.section(section, cell, None),
            _ if OWN.iter().any(|own| own.eq_ignore_ascii_case(&name)) => {
                taker.notes.add(format!("{}: the agent says that of itself, left out", shown(&name)));
            }
            _ => taker.notes.add(format!("{}: no such section, left out", shown(&name))),
        }
    }
    let mut report = Report::default();
    let mut notes = taker.notes.done();
    for (name, rows) in taker.rows {
        if let Some(section) = schema::section(name) {
            notes.extend(report.emit(section, rows));
        }
    }
    (report, notes)
}

#[derive(Default)]
struct Taker {
    rows: BTreeMap<&'static str, Vec<Row>>,
    notes: Notes,
}

impl Taker {
    /// Rows of a section: one object or a list of them. `of` is the name of the row that they are nested in.
    fn section(&mut self, section: &'static Section, cell: Cell, of: Option<&str>) {
        match cell {
            Cell::Object(members) => self.row(section, members, of),
            Cell::List(list) => list.into_iter().for_each(|cell| match cell {
                Cell::List(_) => self.unfit(section.name, "an object"),
                cell => self.section(section, cell, of),
            }),
            Cell::Null => {}
            Cell::Text(text) if text.is_empty() => {}
            Cell::Text(_) | Cell::Boolean(_) | Cell::Integer(_) => {
                self.unfit(section.name, "an object or a list of objects")
            }
        }
    }

    fn row(&mut self, section: &'static Section, members: Vec<(String, Cell)>, of: Option<&str>) {
        let mut row = Row::new();
        row.maybe("of", of);
        let mut nested = Vec::new();
        self.members(section, "", members, &mut row, &mut nested);
        for (child, cell) in nested {
            self.section(child, cell, row.text("name"));
        }
        self.rows.entry(section.name).or_default().push(row);
    }

    fn members(
        &mut self,
        section: &'static Section,
        prefix: &str,
        members: Vec<(String, Cell)>,
        row: &mut Row,
        nested: &mut Vec<(&'static Section, Cell)>,
    ) {
        for (member, cell) in members {
            let name = format!("{prefix}{member}");
            // The parent says whose child a row is; what a file says of it is not heard.
            let field = section.field_called(&name).filter(|field| section.parent.is_none() || field.name != "of");
            if let Some(field) = field {
                self.field(section, field, &name, cell, row);
            } else if let Some(child) = section.children().find(|child| child.name.eq_ignore_ascii_case(&name)) {
                nested.push((child, cell));
            } else if let Cell::Object(members) = cell {
                self.members(section, &format!("{name}."), members, row, nested);
            } else if section.name == "hardware" && name.eq_ignore_ascii_case("etime") {
                self.etime(cell);
            } else if section.name == "hardware" && crate::xml::is_repeated(&name) {
                // What other sections say; the file has them, or it is not the machine's.
            } else {
                self.notes.add(format!("{}.{}: no such field, left out", section.name, shown(&name)));
            }
        }
    }

    /// XML says in HARDWARE how long the inventory took.
    fn etime(&mut self, cell: Cell) {
        if let Some(section) = schema::section("versionprovider") {
            self.row(section, vec![("etime".to_owned(), cell)], None);
        }
    }

    fn field(&mut self, section: &'static Section, field: &'static Field, called: &str, cell: Cell, row: &mut Row) {
        let path = || format!("{}.{}", section.name, field.name);
        let value = match (field.kind, cell) {
            (_, Cell::Null) => return,
            (Kind::Texts, Cell::List(list)) => {
                let texts: Vec<String> = list.iter().filter_map(scalar).collect();
                if texts.len() < list.len() {
                    self.unfit(&path(), "a list of texts");
                }
                Value::Texts(texts)
            }
            (_, Cell::List(_) | Cell::Object(_)) => return self.unfit(&path(), "a single value"),
            (Kind::Texts, cell) => Value::Texts(scalar(&cell).into_iter().collect()),
            (_, cell) => value(section, field, cell),
        };
        // XML repeats an element for a list.
        let value = match (value, row.remove(field.name)) {
            (Value::Texts(mut more), Some(Value::Texts(mut texts))) => {
                texts.append(&mut more);
                Value::Texts(texts)
            }
            (value, Some(known)) if value.is_empty() || value == known => known,
            (value, Some(known)) => {
                // Of two names for one field, the XML element's own goes first; of one name, the later.
                let (kept, left) = if called.eq_ignore_ascii_case(field.xml) { (value, known) } else { (known, value) };
                self.notes.add(format!("{}: said twice, {} left out", path(), shown(&left.to_text())));
                kept
            }
            (value, None) => value,
        };
        row.set(field.name, value);
    }

    fn unfit(&mut self, what: &str, expected: &str) {
        self.notes.add(format!("{what}: not {expected}, left out"));
    }
}

fn scalar(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.clone()),
        Cell::Integer(number) => Some(number.to_string()),
        Cell::Boolean(yes) => Some(yes.to_string()),
        Cell::Null | Cell::List(_) | Cell::Object(_) => None,
    }
}

/// The value as its kind wants it, where it can be understood; else as it is, and [`Report::emit`] says what is wrong.
fn value(section: &Section, field: &Field, cell: Cell) -> Value {
    match cell {
        Cell::Boolean(yes) => Value::Boolean(yes),
        Cell::Integer(number) if field.kind == Kind::Boolean && (0..=1).contains(&number) => {
            Value::Boolean(number == 1)
        }
        Cell::Integer(number) => Value::Integer(number),
        Cell::Text(text) => match field.kind {
            Kind::Boolean => words::truth(&text).map_or(Value::Text(text), Value::Boolean),
            Kind::Date | Kind::Datetime | Kind::DateOrDatetime => {
                let order = if field.name == "bdate" { Order::MonthFirst } else { Order::DayFirst };
                Value::Text(dates::iso(&text, field.kind, order).unwrap_or(text))
            }
            _ => Value::Text(words::for_schema(section.name, field.name, field.values, text)),
        },
        Cell::Null | Cell::List(_) | Cell::Object(_) => Value::Text(String::new()),
    }
}
