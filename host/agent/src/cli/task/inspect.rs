//! `airlock task inspect`: what a component asks for.

use super::{kilobytes, offer};
use crate::admission::{Admitted, admit, declared};
use crate::exit::Usage;
use crate::fetch::{self, COMPONENT, MANIFEST};
use crate::terminal::{self, visible};
use airlock_builtin::{TASKS, task};
use airlock_native::trust_store::{Ready, TrustFolder};
use airlock_native::{Folders, is_folder, read_plain};
use airlock_sandbox::{Inspection, inspect};
use airlock_trust::LARGEST_COMPONENT;
use anyhow::Context;
use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

/// Say whose a component is, what it imports, in words, and what is different from the installed version
///
/// Nothing of it is run.
#[derive(Debug, Args)]
#[command(after_help = fetch::SOURCES)]
pub(crate) struct Options {
    /// A task's name (see `airlock task list`), a file, or another source
    #[arg(value_name = "NAME|SOURCE")]
    component: String,
    #[command(flatten)]
    fetching: fetch::Fetching,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, vardir: Option<&Path>) -> anyhow::Result<()> {
    let name = &options.component;
    let text = if let Some(builtin) = task(name) {
        let inspection = inspect(builtin.component)?;
        if options.json { as_json(name, &inspection, None) } else { in_words(name, &inspection) }
    } else if is_source(name) {
        offered(options, vardir)?
    } else {
        installed(options, vardir)?
    };
    Ok(terminal::print(&text)?)
}

fn is_source(text: &str) -> bool {
    text.contains('/') || text.ends_with(COMPONENT) || text.ends_with(MANIFEST) || is_folder(Path::new(text))
}

/// A component that is not here yet. One that would be refused is shown as far as it can be, with the reason.
fn offered(options: &Options, vardir: Option<&Path>) -> anyhow::Result<String> {
    let name = &options.component;
    let (trust, lock) = match Folders::new(vardir).map(|folders| TrustFolder::open(&folders)) {
        Ok(Ok(folder)) => (folder.trust()?, folder.lock()?),
        // Looking at a component needs no folder; without one, nobody is trusted.
        _ => Default::default(),
    };
    let admitted = fetch::source(name, &options.fetching).and_then(|mut source| admit(source.as_mut(), &trust, false));
    let refusal = match admitted {
        Ok(admitted) => {
            let installed = lock.get(admitted.verified.manifest.name.as_str());
            return Ok(match options.json {
                true => offer::as_json(&admitted, installed),
                false => offer::in_words(&admitted, installed),
            });
        }
        Err(error) if !name.ends_with(COMPONENT) || name.contains("://") => return Err(error.context(name.clone())),
        Err(error) => format!("{error:#}"),
    };
    let bytes = read_plain(Path::new(name), LARGEST_COMPONENT).with_context(|| name.clone())?;
    let inspection = inspect(&bytes).with_context(|| name.clone())?;
    Ok(match options.json {
        true => as_json(name, &inspection, Some(&refusal)),
        false => format!("{}  It cannot be installed: {}\n", in_words(name, &inspection), visible(&refusal)),
    })
}

/// A component that is installed.
fn installed(options: &Options, vardir: Option<&Path>) -> anyhow::Result<String> {
    let name = &options.component;
    let folder = TrustFolder::open(&Folders::new(vardir)?)?;
    let Some(installed) = folder.lock()?.get(name).cloned() else {
        let known: Vec<&str> = TASKS.iter().map(|t| t.name).collect();
        return Err(Usage(format!(
            "{name}: no task has that name (there are: {}, and those that are installed), and a file would have a path \
             or an ending",
            known.join(", ")
        ))
        .into());
    };
    let Ready { verified, package, .. } = folder.ready(name, Timestamp::now()).with_context(|| name.clone())?;
    let inspection = inspect(&package.component)?;
    let world = declared(&verified, &inspection)?;
    let admitted = Admitted { verified, package, inspection, world };
    if options.json {
        let mut value = offer::value(&admitted, None);
        if let Some(object) = value.as_object_mut() {
            object.insert("held".to_owned(), serde_json::to_value(&installed.held)?);
            object.insert("source".to_owned(), json!(installed.source));
        }
        return Ok(format!("{value:#}\n"));
    }
    let mut text = offer::in_words(&admitted, None);
    let _ = writeln!(text, "  from     {} on {}", visible(&installed.source), installed.installed);
    if let Some(held) = &installed.held {
        let _ = writeln!(text, "  held     {}, which asks for more: {}", held.version, held.asks.join(", "));
    }
    Ok(text)
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

fn as_json(component: &str, inspection: &Inspection, refusal: Option<&str>) -> String {
    let imports: Vec<_> =
        inspection.imports.iter().map(|i| json!({"name": i.name, "meaning": i.meaning, "right": i.is_right})).collect();
    let mut document = json!({
        "component": component,
        "size": inspection.size,
        "sha256": inspection.digest.to_string(),
        "kind": inspection.world.map(|w| w.name()),
        "imports": imports,
    });
    if let Some((refusal, object)) = refusal.zip(document.as_object_mut()) {
        object.insert("refused".to_owned(), json!(refusal));
    }
    format!("{document:#}\n")
}
