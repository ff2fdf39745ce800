//! What udev keeps about a device: `/run/udev/data`, one file a device.
//!
//! udev runs as root when a device appears and asks it things that no other user may ask later: serial numbers, labels,
//! the names of its hardware database. A machine without udev has no such files, and nothing here is an error.
//!
//! Format: lines `E:NAME=value`; in names that end with `_ENC` unusual bytes are `\xHH` (udev_util_encode_string).

use crate::Roots;

const FOLDER: &str = "/run/udev/data";

/// The properties of one device; empty when udev has none.
#[derive(Debug, Default)]
pub(super) struct Record(String);

impl Record {
    /// Of a block device, `8:0`.
    pub(super) fn block(roots: &Roots, device: &str) -> Self {
        Self::read(roots, &format!("b{device}"))
    }

    /// Of a PCI device, `0000:00:1f.2`.
    pub(super) fn pci(roots: &Roots, slot: &str) -> Self {
        Self::read(roots, &format!("+pci:{slot}"))
    }

    /// Of a file in that folder.
    pub(super) fn read(roots: &Roots, name: &str) -> Self {
        Self(roots.text(format!("{FOLDER}/{name}")).unwrap_or_default())
    }

    /// The names of all files there are.
    pub(super) fn names(roots: &Roots) -> Vec<String> {
        roots.names(FOLDER).unwrap_or_default()
    }

    /// A property that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.lines().find_map(|line| line.strip_prefix("E:")?.strip_prefix(name)?.strip_prefix('=')).and_then(
            |value| {
                let value = value.trim();
                (!value.is_empty()).then_some(value)
            },
        )
    }

    /// A property whose name ends with `_ENC`, decoded. Records of old versions have only the one without `_ENC`, in which
    /// underscores stand for spaces.
    pub(super) fn decoded(&self, name: &str) -> Option<String> {
        let plain = || Some(self.get(name.strip_suffix("_ENC")?)?.replace('_', " "));
        let value = self.get(name).map(decode).or_else(plain)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }
}

/// Bytes for `\xHH`; anything else as it stands.
pub(super) fn decode(text: &str) -> String {
    let Some(first) = text.find("\\x") else { return text.to_owned() };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    bytes.extend_from_slice(rest.get(..first).unwrap_or_default());
    rest = rest.get(first..).unwrap_or_default();
    while let Some((byte, after)) = rest.split_first() {
        match rest {
            [b'\\', b'x', high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |d: u8| char::from(d).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or(0);
                bytes.push(digit(*high) * 16 + digit(*low));
                rest = after;
            }
            _ => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_properties() {
        let record = Record("S:cdrom\nI:12\nE:ID_MODEL=A_B\nE:ID_MODEL_ENC=A\\x20B\\x20\\x20\nE:EMPTY=\nV:1\n".into());
        assert_eq!(record.get("ID_MODEL"), Some("A_B"));
        assert_eq!(record.decoded("ID_MODEL_ENC").as_deref(), Some("A B"));
        assert_eq!(record.get("EMPTY"), None);
        let old = Record("E:ID_MODEL=A_B__\n".into());
        assert_eq!((old.decoded("ID_MODEL_ENC").as_deref(), old.decoded("ID_VENDOR_ENC")), (Some("A B"), None));
        assert_eq!(record.get("ID_MOD"), None);
        assert_eq!(Record::default().get("ID_MODEL"), None);
    }

    #[test]
    fn decodes_what_is_encoded_and_nothing_else() {
        assert_eq!(decode(r"caf\xc3\xa9 \x2f"), "café /");
        assert_eq!(decode(r"\x"), r"\x");
        assert_eq!(decode(r"a\x2"), r"a\x2");
        assert_eq!(decode(r"\xzz\xff"), "\\xzz\u{fffd}");
    }
}
