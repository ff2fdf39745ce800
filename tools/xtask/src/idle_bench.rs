//! `cargo xtask bench idle`: what a daemon that waits takes: memory, processor time, and how often it wakes up; beside
//! another agent's daemon.

use crate::daemon::Daemon;
use anyhow::Result;
use clap::Args;
use serde::Serialize;
use std::process::ExitCode;
use std::time::Duration;

/// What a daemon does when it starts is over by then.
const SETTLES: Duration = Duration::from_secs(3);

#[derive(Args)]
pub(crate) struct Options {
    /// Seconds that they are watched
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Another agent's program
    #[arg(long, default_value = "fusioninventory-agent")]
    peer: String,
    /// Only ours
    #[arg(long)]
    alone: bool,
    /// Fail where ours takes more memory, in megabytes of a million bytes
    #[arg(long)]
    max_mb: Option<u64>,
    /// The figures as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Figures {
    name: &'static str,
    resident_kib: u64,
    /// Of it, what no file is behind.
    own_kib: u64,
    /// Times that it was given a processor while it was watched.
    switches: u64,
    /// Hundredths of a second of a processor while it was watched.
    ticks: u64,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let mut daemons = vec![("ours", Daemon::ours("")?)];
    if !options.alone {
        match Daemon::peer(&options.peer) {
            Ok(peer) => daemons.push(("peer", peer)),
            Err(error) => eprintln!("peer is left out ({error:#}); name another: --peer PROGRAM"),
        }
    }
    std::thread::sleep(SETTLES);
    let before = daemons.iter().map(|(_, daemon)| daemon.use_of()).collect::<Result<Vec<_>>>()?;
    std::thread::sleep(Duration::from_secs(options.seconds));
    let mut all = Vec::new();
    for ((name, daemon), before) in daemons.iter().zip(before) {
        let now = daemon.use_of()?;
        all.push(Figures {
            name,
            resident_kib: now.resident_kib,
            own_kib: now.own_kib,
            switches: now.switches.saturating_sub(before.switches),
            ticks: now.ticks.saturating_sub(before.ticks),
        });
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        println!("{:<6}{:>14}{:>12}{:>12}{:>12}", "", "resident KiB", "own KiB", "wake-ups", "CPU (10 ms)");
        for one in &all {
            println!("{:<6}{:>14}{:>12}{:>12}{:>12}", one.name, one.resident_kib, one.own_kib, one.switches, one.ticks);
        }
    }
    let most = options.max_mb.map(|megabytes| megabytes.saturating_mul(1_000_000) / 1024);
    let is_too_big = |ours: &Figures| most.is_some_and(|most| ours.resident_kib > most);
    if all.first().is_some_and(is_too_big) {
        eprintln!("more than it may take; were libraries or the compiler changed? then: cargo xtask order");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
