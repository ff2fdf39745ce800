//! tar: the entries one after the other, as POSIX (pax, ustar) and GNU write them. Headers are read raw: what stands
//! before an entry and changes its meaning is understood here, within bounds, or the archive is refused.

use super::error::UnpackError;
use super::limits::Limits;
use super::walk::Walk;
use std::borrow::Cow;
use std::io::Read;
use tar::{Archive, EntryType, PaxExtensions};

/// Bytes of what pax says before one entry.
const LARGEST_PAX: u64 = 64 << 10;

/// What stood before an entry.
#[derive(Default)]
struct Before {
    name: Option<Vec<u8>>,
    size: Option<u64>,
}

pub(super) fn entries(tar: &mut dyn Read, limits: &Limits, walk: &mut Walk<'_>) -> Result<(), UnpackError> {
    let mut archive = Archive::new(tar);
    let mut before = Before::default();
    for entry in archive.entries().map_err(UnpackError::reading)?.raw(true) {
        let mut entry = entry.map_err(UnpackError::reading)?;
        walk.header()?;
        let header = entry.header();
        let kind = header.entry_type();
        let own_name = header.path_bytes().into_owned();
        let (size, mode) =
            (header.entry_size().map_err(UnpackError::reading)?, header.mode().map_err(UnpackError::reading)?);
        match kind {
            EntryType::GNULongName => {
                let most = limits.path as u64 + 1;
                let mut name = bounded(&mut entry, size, most, &own_name)?;
                if name.last() == Some(&0) {
                    name.pop();
                }
                before.named(name)?;
            }
            EntryType::XHeader => {
                let said = bounded(&mut entry, size, LARGEST_PAX, &own_name)?;
                before.pax(&said, &own_name)?;
            }
            EntryType::XGlobalHeader => {
                let said = bounded(&mut entry, size, LARGEST_PAX, &own_name)?;
                let mut all = Before::default();
                all.pax(&said, &own_name)?;
                if all.name.is_some() || all.size.is_some() {
                    return Err(UnpackError::entry(&own_name, "one name or size for all entries"));
                }
            }
            kind => {
                let Before { name, size: said } = std::mem::take(&mut before);
                let name: Cow<'_, [u8]> = name.map_or(Cow::Borrowed(&own_name), Cow::Owned);
                if said.is_some_and(|said| said != size) {
                    return Err(UnpackError::entry(&name, "two sizes, which readers understand in different ways"));
                }
                // Before there was a type for folders, they were files whose names end so.
                let old_folder = kind == EntryType::Regular && size == 0 && name.ends_with(b"/");
                match kind {
                    EntryType::Directory if size > 0 => {
                        return Err(UnpackError::entry(&name, "a folder with content"));
                    }
                    EntryType::Directory => walk.folder(&name)?,
                    _ if old_folder => walk.folder(&name)?,
                    EntryType::Regular => {
                        walk.file(&name, mode & 0o100 != 0, Some(size), &mut entry)?;
                    }
                    other => return Err(UnpackError::entry(&name, what_else(other))),
                }
            }
        }
    }
    if before.name.is_some() || before.size.is_some() {
        return Err(UnpackError::Damaged("it ends before the entry that the last header is about".to_owned()));
    }
    walk.rest(archive.into_inner())
}

impl Before {
    fn named(&mut self, name: Vec<u8>) -> Result<(), UnpackError> {
        match self.name.replace(name) {
            Some(first) => Err(UnpackError::entry(&first, "two long names for one entry")),
            None => Ok(()),
        }
    }

    /// Records of pax (POSIX.1-2024, pax, "pax Extended Header"). Times, owners and attributes are not taken.
    fn pax(&mut self, said: &[u8], own_name: &[u8]) -> Result<(), UnpackError> {
        for record in PaxExtensions::new(said) {
            let record = record.map_err(|_| UnpackError::entry(own_name, "a pax header that cannot be read"))?;
            match record.key_bytes() {
                b"path" => self.named(record.value_bytes().to_vec())?,
                b"size" => {
                    let size = record.value().ok().and_then(|text| text.parse().ok());
                    let size = size.ok_or_else(|| UnpackError::entry(own_name, "a size that is no number"))?;
                    if self.size.replace(size).is_some() {
                        return Err(UnpackError::entry(own_name, "two sizes"));
                    }
                }
                b"linkpath" => return Err(UnpackError::entry(own_name, "a link")),
                key if key.starts_with(b"GNU.sparse.") => {
                    return Err(UnpackError::entry(own_name, "a file with holes (sparse)"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn bounded(entry: &mut dyn Read, size: u64, most: u64, name: &[u8]) -> Result<Vec<u8>, UnpackError> {
    if size > most {
        return Err(UnpackError::entry(name, format!("a header of {size} bytes; at most {most} are taken")));
    }
    let mut bytes = Vec::new();
    entry.take(most).read_to_end(&mut bytes).map_err(UnpackError::reading)?;
    match bytes.len() as u64 == size {
        true => Ok(bytes),
        false => Err(UnpackError::Damaged("it ends inside a header".to_owned())),
    }
}

fn what_else(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Symlink => "a symbolic link; only files and folders are unpacked",
        EntryType::Link | EntryType::GNULongLink => "a hard link; only files and folders are unpacked",
        EntryType::Char | EntryType::Block => "a device; only files and folders are unpacked",
        EntryType::Fifo => "a pipe; only files and folders are unpacked",
        EntryType::GNUSparse => "a file with holes (sparse)",
        _ => "neither a file nor a folder",
    }
}
