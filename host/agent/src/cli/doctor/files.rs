//! `airlock doctor files`: whether the policy, the settings, the secrets and the state are the owner's alone.

use crate::config;
use crate::exit::Failed;
use crate::policies::{Places, Policies};
use crate::table::table;
use crate::terminal;
use airlock_native::{Folders, PolicyFolder, others_could_write, read_secret};
use clap::Args;
use serde_json::json;
use std::path::Path;

#[derive(Debug, Args)]
#[command(after_help = "\
Whoever can write the policy or the settings is their owner in truth. Under files that others could have written, tasks
change nothing on this machine; a secret that others could have read or put there is not used.

Exit codes: 0 all of them are the owner's alone, 1 some are not, 2 the command line makes no sense.

Examples:
  airlock doctor files
  airlock doctor files --json")]
pub(crate) struct Options {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// A file or a folder, and what is wrong with it.
struct Looked {
    what: &'static str,
    path: String,
    wrong: Vec<String>,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let mut all = vec![policy(places)?];
    let settings = places.settings_path()?;
    let shown = |path: &Path| path.display().to_string();
    all.push(Looked { what: "settings", path: shown(&settings), wrong: others_could_write(&settings) });
    let read = config::load(places);
    if let Err(error) = &read
        && let Some(last) = all.last_mut()
    {
        last.wrong.push(format!("{error:#}"));
    }
    let places = places.under(&read.unwrap_or_default());
    let folders = Folders::new(places.vardir())?;
    let state = folders.state();
    all.push(Looked {
        what: "state",
        path: state.as_ref().map_or_else(|_| "-".to_owned(), |path| shown(path)),
        wrong: state.err().map(|error| error.to_string()).into_iter().collect(),
    });
    let policies = Policies::open(&places, Some(&folders))?;
    for credential in policies.loaded.rules.iter().flat_map(|rules| rules.credentials.values()) {
        let wrong = read_secret(&credential.source).err().map(|error| error.to_string());
        all.push(Looked { what: "secret", path: credential.source.clone(), wrong: wrong.into_iter().collect() });
    }
    let ok = all.iter().all(|one| one.wrong.is_empty());
    if options.json {
        let all: Vec<_> =
            all.iter().map(|one| json!({ "what": one.what, "path": one.path, "wrong": one.wrong })).collect();
        terminal::print(&terminal::json(&json!({ "ok": ok, "files": all })))?;
    } else {
        let row = |one: &Looked| {
            let wrong = if one.wrong.is_empty() { "the owner's alone".to_owned() } else { one.wrong.join("; ") };
            vec![one.what.to_owned(), one.path.clone(), wrong]
        };
        terminal::print(&table(&["what", "path", "state"], &all.iter().map(row).collect::<Vec<_>>()))?;
    }
    if ok { Ok(()) } else { Err(Failed.into()) }
}

fn policy(places: &Places) -> anyhow::Result<Looked> {
    let path = places.policy_path()?;
    let wrong = match PolicyFolder::new(&path).read() {
        Ok(found) => found.unsafe_paths,
        Err(why) => vec![why],
    };
    Ok(Looked { what: "policy", path: path.display().to_string(), wrong })
}
