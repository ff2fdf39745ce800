//! The program's log: standard error, where a service manager keeps it and a person sees it.

use std::io::IsTerminal;
use tracing::level_filters::LevelFilter;

/// `debug` is how often `--debug` was given.
pub(crate) fn start(debug: u8) {
    let level = match debug {
        0 => LevelFilter::WARN,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let colour = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_ansi(colour);
    // Fails only when a log was started before: there is one `main`.
    let _ = log.without_time().with_target(false).try_init();
}
