//! `airlock policy test`.

use super::{files, problems};
use crate::exit::Failed;
use crate::policies::Places;
use crate::terminal::{self, visible};
use airlock_gate::policy::Rules;
use clap::Args;
use serde_json::json;
use std::fmt::Write;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
A test is a call and what has to come of it:
  [[test]]
  call   = { server = \"hq\", task = \"deploy\", verb = \"pkg.install\", name = \"x\" }
  expect = \"deny NO_GRANT\"

A policy whose tests fail is not taken. Exit code 1: a test failed.")]
pub(crate) struct Options {
    /// A file, or a folder of files; without it the policy of this machine
    #[arg(value_name = "FILE|DIR")]
    path: Option<PathBuf>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let found = files(options.path.as_deref(), places)?;
    let rules = match Rules::parse(&found.files) {
        Ok(rules) => rules,
        Err(errors) => {
            let text = if options.json {
                format!("{:#}\n", json!({"loads": false, "problems": errors}))
            } else {
                problems::in_words(&errors, &found.files)
            };
            terminal::print(&text)?;
            return Err(Failed.into());
        }
    };
    let outcomes = rules.test();
    let failed = outcomes.iter().filter(|outcome| !outcome.passed).count();
    let text = if options.json {
        format!("{:#}\n", json!({"loads": true, "tests": outcomes, "failed": failed}))
    } else {
        let mut text = String::new();
        for outcome in &outcomes {
            let _ = match outcome.passed {
                true => writeln!(text, "ok      {}  {}", outcome.at, visible(&outcome.expected)),
                false => writeln!(
                    text,
                    "failed  {}  expected {}, decided {}: {}",
                    outcome.at,
                    visible(&outcome.expected),
                    visible(&outcome.decided),
                    visible(&outcome.why)
                ),
            };
        }
        let _ = writeln!(text, "{} tests, {failed} failed", outcomes.len());
        text
    };
    terminal::print(&text)?;
    if failed == 0 { Ok(()) } else { Err(Failed.into()) }
}
