//! Industrial network devices and cameras.

use super::{Firmware, Get, Match, NETWORKING, NOTHING, Said, Vendor, ent};
use crate::device::Device;
use crate::identify::Identity;
use crate::value;

pub(super) const VENDORS: &[Vendor] = &[
    Vendor {
        name_of_module: "Hikvision",
        matches: &[Match::Below("39165"), Match::Has(ent!("39165.1.1.0"))],
        kind: NETWORKING,
        manufacturer: Get::Fixed("Hikvision"),
        model: Get::Text(&[ent!("39165.1.1.0")]),
        name: Get::By(hikvision_name),
        serial: Get::By(hikvision_serial),
        mac: Get::Mac(&[ent!("39165.1.4.0")]),
        firmware: Get::Text(&[ent!("39165.1.3.0")]),
        ..NOTHING
    },
    Vendor {
        name_of_module: "Hwg",
        matches: &[Match::Below("21796")],
        kind: NETWORKING,
        manufacturer: Get::Fixed("HW group s.r.o"),
        model: Get::By(description),
        serial: Get::By(hwg_serial),
        ..NOTHING
    },
    // AUTOMATION-SYSTEM-MIB: order number, serial number, firmware; else as sysDescr has them.
    Vendor {
        name_of_module: "Siemens",
        matches: &[Match::Below("4196"), Match::Below("4329"), Match::Below(".0.0")],
        kind: Get::By(siemens_kind),
        manufacturer: Get::By(siemens_maker),
        model: Get::By(siemens_model),
        serial: Get::By(siemens_serial),
        firmware: Get::By(siemens_firmware),
        also: &[ent!("4329.6.3.2.1.1.2.0"), ent!("4329.6.3.2.1.1.3.0"), ent!("4329.6.3.2.1.1.5.0")],
        firmwares: &[Firmware {
            name: "Hardware",
            description: "Hardware version",
            kind: "hardware",
            version: Get::Text(&[ent!("4329.6.3.2.1.1.4.0")]),
        }],
        ..NOTHING
    },
];

fn description(_: &Device, identity: &Identity) -> Said {
    Ok(identity.description.as_deref().map(value::collapsed))
}

/// Cameras tell their hardware address, and no other number.
fn hikvision_serial(device: &Device, _: &Identity) -> Said {
    Ok(device.mac(ent!("39165.1.4.0"))?.map(|mac| mac.replace(':', "")))
}

/// A name that tells one camera from another, where people gave none.
fn hikvision_name(device: &Device, identity: &Identity) -> Said {
    let (model, serial) = (device.text(ent!("39165.1.1.0"))?, hikvision_serial(device, identity)?);
    Ok(model.zip(serial).map(|(model, serial)| format!("{model}_{serial}")))
}

fn hwg_serial(device: &Device, _: &Identity) -> Said {
    Ok(device.first("1.3.6.1.2.1.2.2.1.6", value::mac)?.map(|mac| mac.replace(':', "")))
}

/// `Siemens, SIMATIC NET, SCALANCE X000, 6GK0 000-0XX00-0XX0, HW: 1, FW: V01.00, SVPX0000000`, in parts.
fn siemens_parts(identity: &Identity) -> Option<Vec<&str>> {
    let description = identity.description.as_deref()?;
    let parts: Vec<&str> = description.split(',').map(str::trim).collect();
    parts.first().is_some_and(|maker| maker.to_lowercase().starts_with("siemens")).then_some(parts)
}

fn siemens_kind(_: &Device, identity: &Identity) -> Said {
    let is_own = identity.is_below("4196") || identity.is_below("4329") || siemens_parts(identity).is_some();
    Ok(is_own.then(|| "NETWORKING".to_owned()))
}

fn siemens_maker(device: &Device, identity: &Identity) -> Said {
    Ok(siemens_kind(device, identity)?.map(|_| "Siemens".to_owned()))
}

/// The name of the product and its order number.
fn siemens_model(device: &Device, identity: &Identity) -> Said {
    let order = |part: &&str| part.starts_with("6ES") || part.starts_with("6GK") || part.starts_with("6AV");
    Ok(match siemens_parts(identity) {
        Some(parts) => parts
            .iter()
            .position(order)
            .and_then(|at| Some(format!("{} {}", parts.get(at.checked_sub(1)?)?, parts.get(at)?)))
            .or_else(|| parts.get(2).map(|part| (*part).to_owned())),
        None if identity.is_below("4196") || identity.is_below("4329") => device.text(ent!("4329.6.3.2.1.1.2.0"))?,
        None => None,
    })
}

fn siemens_serial(device: &Device, identity: &Identity) -> Said {
    let Some(parts) = siemens_parts(identity) else {
        return if siemens_kind(device, identity)?.is_some() {
            device.serial(ent!("4329.6.3.2.1.1.3.0"))
        } else {
            Ok(None)
        };
    };
    // The last part, where it is none of the named ones.
    let last = parts.last().filter(|part| parts.len() > 4 && !part.contains(':') && !part.contains(' '));
    Ok(last.and_then(|part| value::serial_of_text(part.trim_start_matches("S ").trim())))
}

fn siemens_firmware(device: &Device, identity: &Identity) -> Said {
    match siemens_parts(identity) {
        Some(parts) => {
            Ok(parts.iter().find_map(|part| part.strip_prefix("FW:")).map(|version| version.trim().to_owned()))
        }
        None if siemens_kind(device, identity)?.is_some() => device.text(ent!("4329.6.3.2.1.1.5.0")),
        None => Ok(None),
    }
}
