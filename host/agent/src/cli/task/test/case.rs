//! What a case is: a folder, and which files in it say what.

use crate::run::read_text;
use airlock_native::{is_there, list_folder};
use anyhow::{Context, bail};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Folders above each other that are looked through.
const DEEPEST: usize = 8;

/// A folder that is a case.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) folder: PathBuf,
}

/// What `case.toml` says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    pub(super) task: Option<String>,
    pub(super) server: Option<String>,
    pub(super) target: Option<String>,
}

pub(super) const MOCK: &str = "mock.toml";
pub(super) const CASSETTE: &str = "run.cassette";
pub(super) const EXPECTED: &str = "expected.json";
pub(super) const ERROR: &str = "error.txt";

/// The cases in a folder, by name.
pub(super) fn find(root: &Path) -> anyhow::Result<Vec<Case>> {
    let mut found = Vec::new();
    look(root, root, DEEPEST, &mut found)?;
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn look(root: &Path, folder: &Path, depth: usize, found: &mut Vec<Case>) -> anyhow::Result<()> {
    if is_there(&folder.join(MOCK)) || is_there(&folder.join(CASSETTE)) {
        let name = folder.strip_prefix(root).ok().filter(|name| !name.as_os_str().is_empty());
        let name = name.or_else(|| folder.file_name().map(Path::new)).unwrap_or(folder).display().to_string();
        found.push(Case { name, folder: folder.to_owned() });
        return Ok(());
    }
    if depth > 0 {
        for (path, is_folder) in list_folder(folder).with_context(|| folder.display().to_string())? {
            if is_folder {
                look(root, &path, depth - 1, found)?;
            }
        }
    }
    Ok(())
}

impl Case {
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file of the case that need not be there.
    pub(super) fn text(&self, name: &str) -> anyhow::Result<Option<String>> {
        let path = self.path(name);
        if is_there(&path) { read_text(&path).map(Some) } else { Ok(None) }
    }

    pub(super) fn about(&self) -> anyhow::Result<About> {
        if is_there(&self.path(MOCK)) && is_there(&self.path(CASSETTE)) {
            bail!("it has both {MOCK} and {CASSETTE}: which machine is meant?");
        }
        let text = self.text("case.toml")?.unwrap_or_default();
        toml::from_str(&text).context("case.toml")
    }
}
