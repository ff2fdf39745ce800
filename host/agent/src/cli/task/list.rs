//! `airlock task list`: what tasks there are.

use super::kilobytes;
use crate::table::table;
use crate::terminal;
use airlock_builtin::TASKS;
use airlock_sandbox::Digest;
use clap::Args;
use serde_json::json;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    Ok(terminal::print(&list(options.json))?)
}

fn list(json: bool) -> String {
    if json {
        let tasks: Vec<_> = TASKS
            .iter()
            .map(|t| json!({"name": t.name, "kind": t.world, "summary": t.summary, "size": t.component.len(), "sha256": Digest::of(t.component).to_string()}))
            .collect();
        return format!("{:#}\n", json!(tasks));
    }
    let rows: Vec<Vec<String>> = TASKS
        .iter()
        .map(|t| {
            let digest: String = Digest::of(t.component).to_string().chars().take(12).collect();
            vec![t.name.into(), t.world.into(), kilobytes(t.component.len()), digest, t.summary.into()]
        })
        .collect();
    table(&["task", "kind", ">size", "sha256", "what it does"], &rows)
}
