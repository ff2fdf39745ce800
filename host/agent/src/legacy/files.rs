//! The files of an old configuration with all that they include: what they set, in the order of their lines, each with its
//! place. Which keys there are is the caller's to know.

use airlock_protocol::legacy::{What, decode, directives};
use anyhow::Context;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A file is written by hand.
const LARGEST: u64 = 1 << 20;
const MOST_FILES: usize = 200;

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// `from` is its place: `agent.cfg:12`.
    Setting { key: String, value: String, from: String },
    /// What has to be said to people.
    Remark(String),
}

/// Files that were read already are not read again.
#[derive(Debug, Default)]
pub(super) struct Files {
    loaded: BTreeSet<PathBuf>,
    said: Vec<Said>,
}

impl Files {
    /// Reads a file with all that it includes. One that cannot be read is an error, an include that is not there is none.
    pub(super) fn read(&mut self, path: &Path) -> anyhow::Result<Vec<Said>> {
        self.one(path)?;
        Ok(std::mem::take(&mut self.said))
    }

    fn one(&mut self, path: &Path) -> anyhow::Result<()> {
        let path = std::path::absolute(path)?;
        if !self.loaded.insert(path.clone()) {
            self.remark(format!("{}: included again; it was read already", path.display()));
            return Ok(());
        }
        if self.loaded.len() > MOST_FILES {
            anyhow::bail!("{}: more than {MOST_FILES} files are included", path.display());
        }
        let bytes = airlock_native::read_plain(&path, LARGEST).with_context(|| path.display().to_string())?;
        for directive in directives(&decode(&bytes)) {
            let from = format!("{}:{}", path.display(), directive.line);
            match directive.what {
                What::Nothing { text } => {
                    let text = airlock_model::short_line(&text, 60);
                    self.remark(format!("{from}: {text:?} is no directive (key = value), and is ignored"));
                }
                What::Setting { key, value } => self.said.push(Said::Setting { key, value, from }),
                What::Include { path: include } => self.include(&path, &include)?,
            }
        }
        Ok(())
    }

    fn remark(&mut self, words: String) {
        self.said.push(Said::Remark(words));
    }

    fn include(&mut self, file: &Path, include: &str) -> anyhow::Result<()> {
        let path = file.parent().unwrap_or(Path::new("/")).join(include);
        if airlock_native::is_folder(&path) {
            let names = airlock_native::file_names(&path).with_context(|| path.display().to_string())?;
            for name in names.iter().filter(|name| name.ends_with(".cfg")) {
                self.included(&path.join(name))?;
            }
        } else if airlock_native::is_there(&path) {
            self.included(&path)?;
        } else {
            // The packages' own files include some that nobody has made yet.
            tracing::debug!("{}: not there; not included", path.display());
        }
        Ok(())
    }

    /// An included file that this user may not read counts as not there, but is said.
    fn included(&mut self, path: &Path) -> anyhow::Result<()> {
        self.one(path).or_else(|error| match error.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
            Some(kind @ (std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::NotFound)) => {
                self.remark(format!("{}: not included: {kind}", path.display()));
                Ok(())
            }
            _ => Err(error),
        })
    }
}

/// What is said of a key that nobody knows.
pub(super) fn unknown(key: &str, from: &str, known: impl Iterator<Item = &'static str>) -> String {
    let hint = airlock_gate::near::hint(key, known);
    format!("{from}: unknown key {:?}{hint}; it is ignored", airlock_model::short_line(key, 60))
}
