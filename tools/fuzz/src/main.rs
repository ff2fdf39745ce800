//! Feeds every parser with damaged input: no panic, bounded time, bounded memory.
//!
//! Each target runs in a process of its own, which may have [`child::MEMORY`] and one second an input. Inputs are a
//! target's seeds (text in its format), cut, doubled, spliced and sprinkled with what parsers stumble on. A failing input
//! is made smaller and left in a file.

mod child;
mod mutate;
mod targets;

use anyhow::Context;
use clap::Parser;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// Feed every parser with damaged input
#[derive(Parser)]
#[command(name = "cargo xtask fuzz", max_term_width = 100)]
struct Options {
    /// Seconds for each parser
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Only parsers whose name contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    target: String,
    /// What the random numbers begin with; the same number gives the same inputs
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Parsers at the same time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Where failing inputs are left
    #[arg(long, default_value = "target/fuzz", value_name = "DIR")]
    failures: PathBuf,
    /// List the parsers
    #[arg(long)]
    list: bool,
    /// Be the process that feeds one parser
    #[arg(long, hide = true, value_name = "NAME")]
    child: Option<String>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> anyhow::Result<ExitCode> {
    if let Some(name) = &options.child {
        let target = targets::all().find(|target| target.name == name).context("no such parser")?;
        return child::feed(target, Duration::from_secs(options.seconds), options.seed, &options.failures);
    }
    let chosen: Vec<&str> = targets::all().map(|target| target.name).filter(|n| n.contains(&options.target)).collect();
    anyhow::ensure!(!chosen.is_empty(), "no parser is called so; --list shows them");
    if options.list {
        chosen.iter().for_each(|name| println!("{name}"));
        return Ok(ExitCode::SUCCESS);
    }
    std::fs::create_dir_all(&options.failures).with_context(|| options.failures.display().to_string())?;
    let started = Instant::now();
    let mut failed = 0_usize;
    for group in chosen.chunks(options.jobs.max(1)) {
        let children: anyhow::Result<Vec<_>> = group.iter().map(|name| Ok((*name, start(name, options)?))).collect();
        for (name, mut child) in children? {
            if !child.wait()?.success() {
                failed += 1;
                eprintln!("{name}: failed; its inputs are in {}", options.failures.display());
            }
        }
    }
    println!("{} parsers, {failed} failed, {} s", chosen.len(), started.elapsed().as_secs());
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn start(name: &str, options: &Options) -> anyhow::Result<std::process::Child> {
    Command::new(std::env::current_exe()?)
        .args(["--child", name, "--seconds", &options.seconds.to_string(), "--seed", &options.seed.to_string()])
        .arg("--failures")
        .arg(&options.failures)
        .spawn()
        .context("this program could not be started again")
}
