//! Whether what is mounted lies on an encrypted volume: itself, or something below it (a volume group, a RAID array).
//!
//! The device mapper knows the kind by a volume's UUID, which cryptsetup begins with `CRYPT-`; one that is only verified
//! or only checked for integrity is not encrypted. The cipher stands in the header on the device below, which root may
//! read; of volumes without such a header, cryptsetup itself knows it.
//!
//! Sources: Documentation/ABI/testing/sysfs-block-dm; cryptsetup, "device-mapper UUID" in its release notes 1.0.7.

use super::superblock;
use crate::output::cryptsetup;
use crate::{Roots, Scan};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// How deep volumes are stacked at most; a loop of links ends here too.
const DEEPEST: usize = 8;

/// cryptsetup's names of formats that encrypt.
const FORMATS: [&str; 7] = ["LUKS1", "LUKS2", "PLAIN", "LOOPAES", "TCRYPT", "BITLK", "FVAULT2"];

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Encryption {
    pub(super) format: &'static str,
    pub(super) cipher: Option<String>,
}

/// Of a block device by its name in the kernel: `dm-3`.
pub(super) fn of(scan: &Scan<'_>, device: &str) -> Option<Encryption> {
    below(scan, device, DEEPEST)
}

fn below(scan: &Scan<'_>, device: &str, depth: usize) -> Option<Encryption> {
    // Only volumes that are made of others are of interest: those of the device mapper and of MD.
    if depth == 0 || !(device.starts_with("dm-") || device.starts_with("md")) {
        return None;
    }
    let folder = format!("/sys/block/{device}");
    let format = scan.attr(format!("{folder}/dm/uuid")).as_deref().and_then(format_of);
    let slaves = scan.names(format!("{folder}/slaves"));
    match format {
        Some(format) => {
            let cipher = slaves.first().and_then(|slave| cipher(scan, slave)).or_else(|| told(scan, &folder));
            Some(Encryption { format, cipher })
        }
        None => slaves.iter().take(64).find_map(|slave| below(scan, slave, depth - 1)),
    }
}

/// `LUKS2` from `CRYPT-LUKS2-5d0c7a5e55554a118a11000000000005-cryptdata`.
fn format_of(uuid: &str) -> Option<&'static str> {
    let format = uuid.strip_prefix("CRYPT-")?.split('-').next()?;
    FORMATS.iter().find(|known| **known == format).copied()
}

/// What cryptsetup says of a volume without a header that could be read here.
fn told(scan: &Scan<'_>, folder: &str) -> Option<String> {
    let name = scan.attr(format!("{folder}/dm/name"))?;
    // A name that begins with a dash would be an option.
    if name.starts_with('-') || !scan.has_tool("cryptsetup") {
        return None;
    }
    cryptsetup::status(&scan.output("cryptsetup", &["status", &name])?)?.cipher
}

fn cipher(scan: &Scan<'_>, device: &str) -> Option<String> {
    let path = format!("/dev/{device}");
    match read_at(scan.roots(), &path, 0, superblock::LUKS_HEAD)? {
        Ok(head) => superblock::luks_cipher(&head),
        Err(error) => {
            scan.missing(format_args!("cipher of {path}: {error}"));
            None
        }
    }
}

/// Part of a device; none when a capture has nothing of it.
pub(super) fn read_at(roots: &Roots, path: &str, at: u64, length: usize) -> Option<io::Result<Vec<u8>>> {
    let mut trouble = None;
    let read = || {
        let mut bytes = vec![0; length];
        match File::open(path).and_then(|device| device.read_exact_at(&mut bytes, at)) {
            Ok(()) => Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
            Err(error) => {
                trouble = Some(error);
                None
            }
        }
    };
    let answer = roots.answer(&format!("device {path} {at} {length}"), read);
    match (answer, trouble) {
        (Some(digits), _) => Some(
            hexadecimal(&digits)
                .filter(|bytes| bytes.len() == length)
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a captured part that is none")),
        ),
        (None, Some(error)) => Some(Err(error)),
        (None, None) => None,
    }
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn volume(machine: &TestMachine, name: &str, uuid: &str, slaves: &[&str]) {
        machine.file(format!("/sys/block/{name}/dm/uuid"), format!("{uuid}\n"));
        for slave in slaves {
            machine.folder(format!("/sys/block/{name}/slaves/{slave}"));
        }
    }

    #[test]
    fn looks_through_volume_groups_to_what_is_below() {
        let machine = TestMachine::new();
        volume(&machine, "dm-0", "CRYPT-LUKS2-aabb-pv", &["sda3"]);
        volume(&machine, "dm-1", "LVM-abc", &["dm-0"]);
        volume(&machine, "dm-2", "LVM-def", &["sdb"]);
        volume(&machine, "dm-3", "CRYPT-VERITY-aabb-usr", &["sdb1", "sdb2"]);
        volume(&machine, "dm-4", "LVM-loop", &["dm-4"]);
        let luks = Some(Encryption { format: "LUKS2", cipher: None });
        machine.collect(|scan| {
            assert_eq!(of(scan, "dm-0"), luks);
            assert_eq!(of(scan, "dm-1"), luks);
            for device in ["dm-2", "dm-3", "dm-4", "dm-9", "sda3", ""] {
                assert_eq!(of(scan, device), None, "{device}");
            }
        });
    }

    #[test]
    fn cryptsetup_knows_the_cipher_of_a_plain_volume() {
        let mut machine = TestMachine::new();
        volume(&machine, "dm-0", "CRYPT-PLAIN-data", &["sda3"]);
        machine.file("/sys/block/dm-0/dm/name", "data\n");
        let text = "/dev/mapper/data is active.\n  type:    PLAIN\n  cipher:  aes-cbc-essiv:sha256\n";
        machine.command(&["cryptsetup", "status", "data"], text);
        machine.collect(|scan| {
            let cipher = of(scan, "dm-0").and_then(|encryption| encryption.cipher);
            assert_eq!(cipher.as_deref(), Some("aes-cbc-essiv:sha256"));
        });
    }
}
