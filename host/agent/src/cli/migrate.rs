//! `airlock migrate`: from another agent's configuration to this program's own.

use crate::exit::Usage;
use crate::legacy::{Moved, config_files, moved, old_identity};
use crate::policies::Places;
use crate::terminal::{self, visible};
use airlock_native::{Folders, is_there, make_folder, write_new};
use airlock_protocol::legacy::Identity;
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(after_help = "\
It writes airlock.toml, policy.d/50-NAME.toml and a file for each secret (mode 600). The policy keeps the inventory as it
was; what servers could have done to this machine beside it is listed, with what each of it would take, and is not granted.
The web server's plugins that are on beside the configuration (*-server-plugin.cfg) become parts of [listener].
The names under which servers know this machine are taken over, where the old agent's state says them. Nothing that is
there already is written over, and the old agent's files stay as they are.

Examples:
  airlock migrate                                       the configuration that is in its usual place
  airlock migrate /etc/glpi-agent/agent.cfg
  airlock migrate agent.cfg --output /tmp/new           to look at first
  airlock policy check && airlock policy lint           afterwards

Exit codes: 0 written; 1 not written; 2 the command line or the configuration makes no sense.")]
pub(crate) struct Options {
    /// The old configuration; without it, /etc/glpi-agent/agent.cfg or /etc/fusioninventory/agent.cfg
    #[arg(value_name = "AGENT.CFG")]
    file: Option<PathBuf>,

    /// Write there, and take over no names [default: the folder of the configuration]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,

    /// By FusionInventory's rules (a server without a path is /ocsinventory); told by the file's path without it
    #[arg(long)]
    fusioninventory: bool,

    /// The old agent's state, for the names under which servers know it
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,

    /// What was done, as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let usual = config_files().into_iter().map(PathBuf::from).find(|path| is_there(path));
    let from = options.file.clone().or(usual).ok_or_else(|| {
        Usage(format!("no configuration to migrate: expected its file, or one of {}", config_files().join(", ")))
    })?;
    let folder = std::path::absolute(options.output.clone().map_or_else(|| places.confdir(), Ok)?)?;
    let is_fusion = options.fusioninventory || from.to_string_lossy().contains("fusioninventory");
    let (moved, vardir) = moved(&from, &folder, is_fusion)?;
    write(&folder, &moved)?;
    let vardirs: Vec<PathBuf> = match options.state.clone().or(vardir) {
        Some(folder) => vec![folder],
        None => ["/var/lib/glpi-agent", "/var/lib/fusioninventory-agent"].map(PathBuf::from).to_vec(),
    };
    let names = Names::take(old_identity(&vardirs), options.output.is_none(), places);
    let text = if options.json {
        terminal::json(&as_json(&folder, &moved, &names))
    } else {
        in_words(&folder, &moved, &names)
    };
    Ok(terminal::print(&text)?)
}

/// All files, or none: what is there already is not written over.
fn write(folder: &Path, moved: &Moved) -> anyhow::Result<()> {
    if let Some((path, _)) = moved.files.iter().find(|(path, _)| is_there(&folder.join(path))) {
        let path = folder.join(path);
        anyhow::bail!("{} is there already; nothing was written (--output DIR writes elsewhere)", path.display());
    }
    for (path, text) in &moved.files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            make_folder(parent).with_context(|| parent.display().to_string())?;
        }
        write_new(&path, text.as_bytes()).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// What became of the names under which servers know the old agent.
struct Names {
    found: Identity,
    /// In words for people.
    said: Vec<String>,
}

impl Names {
    fn take(old: Option<(PathBuf, Result<Identity, String>)>, is_kept: bool, places: &Places) -> Self {
        let mut names = Self { found: Identity::default(), said: Vec::new() };
        match old {
            None => names.said.push("no state of the old agent was found: servers will see a new agent".to_owned()),
            Some((path, Err(why))) => {
                names.said.push(format!("{}: {why}: servers will see a new agent", path.display()))
            }
            Some((_, Ok(found))) => {
                let folder = Folders::new(places.vardir()).and_then(|folders| folders.state());
                for (file, value) in [("deviceid", &found.deviceid), ("agentid", &found.agentid)] {
                    let Some(value) = value else { continue };
                    let said = match (&folder, is_kept) {
                        (_, false) => "not taken over: --output was given".to_owned(),
                        (Err(error), true) => format!("not taken over: {error}"),
                        (Ok(folder), true) => match write_new(&folder.join(file), format!("{value}\n").as_bytes()) {
                            Ok(()) => "taken over: servers will know this machine again".to_owned(),
                            Err(error) => format!("not taken over: {}: {error}", folder.join(file).display()),
                        },
                    };
                    names.said.push(format!("{file} {value}: {said}"));
                }
                names.found = found;
            }
        }
        names
    }
}

fn in_words(folder: &Path, moved: &Moved, names: &Names) -> String {
    let mut text = "Written:\n".to_owned();
    for (path, _) in &moved.files {
        let _ = writeln!(text, "  {}", visible(&folder.join(path).display().to_string()));
    }
    for said in &names.said {
        let _ = writeln!(text, "  {}", visible(said));
    }
    if !moved.dangers.is_empty() {
        text += "\nLeft out, because it is dangerous:\n";
    }
    for danger in &moved.dangers {
        let _ = writeln!(
            text,
            "  {}\n      {}\n      instead: {}",
            visible(&danger.what),
            visible(&danger.why),
            visible(&danger.instead)
        );
    }
    if !moved.remarks.is_empty() {
        text += "\nTo know:\n";
    }
    for remark in &moved.remarks {
        let _ = writeln!(text, "  {}", visible(remark));
    }
    text + "\nNext: airlock policy check, airlock policy lint, then airlock run.\n"
}

fn as_json(folder: &Path, moved: &Moved, names: &Names) -> serde_json::Value {
    let files: Vec<PathBuf> = moved.files.iter().map(|(path, _)| folder.join(path)).collect();
    let dangers = moved.dangers.iter().map(|d| json!({ "what": d.what, "why": d.why, "instead": d.instead }));
    json!({
        "files": files,
        "left_out": dangers.collect::<Vec<_>>(),
        "remarks": moved.remarks,
        "deviceid": names.found.deviceid,
        "agentid": names.found.agentid,
        "identity": names.said,
    })
}
