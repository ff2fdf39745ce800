//! Makes archives, with whatever names and types a test wants.

use flate2::Crc;
use flate2::write::{DeflateEncoder, GzEncoder};
use std::io::Write;
use tar::{EntryType, Header};

pub(super) struct Tar(Vec<u8>);

impl Tar {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn folder(self, name: &str) -> Self {
        self.entry(name.as_bytes(), EntryType::Directory, 0o777, b"")
    }

    pub(super) fn file(self, name: &str, mode: u32, content: &[u8]) -> Self {
        self.entry(name.as_bytes(), EntryType::Regular, mode, content)
    }

    pub(super) fn long_name(self, name: &str) -> Self {
        let content = [name.as_bytes(), b"\0"].concat();
        self.entry(b"././@LongLink", EntryType::GNULongName, 0o644, &content)
    }

    pub(super) fn pax(self, records: &[(&str, &str)]) -> Self {
        self.entry(b"PaxHeaders/x", EntryType::XHeader, 0o644, &pax(records))
    }

    pub(super) fn entry(self, name: &[u8], kind: EntryType, mode: u32, content: &[u8]) -> Self {
        self.stating(name, kind, mode, content.len() as u64, content)
    }

    /// An entry whose header says a size that need not be that of its content.
    pub(super) fn stating(mut self, name: &[u8], kind: EntryType, mode: u32, size: u64, content: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        let place = header.as_mut_bytes();
        let count = name.len().min(100);
        place[..count].copy_from_slice(&name[..count]);
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(size);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(1);
        if kind == EntryType::Symlink || kind == EntryType::Link {
            header.set_link_name_literal("/etc").unwrap();
        }
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub(super) fn end(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        self.0
    }
}

/// Records as pax writes them: each begins with its own length.
pub(super) fn pax(records: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (key, value) in records {
        let rest = format!(" {key}={value}\n");
        let mut length = rest.len() + 1;
        while length != rest.len() + length.to_string().len() {
            length += 1;
        }
        bytes.extend_from_slice(format!("{length}{rest}").as_bytes());
    }
    bytes
}

/// What a test changes of an entry of a zip archive.
#[derive(Clone, Default)]
pub(super) struct Odd {
    pub(super) flags: u16,
    pub(super) method: Option<u16>,
    pub(super) local_name: Option<String>,
    pub(super) size: Option<u32>,
    pub(super) crc: Option<u32>,
}

#[derive(Default)]
pub(super) struct Zip {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Zip {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn folder(self, name: &str) -> Self {
        self.odd(name, 0o040_755, b"", &Odd { method: Some(0), ..Odd::default() })
    }

    pub(super) fn file(self, name: &str, mode: u32, content: &[u8]) -> Self {
        self.odd(name, mode, content, &Odd::default())
    }

    pub(super) fn odd(mut self, name: &str, mode: u32, content: &[u8], odd: &Odd) -> Self {
        let method = odd.method.unwrap_or(8);
        let packed = if method == 8 { deflated(content) } else { content.to_vec() };
        let mut crc = Crc::new();
        crc.update(content);
        let crc = odd.crc.unwrap_or(crc.sum());
        let offset = u32_of(self.bytes.len());
        let sizes = (u32_of(packed.len()), odd.size.unwrap_or(u32_of(content.len())));
        let local = odd.local_name.as_deref().unwrap_or(name);
        let same = |into: &mut Vec<u8>, name: &str| {
            into.extend_from_slice(&odd.flags.to_le_bytes());
            into.extend_from_slice(&method.to_le_bytes());
            into.extend_from_slice(&[0, 0, 0x21, 0]);
            into.extend_from_slice(&crc.to_le_bytes());
            into.extend_from_slice(&sizes.0.to_le_bytes());
            into.extend_from_slice(&sizes.1.to_le_bytes());
            into.extend_from_slice(&u16_of(name.len()).to_le_bytes());
            into.extend_from_slice(&[0, 0]);
        };
        self.bytes.extend_from_slice(b"PK\x03\x04\x14\0");
        same(&mut self.bytes, local);
        self.bytes.extend_from_slice(local.as_bytes());
        self.bytes.extend_from_slice(&packed);
        self.directory.extend_from_slice(b"PK\x01\x02\x14\x03\x14\0");
        same(&mut self.directory, name);
        self.directory.extend_from_slice(&[0; 6]);
        self.directory.extend_from_slice(&(mode << 16).to_le_bytes());
        self.directory.extend_from_slice(&offset.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.count += 1;
        self
    }

    /// A second entry of the directory for the bytes of the last one.
    pub(super) fn again(mut self, name: &str) -> Self {
        let last = self.directory.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
        let mut entry = self.directory[last..last + 46].to_vec();
        entry[28..30].copy_from_slice(&u16_of(name.len()).to_le_bytes());
        self.directory.extend_from_slice(&entry);
        self.directory.extend_from_slice(name.as_bytes());
        self.count += 1;
        self
    }

    pub(super) fn end(self) -> Vec<u8> {
        let (at, size, count) = (u32_of(self.bytes.len()), u32_of(self.directory.len()), self.count);
        let mut bytes = [self.bytes, self.directory].concat();
        bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        bytes.extend_from_slice(&[count.to_le_bytes(), count.to_le_bytes()].concat());
        bytes.extend_from_slice(&[size.to_le_bytes(), at.to_le_bytes()].concat());
        bytes.extend_from_slice(&[0, 0]);
        bytes
    }

    /// The same, with the numbers in the records of zip64 alone.
    pub(super) fn end64(self) -> Vec<u8> {
        let (at, size, count) = (self.bytes.len() as u64, self.directory.len() as u64, u64::from(self.count));
        let mut bytes = [self.bytes, self.directory].concat();
        let record_at = bytes.len() as u64;
        bytes.extend_from_slice(b"PK\x06\x06");
        bytes.extend_from_slice(&44_u64.to_le_bytes());
        bytes.extend_from_slice(&[0x2d, 3, 0x2d, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for number in [count, count, size, at] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(b"PK\x06\x07\0\0\0\0");
        bytes.extend_from_slice(&record_at.to_le_bytes());
        bytes.extend_from_slice(&1_u32.to_le_bytes());
        bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        bytes.extend_from_slice(&[0xff; 12]);
        bytes.extend_from_slice(&[0, 0]);
        bytes
    }
}

fn u16_of(count: usize) -> u16 {
    u16::try_from(count).unwrap()
}

fn u32_of(count: usize) -> u32 {
    u32::try_from(count).unwrap()
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn gz(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn xz(content: &[u8]) -> Vec<u8> {
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::default()).unwrap();
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn zst(content: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
}

/// Bytes that do not pack.
pub(super) fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_be_bytes()[3]
        })
        .collect()
}
