//! `cargo xtask bench inventory`: whole processes, start to end, in turns, so that what else the machine does falls on
//! all of them alike. The floor is a program that only reads what any inventory has to read.

mod statistics;

use crate::measure::{Cost, measure};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;
use statistics::{Spread, ratio};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct Options {
    /// How many times each is run, after one run that does not count
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    runs: u32,
    /// Our command, split at spaces [default: `airlock inventory`, of the same build as this program]
    #[arg(long)]
    ours: Option<String>,
    /// Another agent's command, split at spaces
    #[arg(long, default_value = "fusioninventory-inventory")]
    peer: String,
    /// The floor program
    #[arg(long)]
    floor: Option<PathBuf>,
    /// The figures as JSON
    #[arg(long)]
    json: bool,
}

struct Contestant {
    name: &'static str,
    command: Vec<OsString>,
    costs: Vec<Cost>,
}

#[derive(Serialize)]
struct Figures {
    name: &'static str,
    command: String,
    runs: usize,
    wall_us: Spread,
    cpu_us: Spread,
    peak_kib: Spread,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let mut contestants = contestants(options)?;
    for round in 0..=options.runs {
        for one in &mut contestants {
            let cost = measure(&one.command).with_context(|| format!("measuring {}", one.name))?;
            // The first run finds nothing cached.
            if round > 0 {
                one.costs.push(cost);
            }
        }
    }
    let figures: Vec<Figures> = contestants.iter().filter_map(figures).collect();
    if options.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        print!("{}", table(&figures));
    }
    Ok(ExitCode::SUCCESS)
}

/// Those that are there; for the others a line says so.
fn contestants(options: &Options) -> Result<Vec<Contestant>> {
    let ours = match &options.ours {
        Some(command) => split(command),
        None => vec![std::env::current_exe()?.with_file_name("airlock").into(), "inventory".into()],
    };
    let wanted = [
        ("ours", Some(ours), "build it: cargo build --release"),
        ("peer", Some(split(&options.peer)), "install it, or name another: --peer COMMAND"),
        ("floor", options.floor.as_ref().map(|path| vec![path.into()]), "name it: --floor PROGRAM"),
    ];
    let mut found = Vec::new();
    for (name, command, hint) in wanted {
        match command.filter(|command| command.first().is_some_and(is_there)) {
            Some(command) => found.push(Contestant { name, command, costs: Vec::new() }),
            None => eprintln!("{name} is left out, its program is not there ({hint})"),
        }
    }
    if found.is_empty() {
        bail!("there is nothing to measure");
    }
    Ok(found)
}

fn split(command: &str) -> Vec<OsString> {
    command.split_whitespace().map(OsString::from).collect()
}

/// A path that is a file, or a name in one of the folders of `PATH`.
pub(crate) fn is_there(program: &OsString) -> bool {
    let program = PathBuf::from(program);
    if program.components().count() > 1 {
        return program.is_file();
    }
    std::env::var_os("PATH")
        .is_some_and(|folders| std::env::split_paths(&folders).any(|folder| folder.join(&program).is_file()))
}

fn figures(one: &Contestant) -> Option<Figures> {
    let spread = |of: fn(&Cost) -> u64| Spread::of(one.costs.iter().map(of).collect());
    Some(Figures {
        name: one.name,
        command: one.command.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "),
        runs: one.costs.len(),
        wall_us: spread(|cost| cost.wall_us)?,
        cpu_us: spread(|cost| cost.cpu_us)?,
        peak_kib: spread(|cost| cost.peak_kib)?,
    })
}

/// Times in milliseconds, memory in MiB; ratios are of medians, the first line's to each other's.
fn table(figures: &[Figures]) -> String {
    let mut out = format!(
        "{:<6} {:>5} {:>28} {:>28} {:>23}\n",
        "", "runs", "wall ms (min/median/max)", "CPU ms (min/median/max)", "peak MiB (min/med/max)"
    );
    for one in figures {
        let line = format!(
            "{:<6} {:>5} {:>28} {:>28} {:>23}  {}\n",
            one.name,
            one.runs,
            one.wall_us.shown(1000),
            one.cpu_us.shown(1000),
            one.peak_kib.shown(1024),
            one.command
        );
        out.push_str(&line);
    }
    if let Some((first, others)) = figures.split_first() {
        for other in others {
            let line = format!(
                "{} / {}: wall {}, CPU {}, peak {}\n",
                first.name,
                other.name,
                ratio(first.wall_us.median, other.wall_us.median),
                ratio(first.cpu_us.median, other.cpu_us.median),
                ratio(first.peak_kib.median, other.peak_kib.median)
            );
            out.push_str(&line);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contestant(name: &'static str, wall_us: &[u64]) -> Contestant {
        let costs = wall_us.iter().map(|&wall_us| Cost { wall_us, cpu_us: 2000, peak_kib: 3072 }).collect();
        Contestant { name, command: vec![name.into()], costs }
    }

    #[test]
    fn the_table_has_medians_and_ratios() {
        let both = [contestant("ours", &[5000, 3000, 4000]), contestant("peer", &[40_000, 40_000, 40_000])];
        let out = table(&both.iter().filter_map(figures).collect::<Vec<_>>());
        assert!(out.contains("3.0 / 4.0 / 5.0"), "{out}");
        assert!(out.contains("ours / peer: wall 0.10, CPU 1.00, peak 1.00"), "{out}");
    }

    #[test]
    fn absent_programs_are_left_out() {
        let options = |ours: &str| Options {
            runs: 1,
            ours: Some(ours.to_owned()),
            peer: "/nonexistent/peer -x".to_owned(),
            floor: None,
            json: false,
        };
        let found = contestants(&options("true --version")).unwrap();
        assert_eq!(found.iter().map(|one| one.name).collect::<Vec<_>>(), ["ours"]);
        assert_eq!(found[0].command, ["true", "--version"]);
        assert!(contestants(&options("/nonexistent/airlock")).is_err());
    }
}
