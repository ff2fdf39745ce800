//! From a report to the document that is written.

use crate::exit::Usage;
use crate::terminal;
use airlock_model::{Report, Row, schema};
use airlock_native::{is_folder, read_document, write_document};
use airlock_protocol::{Envelope, additional_content, inventory_html, inventory_json, inventory_xml};
use anyhow::Context;
use std::path::Path;
use std::time::Duration;

/// How servers know this program.
pub(crate) const CLIENT: &str = concat!("Airlock_v", env!("CARGO_PKG_VERSION"));

/// A file of additional content is written by hand or by a script.
const LARGEST_ADDITION: u64 = 16 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
    Html,
}

impl Format {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Xml => "xml",
            Format::Html => "html",
        }
    }
}

/// Adds a file of the owner's to the report.
pub(crate) fn add_content(report: &mut Report, path: &Path) -> anyhow::Result<()> {
    let bytes = read_document(path, LARGEST_ADDITION).with_context(|| path.display().to_string())?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (addition, notes) = additional_content(&name, &bytes).map_err(|e| Usage(format!("{}: {e}", path.display())))?;
    for note in notes {
        tracing::warn!("{}: {note}", path.display());
    }
    report.merge(addition);
    Ok(())
}

/// Says which program made the report, how long that took, and what is missing from it.
pub(crate) fn sign(report: &mut Report, took: Duration) {
    let comments: Vec<String> = report.incomplete.iter().map(|what| format!("incomplete: {what}")).collect();
    let mut provider = Row::new()
        .with("name", "Airlock")
        .with("version", env!("CARGO_PKG_VERSION"))
        .with("program", "airlock")
        .with("etime", took.as_secs());
    provider.set("comments", comments);
    if let Some(section) = schema::section("versionprovider") {
        report.emit(section, vec![provider]);
    }
}

pub(crate) fn encode(report: &Report, envelope: &Envelope, format: Format) -> String {
    match format {
        Format::Json => inventory_json(report, envelope),
        Format::Xml => inventory_xml(report, envelope),
        Format::Html => inventory_html(report, envelope),
    }
}

/// Writes a document: to a file, into a folder under the device's name, or to standard output.
pub(crate) fn write(output: Option<&Path>, text: &str, deviceid: &str, format: Format) -> anyhow::Result<()> {
    let Some(output) = output.filter(|path| *path != Path::new("-")) else {
        return Ok(terminal::print(text)?);
    };
    let path = if is_folder(output) {
        // A device's name comes from its host name: no path.
        let name: String = deviceid.chars().map(|c| if c == '/' || c.is_control() { '_' } else { c }).collect();
        output.join(format!("{name}.{}", format.extension()))
    } else {
        output.to_owned()
    };
    write_document(&path, text.as_bytes()).with_context(|| path.display().to_string())
}
