//! Other programs, run to their end.

use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};

/// An error unless it ends well. It is asked nothing.
pub(crate) fn done(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("{command:?} does not start"))?;
    match status.success() {
        true => Ok(()),
        false => bail!("{command:?}: {status}"),
    }
}
