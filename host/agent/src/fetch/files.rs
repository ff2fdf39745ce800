//! A component from files: `check.wasm`, `check.manifest.toml`, `check.manifest.toml.minisig`, and, if the publisher
//! has wishes, `check.policy.toml`. Nothing else of a folder is looked at.

use super::{COMPONENT, MANIFEST, REQUEST, SIGNATURES, Signed, Source, limit};
use crate::exit::Usage;
use airlock_native::{file_names, is_folder, read_plain};
use airlock_trust::TrustError;
use anyhow::Context;
use std::io;
use std::path::{Path, PathBuf};

pub(super) struct Files {
    /// The path of all of them, without their endings.
    stem: PathBuf,
}

/// The files that belong to a component, a manifest or a folder.
pub(super) fn open(text: &str) -> anyhow::Result<Files> {
    let path = Path::new(text);
    if is_folder(path) {
        return in_folder(path);
    }
    let stem = [MANIFEST, COMPONENT].iter().find_map(|ending| text.strip_suffix(ending));
    match stem {
        Some(stem) => Ok(Files { stem: stem.into() }),
        None => {
            Err(Usage(format!("{text}: a component's file ends in {COMPONENT}, its manifest's in {MANIFEST}")).into())
        }
    }
}

fn in_folder(folder: &Path) -> anyhow::Result<Files> {
    let names = file_names(folder).with_context(|| folder.display().to_string())?;
    let stems: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(MANIFEST)).collect();
    match stems.as_slice() {
        [stem] => Ok(Files { stem: folder.join(stem) }),
        [] => Err(TrustError::Unsigned).with_context(|| format!("{}: no file ends in {MANIFEST}", folder.display())),
        some => {
            let some: Vec<String> = some.iter().map(|stem| format!("{stem}{COMPONENT}")).collect();
            Err(Usage(format!("{}: several components ({}); name one", folder.display(), some.join(", "))).into())
        }
    }
}

impl Files {
    fn path(&self, ending: &str) -> PathBuf {
        let mut path = self.stem.clone().into_os_string();
        path.push(ending);
        path.into()
    }

    /// None when it is not there.
    fn read(&self, ending: &str, limit: u64) -> anyhow::Result<Option<Vec<u8>>> {
        let path = self.path(ending);
        match read_plain(&path, limit) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| path.display().to_string()),
        }
    }
}

impl Source for Files {
    fn signed(&mut self) -> anyhow::Result<Signed> {
        let Some(manifest) = self.read(MANIFEST, limit(MANIFEST))? else {
            let manifest = self.path(MANIFEST);
            return Err(TrustError::Unsigned).with_context(|| format!("{} is not there", manifest.display()));
        };
        let signatures = self.read(&format!("{MANIFEST}{SIGNATURES}"), limit(SIGNATURES))?.unwrap_or_default();
        Ok(Signed { manifest, signatures })
    }

    fn component(&mut self, size: u64) -> anyhow::Result<Vec<u8>> {
        let missing = || format!("{} is not there", self.path(COMPONENT).display());
        self.read(COMPONENT, size)?.with_context(missing)
    }

    fn request(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        self.read(REQUEST, limit(REQUEST))
    }
}
