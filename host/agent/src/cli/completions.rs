//! `airlock completions`.

use crate::cli::Arguments;
use crate::terminal;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The shell, e.g. `airlock completions bash > /etc/bash_completion.d/airlock`
    shell: Shell,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), "airlock", &mut script);
    Ok(terminal::print(&String::from_utf8_lossy(&script))?)
}
