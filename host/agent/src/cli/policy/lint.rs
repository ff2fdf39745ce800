//! `airlock policy lint`.

use super::{files, problems};
use crate::exit::Failed;
use crate::policies::Places;
use crate::terminal::{self, visible};
use airlock_gate::policy::{Rules, lint};
use clap::Args;
use serde_json::json;
use std::fmt::Write;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Finds what loads but is not wise: ways around the policy, rules that never hold, limits that are missing. Each server gets
a score out of 10. A policy with an error is not taken; a warning is advice.

Examples:
  airlock policy lint
  airlock policy lint --verbose 50-hq.toml         with the line that each finding is about, and what costs points")]
pub(crate) struct Options {
    /// A file, or a folder of files; without it the policy of this machine
    #[arg(value_name = "FILE|DIR")]
    path: Option<PathBuf>,

    /// Show the lines, and why a score is what it is
    #[arg(long, short)]
    verbose: bool,

    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let found = files(options.path.as_deref(), places)?;
    let (text, ok) = match Rules::parse(&found.files) {
        Ok(rules) => {
            let lint = lint(&rules);
            let text = if options.json {
                format!("{:#}\n", json!({"loads": true, "problems": lint.problems, "scores": lint.scores}))
            } else if options.verbose {
                let mut text = problems::in_words(&lint.problems, &found.files);
                for (server, score) in &lint.scores {
                    let _ = writeln!(text, "score  {}: {score}", visible(server));
                    for reason in &score.reasons {
                        let _ = writeln!(text, "  {}", visible(reason));
                    }
                }
                text
            } else {
                visible(&lint.to_string())
            };
            (text, !lint.has_errors())
        }
        Err(errors) if options.json => (format!("{:#}\n", json!({"loads": false, "problems": errors})), false),
        Err(errors) => (problems::in_words(&errors, &found.files), false),
    };
    terminal::print(&text)?;
    if ok { Ok(()) } else { Err(Failed.into()) }
}
