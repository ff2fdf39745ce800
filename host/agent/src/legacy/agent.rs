//! `glpi-agent`, `fusioninventory-agent`: `airlock run` or `airlock daemon`, with settings from their file and options.

use super::adopt::{Adopted, For, adopt};
use super::getopt::Line;
use super::moved::not_there;
use super::names::Name;
use super::values::Values;
use super::{Call, End, inventory, say};
use crate::categories;
use crate::cli::run::{Options, turns};
use crate::daemon::{self, Start};
use crate::policies::Places;
use crate::table::table;
use crate::terminal::print;
use airlock_native::{Folders, is_folder, is_there};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// An end before anything was begun, as Perl's `die` has it.
const DIED: u8 = 255;

/// Where packages put the configuration, the own family's first.
const GLPI: &str = "/etc/glpi-agent/agent.cfg";
const FUSION: &str = "/etc/fusioninventory/agent.cfg";

/// Where a configuration usually is.
pub(crate) fn config_files() -> [&'static str; 2] {
    [GLPI, FUSION]
}

/// Options that name files or folders.
const PATHS: &[&str] = &[
    "additional-content",
    "ca-cert-dir",
    "ca-cert-file",
    "conf-file",
    "local",
    "logfile",
    "pidfile",
    "ssl-cert-file",
    "vardir",
];

/// Whether it goes on without its terminal.
pub(super) fn leaves(line: &Line) -> bool {
    line.is("daemon") && !line.is("no-fork") && !line.is("set-forcerun")
}

pub(super) fn run(call: &Call, line: Line, started: Instant) -> Result<(), End> {
    let name = call.name;
    let kept = line;
    let line = &kept;
    let died = |words: &str| Err(End::Words(DIED, words.to_owned()));
    if line.is("setup") {
        return Ok(setup(line)?);
    }
    if line.is("conf-file") && line.text("config").is_some_and(|backend| backend != "file") {
        return Err(End::Words(1, "--conf-file: expected no other --config than file beside it".to_owned()));
    }
    if let Some(vardir) = line.text("vardir").filter(|vardir| !is_folder(Path::new(vardir))) {
        return died(&format!("--vardir {vardir}: expected a folder that is there"));
    }
    if line.is("list-categories") {
        return Ok(print(&categories::listing())?);
    }
    let adopted = settings(name, line)?;
    if line.is("list-tasks") {
        return Ok(list_tasks(&adopted)?);
    }
    if !leaves(line) {
        say(name, &adopted);
    }
    if line.is("partial") {
        if line.is("daemon") {
            return died("--partial: an inventory of some categories is made once: not with --daemon");
        }
        return inventory::once(&adopted.settings, "--json", line.text("partial"), started);
    }
    let settings = &adopted.settings;
    let is_listening = line.is("listen") && line.is("daemon");
    if settings.servers.is_empty() && settings.locals.is_empty() && !line.is("set-forcerun") && !is_listening {
        let words = match line.is("listen") {
            true => "--listen without any server or folder needs --daemon; nothing was done",
            false => "no target: expected --server, --local, or one of them in the configuration",
        };
        return Err(End::Words(1, words.to_owned()));
    }
    let wait = line.text("wait").and_then(|seconds| seconds.parse::<u64>().ok());
    let options =
        Options { wait, set_forcerun: line.is("set-forcerun"), force: settings.schedule.force, ..Options::default() };
    if !line.is("daemon") || options.set_forcerun {
        // What went wrong with a target has been said; it changes nothing of how the program ends.
        turns(&options, settings, &Places::default())?;
        return Ok(());
    }
    pause(wait)?;
    if leaves(line) {
        return Ok(daemon::detach(apart(call, line))?);
    }
    let vardir = settings.vardir.clone();
    let pid_file = pid_file(name, line, vardir.as_deref())?;
    let places = Places { vardir, ..Places::default() };
    let reads = Box::new(move || match self::settings(name, &kept) {
        Ok(adopted) => Ok(adopted.settings),
        Err(End::Words(_, words)) => Err(anyhow::anyhow!(words)),
        Err(End::Error(error)) => Err(error),
    });
    Ok(daemon::serve(Start { places, reads, pid_file })?)
}

/// Waits at most so long, as long as chance has it.
fn pause(most: Option<u64>) -> anyhow::Result<()> {
    if let Some(most) = most {
        std::thread::sleep(airlock_protocol::schedule::wait(Duration::from_secs(most), crate::random::number()?));
    }
    Ok(())
}

/// The command line of the daemon that goes on without this terminal: from another folder, and with the wait behind it.
fn apart(call: &Call, line: &Line) -> Vec<String> {
    let absolute = |path: &str| match path {
        "-" | "" => path.to_owned(),
        path => std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string()),
    };
    let words = line.with(&call.words, |known, value| match known.name() {
        "wait" => "0".to_owned(),
        "local" => value.split(',').map(absolute).collect::<Vec<_>>().join(","),
        name if PATHS.contains(&name) => absolute(value),
        _ => value.to_owned(),
    });
    let own = ["legacy", call.name.name].map(str::to_owned);
    own.into_iter().chain(["--no-fork".to_owned()]).chain(words).collect()
}

/// The file for the number of the process; without a name, the usual one in the folder of state.
fn pid_file(name: &Name, line: &Line, vardir: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
    Ok(match line.text("pidfile") {
        None => None,
        Some("") => Some(Folders::new(vardir)?.state()?.join(format!("{}.pid", name.name))),
        Some(path) => Some(std::path::absolute(path)?),
    })
}

/// What the defaults, the file and the options say together.
fn settings(name: &Name, line: &Line) -> Result<Adopted, End> {
    let mut values = Values::defaults();
    let file = file(name, line)?;
    if let Some(path) = &file {
        values.read(path).map_err(|error| End::Words(1, format!("{error:#}")))?;
    }
    values.take(line);
    let purpose = if line.is("daemon") { For::Daemon } else { For::Once };
    let mut adopted = adopt(&values, purpose, name.is_fusion()).map_err(|why| End::Words(1, why))?;
    if let Some(path) = file.filter(|_| adopted.settings.listener.enabled) {
        adopted.remarks.extend(not_there(&path));
    }
    if line.is("full") {
        adopted.settings.inventory.changes_between = 0;
    }
    Ok(adopted)
}

/// The configuration file: the one that was named, else the first that a package put in its place.
fn file(name: &Name, line: &Line) -> Result<Option<PathBuf>, End> {
    if let Some(path) = line.text("conf-file") {
        return Ok(Some(PathBuf::from(path)));
    }
    match line.text("config") {
        None | Some("file") => {
            let usual = if name.is_fusion() { [FUSION, GLPI] } else { [GLPI, FUSION] };
            Ok(usual.into_iter().map(PathBuf::from).find(|path| is_there(path)))
        }
        Some("none") => Ok(None),
        Some(other) => Err(End::Words(1, format!("--config {other}: expected file or none"))),
    }
}

fn setup(line: &Line) -> anyhow::Result<()> {
    let folders = Folders::new(line.text("vardir").map(Path::new))?;
    let [state, _] = folders.all();
    let program = airlock_native::system::program()?;
    // Data and libraries are in the program itself.
    let text = format!("datadir: {0}\nlibdir: {0}\nvardir: {1}\n", program.display(), state.display());
    Ok(print(&text)?)
}

/// The tasks that there are, and which of them each target gets.
fn list_tasks(adopted: &Adopted) -> anyhow::Result<()> {
    let settings = &adopted.settings;
    let there: Vec<&str> = airlock_builtin::TASKS.iter().map(|task| task.name).collect();
    let mut text = "Tasks:\n".to_owned();
    for task in &there {
        text += &format!(" - {task} (Airlock {})\n", env!("CARGO_PKG_VERSION"));
    }
    let all_others = settings.tasks.only.iter().any(|task| task == "...");
    let is_planned = |task: &&str| {
        let only = &settings.tasks.only;
        let named = |list: &[String]| list.iter().any(|word| word == task);
        !named(&settings.tasks.without) && (only.is_empty() || all_others || named(only))
    };
    let planned: Vec<&str> = there.iter().copied().filter(is_planned).collect();
    let mut rows = Vec::new();
    for (number, server) in settings.servers.iter().enumerate() {
        rows.push(vec![format!("server{number}"), server.url.clone(), planned.join(", ")]);
    }
    for (number, local) in settings.locals.iter().enumerate() {
        let inventory: Vec<&str> = planned.iter().copied().filter(|task| *task == "inventory").collect();
        rows.push(vec![format!("local{number}"), local.path.display().to_string(), inventory.join(", ")]);
    }
    text += "\n";
    text += &table(&["target", "where", "tasks"], &rows);
    Ok(print(&text)?)
}
