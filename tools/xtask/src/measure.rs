//! What one whole process costs: time on the clock, processor time and peak memory.
//!
//! The kernel keeps processor time and peak memory of ended children for all children together (getrusage(2),
//! `RUSAGE_CHILDREN`), so every measured process gets a fresh parent of its own: this program, started with a word that
//! the command line's parser never sees. A child's peak counts from the parent's size at the moment of starting it; the
//! parent therefore does nothing else first.

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

const WORD: &str = "measure-one-process";

/// What one process took, those that it started and waited for included.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) wall_us: u64,
    pub(crate) cpu_us: u64,
    pub(crate) peak_kib: u64,
}

/// Runs the command in a fresh parent. Its output is thrown away; that it fails is an error.
pub(crate) fn measure(command: &[OsString]) -> Result<Cost> {
    let output = Command::new(std::env::current_exe()?)
        .arg(WORD)
        .args(command)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .context("starting the measuring process")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("the measuring process did not answer")
}

/// In the measuring process: the exit code. Anywhere else: nothing.
pub(crate) fn serve() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != WORD {
        return None;
    }
    Some(match arguments.next().context("no command").and_then(|program| measure_here(&program, arguments)) {
        Ok(cost) => {
            println!("{{\"wall_us\":{},\"cpu_us\":{},\"peak_kib\":{}}}", cost.wall_us, cost.cpu_us, cost.peak_kib);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    })
}

fn measure_here(program: &OsString, arguments: impl Iterator<Item = OsString>) -> Result<Cost> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().with_context(|| format!("{} does not start", program.display()))?;
    let wall = start.elapsed();
    if !status.success() {
        bail!("{} failed ({status})", program.display());
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = usage.user_time().num_microseconds().saturating_add(usage.system_time().num_microseconds());
    Ok(Cost {
        wall_us: u64::try_from(wall.as_micros())?,
        cpu_us: u64::try_from(cpu)?,
        peak_kib: u64::try_from(usage.max_rss())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_a_cost() {
        let cost = measure_here(&"sleep".into(), ["0.05".into()].into_iter()).unwrap();
        assert!(cost.wall_us >= 50_000, "{cost:?}");
        assert!(cost.peak_kib > 0, "{cost:?}");
    }

    #[test]
    fn failing_and_absent_programs_are_errors() {
        assert!(measure_here(&"false".into(), std::iter::empty()).is_err());
        assert!(measure_here(&"/nonexistent/program".into(), std::iter::empty()).is_err());
    }
}
