//! Type 2, baseboard information (DSP0134 7.3).

use super::Structure;

pub(super) const TYPE: u8 = 2;
const MOTHERBOARD: u8 = 0x0a;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Board {
    pub(crate) manufacturer: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) serial: Option<String>,
}

impl Board {
    /// Of several boards (risers, daughter boards) the first one that carries the others.
    pub(super) fn main<'a>(boards: impl Iterator<Item = Structure<'a>>) -> Self {
        let mut first = None;
        for board in boards {
            let hosting = board.byte(0x09).is_some_and(|features| features & 1 != 0);
            if hosting || board.byte(0x0d) == Some(MOTHERBOARD) {
                return Self::of(board);
            }
            first = first.or(Some(board));
        }
        first.map(Self::of).unwrap_or_default()
    }

    fn of(structure: Structure<'_>) -> Self {
        Self { manufacturer: structure.text(0x04), product: structure.text(0x05), serial: structure.text(0x07) }
    }
}
