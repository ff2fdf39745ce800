//! How the program ends, in numbers. `airlock --help` lists them.

use std::error::Error;
use std::io;
use std::process::ExitCode;

/// A failure after which the exit code says more than "failed".
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Usage {}

/// A failure of which everything has been said.
#[derive(Debug)]
pub(crate) struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("failed")
    }
}

impl Error for Failed {}

/// For the end of `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done; what could not be read is said on standard error and in the report
  1  failed: nothing was written
  2  the command line makes no sense";

/// Says what went wrong, and turns it into the exit code.
pub(crate) fn code(result: anyhow::Result<()>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    if error.chain().any(is_closed_pipe) {
        // Whoever read our output has seen enough (`airlock … | head`).
        return ExitCode::SUCCESS;
    }
    if error.is::<Failed>() {
        return ExitCode::FAILURE;
    }
    eprintln!("airlock: {}", crate::terminal::error_text(&format!("{error:#}")));
    if error.is::<Usage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
}

fn is_closed_pipe(cause: &(dyn Error + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
