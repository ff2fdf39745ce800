//! Printers.

use super::{Firmware, Get, Match, NOTHING, Said, Vendor, ent};
use crate::device::Device;
use crate::identify::Identity;
use crate::value;

pub(super) const VENDORS: &[Vendor] = &[
    // BROTHER-MIB, brnetconfig.
    Vendor {
        name_of_module: "BrotherNetConfig",
        matches: &[Match::Has(ent!("2435.2.4.3.1240.1.3.0"))],
        priority: 5,
        name: Get::Text(&[ent!("2435.2.4.3.1240.1.1.0")]),
        firmware: Get::Text(&[ent!("2435.2.4.3.1240.1.4.0")]),
        serial: Get::Serial(&[ent!("2435.2.3.9.4.2.1.5.5.1.0")]),
        model: Get::By(brother_model),
        also: &[BROTHER_ID],
        counters: &[("scanned", &[ent!("2435.2.3.9.4.2.1.5.5.54.2.2.1.3.3")])],
        ..NOTHING
    },
    // CANON-MIB; counters by Canon's own numbers: 101 all, 113 black, 123 colour, 301 prints, 201 copies, 501 scans, 701 faxes.
    Vendor {
        name_of_module: "Canon",
        matches: &[Match::Below("1602.4")],
        manufacturer: Get::Fixed("Canon"),
        model: Get::Text(&[ent!("1602.1.1.1.1.0")]),
        firmware: Get::Text(&[ent!("1602.1.1.1.4.0")]),
        serial: Get::Serial(&[ent!("1602.1.2.1.4.0"), ent!("1602.1.2.1.8.1.3.1.1")]),
        counters: &[
            ("total", &[ent!("1602.1.11.1.3.1.4.101")]),
            ("black", &[ent!("1602.1.11.1.3.1.4.108"), ent!("1602.1.11.1.3.1.4.113")]),
            ("color", &[ent!("1602.1.11.1.3.1.4.105"), ent!("1602.1.11.1.3.1.4.123")]),
            ("printtotal", &[ent!("1602.1.11.1.3.1.4.301")]),
            ("copytotal", &[ent!("1602.1.11.1.3.1.4.201")]),
            ("scanned", &[ent!("1602.1.11.1.3.1.4.501")]),
            ("faxtotal", &[ent!("1602.1.11.1.3.1.4.701")]),
        ],
        ..NOTHING
    },
    Vendor {
        name_of_module: "Epson",
        matches: &[Match::Below("1248")],
        model: Get::Text(&[ent!("1248.1.2.2.1.1.1.2.1")]),
        serial: Get::Serial(&[ent!("1248.1.2.2.1.1.1.5.1")]),
        ..NOTHING
    },
    // HP-LASERJET-COMMON-MIB.
    Vendor {
        name_of_module: "HPNetPeripheral",
        matches: &[Match::Below("11.2.3.9"), Match::Below("29999"), Match::Below("11.1"), Match::Below("26696.1")],
        manufacturer: Get::By(hp_maker),
        model: Get::By(hp_model),
        serial: Get::Serial(&[ent!("11.2.3.9.4.2.1.1.3.3.0")]),
        firmware: Get::Text(&[ent!("11.2.3.9.4.2.1.1.3.6.0")]),
        firmware_date: Get::By(hp_date),
        also: &[HP_ID, HP_DATE],
        counters: &[
            ("total", &[ent!("11.2.3.9.4.2.1.4.1.2.5.0")]),
            ("color", &[ent!("11.2.3.9.4.2.1.4.1.2.7.0")]),
            ("duplex", &[ent!("11.2.3.9.4.2.1.4.1.2.22.0")]),
        ],
        ..NOTHING
    },
    // KonicaMinolta's counters: copies and prints, black (1) and colour (2).
    Vendor {
        name_of_module: "Konica",
        matches: &[Match::Below("18334.1.1.1.2")],
        manufacturer: Get::Fixed("Konica"),
        model: Get::Text(&["1.3.6.1.2.1.25.3.2.1.3.1"]),
        counters: &[
            ("total", &[ent!("18334.1.1.1.5.7.2.1.1.0")]),
            ("rectoverso", &[ent!("18334.1.1.1.5.7.2.1.3.0")]),
            ("copyblack", &[ent!("18334.1.1.1.5.7.2.2.1.5.1.1")]),
            ("printblack", &[ent!("18334.1.1.1.5.7.2.2.1.5.1.2")]),
            ("copycolor", &[ent!("18334.1.1.1.5.7.2.2.1.5.2.1")]),
            ("printcolor", &[ent!("18334.1.1.1.5.7.2.2.1.5.2.2")]),
            ("scanned", &[ent!("18334.1.1.1.5.7.2.1.5.0")]),
        ],
        firmwares: &[Firmware {
            name: "Controller",
            description: "Printer controller firmware",
            kind: "printer",
            version: Get::Text(&[ent!("18334.1.1.1.5.5.1.1.3.1")]),
        }],
        ..NOTHING
    },
    Vendor {
        name_of_module: "Kyocera",
        matches: &[Match::Below("1347.41")],
        name: Get::Text(&[ent!("1347.40.10.1.1.5.1")]),
        serial: Get::Serial(&[ent!("1347.43.5.1.1.28.1")]),
        firmware: Get::Text(&[ent!("1347.43.5.4.1.5.1.1")]),
        ..NOTHING
    },
    Vendor {
        name_of_module: "Oki",
        matches: &[Match::Below("2001")],
        model: Get::Text(&["1.3.6.1.2.1.25.3.2.1.3.1"]),
        serial: Get::Serial(&[ent!("2001.1.1.1.1.11.1.10.45.0")]),
        ..NOTHING
    },
    Vendor {
        name_of_module: "Pantum",
        matches: &[Match::Below("40093.1.1")],
        kind: Get::Fixed("PRINTER"),
        manufacturer: Get::Fixed("Pantum"),
        model: Get::Text(&["1.3.6.1.2.1.43.5.1.1.16.1", "1.3.6.1.2.1.25.3.2.1.3.1"]),
        serial: Get::Serial(&[ent!("40093.10.1.1.4"), ent!("40093.1.1.1.5")]),
        counters: &[("total", &[ent!("40093.10.3.1.1"), ent!("40093.1.1.3.3")])],
        ..NOTHING
    },
    // RicohPrivateMIB: engine name, host name, engine counters.
    Vendor {
        name_of_module: "Ricoh",
        matches: &[Match::Below("367.1.1")],
        model: Get::Text(&[ent!("367.3.2.1.1.1.1.0")]),
        name: Get::Text(&[ent!("367.3.2.1.7.3.5.1.1.2.1.1")]),
        counters: &[
            ("total", &[ent!("367.3.2.1.2.19.1.0")]),
            ("printtotal", &[ent!("367.3.2.1.2.19.2.0")]),
            ("faxtotal", &[ent!("367.3.2.1.2.19.3.0")]),
            ("copytotal", &[ent!("367.3.2.1.2.19.4.0")]),
        ],
        ..NOTHING
    },
    Vendor {
        name_of_module: "Toshiba",
        matches: &[Match::Below("1129")],
        manufacturer: Get::Fixed("Toshiba"),
        model: Get::Text(&["1.3.6.1.2.1.25.3.2.1.3.1"]),
        serial: Get::Serial(&["1.3.6.1.2.1.43.5.1.1.17.1"]),
        ..NOTHING
    },
    // XEROX-HOST-RESOURCES-EXT-MIB, the usage counters of all, black and colour impressions.
    Vendor {
        name_of_module: "Xerox",
        matches: &[Match::Below("253.8")],
        counters: &[
            ("total", &[ent!("253.8.53.13.2.1.6.1.20.1")]),
            ("color", &[ent!("253.8.53.13.2.1.6.1.20.33")]),
            ("black", &[ent!("253.8.53.13.2.1.6.1.20.34")]),
            ("printblack", &[ent!("253.8.53.13.2.1.6.1.20.7")]),
            ("printcolor", &[ent!("253.8.53.13.2.1.6.1.20.29")]),
            ("copyblack", &[ent!("253.8.53.13.2.1.6.1.20.3")]),
            ("copycolor", &[ent!("253.8.53.13.2.1.6.1.20.25")]),
        ],
        ..NOTHING
    },
    // ESI-MIB of print servers; ZEBRA-QL-MIB.
    Vendor {
        name_of_module: "Zebra",
        matches: &[Match::Below("683"), Match::Below("10642.1.1")],
        kind: Get::Fixed("PRINTER"),
        manufacturer: Get::Fixed("Zebra Technologies"),
        name: Get::Text(&[ent!("10642.20.3.5.0")]),
        model: Get::Text(&[ent!("10642.1.1.0"), ent!("683.6.2.3.2.1.15.1"), "1.3.6.1.2.1.25.3.2.1.3.1"]),
        firmware: Get::Text(&[ent!("10642.1.2.0"), ent!("683.1.9.0")]),
        serial: Get::Serial(&[ent!("10642.1.9.0"), ent!("10642.200.19.5.0"), ent!("683.1.5.0")]),
        ..NOTHING
    },
];

/// A field of an IEEE 1284 device id: `MFG:Maker;CMD:…;MDL:Model;CLS:PRINTER;`.
fn of_id(id: &str, keys: &[&str]) -> Option<String> {
    let fields = || id.split(';').filter_map(|field| field.split_once(':'));
    let found = fields().find(|(key, _)| keys.iter().any(|wanted| wanted.eq_ignore_ascii_case(key.trim())));
    found.map(|(_, text)| value::collapsed(text)).filter(|text| !text.is_empty())
}

const BROTHER_ID: &str = ent!("2435.2.3.9.1.1.7.0");
const HP_ID: &str = ent!("11.2.3.9.1.1.7.0");
const HP_DATE: &str = ent!("11.2.3.9.4.2.1.1.3.5.0");

fn brother_model(device: &Device, _: &Identity) -> Said {
    Ok(device.text(BROTHER_ID)?.and_then(|id| of_id(&id, &["MDL", "MODEL"])))
}

fn hp_model(device: &Device, _: &Identity) -> Said {
    Ok(device.text(HP_ID)?.and_then(|id| of_id(&id, &["DES", "DESCRIPTION", "MDL", "MODEL"])))
}

fn hp_maker(device: &Device, _: &Identity) -> Said {
    let maker = device.text(HP_ID)?.and_then(|id| of_id(&id, &["MFG", "MANUFACTURER"]));
    Ok(maker.map(|maker| match maker.to_lowercase().as_str() {
        "hp" | "hewlett-packard" => "Hewlett-Packard".to_owned(),
        _ => maker,
    }))
}

/// `20240131` and what comes behind it, as a date.
fn hp_date(device: &Device, _: &Identity) -> Said {
    let said = device.text(HP_DATE)?;
    Ok(said.and_then(|said| {
        let digits = said.get(..8).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))?;
        Some(format!("{}-{}-{}", digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?))
    }))
}
