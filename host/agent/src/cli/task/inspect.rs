//! `airlock task inspect`: what a component asks for.

use super::kilobytes;
use crate::exit::Usage;
use crate::terminal::{self, visible};
use airlock_builtin::{TASKS, task};
use airlock_native::read_document;
use airlock_sandbox::{Inspection, inspect};
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

/// No component that would be accepted is larger.
const LARGEST: u64 = 64 << 20;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A task's name (see `airlock task list`), or a file
    #[arg(value_name = "NAME|FILE.wasm")]
    component: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let inspection = open(&options.component)?;
    let text =
        if options.json { as_json(&options.component, &inspection) } else { in_words(&options.component, &inspection) };
    Ok(terminal::print(&text)?)
}

fn open(component: &str) -> anyhow::Result<Inspection> {
    if let Some(builtin) = task(component) {
        return Ok(inspect(builtin.component)?);
    }
    let path = Path::new(component);
    let is_path = component.contains('/') || path.extension().is_some();
    if !is_path {
        let known: Vec<&str> = TASKS.iter().map(|t| t.name).collect();
        return Err(Usage(format!(
            "{component}: no task has that name (there are: {}), and a file would have a path or an ending",
            known.join(", ")
        ))
        .into());
    }
    let bytes = read_document(path, LARGEST).with_context(|| component.to_owned())?;
    inspect(&bytes).with_context(|| component.to_owned())
}

fn in_words(component: &str, inspection: &Inspection) -> String {
    let mut text = format!("{}\n", visible(component));
    let kind = inspection.world.map_or("none: it imports what no task is given, and would be refused", |w| w.name());
    let _ = writeln!(text, "  size    {}", kilobytes(inspection.size));
    let _ = writeln!(text, "  sha256  {}", inspection.digest);
    let _ = writeln!(text, "  kind    {kind}");
    let _ = writeln!(text, "  imports");
    let rows: Vec<Vec<String>> =
        inspection.imports.iter().map(|i| vec![format!("    {}", i.name), i.meaning.to_owned()]).collect();
    let width = rows.iter().filter_map(|row| row.first()).map(|name| name.chars().count()).max().unwrap_or(0);
    for row in &rows {
        if let [name, meaning] = row.as_slice() {
            let _ = writeln!(text, "{:<width$}  {meaning}", visible(name));
        }
    }
    let rights: Vec<&str> = inspection.imports.iter().filter(|i| i.is_right).map(|i| i.name.as_str()).collect();
    let _ = match rights.as_slice() {
        [] => writeln!(text, "  It asks for no right."),
        [one] => writeln!(text, "  The only right it asks for is {}; the policy decides on every call.", visible(one)),
        some => writeln!(text, "  It asks for {} rights; the policy decides on every call.", some.len()),
    };
    text
}

fn as_json(component: &str, inspection: &Inspection) -> String {
    let imports: Vec<_> =
        inspection.imports.iter().map(|i| json!({"name": i.name, "meaning": i.meaning, "right": i.is_right})).collect();
    let document = json!({
        "component": component,
        "size": inspection.size,
        "sha256": inspection.digest.to_string(),
        "kind": inspection.world.map(|w| w.name()),
        "imports": imports,
    });
    format!("{document:#}\n")
}
