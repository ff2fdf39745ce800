//! What unpacking one archive may cost. Every number is explicit: an archive of a few kilobytes can ask for all the disk,
//! the memory and the time that there is.

use crate::off_thread::Stopped;
use airlock_gate::EntryBounds;

/// What one archive may cost.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// Files and folders, those counted that only appear in names.
    pub(crate) entries: u64,
    /// Names in one path.
    pub(crate) depth: usize,
    /// Bytes of one name, and of one path.
    pub(crate) name: usize,
    pub(crate) path: usize,
    /// Bytes of all files together, and of everything that a packed archive holds.
    pub(crate) bytes: u64,
    /// Bytes for each byte of the archive, once more than `ratio_from` bytes came out of it.
    pub(crate) ratio: u64,
    pub(crate) ratio_from: u64,
    /// Bytes that a decoder may remember of what came before.
    pub(crate) dictionary: u64,
    /// Whether anybody still waits.
    pub(crate) stopped: Stopped,
}

impl Default for Limits {
    fn default() -> Self {
        let EntryBounds { depth, name, path, entries } = EntryBounds::default();
        Self {
            entries,
            depth,
            name,
            path,
            bytes: 8 << 30,
            ratio: 250,
            ratio_from: 64 << 20,
            // As much as the strongest ordinary settings ask for.
            dictionary: 64 << 20,
            stopped: Stopped::default(),
        }
    }
}
