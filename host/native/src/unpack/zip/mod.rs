//! zip (APPNOTE 6.3.10): what the directory at the end lists, in its order. Stored and deflated entries, zip64; no
//! encryption, no parts on other disks. What stands before an entry's bytes must say the same as the directory: readers
//! that believe different ones would unpack different things.

mod directory;

use super::error::{UnpackError, shown};
use super::limits::Limits;
use super::walk::Walk;
use directory::{Directory, Entry};
use flate2::CrcReader;
use flate2::bufread::DeflateDecoder;
use std::io::{BufReader, Read, Seek, SeekFrom};

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const LOCAL_SIZE: usize = 30;

pub(super) fn entries<R: Read + Seek>(
    zip: &mut R,
    bytes: u64,
    limits: &Limits,
    walk: &mut Walk<'_>,
) -> Result<(), UnpackError> {
    let mut directory = Directory::find(zip, bytes)?;
    // Entries that share their bytes: a small archive would hold any amount.
    let mut packed = 0_u64;
    while let Some(entry) = directory.next(zip, limits)? {
        walk.header()?;
        packed = packed.saturating_add(entry.packed);
        if packed > bytes {
            return Err(UnpackError::entry(&entry.name, "its bytes are those of other entries too"));
        }
        one(zip, &entry, walk)?;
    }
    Ok(())
}

fn one<R: Read + Seek>(zip: &mut R, entry: &Entry, walk: &mut Walk<'_>) -> Result<(), UnpackError> {
    let name = &entry.name;
    let refused = |why: &str| Err(UnpackError::entry(name, why));
    if entry.is_encrypted() {
        return refused("it is encrypted");
    }
    // The upper half has what Unix says of the file, where the archive was made there; 0 where nothing was said.
    let mode = if entry.is_from_unix() { entry.attributes >> 16 } else { 0 };
    let is_folder = name.ends_with(b"/");
    match (mode & 0o170_000, is_folder) {
        (0 | 0o040_000, true) | (0 | 0o100_000, false) => {}
        (0o120_000, _) => return refused("a symbolic link; only files and folders are unpacked"),
        (0o040_000, false) | (0o100_000, true) => return refused("its name and its type do not agree"),
        _ => return refused("neither a file nor a folder"),
    }
    if is_folder {
        return match (entry.size, entry.packed) {
            // An empty stream has two bytes.
            (0, 0..=2) => walk.folder(name),
            _ => refused("a folder with content"),
        };
    }
    let at = data_of(zip, entry)?;
    zip.seek(SeekFrom::Start(at)).map_err(UnpackError::reading)?;
    let packed = BufReader::with_capacity(64 << 10, zip.take(entry.packed));
    let executable = mode & 0o100 != 0;
    let crc = match entry.method {
        0 => {
            let mut content = CrcReader::new(packed);
            walk.file(name, executable, Some(entry.size), &mut content)?;
            content.crc().sum()
        }
        8 => {
            let mut content = CrcReader::new(DeflateDecoder::new(packed));
            walk.file(name, executable, Some(entry.size), &mut content)?;
            content.crc().sum()
        }
        other => {
            return refused(&format!("packed by method {other}; stored (0) and deflated (8) entries are unpacked"));
        }
    };
    match crc == entry.crc {
        true => Ok(()),
        false => Err(UnpackError::Damaged(format!("\"{}\" has another checksum than it should", shown(name)))),
    }
}

/// Where the bytes of an entry begin: behind its own header, which is compared with the directory's.
fn data_of<R: Read + Seek>(zip: &mut R, entry: &Entry) -> Result<u64, UnpackError> {
    let mut header = [0; LOCAL_SIZE];
    zip.seek(SeekFrom::Start(entry.offset)).map_err(UnpackError::reading)?;
    zip.read_exact(&mut header).map_err(UnpackError::reading)?;
    let [s0, s1, s2, s3, _, _, f0, f1, m0, m1, .., n0, n1, x0, x1] = header;
    let lengths = (u16::from_le_bytes([n0, n1]), u16::from_le_bytes([x0, x1]));
    let (method, flags) = (u16::from_le_bytes([m0, m1]), u16::from_le_bytes([f0, f1]));
    let mut name = vec![0; usize::from(lengths.0)];
    zip.read_exact(&mut name).map_err(UnpackError::reading)?;
    let same = [s0, s1, s2, s3] == LOCAL && name == entry.name && method == entry.method;
    if !same || (flags ^ entry.flags) & directory::ENCRYPTED != 0 {
        return Err(UnpackError::entry(&entry.name, "its own header says something else than the directory"));
    }
    let behind = LOCAL_SIZE as u64 + u64::from(lengths.0) + u64::from(lengths.1);
    Ok(entry.offset.saturating_add(behind))
}
