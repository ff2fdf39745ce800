//! Modem routers.

use super::{Get, Match, NETWORKING, NOTHING, Vendor, ent};

pub(super) const VENDORS: &[Vendor] = &[
    Vendor {
        name_of_module: "Digi",
        matches: &[Match::Implements(ent!("16378.10000"))],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Digi"),
        ..NOTHING
    },
    Vendor {
        name_of_module: "Multitech",
        matches: &[Match::Has(ent!("995.15.1.1.1.0"))],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Multitech"),
        model: Get::Text(&[ent!("995.15.1.1.1.0")]),
        ..NOTHING
    },
];
