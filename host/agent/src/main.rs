//! The program `airlock`.

mod admission;
mod categories;
mod cli;
mod code_cache;
mod compiling;
#[allow(dead_code, unused_imports)]
mod config;
mod daemon;
mod difference;
mod document;
mod events;
mod exit;
mod fetch;
mod forced;
mod granted;
mod identifying;
mod installed;
#[allow(dead_code, unused_imports)]
mod listener;
mod logging;
mod moments;
mod outgoing;
mod policies;
mod progress;
mod random;
mod recorded;
mod round;
mod run;
mod session;
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
