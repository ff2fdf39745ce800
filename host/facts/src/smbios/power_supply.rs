//! Type 39, system power supplies (DSP0134 7.40).

use super::{Structure, Tables, Word};

const TYPE: u8 = 39;

/// A power supply, or the bay for one.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct PowerSupply {
    pub(crate) location: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) manufacturer: Option<String>,
    pub(crate) serial: Option<String>,
    pub(crate) part_number: Option<String>,
    /// In watts.
    pub(crate) power: Option<u16>,
    pub(crate) state: Option<State>,
}

/// What the firmware says about its state, if it says anything (7.40.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) hot_replaceable: bool,
    pub(crate) present: bool,
    pub(crate) plugged: bool,
    /// The same in words, with its health: `Present, OK`.
    pub(crate) status: Word,
    pub(crate) battery: bool,
}

/// All power supplies in the order of the table.
pub(crate) fn power_supplies(tables: &Tables) -> impl Iterator<Item = PowerSupply> {
    tables.all(TYPE).map(of)
}

fn of(structure: Structure<'_>) -> PowerSupply {
    PowerSupply {
        location: structure.text(0x05),
        name: structure.text(0x06),
        manufacturer: structure.text(0x07),
        serial: structure.text(0x08),
        part_number: structure.text(0x0a),
        // The standard says both watts and milliwatts; 16 bits hold no milliwatts of a computer, and firmware means watts.
        power: structure.word(0x0c).filter(|power| !matches!(power, 0 | 0x8000 | 0xffff)),
        state: structure.word(0x0e).and_then(state),
    }
}

/// No value of type or status is zero: a word of zeros is one that nobody filled in.
fn state(bits: u16) -> Option<State> {
    let present = bits & 2 != 0;
    let status = match bits >> 7 & 7 {
        _ if !present => "Not Present",
        1 => "Present, Other",
        2 => "Present, Unknown",
        3 => "Present, OK",
        4 => "Present, Non-critical",
        5 => "Present, Critical",
        _ => "Present",
    };
    (bits != 0).then_some(State {
        hot_replaceable: bits & 1 != 0,
        present,
        plugged: bits & 4 == 0,
        status: Word::Borrowed(status),
        battery: bits >> 10 & 15 == 5,
    })
}
