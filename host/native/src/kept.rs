//! Reading what this agent wrote down earlier: as untrusted as anything else, for a backup, a crash or another user may have
//! been at it. Never through a link, never without a bound, never waiting for a pipe.

use nix::fcntl::OFlag;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The bytes of a file of our own; none when it is not there.
///
/// # Errors
/// It is a link, or has more than `limit` bytes, or cannot be read. The path is part of the words.
pub(crate) fn read_kept(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let no_link = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let file = match OpenOptions::new().read(true).custom_flags(no_link.bits()).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|error| at(path, &error))?,
    };
    let mut bytes = Vec::new();
    File::take(file, limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| at(path, &error))?;
    if bytes.len() as u64 > limit {
        return Err(at(path, &"larger than airlock ever makes it"));
    }
    Ok(Some(bytes))
}

/// Removes a file of our own; one that is not there is removed.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path, &error)),
        _ => Ok(()),
    }
}

/// An error that says where.
pub(crate) fn at(path: &Path, why: &dyn std::fmt::Display) -> io::Error {
    io::Error::other(format!("{}: {why}", path.display()))
}
