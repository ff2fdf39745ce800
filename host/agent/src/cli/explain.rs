//! `airlock inventory --explain SECTION.FIELD`: where values come from.

use crate::exit::Usage;
use crate::policies::Places;
use crate::progress::Bar;
use crate::run::{Request, observe};
use crate::table::table;
use crate::terminal;
use crate::timings::Phases;
use airlock_facts::{Explained, Machine, Origin, Roots};
use airlock_model::schema::{self, Section, Shape};
use airlock_model::{Report, Value};
use airlock_native::{Budget, Folders};
use anyhow::Context;
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;

/// Whose values are explained, and with what.
pub(crate) struct Question<'a> {
    pub(crate) path: &'a str,
    pub(crate) roots: Roots,
    pub(crate) homes: bool,
    pub(crate) budget: Budget,
    pub(crate) folders: Option<&'a Folders>,
    pub(crate) places: &'a Places,
    pub(crate) as_json: bool,
}

pub(crate) fn run(question: Question<'_>) -> anyhow::Result<()> {
    let Question { path, roots, homes, budget, folders, places, as_json } = question;
    let (section, field) = parse(path)?;
    let (machine, explainer) = Machine::explained(roots);
    let machine = Arc::new(machine.with_homes(homes));
    let Some(explained) = explainer.explain(&machine, section.name, field, Instant::now() + budget.collector) else {
        return Err(Usage(format!("--explain {path}: nothing reads {} on this platform", section.name)).into());
    };
    // What the task makes of it: makers' names, for one, are its business.
    let request = Request {
        task: airlock_builtin::task("inventory").context("the program was built without its inventory task")?,
        job: json!({ "no_category": [] }).to_string(),
        machine: Arc::clone(&machine),
        budget,
        folders,
        watch: Bar::start("inventory"),
        server: None,
        stands_in: false,
        places,
    };
    let report = observe(request, &mut Phases::new(Instant::now()))?.report;
    let rows: Vec<(&Origin, String)> = explained
        .origins
        .iter()
        .map(|origin| (origin, reported(&report, section, field, &explained, origin)))
        .collect();
    if as_json {
        let list: Vec<_> = rows.iter().map(|(origin, reported)| object(origin, reported)).collect();
        return Ok(terminal::print(&format!("{}\n", serde_json::to_string_pretty(&list)?))?);
    }
    if rows.is_empty() {
        return Ok(terminal::print(&format!(
            "{path}: no value; {} rows of {} were read\n",
            explained.rows, section.name
        ))?);
    }
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|(origin, reported)| {
            let same = *reported == origin.value;
            vec![
                origin.row.to_string(),
                if same { origin.value.clone() } else { format!("{reported} (read as {})", origin.value) },
                words(origin),
            ]
        })
        .collect();
    Ok(terminal::print(&table(&[">row", path, "from"], &lines))?)
}

fn parse(path: &str) -> anyhow::Result<(&'static Section, &'static str)> {
    let unknown = |what: String| Usage(format!("--explain {path}: {what}"));
    let (section, field) =
        path.split_once('.').ok_or_else(|| unknown("expected SECTION.FIELD, such as bios.ssn".to_owned()))?;
    let section = schema::section(section).ok_or_else(|| unknown(format!("no section is called {section}")))?;
    let field = section.field(field).ok_or_else(|| {
        let known: Vec<&str> = section.fields.iter().map(|field| field.name).collect();
        unknown(format!("{} has no field {field}; it has {}", section.name, known.join(", ")))
    })?;
    Ok((section, field.name))
}

/// The value in the report for a row that was read; a dash when the task left it out.
fn reported(report: &Report, section: &Section, field: &str, explained: &Explained, origin: &Origin) -> String {
    let rows = report.rows(section.name);
    let in_place = match section.shape {
        Shape::Object => rows.first(),
        Shape::List if rows.len() == explained.rows => rows.get(origin.row.saturating_sub(1)),
        // Rows were merged or left out: the one with the same value, if there is one.
        Shape::List => rows.iter().find(|row| row.get(field).is_some_and(|value| value.to_text() == origin.value)),
    };
    in_place.and_then(|row| row.get(field)).map_or_else(|| "-".to_owned(), Value::to_text)
}

fn words(origin: &Origin) -> String {
    let mut words = Vec::new();
    words.extend(origin.source.clone());
    if !origin.found_in.is_empty() {
        words.push(origin.found_in.join(", "));
    }
    if words.is_empty() && !origin.read.is_empty() {
        words.push(format!("worked out from what was read: {}", origin.read.join(", ")));
    }
    if words.is_empty() { "the kernel, by a system call".to_owned() } else { words.join(": ") }
}

fn object(origin: &Origin, reported: &str) -> serde_json::Value {
    json!({
        "row": origin.row,
        "read": origin.value,
        "reported": reported,
        "source": origin.source,
        "found_in": origin.found_in,
        "worked_out_from": origin.read,
    })
}
