//! "Everybody's turn now", said to a run that is still to come (`--set-forcerun`).

use airlock_native::{Folders, is_there, remove_document, write_document};

const NAME: &str = "forcerun";

pub(crate) fn set(folders: &Folders) -> anyhow::Result<()> {
    Ok(write_document(&folders.state()?.join(NAME), b"1\n")?)
}

/// Whether it was said; then it is said no more.
pub(crate) fn take(folders: &Folders) -> bool {
    let Ok(path) = folders.state().map(|folder| folder.join(NAME)) else { return false };
    is_there(&path) && remove_document(&path).is_ok()
}
