//! Uninterruptible power supplies and power strips.

use super::{Get, Match, NETWORKING, NOTHING, Vendor, ent};

pub(super) const VENDORS: &[Vendor] = &[
    // PowerNet-MIB and UPS-MIB (RFC 1628). Servers have no type for power supplies: what has a network card is of the network.
    Vendor {
        name_of_module: "UPS",
        matches: &[Match::Below("318"), Match::Below("5491"), Match::Below(".1.3.6.1.2.1.33")],
        kind: NETWORKING,
        model: Get::Text(&[
            ent!("318.1.1.1.1.1.1.0"),
            ent!("318.1.1.4.1.4.0"),
            ent!("318.1.1.26.2.1.8.1"),
            ent!("318.1.1.12.1.5.0"),
            ent!("318.1.1.8.1.5.0"),
            "1.3.6.1.2.1.33.1.1.2.0",
        ]),
        serial: Get::Serial(&[
            ent!("318.1.1.1.1.2.3.0"),
            ent!("318.1.1.4.1.5.0"),
            ent!("318.1.1.26.2.1.9.1"),
            ent!("318.1.1.12.1.6.0"),
            ent!("318.1.1.8.1.6.0"),
        ]),
        firmware: Get::Text(&[
            ent!("318.1.1.1.1.2.1.0"),
            ent!("318.1.1.4.1.2.0"),
            ent!("318.1.1.26.2.1.6.1"),
            ent!("318.1.1.12.1.3.0"),
            ent!("318.1.1.8.1.2.0"),
            "1.3.6.1.2.1.33.1.1.4.0",
            "1.3.6.1.2.1.33.1.1.3.0",
        ]),
        ..NOTHING
    },
    // EATON-EPDU-MIB, unitTable: product name, part number, serial number, firmware.
    Vendor {
        name_of_module: "EatonEpdu",
        matches: &[Match::Below("534.6.6.7")],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Eaton"),
        model: Get::Text(&[ent!("534.6.6.7.1.2.1.2.0"), ent!("534.6.6.7.1.2.1.3.0")]),
        serial: Get::Serial(&[ent!("534.6.6.7.1.2.1.4.0")]),
        firmware: Get::Text(&[ent!("534.6.6.7.1.2.1.5.0")]),
        ..NOTHING
    },
];
