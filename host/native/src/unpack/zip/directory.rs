//! The directory of a zip archive, read entry by entry: its size is the archive's word, and is never made room for.

use crate::unpack::error::UnpackError;
use crate::unpack::limits::Limits;
use std::io::{Read, Seek, SeekFrom};

const END: [u8; 4] = *b"PK\x05\x06";
const END_SIZE: u64 = 22;
const END64: [u8; 4] = *b"PK\x06\x06";
const END64_SIZE: u64 = 56;
const LOCATOR: [u8; 4] = *b"PK\x06\x07";
const LOCATOR_SIZE: u64 = 20;
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const ENTRY_SIZE: usize = 46;
/// Bit 0 of the flags, and bit 13: a directory that is hidden itself.
pub(super) const ENCRYPTED: u16 = 1 | 1 << 13;

/// What the directory says of an entry.
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    /// Bytes in the archive, and unpacked.
    pub(super) packed: u64,
    pub(super) size: u64,
    /// Where its own header begins.
    pub(super) offset: u64,
    pub(super) attributes: u32,
    made_by: u8,
}

impl Entry {
    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0
    }

    /// Unix and macOS put the file's mode into the attributes.
    pub(super) fn is_from_unix(&self) -> bool {
        matches!(self.made_by, 3 | 19)
    }
}

/// Where the directory is, and what of it is to come.
pub(super) struct Directory {
    at: u64,
    end: u64,
    left: u64,
}

impl Directory {
    pub(super) fn find<R: Read + Seek>(zip: &mut R, bytes: u64) -> Result<Self, UnpackError> {
        let length = bytes.min(END_SIZE + u64::from(u16::MAX));
        let tail = read(zip, bytes.saturating_sub(length), length)?;
        // The last one whose comment goes to the very end.
        let place = (0..tail.len()).rev().find_map(|at| {
            let mut fields = Fields(tail.get(at..)?);
            let is_end = fields.signature()? == END;
            let record = fields;
            fields.skip(16)?;
            let comment = usize::from(fields.u16()?);
            (is_end && fields.0.len() == comment).then_some((at, record))
        });
        let Some((at, mut record)) = place else { return Err(damaged("it has no directory at its end")) };
        let end_at = bytes.saturating_sub(length).saturating_add(at as u64);
        let small = (|| {
            let disks = (record.u16()?, record.u16()?);
            let counts = (record.u16()?, record.u16()?);
            Some((disks, counts, record.u32()?, record.u32()?))
        })();
        let Some((disks, counts, size, offset)) = small else { return Err(damaged("its end is cut off")) };
        if disks != (0, 0) && disks != (u16::MAX, u16::MAX) || counts.0 != counts.1 {
            return Err(UnpackError::Kind("an archive in several parts is not unpacked".to_owned()));
        }
        let found = match end64(zip, end_at)? {
            Some(found) => found,
            None => {
                let (at, size) = (u64::from(offset), u64::from(size));
                Self { at, end: at.saturating_add(size), left: u64::from(counts.0) }
            }
        };
        if found.end > end_at {
            return Err(damaged("its directory is not inside it"));
        }
        Ok(found)
    }

    /// The next entry.
    pub(super) fn next<R: Read + Seek>(&mut self, zip: &mut R, limits: &Limits) -> Result<Option<Entry>, UnpackError> {
        if self.left == 0 {
            return match self.at == self.end {
                true => Ok(None),
                false => Err(damaged("its directory has more entries than it says")),
            };
        }
        self.left -= 1;
        let fixed = read(zip, self.at, ENTRY_SIZE as u64)?;
        let (mut entry, lengths) = fixed_part(&fixed).ok_or_else(|| damaged("its directory is not whole"))?;
        let [name, extra, comment] = lengths.map(u64::from);
        self.at = self.at.saturating_add(ENTRY_SIZE as u64 + name + extra + comment);
        if self.at > self.end {
            return Err(damaged("its directory is cut off"));
        }
        let more = read(zip, self.at - name - extra - comment, name + extra)?;
        let (name, extra) = more.split_at_checked(usize::from(lengths[0])).unwrap_or_default();
        entry.name = name.to_vec();
        if name.len() > limits.path {
            return Err(UnpackError::entry(name, format!("a path of {} bytes", name.len())));
        }
        large(&mut entry, Fields(extra)).ok_or_else(|| UnpackError::entry(name, "sizes that are not there"))?;
        Ok(Some(entry))
    }
}

/// The end record of zip64, where there is one.
fn end64<R: Read + Seek>(zip: &mut R, end_at: u64) -> Result<Option<Directory>, UnpackError> {
    let Some(locator_at) = end_at.checked_sub(LOCATOR_SIZE) else { return Ok(None) };
    let locator = read(zip, locator_at, LOCATOR_SIZE)?;
    let mut fields = Fields(&locator);
    if fields.signature() != Some(LOCATOR) {
        return Ok(None);
    }
    let cut = || damaged("its end is cut off");
    let (_, at) = (fields.u32(), fields.u64().ok_or_else(cut)?);
    if at.checked_add(END64_SIZE).is_none_or(|end| end > locator_at) {
        return Err(damaged("its directory is not inside it"));
    }
    let record = read(zip, at, END64_SIZE)?;
    let mut fields = Fields(&record);
    if fields.signature() != Some(END64) {
        return Err(damaged("its end record is not where it should be"));
    }
    let found = (|| {
        fields.skip(20)?;
        let counts = (fields.u64()?, fields.u64()?);
        let (size, at) = (fields.u64()?, fields.u64()?);
        (counts.0 == counts.1).then_some(Directory { at, end: at.checked_add(size)?, left: counts.0 })
    })();
    found.map(Some).ok_or_else(cut)
}

fn fixed_part(bytes: &[u8]) -> Option<(Entry, [u16; 3])> {
    let mut fields = Fields(bytes);
    if fields.signature()? != ENTRY {
        return None;
    }
    let [_, made_by] = fields.u16()?.to_le_bytes();
    fields.skip(2)?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    fields.skip(4)?;
    let (crc, packed, size) = (fields.u32()?, u64::from(fields.u32()?), u64::from(fields.u32()?));
    let lengths = [fields.u16()?, fields.u16()?, fields.u16()?];
    fields.skip(4)?;
    let (attributes, offset) = (fields.u32()?, u64::from(fields.u32()?));
    Some((Entry { name: Vec::new(), flags, method, crc, packed, size, offset, attributes, made_by }, lengths))
}

/// Sizes that need more than 32 bits stand in an extra field (0x0001), only those, in this order.
fn large(entry: &mut Entry, mut extra: Fields<'_>) -> Option<()> {
    const ABSENT: u64 = u32::MAX as u64;
    let wanted = [&mut entry.size, &mut entry.packed, &mut entry.offset];
    if wanted.iter().all(|value| **value != ABSENT) {
        return Some(());
    }
    loop {
        let (id, length) = (extra.u16()?, extra.u16()?);
        let mut field = Fields(extra.skip(usize::from(length))?);
        if id == 1 {
            for value in wanted {
                if *value == ABSENT {
                    *value = field.u64()?;
                }
            }
            return Some(());
        }
    }
}

fn read<R: Read + Seek>(zip: &mut R, at: u64, length: u64) -> Result<Vec<u8>, UnpackError> {
    zip.seek(SeekFrom::Start(at)).map_err(UnpackError::reading)?;
    let mut bytes = Vec::new();
    zip.take(length).read_to_end(&mut bytes).map_err(UnpackError::reading)?;
    match bytes.len() as u64 == length {
        true => Ok(bytes),
        false => Err(damaged("it is cut off")),
    }
}

fn damaged(why: &str) -> UnpackError {
    UnpackError::Damaged(why.to_owned())
}

/// Numbers one after the other, the lowest byte first.
#[derive(Clone, Copy)]
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn skip(&mut self, count: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(first)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.skip(N)?.first_chunk().copied()
    }

    fn signature(&mut self) -> Option<[u8; 4]> {
        self.array()
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
}
