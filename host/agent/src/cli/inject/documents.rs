//! The documents that are sent: from files, folders, standard input; opened if they are packed, and looked at as far as
//! to know what they are.

use crate::document::CLIENT;
use crate::exit::Usage;
use airlock_native::{HeldDocument, is_folder, list_folder, read_standard_input};
use airlock_protocol::bodies::{Format, Limits, open};
use anyhow::{Context, bail};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// An inventory of a large machine has a few MiB.
const LARGEST: u64 = 64 << 20;
/// Folders below each other, and files in all.
const DEEPEST: usize = 16;
const MOST: usize = 100_000;
/// How files of inventories end.
const ENDS: &[&str] = &["data", "json", "ocs", "xml"];

/// An inventory as it will be sent.
pub(super) struct Document {
    pub(super) bytes: Vec<u8>,
    pub(super) format: Format,
    /// By which GLPI's protocol knows the agent that made it: the id in the file's name, else one made of the machine's
    /// name, the same each time. This agent's own would make one machine of two.
    pub(super) agent_id: String,
    /// How the program that made it calls itself, if the document says so.
    pub(super) client: Option<String>,
    /// The same each time that it is sent.
    pub(super) request: String,
    /// The file, which nobody else sends meanwhile; none: standard input.
    pub(super) held: Option<HeldDocument>,
}

/// The files that are meant, in order. Empty folders are no error: the next time something may be there.
pub(super) fn files(named: &[PathBuf], folders: &[PathBuf], below: bool) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for file in named {
        if is_folder(file) {
            return Err(Usage(format!(
                "--file {}: a folder; expected a file (--directory takes folders)",
                file.display()
            ))
            .into());
        }
        files.push(file.clone());
    }
    for folder in folders {
        if !is_folder(folder) {
            return Err(Usage(format!("--directory {}: expected a folder", folder.display())).into());
        }
        within(folder, below, 0, &mut files)?;
    }
    Ok(files)
}

fn within(folder: &Path, below: bool, depth: usize, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for (path, is_folder) in list_folder(folder).with_context(|| folder.display().to_string())? {
        if is_folder {
            if below {
                anyhow::ensure!(depth < DEEPEST, "{}: deeper than {DEEPEST} folders", path.display());
                within(&path, below, depth + 1, files)?;
            }
            continue;
        }
        if path.extension().is_some_and(|end| ENDS.iter().any(|known| end.eq_ignore_ascii_case(known))) {
            anyhow::ensure!(files.len() < MOST, "more than {MOST} files");
            files.push(path);
        }
    }
    Ok(())
}

/// Of a file, or of standard input where there is no path. `named`: a person wrote the name, which may be a link then. One
/// that was found in a folder may not: whoever may put files there must not have others sent.
pub(super) fn read(path: Option<&Path>, named: bool) -> anyhow::Result<Document> {
    let (held, bytes) = match path {
        Some(path) => {
            let (held, bytes) = HeldDocument::read(path, LARGEST, named)?;
            (Some(held), bytes)
        }
        None => (None, read_standard_input(LARGEST)?),
    };
    let request = crate::random::request_id()?;
    let limits = Limits { bytes: usize::try_from(LARGEST).unwrap_or(usize::MAX), ..Limits::default() };
    let bytes = open(None, &bytes, &limits)?.bytes;
    let text =
        std::str::from_utf8(&bytes).map(|text| text.trim_start_matches('\u{feff}').trim_start()).unwrap_or_default();
    // The first bytes are enough for older encodings of XML, which say themselves what they are.
    let begins = bytes.trim_ascii_start();
    let name = path.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if text.starts_with('{') {
        let document: serde_json::Value = serde_json::from_str(text).context("not valid JSON")?;
        let member = |name: &str| document.get(name).and_then(serde_json::Value::as_str);
        let content = document.get("content").context("no inventory: expected a member \"content\"")?;
        let client = content.get("versionclient").and_then(serde_json::Value::as_str).map(str::to_owned);
        let agent_id = uuid_in(&name).unwrap_or_else(|| made_of(member("deviceid").unwrap_or(&name)));
        return Ok(Document { format: Format::Json, agent_id, client, request, bytes, held });
    }
    if !begins.starts_with(b"<") {
        bail!("neither XML nor JSON: expected an inventory as `airlock inventory` writes it");
    }
    if !text.is_empty() && !text.contains("<REQUEST") {
        bail!("no inventory: expected <REQUEST>");
    }
    let client = text
        .split_once("<VERSIONCLIENT>")
        .and_then(|(_, rest)| rest.split_once('<'))
        .map(|(client, _)| client.to_owned());
    let agent_id = uuid_in(&name).unwrap_or_else(|| made_of(&name));
    Ok(Document { format: Format::Xml, agent_id, client, request, bytes, held })
}

/// The user agent that the document's maker had; a header holds no more than this.
pub(super) fn maker(document: &Document) -> String {
    let plain = |client: &&String| client.len() <= 200 && client.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    document.client.as_ref().filter(plain).cloned().unwrap_or_else(|| CLIENT.to_owned())
}

fn uuid_in(name: &str) -> Option<String> {
    let starts = name.char_indices().map(|(at, _)| at);
    let mut parts = starts.filter_map(|at| name.get(at..at.checked_add(36)?));
    parts.find(|part| airlock_native::is_uuid(part)).map(str::to_ascii_lowercase)
}

/// A UUID of the kind that applications make as they like (RFC 9562, version 8).
fn made_of(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    let mut hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    hex.replace_range(12..13, "8");
    hex.replace_range(16..17, "8");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| hex.get(part).unwrap_or_default().to_owned());
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_an_agent_is_in_the_name_or_made_of_the_machines() {
        let id = "0123abcd-0000-4000-8000-0123456789ab";
        assert_eq!(uuid_in(&format!("pc-{}.json", id.to_uppercase())).as_deref(), Some(id));
        assert_eq!(uuid_in("pc-2026-01-01-00-00-00.json"), None);
        assert!(airlock_native::is_uuid(&made_of("pc-1")) && made_of("pc-1") == made_of("pc-1"));
        assert_ne!(made_of("pc-1"), made_of("pc-2"));
    }

    #[test]
    fn what_is_no_inventory_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        for (text, said) in [
            ("", "neither XML nor JSON"),
            ("hello", "neither XML nor JSON"),
            ("{\"a\": 1}", "content"),
            ("{\"content\": ", "not valid JSON"),
            ("<html></html>", "<REQUEST>"),
        ] {
            airlock_native::write_document(&path, text.as_bytes()).unwrap();
            let error = read(Some(&path), false).err().map(|error| format!("{error:#}")).unwrap_or_default();
            assert!(error.contains(said), "{text}: {error}");
        }
        airlock_native::write_document(&path, b"<?xml?><REQUEST><VERSIONCLIENT>A_v1</VERSIONCLIENT></REQUEST>")
            .unwrap();
        let document = read(Some(&path), false).unwrap();
        assert_eq!((document.format, maker(&document).as_str()), (Format::Xml, "A_v1"));
    }

    #[test]
    fn folders_give_their_inventories_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.json", "a.xml", "c.txt", "sub/d.ocs", "e.DATA"] {
            let path = folder.path().join(name);
            airlock_native::make_folder(path.parent().unwrap()).unwrap();
            airlock_native::write_document(&path, b"x").unwrap();
        }
        let names = |below| {
            let found = files(&[], &[folder.path().to_owned()], below).unwrap();
            found.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(false), ["a.xml", "b.json", "e.DATA"]);
        assert_eq!(names(true), ["a.xml", "b.json", "e.DATA", "d.ocs"]);
        assert!(files(&[folder.path().to_owned()], &[], false).is_err());
        assert!(files(&[], &[folder.path().join("none")], false).is_err());
    }
}
