//! Files below the folders that the policy names. Paths are absolute and plain; no link is followed.

use crate::Error;

pub use crate::bindings::airlock::files::files::{Kind, Metadata, hash, list, make_dir, read, remove, stat, write};

/// Bytes of one read or write.
const PART: u32 = 1 << 20;

/// A whole file, part by part; one with more than `most` bytes is an error, as half a file would be. A file of just that size
/// is asked for one byte more, so a grant's `max_bytes` has to be above `most`.
pub fn read_all(path: &str, most: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    loop {
        let left = u32::try_from(most.saturating_sub(bytes.len())).unwrap_or(PART);
        let part = read(path, bytes.len() as u64, left.clamp(1, PART))?;
        if part.is_empty() {
            return Ok(bytes);
        }
        bytes.extend_from_slice(&part);
        if bytes.len() > most {
            return Err(Error::Failed(format!("{path} has more than {most} bytes")));
        }
    }
}

/// Writes a whole file, part by part; what was there goes.
pub fn write_all(path: &str, bytes: &[u8]) -> Result<(), Error> {
    if bytes.is_empty() {
        return write(path, 0, &[]);
    }
    let mut offset = 0;
    for part in bytes.chunks(PART as usize) {
        write(path, offset, part)?;
        offset += part.len() as u64;
    }
    Ok(())
}
