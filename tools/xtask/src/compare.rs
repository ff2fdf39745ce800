//! `cargo xtask compare`: where two inventories of the same machine differ, so that a person can explain each
//! difference. It passes no judgement: neither document is taken for the truth.

mod difference;
mod report;

use crate::inventory_xml;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct Options {
    /// The other program's inventory
    peer: PathBuf,
    /// Our inventory of the same machine
    ours: PathBuf,
    /// Everything, as JSON
    #[arg(long)]
    json: bool,
    /// How many examples of each difference are shown
    #[arg(long, default_value_t = 5)]
    samples: usize,
    /// Only these sections (upper case), separated by commas
    #[arg(long, value_delimiter = ',')]
    sections: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let mut found = difference::find(&inventory_xml::read(&options.peer)?, &inventory_xml::read(&options.ours)?);
    if !options.sections.is_empty() {
        found.retain(|section| options.sections.contains(&section.section));
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        print!("{}", report::text(&found, options.samples));
    }
    Ok(ExitCode::SUCCESS)
}
