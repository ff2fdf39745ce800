//! `cargo xtask bench network`: discovery of a network of 254 addresses with nobody, a few and everybody there, and the
//! inventory of single devices, without and with a delay on the wire; beside another agent where one is installed, and beside
//! the packets alone.

mod ber;
mod dead;
mod device;
mod floor;
mod site;

pub(crate) use device::walk_of;
pub(crate) use site::serve;

/// What a device is called, as a message of SNMP v2c under a community.
pub(crate) fn question(community: &str) -> Vec<u8> {
    ber::Message::question_as(community, ber::GET, 1, 0, &[ber::name(&[1, 3, 6, 1, 2, 1, 1, 1, 0])])
}

use crate::bench::is_there;
use crate::measure::{Cost, measure};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;
use site::{Site, address};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

const MARK: &str = "AIRLOCK_BENCH_IN_NAMESPACE";
/// Of the addresses that are asked.
const LAST: u8 = 254;
const CREDENTIAL: &str = "version:2c,community:public";

#[derive(Args)]
#[command(after_help = "\
The network is made of two network namespaces (unshare -Urn) and exists for the benchmark alone. Devices answer to ICMP, to
SNMP v1 and v2c and to the community public. An address that nobody has does not answer to ARP.

Examples:
  cargo xtask bench network
  cargo xtask bench network --walk switch.snmprec --walk core.walk --runs 5 --json
  cargo xtask bench network --only inventory --walk core.walk
  cargo xtask bench network --only discovery --delay-us 0 --peer-runs 1 --peer-threads 32,254
  cargo xtask bench network --dead 16 --pps 250      a server's job: 65,536 addresses where nobody is")]
pub(crate) struct Options {
    /// How often each is run, after one run that does not count
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    runs: u32,
    /// The program [default: airlock of the same build as this one]
    #[arg(long)]
    airlock: Option<PathBuf>,
    /// Devices at the same time, for each program
    #[arg(long, default_value_t = 254)]
    threads: u16,
    /// Devices as recorded (snmpwalk -On, or .snmprec); without one, switches that are made up
    #[arg(long = "walk")]
    walks: Vec<PathBuf>,
    /// Ports of made-up devices
    #[arg(long, default_value_t = 48)]
    ports: u32,
    /// Delays of each answer, in microseconds
    #[arg(long, value_delimiter = ',', default_values_t = [0, 2000])]
    delay_us: Vec<u32>,
    /// How many of 254 addresses are there
    #[arg(long, value_delimiter = ',', default_values_t = [0, 10, 254])]
    live: Vec<u8>,
    /// One of both
    #[arg(long, value_parser = ["discovery", "inventory"])]
    only: Option<String>,
    /// Only this: a network of that prefix length where nobody is, as a server's job under a packet rate
    #[arg(long, value_name = "PREFIX", value_parser = clap::value_parser!(u8).range(12..=28))]
    dead: Option<u8>,
    /// With --dead: packets a second that are granted
    #[arg(long, default_value_t = 250, value_parser = clap::value_parser!(u32).range(1..))]
    pps: u32,
    /// How often the other agent is run [default: as often as ours]; once: without a run that does not count
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    peer_runs: Option<u32>,
    /// Its devices at the same time, each tried [default: those of --threads]
    #[arg(long, value_delimiter = ',')]
    peer_threads: Vec<u16>,
    /// Leave the other agent out
    #[arg(long)]
    alone: bool,
    /// The figures as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Figure {
    what: String,
    delay_us: u32,
    who: &'static str,
    /// Devices that answered, or objects that were read; of programs that is not known here.
    count: Option<usize>,
    wall_ms: f64,
    cpu_ms: Option<f64>,
    peak_mib: Option<f64>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if std::env::var_os(MARK).is_none() {
        let status = Command::new("unshare")
            .arg("-Urn")
            .arg(std::env::current_exe()?)
            .args(std::env::args_os().skip(1))
            .env(MARK, "1")
            .status()
            .context("unshare(1) of util-linux")?;
        return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let status = Command::new("ip").args(["link", "set", "lo", "up"]).status().context("ip(8) of iproute2")?;
    if !status.success() {
        bail!("network namespaces are not to be had here");
    }
    let airlock = match &options.airlock {
        Some(path) => path.clone(),
        None => std::env::current_exe()?.with_file_name("airlock"),
    };
    if !airlock.is_file() {
        bail!("{} is not there: cargo build --release", airlock.display());
    }
    if let Some(prefix) = options.dead {
        let figures = dead::run(&airlock, prefix, options.pps)?;
        match options.json {
            true => println!("{}", serde_json::to_string_pretty(&figures)?),
            false => print!("{}", figures.table()),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut figures = Vec::new();
    for delay in &options.delay_us {
        if options.only.as_deref() != Some("inventory") {
            for live in &options.live {
                discovery(options, &airlock, *live, *delay, &mut figures)?;
            }
        }
        if options.only.as_deref() != Some("discovery") {
            inventories(options, &airlock, *delay, &mut figures)?;
        }
    }
    match options.json {
        true => println!("{}", serde_json::to_string_pretty(&figures)?),
        false => print!("{}", table(&figures)),
    }
    Ok(ExitCode::SUCCESS)
}

fn discovery(options: &Options, airlock: &Path, live: u8, delay_us: u32, figures: &mut Vec<Figure>) -> Result<()> {
    let _site = Site::start(live, Duration::from_micros(delay_us.into()), &options.walks, options.ports)?;
    let (first, last) = (address(1).to_string(), address(LAST).to_string());
    let threads = options.threads.to_string();
    let range =
        ["--credentials", CREDENTIAL, "--first", &first, "--last", &last, "--timeout", "1", "--threads", &threads];
    let ours = [&["netdiscovery"], range.as_slice()].concat();
    let what = format!("discovery, {live} of 254 live");
    let ours = command(airlock.as_os_str(), &ours);
    let (count, cost) = (found(&ours, "<DEVICE>")?, costs(options.runs, &ours)?);
    figures.push(figure(&what, delay_us, "airlock", Some(count), cost));
    if let Some(program) = other(options, "fusioninventory-netdiscovery") {
        let usual = [options.threads];
        for threads in if options.peer_threads.is_empty() { &usual } else { options.peer_threads.as_slice() } {
            let threads = threads.to_string();
            // The last of the words.
            let (_, range) = range.split_last().context("no words")?;
            let theirs = command(&program, &[range, &[threads.as_str()]].concat());
            let (count, cost) = peer(options, &theirs, "<DEVICE>")?;
            figures.push(figure(&format!("{what}, {threads} at once"), delay_us, "other", Some(count), cost));
        }
    }
    let addresses: Vec<_> = (1..=LAST).map(address).collect();
    let (count, wall) = median_of(options.runs, || floor::scan(&addresses))?;
    let cost = Cost { wall_us: u64::try_from(wall.as_micros())?, cpu_us: 0, peak_kib: 0 };
    figures.push(figure(&what, delay_us, "floor", Some(count), cost));
    Ok(())
}

fn inventories(options: &Options, airlock: &Path, delay_us: u32, figures: &mut Vec<Figure>) -> Result<()> {
    let walks: Vec<Option<&PathBuf>> = match options.walks.is_empty() {
        true => vec![None],
        false => options.walks.iter().map(Some).collect(),
    };
    for walk in walks {
        let site = walk.map(std::slice::from_ref).unwrap_or_default();
        let _site = Site::start(1, Duration::from_micros(delay_us.into()), site, options.ports)?;
        let name = walk.and_then(|path| path.file_stem()).map_or("made up".into(), |name| name.to_string_lossy());
        let host = address(1).to_string();
        let asked = ["--credentials", CREDENTIAL, "--host", &host, "--timeout", "1"];
        let ours = [&["netinventory"], asked.as_slice()].concat();
        let what = format!("inventory of {name}");
        let mut add = |who, count, cost| figures.push(figure(&what, delay_us, who, count, cost));
        let ours = command(airlock.as_os_str(), &ours);
        add("airlock", Some(found(&ours, "<PORT>")?), costs(options.runs, &ours)?);
        if let Some(program) = other(options, "fusioninventory-netinventory") {
            let (count, cost) = peer(options, &command(&program, &asked), "<PORT>")?;
            add("other", Some(count), cost);
        }
        let (count, wall) = median_of(options.runs, || floor::walk(address(1)))?;
        add("floor", Some(count), Cost { wall_us: u64::try_from(wall.as_micros())?, cpu_us: 0, peak_kib: 0 });
    }
    Ok(())
}

fn command(program: &std::ffi::OsStr, words: &[&str]) -> Vec<OsString> {
    std::iter::once(program.to_owned()).chain(words.iter().map(OsString::from)).collect()
}

/// How many devices, or ports of a device, a program tells of: the run that does not count.
fn found(command: &[OsString], element: &str) -> Result<usize> {
    let (program, words) = command.split_first().context("no program")?;
    let output = Command::new(program).args(words).output().with_context(|| format!("{command:?}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).matches(element).count())
}

/// Another agent's program, where it is installed.
fn other(options: &Options, name: &str) -> Option<OsString> {
    let name = OsString::from(name);
    let found = !options.alone && is_there(&name);
    if !found {
        eprintln!("{} is left out", name.to_string_lossy());
    }
    found.then_some(name)
}

/// What another agent finds, and what that costs; of a single run the time alone.
fn peer(options: &Options, command: &[OsString], element: &str) -> Result<(usize, Cost)> {
    let began = std::time::Instant::now();
    let count = found(command, element)?;
    let wall_us = u64::try_from(began.elapsed().as_micros())?;
    let cost = match options.peer_runs.unwrap_or(options.runs) {
        1 => Cost { wall_us, cpu_us: 0, peak_kib: 0 },
        runs => costs(runs, command)?,
    };
    Ok((count, cost))
}

/// The run in the middle, by the clock.
fn costs(runs: u32, command: &[OsString]) -> Result<Cost> {
    let mut all = Vec::new();
    for _ in 0..runs.max(1) {
        all.push(measure(command).with_context(|| format!("{command:?}"))?);
    }
    all.sort_by_key(|cost| cost.wall_us);
    all.get(all.len() / 2).copied().context("no runs")
}

fn median_of(runs: u32, once: impl Fn() -> Result<(usize, Duration)>) -> Result<(usize, Duration)> {
    once()?;
    let mut all = (0..runs).map(|_| once()).collect::<Result<Vec<_>>>()?;
    all.sort_by_key(|(_, wall)| *wall);
    all.get(all.len() / 2).copied().context("no runs")
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn figure(what: &str, delay_us: u32, who: &'static str, count: Option<usize>, cost: Cost) -> Figure {
    let of = |number: u64, unit: f64| Some(number as f64 / unit).filter(|_| number > 0);
    Figure {
        what: what.to_owned(),
        delay_us,
        who,
        count,
        wall_ms: cost.wall_us as f64 / 1000.0,
        cpu_ms: of(cost.cpu_us, 1000.0),
        peak_mib: of(cost.peak_kib, 1024.0),
    }
}

/// Medians; the last column is how many times the floor's time a program took.
fn table(figures: &[Figure]) -> String {
    let mut out = format!(
        "{:<44} {:>8} {:<8} {:>8} {:>10} {:>10} {:>9} {:>9}\n",
        "", "delay µs", "", "count", "wall ms", "CPU ms", "peak MiB", "floors"
    );
    for one in figures {
        let is_floor = |other: &&Figure| {
            other.who == "floor" && one.what.starts_with(&other.what) && other.delay_us == one.delay_us
        };
        let floors = figures.iter().find(is_floor).map(|floor| format!("{:.1}", one.wall_ms / floor.wall_ms));
        let shown = |number: Option<f64>| number.map_or_else(String::new, |number| format!("{number:.1}"));
        let count = one.count.map_or_else(String::new, |count| count.to_string());
        out.push_str(&format!(
            "{:<44} {:>8} {:<8} {:>8} {:>10.1} {:>10} {:>9} {:>9}\n",
            one.what,
            one.delay_us,
            one.who,
            count,
            one.wall_ms,
            shown(one.cpu_ms),
            shown(one.peak_mib),
            floors.unwrap_or_default()
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_compares_with_the_floor() {
        let cost = |wall_us| Cost { wall_us, cpu_us: 500, peak_kib: 2048 };
        let figures = [figure("a", 0, "airlock", None, cost(30_000)), figure("a", 0, "floor", Some(7), cost(10_000))];
        let out = table(&figures);
        assert!(out.lines().nth(1).unwrap().ends_with("3.0"), "{out}");
    }
}
