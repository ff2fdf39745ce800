//! The program `airlock`.

mod admission;
mod categories;
mod cli;
mod code_cache;
mod compiling;
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
mod legacy;
mod listener;
mod logging;
mod moments;
mod netscan;
mod outgoing;
mod policies;
mod progress;
mod random;
mod recorded;
mod rest;
mod round;
mod run;
mod session;
mod table;
mod terminal;
mod timings;
mod wake;

use std::process::ExitCode;

fn main() -> ExitCode {
    let started = std::time::Instant::now();
    if let Some(code) = airlock_native::keep_command(&std::env::args_os().collect::<Vec<_>>()) {
        return code;
    }
    let (words, are_unseen) = match airlock_native::arguments() {
        Ok(arguments) => arguments,
        Err(error) => return exit::code(Err(anyhow::Error::new(error).context("the command line"))),
    };
    let call = match legacy::called(&words).transpose() {
        Ok(call) => call,
        Err(error) => return exit::code(Err(error)),
    };
    if !are_unseen && let Some(shown) = legacy::without_secrets(call.as_ref(), &words) {
        let error = airlock_native::start_again(&words, &shown);
        eprintln!("airlock: the secrets on the command line stay readable for everybody on this machine: {error}");
    }
    if let Some(call) = call {
        return legacy::run(&call, started);
    }
    let arguments = cli::Arguments::read(words);
    logging::start(arguments.debug);
    exit::code(cli::run(arguments, started))
}
