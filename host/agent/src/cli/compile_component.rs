//! `airlock compile-component`: not for people. The program starts itself with it, to compile what a stranger wrote in a
//! process that has nothing to lose: a component comes in, code goes out.

use airlock_native::{confine, read_standard_input};
use airlock_sandbox::Sandbox;
use airlock_trust::LARGEST_COMPONENT;
use clap::Args;
use std::io::Write;

#[derive(Debug, Args)]
pub(crate) struct Options {
    cpu_seconds: u64,
    memory: u64,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    // First of all, and before the first byte of it is read.
    confine(options.cpu_seconds, options.memory)?;
    let component = read_standard_input(LARGEST_COMPONENT)?;
    let code = Sandbox::new()?.compile(&component)?;
    let mut out = std::io::stdout().lock();
    out.write_all(&code)?;
    Ok(out.flush()?)
}
