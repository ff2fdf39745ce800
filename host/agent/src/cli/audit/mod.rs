//! `airlock audit`: what was decided on this machine, and whether the record of it is as it was written.

mod show;
mod tail;
mod verify;

use airlock_native::AuditReader;
use anyhow::Context;
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what was decided, newest last
    Show(show::Options),
    /// Check that no record was changed, taken out, moved or put in
    Verify(verify::Options),
    /// Show the newest decisions, and with -f each one as it is made
    Tail(tail::Options),
}

/// Which log.
#[derive(Debug, Args)]
struct Log {
    /// Read this log instead of the program's own
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Log {
    fn path(&self, vardir: Option<&Path>) -> anyhow::Result<PathBuf> {
        match &self.file {
            Some(file) => Ok(file.clone()),
            None => Ok(airlock_native::Folders::new(vardir)?.audit()?),
        }
    }

    fn reader(&self, vardir: Option<&Path>) -> anyhow::Result<(PathBuf, AuditReader)> {
        let path = self.path(vardir)?;
        if self.file.is_some() && !airlock_native::is_there(&path) {
            anyhow::bail!("{}: there is no such file", path.display());
        }
        let reader = AuditReader::new(&path);
        Ok((path, reader))
    }
}

pub(crate) fn run(command: &Command, vardir: Option<&Path>) -> anyhow::Result<()> {
    match command {
        Command::Show(options) => show::run(options, vardir),
        Command::Verify(options) => verify::run(options, vardir),
        Command::Tail(options) => tail::run(options, vardir),
    }
}

/// Errors of reading name the log.
fn reading<T>(path: &Path, result: std::io::Result<T>) -> anyhow::Result<T> {
    result.with_context(|| path.display().to_string())
}
