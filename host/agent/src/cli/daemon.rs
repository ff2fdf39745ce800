//! `airlock daemon`: managed mode, and the worker that it starts.

use crate::config;
use crate::daemon::{self, Start};
use crate::policies::Places;
use crate::terminal;
use airlock_native::read_standard_input;
use clap::Args;
use std::path::PathBuf;

/// Of what a worker is told.
const LARGEST: u64 = 16 << 20;

#[derive(Debug, Args)]
#[command(after_help = "\
Reads airlock.toml (servers, folders, listener) and the policy, and goes to each server when its turn has come. The daemon
only waits: what a turn brings is done by a worker, a process of its own.

Signals:
  TERM, INT  end            HUP   read the files again            USR1  everybody's turn is now

Examples:
  airlock daemon --no-fork                    as systemd starts it (Type=notify)
  airlock daemon --pidfile /run/airlock.pid   apart from this terminal; returns when it serves")]
pub(crate) struct Options {
    /// Stay in the foreground
    #[arg(long)]
    no_fork: bool,

    /// Write the number of the process there
    #[arg(long, value_name = "FILE")]
    pidfile: Option<PathBuf>,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    if !options.no_fork {
        // What is wrong with the settings is said before the terminal is left.
        config::load(places)?;
        let arguments = std::env::args().skip(1).chain(["--no-fork".to_owned()]).collect();
        return daemon::detach(arguments);
    }
    let reads = places.clone();
    let reads = Box::new(move || config::load(&reads));
    daemon::serve(Start { places: places.clone(), reads, pid_file: options.pidfile.clone() })
}

/// The worker: told on standard input what to do.
pub(crate) fn work(places: &Places) -> anyhow::Result<()> {
    let outcomes = daemon::work(places, &read_standard_input(LARGEST)?)?;
    if outcomes.is_empty() {
        return Ok(());
    }
    Ok(terminal::print(&format!("{}\n", serde_json::to_string(&outcomes)?))?)
}
