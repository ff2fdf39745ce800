//! `airlock status`: the targets, when their turn is and why, what the last one brought, and what was refused.

use crate::config;
use crate::daemon::{refused, targets};
use crate::listener::{Doing, Status, TargetStatus};
use crate::policies::Places;
use crate::table::table;
use crate::terminal::{self, visible};
use airlock_gate::guards::Stops as _;
use airlock_native::Folders;
use clap::Args;
use jiff::Timestamp;
use std::fmt::Write;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  airlock status          the targets of airlock.toml
  airlock status --json   the same, for programs
  airlock why hq          why the last turn of hq went as it did")]
pub(crate) struct Options {
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let status = look(places)?;
    if options.json {
        return Ok(terminal::print(&format!("{}\n", serde_json::to_string_pretty(&status)?))?);
    }
    Ok(terminal::print(&shown(&status, places))?)
}

/// What the files say; whether a daemon is there or not.
pub(crate) fn look(places: &Places) -> anyhow::Result<Status> {
    let settings = config::load(places)?;
    let folders = Folders::new(places.under(&settings).vardir())?;
    let stopped = places.stops().stops().iter().any(|stop| stop.ends(None));
    let doing = match airlock_native::DaemonLock::holder(&folders)? {
        _ if stopped => Doing::Paused,
        Some(_) => Doing::Waiting,
        None => Doing::Unknown,
    };
    Ok(Status {
        doing,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        since: None,
        targets: targets(places, &folders, &settings)?,
        refused: refused(&folders).unwrap_or_default(),
    })
}

fn shown(status: &Status, places: &Places) -> String {
    let mut text = String::new();
    let doing = match &status.doing {
        Doing::Unknown => "no daemon runs here".to_owned(),
        Doing::Paused => "stopped (airlock stop shows why)".to_owned(),
        _ => "a daemon runs".to_owned(),
    };
    let _ = writeln!(text, "airlock {}: {doing}", status.version);
    for stop in places.stops().stops() {
        let _ = writeln!(text, "STOP: {}", visible(&stop.to_string()));
    }
    if status.targets.is_empty() {
        let _ = writeln!(text, "No targets: name servers and folders in airlock.toml ([[server]], [[local]]).");
        return text;
    }
    let rows: Vec<Vec<String>> = status.targets.iter().map(row).collect();
    let _ = write!(text, "\n{}", table(&["target", "last turn", "worked", "next", ">waiting"], &rows));
    for target in &status.targets {
        let _ = writeln!(text, "\n{}  {}", target.name, visible(&target.place));
        if !target.because.is_empty() {
            let _ = writeln!(text, "  next: {}", visible(&target.because));
        }
        if let Some(error) = &target.last_error {
            let _ = writeln!(text, "  failed: {}", visible(error));
        }
        for result in &target.results {
            let _ = writeln!(text, "  {}: {}", visible(&result.task), visible(&result.outcome));
        }
    }
    if !status.refused.is_empty() {
        let rows: Vec<Vec<String>> = status
            .refused
            .iter()
            .take(10)
            .map(|one| {
                vec![
                    one.time.clone(),
                    visible(&one.for_whom()),
                    visible(&one.task),
                    visible(&one.what),
                    format!("{}: {}", visible(&one.code), visible(&one.why)),
                    one.times.to_string(),
                ]
            })
            .collect();
        let _ = write!(
            text,
            "\nRefused last (airlock why says more):\n{}",
            table(&["time", "for", "task", "what", "why not", ">times"], &rows)
        );
    }
    text
}

fn row(target: &TargetStatus) -> Vec<String> {
    let time =
        |at: Option<i64>| at.and_then(|at| Timestamp::from_second(at).ok()).map_or("-".to_owned(), |at| at.to_string());
    vec![target.name.clone(), time(target.tried), time(target.worked), time(target.next), target.waiting.to_string()]
}
