//! `airlock task inspect`: what a component asks for.

use super::{against, kilobytes, offer};
use crate::admission::{Admitted, admit, declared};
use crate::exit::Usage;
use crate::fetch::{self, COMPONENT, MANIFEST};
use crate::policies::Places;
use crate::run::Component;
use crate::terminal::{self, visible};
use airlock_builtin::{TASKS, task};
use airlock_native::trust_store::{Ready, TrustFolder};
use airlock_native::{Folders, is_folder, read_plain};
use airlock_sandbox::{Inspection, inspect};
use airlock_trust::LARGEST_COMPONENT;
use anyhow::{Context, anyhow};
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

/// Say whose a component is, what it imports, in words, and what is different from the installed version
///
/// Nothing of it is run, but with --against, and then on recordings alone: this machine is not looked at.
#[derive(Debug, Args)]
#[command(after_help = format!("{}\n\n{AGAINST}", fetch::SOURCES))]
pub(crate) struct Options {
    /// A task's name (see `airlock task list`), a file, or another source
    #[arg(value_name = "NAME|SOURCE")]
    component: String,
    /// Play recorded runs of the task to it, and list the calls that it makes now and did not before, and those it no longer
    /// makes
    #[arg(long, value_name = "last:N|FILE|DIR")]
    against: Option<String>,
    #[command(flatten)]
    fetching: fetch::Fetching,
    /// As JSON
    #[arg(long)]
    json: bool,
}

const AGAINST: &str = "\
Runs of an installed task are recorded as they happen, the newest 20 of each (another number: [audit] recordings = N in the
policy). A recording holds what the machine answered; it is kept in the folder of the state, for its owner alone.

Examples:
  airlock task inspect ./check.wasm --against last:20      the new version on the last 20 runs of the installed one
  airlock task inspect ./check.wasm --against run.cassette on what airlock task record wrote; or on a folder of such";

/// A component, and what is to be said of it.
struct Found {
    words: String,
    value: Value,
    /// What would be run on recordings, and the name that it is or would be installed by; or why it is not run.
    component: Result<Component, String>,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let name = &options.component;
    let vardir = places.vardir();
    let mut found = if let Some(builtin) = task(name) {
        let inspection = inspect(&builtin.component()?)?;
        Found {
            words: in_words(name, &inspection),
            value: as_json(name, &inspection, None),
            component: Ok(Component::builtin(builtin)?),
        }
    } else if is_source(name) {
        offered(options, vardir)?
    } else {
        installed(options, vardir)?
    };
    if let Some(what) = &options.against {
        let component = found.component.map_err(|why| anyhow!("{name}: it is not run: {why}"))?;
        let folders = Folders::new(vardir).ok();
        let compared = against::compare(what, &component, places, folders.as_ref())?;
        found.words.push_str(&compared.in_words());
        if let Some(object) = found.value.as_object_mut() {
            object.insert("against".to_owned(), compared.value());
        }
        found.component = Ok(component);
    }
    Ok(terminal::print(&if options.json { format!("{:#}\n", found.value) } else { found.words })?)
}

fn is_source(text: &str) -> bool {
    text.contains('/') || text.ends_with(COMPONENT) || text.ends_with(MANIFEST) || is_folder(Path::new(text))
}

/// A component that is not here yet. One that would be refused is shown as far as it can be, with the reason.
fn offered(options: &Options, vardir: Option<&Path>) -> anyhow::Result<Found> {
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
            return Ok(Found {
                words: offer::in_words(&admitted, installed),
                value: offer::value(&admitted, installed),
                component: Ok(Component::signed(admitted)),
            });
        }
        Err(error) if !name.ends_with(COMPONENT) || name.contains("://") => return Err(error.context(name.clone())),
        Err(error) => format!("{error:#}"),
    };
    let bytes = read_plain(Path::new(name), LARGEST_COMPONENT).with_context(|| name.clone())?;
    let inspection = inspect(&bytes).with_context(|| name.clone())?;
    let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Found {
        words: format!("{}  It cannot be installed: {}\n", in_words(name, &inspection), visible(&refusal)),
        value: as_json(name, &inspection, Some(&refusal)),
        component: match inspection.world {
            // By the name of its file: nobody signed another one.
            Some(world) => Ok(Component {
                name: stem,
                world,
                bytes: bytes.into(),
                builtin: false,
                publisher: None,
                publisher_keys: vec![],
            }),
            None => Err("it imports what no task is given".to_owned()),
        },
    })
}

/// A component that is installed.
fn installed(options: &Options, vardir: Option<&Path>) -> anyhow::Result<Found> {
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
    let mut value = offer::value(&admitted, None);
    if let Some(object) = value.as_object_mut() {
        object.insert("held".to_owned(), serde_json::to_value(&installed.held)?);
        object.insert("source".to_owned(), json!(installed.source));
    }
    let mut words = offer::in_words(&admitted, None);
    let _ = writeln!(words, "  from     {} on {}", visible(&installed.source), installed.installed);
    if let Some(held) = &installed.held {
        let _ = writeln!(words, "  held     {}, which asks for more: {}", held.version, held.asks.join(", "));
    }
    Ok(Found { words, value, component: Ok(Component::signed(admitted)) })
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

fn as_json(component: &str, inspection: &Inspection, refusal: Option<&str>) -> Value {
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
    document
}
