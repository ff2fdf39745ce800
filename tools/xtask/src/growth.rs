//! `cargo xtask bench growth`: the inventory of made-up machines of growing size. What grows no faster than the machine
//! has the same cost for each thing that the machine has, whatever its size.

use crate::measure::{Cost, measure};
use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct Options {
    /// How many times each size is run, after one run that does not count; the median counts
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    runs: u32,
    /// The program [default: `airlock`, of the same build as this program]
    #[arg(long)]
    airlock: Option<PathBuf>,
    /// The figures as JSON
    #[arg(long)]
    json: bool,
}

/// What the largest machine has.
const PACKAGES: usize = 5000;
const PROCESSES: usize = 2000;
const MOUNTS: usize = 500;
const INTERFACES: usize = 200;

/// Sizes in hundredths of the largest.
const SIZES: [usize; 5] = [0, 25, 50, 75, 100];

#[derive(Serialize)]
struct Figure {
    /// In hundredths of the largest machine.
    size: usize,
    packages: usize,
    processes: usize,
    mounts: usize,
    interfaces: usize,
    wall_us: u64,
    cpu_us: u64,
    peak_kib: u64,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let airlock = match &options.airlock {
        Some(path) => path.clone(),
        None => std::env::current_exe()?.with_file_name("airlock"),
    };
    let mut figures = Vec::new();
    for size in SIZES {
        let folder = tempfile::tempdir()?;
        machine(folder.path(), size).context("making a machine")?;
        let state = folder.path().join("state");
        let command: Vec<OsString> = vec![
            airlock.clone().into(),
            "--vardir".into(),
            state.into(),
            "inventory".into(),
            "--machine".into(),
            folder.path().into(),
        ];
        measure(&command)?;
        let costs: Vec<Cost> = (0..options.runs).map(|_| measure(&command)).collect::<Result<_>>()?;
        figures.push(Figure {
            size,
            packages: part(PACKAGES, size),
            processes: part(PROCESSES, size),
            mounts: part(MOUNTS, size),
            interfaces: part(INTERFACES, size),
            wall_us: median(costs.iter().map(|cost| cost.wall_us)),
            cpu_us: median(costs.iter().map(|cost| cost.cpu_us)),
            peak_kib: median(costs.iter().map(|cost| cost.peak_kib)),
        });
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        print!("{}", table(&figures));
    }
    Ok(ExitCode::SUCCESS)
}

fn part(whole: usize, size: usize) -> usize {
    whole * size / 100
}

fn median(values: impl Iterator<Item = u64>) -> u64 {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Milliseconds and MiB; the last two columns are what the machine's things cost beyond an empty machine, each.
fn table(figures: &[Figure]) -> String {
    let mut out = format!(
        "{:>9} {:>10} {:>7} {:>11} {:>9} {:>8} {:>9} {:>12} {:>12}\n",
        "packages", "processes", "mounts", "interfaces", "wall ms", "CPU ms", "peak MiB", "CPU us each", "KiB each"
    );
    let empty = figures.first();
    for figure in figures {
        let things = figure.packages + figure.processes + figure.mounts + figure.interfaces;
        let each = |of: fn(&Figure) -> u64| match empty {
            Some(empty) if things > 0 => {
                shown(of(figure).saturating_sub(of(empty)), u64::try_from(things).unwrap_or(u64::MAX))
            }
            _ => "-".to_owned(),
        };
        let _ = writeln!(
            out,
            "{:>9} {:>10} {:>7} {:>11} {:>9} {:>8} {:>9} {:>12} {:>12}",
            figure.packages,
            figure.processes,
            figure.mounts,
            figure.interfaces,
            shown(figure.wall_us, 1000),
            shown(figure.cpu_us, 1000),
            shown(figure.peak_kib, 1024),
            each(|figure| figure.cpu_us),
            each(|figure| figure.peak_kib)
        );
    }
    out
}

/// A quotient with one decimal.
fn shown(value: u64, unit: u64) -> String {
    let tenths = value * 10 / unit.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn machine(folder: &Path, size: usize) -> Result<()> {
    let put = |path: &str, text: &str| -> Result<()> {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
        Ok(fs::write(path, text)?)
    };
    put("etc/os-release", "NAME=Example\nVERSION_ID=1\n")?;
    put("etc/hostname", "example\n")?;
    put("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")?;
    put("proc/meminfo", "MemTotal: 16000000 kB\nSwapTotal: 0 kB\n")?;
    put("proc/uptime", "100000.00 100000.00\n")?;
    put("proc/stat", "btime 1700000000\n")?;
    let mut packages = String::new();
    for number in 0..part(PACKAGES, size) {
        let _ = write!(
            packages,
            "Package: example-{number}\nStatus: install ok installed\nPriority: optional\nSection: utils\nInstalled-Size: \
             {number}\nMaintainer: Example Maintainers <list@example.org>\nArchitecture: amd64\nVersion: 1.{number}-1\nDepends: \
             libc6 (>= 2.34)\nDescription: an example\n It stands for packages that there are.\n\n"
        );
    }
    put("var/lib/dpkg/status", &packages)?;
    for number in 1..=part(PROCESSES, size) {
        put(
            &format!("proc/{number}/stat"),
            &format!(
                "{number} (example) S 1 {number} {number} 0 -1 4194560 100 0 0 0 50 20 0 0 20 0 1 0 {number} 10000000 500 \
                 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0\n"
            ),
        )?;
        put(&format!("proc/{number}/cmdline"), &format!("/usr/bin/example\0--number\0{number}\0"))?;
    }
    let (mut mounts, mut answers) = (String::new(), String::new());
    for number in 0..part(MOUNTS, size) {
        let _ = writeln!(mounts, "{} 1 8:{number} / /data/{number} rw shared:1 - ext4 /dev/sd{number} rw", number + 20);
        let _ = writeln!(answers, "{{\"question\":\"statvfs /data/{number}\",\"answer\":\"100000 50000\"}}");
    }
    put("proc/self/mountinfo", &mounts)?;
    put(".airlock/answers.jsonl", &answers)?;
    fs::create_dir_all(folder.join("sys/class/net"))?;
    for number in 0..part(INTERFACES, size) {
        let place = format!("sys/devices/virtual/net/eth{number}");
        put(&format!("{place}/address"), &format!("02:00:00:00:{:02x}:{:02x}\n", number / 256, number % 256))?;
        put(&format!("{place}/flags"), "0x1003\n")?;
        put(&format!("{place}/mtu"), "1500\n")?;
        put(&format!("{place}/type"), "1\n")?;
        put(&format!("{place}/uevent"), &format!("INTERFACE=eth{number}\nIFINDEX={}\n", number + 1))?;
        std::os::unix::fs::symlink(format!("../../../{place}"), folder.join(format!("sys/class/net/eth{number}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_is_charged_with_what_an_empty_machine_does_not_cost() {
        let figure = |size, cpu_us| Figure {
            size,
            packages: part(PACKAGES, size),
            processes: 0,
            mounts: 0,
            interfaces: 0,
            wall_us: 1000,
            cpu_us,
            peak_kib: 2048,
        };
        let text = table(&[figure(0, 10_000), figure(100, 20_000)]);
        assert!(text.lines().last().unwrap().ends_with("2.0          0.0"), "{text}");
    }

    #[test]
    fn a_machine_has_what_its_size_says() {
        let folder = tempfile::tempdir().unwrap();
        machine(folder.path(), 1).unwrap();
        let status = fs::read_to_string(folder.path().join("var/lib/dpkg/status")).unwrap();
        assert_eq!(status.matches("Package: ").count(), 50);
        assert_eq!(fs::read_dir(folder.path().join("sys/class/net")).unwrap().count(), 2);
    }
}
