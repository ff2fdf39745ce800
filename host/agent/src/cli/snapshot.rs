//! `airlock snapshot DIR`: what is read of this machine, in a folder that can stand for it.

use super::inventory::folders;
use crate::exit::Usage;
use crate::identifying::{identifying, key};
use crate::policies::Places;
use crate::progress::Bar;
use crate::run::{Request, observe};
use crate::terminal::{self, visible};
use crate::timings::Phases;
use airlock_facts::{Machine, Pseudonyms};
use airlock_native::Budget;
use anyhow::Context;
use clap::Args;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Store what is read of this machine in a folder that can stand for it
///
/// Everything that an inventory reads is stored: files, what tools print, what the kernel answers. `airlock inventory
/// --machine DIR` then describes this machine anywhere. Attach a snapshot to a report of a defect.
#[derive(Debug, Args)]
#[command(after_help = "\
Without --as-is, serial numbers, UUIDs, hardware addresses, names of people, hosts and networks are replaced by
stand-ins of the same shape, and the arguments of processes are left out. IP addresses, installed software and what
stands in EDID blocks as bytes are stored as they are: look through the folder before you give it away.

Examples:
  airlock snapshot /tmp/machine
  airlock inventory --machine /tmp/machine")]
pub(crate) struct Options {
    /// A folder that is not there yet, or is empty
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Replace nothing
    #[arg(long)]
    as_is: bool,

    /// Look into users' homes too
    #[arg(long)]
    scan_homedirs: bool,

    /// What one source of facts may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    backend_collect_timeout: u64,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let (machine, snapshot) = Machine::recorded();
    let folders = folders(places.vardir());
    let request = Request {
        task: airlock_builtin::task("inventory").context("the program was built without its inventory task")?,
        job: "{}".to_owned(),
        machine: Arc::new(machine.with_homes(options.scan_homedirs)),
        budget: Budget::of_collectors(Duration::from_secs(options.backend_collect_timeout)),
        folders: folders.as_ref(),
        watch: Bar::start("snapshot"),
        server: None,
        stands_in: false,
        places,
    };
    let report = observe(request, &mut Phases::new(Instant::now()))?.report;
    for what in &report.incomplete {
        tracing::warn!("incomplete: {}", visible(&what.to_string()));
    }
    if !options.as_is && !report.incomplete.is_empty() {
        tracing::warn!("names in what is incomplete may not be known, and then stand in the snapshot as they are");
    }
    let replaced = if options.as_is { BTreeSet::new() } else { identifying(&report) };
    let pseudonyms = Pseudonyms::of(replaced.iter().map(String::as_str), &key());
    let written = snapshot.write(&options.folder, &pseudonyms).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Usage(format!("{}: {error}", options.folder.display())).into(),
        _ => anyhow::Error::from(error).context(options.folder.display().to_string()),
    })?;
    for what in &written.left_out {
        tracing::warn!("left out: {}", visible(what));
    }
    let stand_ins =
        if options.as_is { "as it is".to_owned() } else { format!("{} names and numbers replaced", replaced.len()) };
    Ok(terminal::print(&format!(
        "{}: {} files ({} KiB), {} links, {} commands; {stand_ins}\n",
        options.folder.display(),
        written.files,
        written.bytes / 1024,
        written.links,
        written.commands
    ))?)
}
