//! The program `airlock`.

mod categories;
mod cli;
mod code_cache;
mod difference;
mod document;
mod exit;
mod identifying;
mod logging;
mod policies;
mod progress;
mod recorded;
mod run;
mod table;
mod terminal;
mod timings;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let started = std::time::Instant::now();
    let arguments = cli::Arguments::parse();
    logging::start(arguments.debug);
    exit::code(cli::run(arguments, started))
}
