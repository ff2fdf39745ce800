//! Archives into a folder: tar, tar.gz, tar.xz, tar.zst, zip, and one file packed as gz, xz or zst. An archive comes from
//! a server, so it is read twice. The first time nothing is written: names, types, sizes, checksums and limits are
//! looked at, and an archive with one entry that is not a plain file or folder below the target is refused as a whole.
//! The second time it is unpacked, through the open folder, and held to the same again.
//!
//! Links, devices, pipes and files with holes are refused; rights become 0644, 0755 for what its owner may run and for
//! folders; owners, times and extended attributes are not taken. An archive within an archive stays a file.

mod error;
mod kind;
mod limits;
mod name;
mod tar;
mod target;
#[cfg(test)]
mod tests;
mod walk;
mod zip;
mod zstd;

pub(crate) use error::UnpackError;
pub(crate) use limits::Limits;
pub(crate) use walk::Unpacked;

use kind::{EXPECTED, HEADER, inner_name, is_tar, is_zip, packing, unpacked};
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::os::fd::OwnedFd;
use target::Target;
use walk::Walk;

/// Unpacks into an open folder. `name` is what the archive is called, for what is packed without a name.
pub(crate) fn unpack(mut archive: File, name: &str, into: &OwnedFd, limits: &Limits) -> Result<Unpacked, UnpackError> {
    let bytes = archive.metadata().map_err(UnpackError::Read)?.len();
    survey(&mut archive, bytes, name, limits)?;
    let mut walk = Walk::new(limits, bytes, Some(Target::new(into)));
    read(&mut archive, bytes, name, limits, &mut walk)?;
    Ok(walk.done)
}

/// Reads an archive of `bytes` bytes to its end, and writes nothing: what unpacking it would come to.
pub(crate) fn survey<R: Read + Seek>(
    archive: &mut R,
    bytes: u64,
    name: &str,
    limits: &Limits,
) -> Result<Unpacked, UnpackError> {
    let mut walk = Walk::new(limits, bytes, None);
    read(archive, bytes, name, limits, &mut walk)?;
    Ok(walk.done)
}

/// Whether bytes are an archive that could be unpacked with the limits that hold for every archive.
pub fn is_archive(bytes: &[u8], name: &str) -> bool {
    survey(&mut Cursor::new(bytes), bytes.len() as u64, name, &Limits::default()).is_ok()
}

fn read<R: Read + Seek>(
    archive: &mut R,
    bytes: u64,
    name: &str,
    limits: &Limits,
    walk: &mut Walk<'_>,
) -> Result<(), UnpackError> {
    archive.seek(SeekFrom::Start(0)).map_err(UnpackError::Read)?;
    let start = beginning(archive)?;
    if is_zip(&start) {
        return zip::entries(archive, bytes, limits, walk);
    }
    let packing = packing(&start)?;
    archive.seek(SeekFrom::Start(0)).map_err(UnpackError::Read)?;
    let mut content = unpacked(packing, BufReader::with_capacity(64 << 10, archive), limits);
    let start = beginning(&mut content)?;
    let is_tar = is_tar(&start);
    let mut content = Cursor::new(start).chain(content);
    match (is_tar, packing) {
        (true, _) => tar::entries(&mut content, limits, walk),
        (false, kind::Packing::Plain) => Err(UnpackError::Kind(format!("it is no archive; {EXPECTED}"))),
        (false, _) => walk.file(inner_name(name)?.as_bytes(), false, None, &mut content).map(|_| ()),
    }
}

fn beginning(content: &mut dyn Read) -> Result<Vec<u8>, UnpackError> {
    let mut start = Vec::with_capacity(HEADER);
    content.take(HEADER as u64).read_to_end(&mut start).map_err(UnpackError::reading)?;
    Ok(start)
}
