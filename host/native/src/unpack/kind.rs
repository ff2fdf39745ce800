//! What a file is, told by its first bytes; what it is called says nothing. Then the bytes behind the packing, from a
//! decoder that remembers no more than it may.

use super::error::{UnpackError, shown};
use super::limits::Limits;
use super::zstd::ZstdReader;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use std::io::{BufRead, Read};

/// How a stream of bytes is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Xz,
    Zstd,
}

/// Bytes of a tar archive's header, and with that of any beginning that is looked at.
pub(super) const HEADER: usize = 512;

pub(super) fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

/// The packing of a file, or why it cannot be unpacked here.
pub(super) fn packing(start: &[u8]) -> Result<Packing, UnpackError> {
    const OTHERS: &[(&[u8], &str)] = &[
        (b"BZh", "bzip2"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"LZIP", "lzip"),
        (b"MSCF", "cabinet"),
        (b"\x1f\x9d", "compress"),
    ];
    if let Some((_, name)) = OTHERS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Err(UnpackError::Kind(format!("{name} archives are not unpacked; {EXPECTED}")));
    }
    Ok(match start {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Packing::Xz,
        // A frame, or one that is skipped (RFC 8878, 3.1).
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Packing::Zstd,
        _ => Packing::Plain,
    })
}

pub(super) const EXPECTED: &str = "an archive is tar, tar.gz, tar.xz, tar.zst or zip, or one file as gz, xz or zst";

/// The bytes behind the packing.
pub(super) fn unpacked<'a>(packing: Packing, packed: impl BufRead + 'a, limits: &Limits) -> Box<dyn Read + 'a> {
    match packing {
        Packing::Plain => Box::new(packed),
        Packing::Gzip => Box::new(MultiGzDecoder::new(packed)),
        Packing::Xz => {
            // The dictionary, and the tables beside it.
            let kilobytes = u32::try_from(limits.dictionary >> 10).unwrap_or(u32::MAX - 1).saturating_add(1024);
            Box::new(XzReader::new_mem_limit(packed, true, kilobytes))
        }
        Packing::Zstd => Box::new(ZstdReader::new(packed, limits.dictionary)),
    }
}

/// Whether a block of [`HEADER`] bytes begins a tar archive: its checksum is right (POSIX.1-2024, pax, ustar), which the
/// oldest archives have too.
pub(super) fn is_tar(start: &[u8]) -> bool {
    let Some(header) = start.get(..HEADER) else { return false };
    if header.iter().all(|byte| *byte == 0) {
        return false;
    }
    let field = header.get(148..156).unwrap_or_default();
    let digits: String =
        field.iter().map(|b| char::from(*b)).skip_while(|c| *c == ' ').take_while(char::is_ascii_digit).collect();
    let sum: u32 = header
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { u32::from(b' ') } else { u32::from(*byte) })
        .sum();
    u32::from_str_radix(&digits, 8).is_ok_and(|stated| stated == sum)
}

/// What the one file of a packed file is called: its own name without the ending.
pub(super) fn inner_name(name: &str) -> Result<&str, UnpackError> {
    let ending = [".gz", ".xz", ".zst"].into_iter().find(|ending| {
        name.len() > ending.len()
            && name.get(name.len() - ending.len()..).is_some_and(|end| end.eq_ignore_ascii_case(ending))
    });
    ending.and_then(|ending| name.get(..name.len() - ending.len())).ok_or_else(|| {
        let name = shown(name.as_bytes());
        UnpackError::Kind(format!(
            "\"{name}\" is one packed file, and its name does not end with .gz, .xz or .zst: what is in it has no name"
        ))
    })
}
