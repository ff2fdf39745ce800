//! `airlock policy diff`: which decisions a change of policy changes.

use super::{files, problems};
use crate::exit::Failed;
use crate::policies::Places;
use crate::recorded::{self, Calls};
use crate::table::table;
use crate::terminal;
use airlock_gate::policy::{Rules, diff};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(after_help = "\
Compares decisions, not lines: each call that was recorded (by the audit of this machine, or on a recording) is decided on
by both policies. A call on which they agree is not shown. Exit code 1: the policies decide differently.

Examples:
  airlock policy diff /etc/airlock/policy.d new-policy.d
  airlock policy diff old.toml new.toml --calls run.cassette")]
pub(crate) struct Options {
    /// The policy as it is
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The policy as it would be
    #[arg(value_name = "NEW")]
    new: PathBuf,

    #[command(flatten)]
    calls: Calls,

    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let (Some(old), Some(new)) = (parse(&options.old, places)?, parse(&options.new, places)?) else {
        return Err(Failed.into());
    };
    let calls = recorded::calls(&options.calls, places)?;
    let changes = diff(&old, &new, &calls);
    let text = if options.json {
        format!("{:#}\n", json!({"calls": calls.len(), "changes": changes}))
    } else if changes.is_empty() {
        format!("{} calls: both policies decide the same\n", calls.len())
    } else {
        let rows: Vec<Vec<String>> = changes
            .iter()
            .map(|change| vec![change.who.clone(), change.call.clone(), change.before.clone(), change.after.clone()])
            .collect();
        table(&["who", "call", "before", "after"], &rows)
    };
    terminal::print(&text)?;
    if changes.is_empty() { Ok(()) } else { Err(Failed.into()) }
}

/// The rules; none when their problems were printed.
fn parse(path: &Path, places: &Places) -> anyhow::Result<Option<Rules>> {
    let found = files(Some(path), places)?;
    match Rules::parse(&found.files) {
        Ok(rules) => Ok(Some(rules)),
        Err(errors) => {
            terminal::print(&problems::in_words(&errors, &found.files))?;
            Ok(None)
        }
    }
}
