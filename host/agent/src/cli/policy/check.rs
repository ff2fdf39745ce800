//! `airlock policy check`.

use super::{files, problems};
use crate::exit::Failed;
use crate::policies::{self, Places};
use crate::table::counted;
use crate::terminal::{self, visible};
use airlock_gate::policy::{NO_EFFECT, Problem, lint};
use airlock_native::{Folders, PolicyStore};
use clap::Args;
use serde_json::json;
use std::fmt::Write;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is changed: the policy that is in force stays in force until a file of it changes and all of it is right.

Examples:
  airlock policy check                     the policy of this machine
  airlock policy check 50-hq.toml          a file, before it goes into policy.d")]
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
    let (rules, problems) = match policies::check(&found.files) {
        Ok(rules) => {
            let folders = Folders::new(places.vardir()).ok();
            let unsigned = policies::unsigned(&rules, &found, folders.as_ref());
            let idle = lint(&rules).problems.into_iter().filter(|problem| problem.code == NO_EFFECT);
            let warnings = rules.warnings.iter().cloned().chain(idle).collect();
            if unsigned.is_empty() { (Some(rules), warnings) } else { (None, unsigned) }
        }
        Err(problems) => (None, problems),
    };
    let rolled_back = rules.as_ref().map(|rules| lower(places, &policies::serials(rules))).unwrap_or_default();
    let ok = rules.is_some() && found.unsafe_paths.is_empty() && (rolled_back.is_empty() || places.allow_rollback);
    let text = if options.json {
        let document = json!({
            "ok": ok,
            "loads": rules.is_some(),
            "problems": problems,
            "unsafe_paths": found.unsafe_paths,
            "serials": rolled_back,
            "digest": airlock_native::policy_digest(&found.files),
            "files": rules.as_ref().map(|rules| &rules.files),
        });
        format!("{document:#}\n")
    } else {
        let mut text = problems::in_words(&problems, &found.files);
        for path in &found.unsafe_paths {
            let _ = writeln!(text, "unsafe {}: under this policy nothing is changed", visible(path));
        }
        for serial in &rolled_back {
            let _ = writeln!(text, "serial {}: it will not be taken without --allow-rollback", visible(serial));
        }
        if let Some(rules) = &rules {
            let _ = writeln!(
                text,
                "{}, {}, {}, {} passed: it loads",
                counted(rules.files.len(), "file"),
                counted(rules.grants.len(), "grant"),
                counted(rules.forbids.len(), "forbid"),
                counted(rules.tests.len(), "test")
            );
        } else {
            let errors =
                problems.iter().filter(|p: &&Problem| p.severity == airlock_gate::policy::Severity::Error).count();
            let _ = writeln!(text, "{}: it does not load", counted(errors, "error"));
        }
        text
    };
    terminal::print(&text)?;
    if ok { Ok(()) } else { Err(Failed.into()) }
}

/// Policies whose serial is lower than one that was accepted here.
fn lower(places: &Places, serials: &[(String, u64)]) -> Vec<String> {
    let state = Folders::new(places.vardir()).ok().and_then(|folders| folders.state().ok());
    state.map(|state| PolicyStore::new(&state).lower(serials)).unwrap_or_default()
}
