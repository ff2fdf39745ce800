//! `airlock stop`: the owner's kill switch.

use crate::policies::{Places, Policies};
use crate::terminal::{self, visible};
use airlock_gate::{Stop, StopScope};
use airlock_native::{Folders, who};
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::fmt::Write;

#[derive(Debug, Args)]
#[command(after_help = "\
Stops what tasks do, at once and until it is resumed, over restarts too: no call with an effect is made any more, and a
task that runs is ended within a second. It is the file STOP beside policy.d; no server can set or clear it, and one that
cannot be read stops everything.

  --all         everything that any task does, a local inventory too (this is the default)
  --mutating    what changes the machine, asks a person or reaches the network; inventories and their reports go on
  --server NAME everything that is done for this server

Examples:
  airlock stop                                        stop everything
  airlock stop --server hq --reason 'being moved'
  airlock stop --show                                 what is stopped, by whom and since when
  airlock stop --resume --server hq                   let that server's tasks go on
  airlock stop --resume                               let everything go on")]
pub(crate) struct Options {
    /// Everything
    #[arg(long, conflicts_with_all = ["mutating", "server"])]
    all: bool,

    /// What changes the machine or reaches the network
    #[arg(long, conflicts_with = "server")]
    mutating: bool,

    /// What is done for one server
    #[arg(long, value_name = "NAME")]
    server: Option<String>,

    /// Why, for whoever comes by
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    /// Let it go on: what is named, or all
    #[arg(long, conflicts_with = "reason")]
    resume: bool,

    /// Only say what is stopped
    #[arg(long, conflicts_with_all = ["all", "mutating", "server", "reason", "resume"])]
    show: bool,

    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let stops = places.stops();
    let scope = scope(options)?;
    let path = stops.path().map(|path| path.display().to_string()).unwrap_or_default();
    if options.resume {
        let named = scope.as_ref().filter(|_| options.all || options.mutating || options.server.is_some());
        let count = stops.resume(named).with_context(|| format!("{path}: it goes on being stopped"))?;
        note(places, "resumed", json!({"scope": named.map(ToString::to_string), "stops": count, "by": who()}));
        if count == 0 {
            tracing::warn!("nothing of that was stopped by {path}");
        }
    } else if !options.show {
        let scope = scope.unwrap_or(StopScope::All);
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
        let reason = options.reason.as_deref().map(|reason| format!("{reason} ")).unwrap_or_default();
        let stop = Stop { scope, reason: visible(&format!("{reason}(by {}, {now})", who())) };
        stops.add(stop.clone()).with_context(|| format!("{path}: nothing is stopped"))?;
        note(places, "stopped", json!({"scope": stop.scope.to_string(), "reason": stop.reason, "by": who()}));
    }
    let now = stops.read();
    let text = if options.json {
        let all: Vec<_> = now
            .iter()
            .map(|(path, stop)| json!({"scope": stop.scope.to_string(), "reason": stop.reason, "file": path.display().to_string()}))
            .collect();
        format!("{:#}\n", json!({"stopped": all}))
    } else if now.is_empty() {
        "Nothing is stopped.\n".to_owned()
    } else {
        let mut text = "Stopped:\n".to_owned();
        for (path, stop) in &now {
            let _ = writeln!(text, "  {}   [{}]", visible(&stop.to_string()), path.display());
        }
        text.push_str("airlock stop --resume lets it go on.\n");
        text
    };
    Ok(terminal::print(&text)?)
}

fn scope(options: &Options) -> anyhow::Result<Option<StopScope>> {
    let Some(server) = &options.server else {
        return Ok(match (options.all, options.mutating) {
            (true, _) => Some(StopScope::All),
            (_, true) => Some(StopScope::Mutating),
            _ => None,
        });
    };
    let scope = StopScope::Server(server.clone());
    // What the file would not be read as must not be written into it.
    if Stop::parse(&scope.to_string()).iter().any(|read| read.scope != scope) {
        return Err(crate::exit::Usage(format!("{server:?} is no server's name: small letters, digits and -")).into());
    }
    Ok(Some(scope))
}

/// The audit has it, if there is one: stopping does not depend on that.
fn note(places: &Places, what: &str, details: serde_json::Value) {
    let Ok(folders) = Folders::new(places.vardir()) else { return };
    Policies::note_in(Some(&folders), what, details);
}
