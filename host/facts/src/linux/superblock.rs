//! Identity of a file system from its own first blocks: where udev has not looked, and for what udev does not keep.
//!
//! Pure functions of bytes; a block of another kind, or one cut short, says nothing.
//!
//! Formats: Documentation/filesystems/ext4/super.rst; XFS Algorithms & Data Structures, Superblocks; btrfs on-disk format,
//! Superblock; Microsoft FAT specification, Boot Sector; ECMA-119 section 8.4; cryptsetup's LUKS1 and LUKS2 on-disk formats.

/// The kinds of file system that are known here, by what `mount` calls them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Ext,
    Xfs,
    Btrfs,
    Fat,
    Iso9660,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) uuid: Option<String>,
    pub(super) label: Option<String>,
    /// When it was made, in seconds since 1970.
    pub(super) made: Option<i64>,
}

impl Kind {
    pub(super) fn of(filesystem: &str) -> Option<Self> {
        Some(match filesystem {
            "ext2" | "ext3" | "ext4" => Self::Ext,
            "xfs" => Self::Xfs,
            "btrfs" => Self::Btrfs,
            "vfat" | "msdos" => Self::Fat,
            "iso9660" => Self::Iso9660,
            _ => return None,
        })
    }

    /// Where the block stands on the device, and how much of it is needed.
    pub(super) fn place(self) -> (u64, usize) {
        match self {
            Self::Ext => (1024, 1024),
            Self::Xfs | Self::Fat => (0, 512),
            Self::Btrfs => (64 << 10, 1024),
            Self::Iso9660 => (32 << 10, 2048),
        }
    }

    /// What the block says; none when it is not one of this kind.
    pub(super) fn identity(self, block: &[u8]) -> Option<Identity> {
        match self {
            Self::Ext => ext(block),
            Self::Xfs => xfs(block),
            Self::Btrfs => btrfs(block),
            Self::Fat => fat(block),
            Self::Iso9660 => iso9660(block),
        }
    }
}

fn ext(block: &[u8]) -> Option<Identity> {
    if block.get(0x38..0x3a)? != [0x53, 0xef] {
        return None;
    }
    let low = u32::from_le_bytes(array(block, 0x108)?);
    let [high] = array(block, 0x276)?;
    let made = i64::from(low) | (i64::from(high) << 32);
    Some(Identity {
        uuid: uuid(array(block, 0x68)?),
        label: text(block.get(0x78..0x88)?),
        made: (made != 0).then_some(made),
    })
}

fn xfs(block: &[u8]) -> Option<Identity> {
    let is_xfs = block.starts_with(b"XFSB");
    is_xfs.then_some(())?;
    Some(Identity { uuid: uuid(array(block, 32)?), label: text(block.get(108..120)?), made: None })
}

fn btrfs(block: &[u8]) -> Option<Identity> {
    if block.get(0x40..0x48)? != b"_BHRfS_M" {
        return None;
    }
    Some(Identity { uuid: uuid(array(block, 0x20)?), label: text(block.get(0x12b..0x22b)?), made: None })
}

/// FAT12 and FAT16 have their numbers at 36, FAT32 at 64; the field after the number and label names the kind.
fn fat(block: &[u8]) -> Option<Identity> {
    if block.get(510..512)? != [0x55, 0xaa] {
        return None;
    }
    let at = if block.get(82..87)? == b"FAT32" {
        64
    } else if block.get(54..57)? == b"FAT" {
        36
    } else {
        return None;
    };
    // 0x29 says that number and label are there, 0x28 the number alone.
    let [signature] = array(block, at + 2)?;
    let number = u32::from_le_bytes(array(block, at + 3)?);
    Some(Identity {
        uuid: (matches!(signature, 0x28 | 0x29) && number != 0)
            .then(|| format!("{:04X}-{:04X}", number >> 16, number & 0xffff)),
        label: text(block.get(at + 7..at + 18)?).filter(|label| signature == 0x29 && label != "NO NAME"),
        made: None,
    })
}

/// The identifier is the time of the last change, or of creation: `2024-01-31-23-59-59-00`.
fn iso9660(block: &[u8]) -> Option<Identity> {
    if block.get(..6)? != b"\x01CD001" {
        return None;
    }
    let time = |at: usize| {
        let digits = block.get(at..at + 16)?;
        let is_set = digits.iter().all(u8::is_ascii_digit) && digits.iter().any(|digit| *digit != b'0');
        let digits = std::str::from_utf8(digits).ok().filter(|_| is_set)?;
        let two = |from: usize| digits.get(from..from + 2);
        Some([digits.get(..4)?, two(4)?, two(6)?, two(8)?, two(10)?, two(12)?, two(14)?].join("-"))
    };
    Some(Identity { uuid: time(830).or_else(|| time(813)), label: text(block.get(40..72)?), made: None })
}

/// Cipher and mode of an encrypted volume (`aes-xts-plain64`) from its first blocks.
pub(super) fn luks_cipher(head: &[u8]) -> Option<String> {
    let rest = head.strip_prefix(b"LUKS\xba\xbe")?;
    match rest.get(..2)? {
        [0, 1] => Some(format!("{}-{}", text(head.get(8..40)?)?, text(head.get(40..72)?)?)),
        // JSON follows the binary header of 4096 bytes. The cipher of the data is that of a segment; areas of key slots
        // have one too, under the same name.
        [0, 2] => {
            let json = String::from_utf8_lossy(head.get(4096..)?);
            let (_, segments) = json.split_once("\"segments\"")?;
            let (_, after) = segments.split_once("\"encryption\"")?;
            let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
            let (cipher, _) = value.split_once('"')?;
            (cipher.len() <= 64).then(|| cipher.to_owned())
        }
        _ => None,
    }
}

/// As much of a LUKS header as [`luks_cipher`] wants: JSON areas are longer only with very many keys.
pub(super) const LUKS_HEAD: usize = 16 << 10;

fn array<const N: usize>(block: &[u8], at: usize) -> Option<[u8; N]> {
    block.get(at..at + N)?.try_into().ok()
}

fn text(field: &[u8]) -> Option<String> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    let text = String::from_utf8_lossy(field.get(..end)?);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn uuid(bytes: [u8; 16]) -> Option<String> {
    let number = u128::from_be_bytes(bytes);
    let hex = format!("{number:032x}");
    let part = |from: usize, to: usize| hex.get(from..to);
    (number != 0).then_some(())?;
    Some([part(0, 8)?, part(8, 12)?, part(12, 16)?, part(16, 20)?, part(20, 32)?].join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 5] = [Kind::Ext, Kind::Xfs, Kind::Btrfs, Kind::Fat, Kind::Iso9660];

    fn block(length: usize, parts: &[(usize, &[u8])]) -> Vec<u8> {
        let mut block = vec![0; length];
        for (at, bytes) in parts {
            block[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        block
    }

    const UUID: &[u8] = b"\x5d\x0c\x7a\x5e\x11\x11\x4a\x11\x8a\x11\0\0\0\0\0\x01";

    #[test]
    fn ext4_says_when_it_was_made() {
        let made = 1_700_000_000u32.to_le_bytes();
        let block = block(1024, &[(0x38, b"\x53\xef"), (0x68, UUID), (0x78, b"labroot"), (0x108, &made)]);
        let identity = Kind::Ext.identity(&block).unwrap();
        assert_eq!(identity.uuid.as_deref(), Some("5d0c7a5e-1111-4a11-8a11-000000000001"));
        assert_eq!(identity.label.as_deref(), Some("labroot"));
        assert_eq!(identity.made, Some(1_700_000_000));
    }

    #[test]
    fn xfs_and_btrfs() {
        let xfs = block(512, &[(0, b"XFSB"), (32, UUID), (108, b"twelve bytes")]);
        assert_eq!(Kind::Xfs.identity(&xfs).unwrap().label.as_deref(), Some("twelve bytes"));
        let btrfs = block(1024, &[(0x40, b"_BHRfS_M"), (0x20, UUID), (0x12b, b"btrdata")]);
        let identity = Kind::Btrfs.identity(&btrfs).unwrap();
        assert_eq!(identity.uuid.as_deref(), Some("5d0c7a5e-1111-4a11-8a11-000000000001"));
        assert_eq!(identity.label.as_deref(), Some("btrdata"));
    }

    #[test]
    fn fat_of_both_layouts() {
        let number: &[u8] = b"\x01\x00\xbe\x1a";
        let fat16 = [(38, &b"\x29"[..]), (39, number), (43, b"EFI        "), (54, b"FAT16   "), (510, b"\x55\xaa")];
        let identity = Kind::Fat.identity(&block(512, &fat16)).unwrap();
        assert_eq!((identity.uuid.as_deref(), identity.label.as_deref()), (Some("1ABE-0001"), Some("EFI")));
        let fat32 = [(66, &b"\x29"[..]), (67, number), (71, b"NO NAME    "), (82, b"FAT32   "), (510, b"\x55\xaa")];
        let identity = Kind::Fat.identity(&block(512, &fat32)).unwrap();
        assert_eq!((identity.uuid.as_deref(), identity.label.as_deref()), (Some("1ABE-0001"), None));
    }

    #[test]
    fn iso9660_is_named_by_its_time() {
        let created: (usize, &[u8]) = (813, b"2024013123595900");
        let disc = block(
            2048,
            &[(0, b"\x01CD001"), (40, b"LABCD                           "), created, (830, b"0000000000000000")],
        );
        let identity = Kind::Iso9660.identity(&disc).unwrap();
        assert_eq!(identity.uuid.as_deref(), Some("2024-01-31-23-59-59-00"));
        assert_eq!(identity.label.as_deref(), Some("LABCD"));
    }

    #[test]
    fn ciphers_of_both_luks_formats() {
        let one = block(592, &[(0, b"LUKS\xba\xbe\0\x01"), (8, b"aes"), (40, b"xts-plain64")]);
        assert_eq!(luks_cipher(&one).as_deref(), Some("aes-xts-plain64"));
        let json = br#"{"keyslots":{"0":{"area":{"encryption":"key-cipher"}}},"segments":{"0":{"encryption": "serpent-xts-plain64"}}}"#;
        let two = block(LUKS_HEAD, &[(0, b"LUKS\xba\xbe\0\x02"), (4096, json)]);
        assert_eq!(luks_cipher(&two).as_deref(), Some("serpent-xts-plain64"));
        assert_eq!(luks_cipher(&two[..4200]), None);
        assert_eq!(luks_cipher(b"LUKS"), None);
    }

    #[test]
    fn short_and_foreign_blocks_say_nothing() {
        for kind in KINDS {
            let (_, length) = kind.place();
            for filler in [0, 0x20, 0xff] {
                assert_eq!(kind.identity(&vec![filler; length]), None);
            }
            for length in 0..64 {
                assert_eq!(kind.identity(&b"XFSB\x01CD001".repeat(8)[..length]), None);
            }
        }
        let odd = block(512, &[(0, b"XFSB"), (108, b"\xff\xfe\xfd")]);
        let identity = Kind::Xfs.identity(&odd).unwrap();
        assert_eq!(identity.label.as_deref(), Some("\u{fffd}\u{fffd}\u{fffd}"));
        assert_eq!(identity.uuid, None);
    }
}
