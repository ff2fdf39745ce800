//! What an ATA disk says about itself.
//!
//! Disks behind a SCSI translation layer show names cut to the 16 bytes of a SCSI inquiry; the layer keeps the disk's own
//! words in a page of vital product data.
//!
//! Format: SAT-4, ATA Information VPD page (89h); ATA/ATAPI Command Set, IDENTIFY DEVICE.

/// What IDENTIFY DEVICE answered.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) model: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) firmware: Option<String>,
    /// True when the disk has the capabilities of a serial link.
    pub(super) is_serial_ata: bool,
}

/// Where the answer stands in the page, which follows its first two bytes (word by word, low byte first).
const ANSWER: usize = 60;

const PAGE: u8 = 0x89;

/// The answer in an ATA Information page; none when this is no such page.
pub(super) fn of_page(page: &[u8]) -> Option<Identity> {
    let answer = page.get(ANSWER..ANSWER + 512)?;
    if page.get(1) != Some(&PAGE) {
        return None;
    }
    let word = |at: usize| Some(u16::from_le_bytes([*answer.get(2 * at)?, *answer.get(2 * at + 1)?]));
    Some(Identity {
        serial: text(answer, 10..20),
        firmware: text(answer, 23..27),
        model: text(answer, 27..47),
        is_serial_ata: word(76).is_some_and(|capabilities| !matches!(capabilities, 0 | 0xffff)),
    })
}

/// Two characters a word, the first one in the high byte.
fn text(answer: &[u8], words: std::ops::Range<usize>) -> Option<String> {
    let words = answer.get(words.start * 2..words.end * 2)?;
    let bytes: Vec<u8> = words.chunks_exact(2).flat_map(|word| word.iter().rev().copied()).collect();
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A page with these texts in it.
    pub(in crate::linux) fn page(serial: &str, firmware: &str, model: &str, word_76: u16) -> Vec<u8> {
        let mut page = vec![0; ANSWER + 512];
        page[..4].copy_from_slice(&[0, PAGE, 2, 0x38]);
        for (word, words, text) in [(10, 10, serial), (23, 4, firmware), (27, 20, model)] {
            for (at, two) in format!("{text:<width$}", width = words * 2).as_bytes().chunks(2).enumerate() {
                let at = ANSWER + 2 * (word + at);
                page[at..at + 2].copy_from_slice(&[two[1], two[0]]);
            }
        }
        page[ANSWER + 152..ANSWER + 154].copy_from_slice(&word_76.to_le_bytes());
        page
    }

    #[test]
    fn reads_the_whole_names() {
        let identity =
            of_page(&page("WD-1234567890", "82.00A82", "WDC WD40EFRX-68N32N0 with a long name", 0x1f06)).unwrap();
        assert_eq!(identity.serial.as_deref(), Some("WD-1234567890"));
        assert_eq!(identity.firmware.as_deref(), Some("82.00A82"));
        assert_eq!(identity.model.as_deref(), Some("WDC WD40EFRX-68N32N0 with a long name"));
        assert!(identity.is_serial_ata);
    }

    #[test]
    fn other_pages_and_short_ones_say_nothing() {
        let whole = page("S", "F", "M", 0);
        assert!(!of_page(&whole).unwrap().is_serial_ata);
        for length in [0, 1, 4, 60, 571] {
            assert_eq!(of_page(&whole[..length]), None);
        }
        let mut other = whole;
        other[1] = 0x83;
        assert_eq!(of_page(&other), None);
        assert_eq!(of_page(&vec![0x89; 600]).map(|identity| identity.is_serial_ata), Some(true));
    }
}
