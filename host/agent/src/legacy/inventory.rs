//! `glpi-inventory`, `fusioninventory-inventory`: `airlock inventory`, as XML unless something else is asked for.

use super::End;
use super::adopt::{For, adopt};
use super::getopt::Line;
use super::values::Values;
use crate::config::Settings;
use clap::Parser;
use std::time::Instant;

pub(super) fn run(line: &Line, started: Instant) -> Result<(), End> {
    let mut values = Values::defaults();
    values.take(line);
    let adopted = adopt(&values, For::Once, false).map_err(|why| End::Words(1, why))?;
    // Nothing else of the settings has a part in it: neither servers nor a web server.
    let about_this = |remark: &&String| remark.contains("category") || remark.contains("assetname");
    for remark in adopted.remarks.iter().filter(about_this) {
        eprintln!("{}", crate::terminal::error_text(remark));
    }
    let format = match (line.is("json"), line.is("html")) {
        (true, _) => "--json",
        (_, true) => "--html",
        _ => "--xml",
    };
    once(&adopted.settings, format, line.text("partial"), started)
}

/// One inventory on standard output, by the command that makes them. A partial one is JSON.
pub(super) fn once(settings: &Settings, format: &str, partial: Option<&str>, started: Instant) -> Result<(), End> {
    let inventory = &settings.inventory;
    let mut words = vec!["airlock".to_owned(), "inventory".to_owned()];
    match partial {
        Some(categories) => words.push(format!("--partial={categories}")),
        None => words.push(format.to_owned()),
    }
    let seconds = inventory.collector.0.as_secs();
    words.push(format!("--backend-collect-timeout={seconds}"));
    words.extend(inventory.no_category.iter().map(|category| format!("--no-category={category}")));
    words.extend(inventory.scan_homedirs.then(|| "--scan-homedirs".to_owned()));
    words.extend(inventory.additional_content.iter().map(|path| format!("--additional-content={}", path.display())));
    words.extend(settings.tag.iter().map(|tag| format!("--tag={tag}")));
    words.extend(settings.vardir.iter().map(|path| format!("--vardir={}", path.display())));
    let arguments = crate::cli::Arguments::try_parse_from(words)?;
    Ok(crate::cli::run(arguments, started)?)
}
