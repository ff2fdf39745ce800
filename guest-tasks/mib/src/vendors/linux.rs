//! Appliances that answer as any Linux with Net-SNMP does: told apart by the objects of what they really are.

use super::{Get, Match, NOTHING, Said, Vendor, ent, firewalls};
use crate::device::Device;
use crate::identify::Identity;
use crate::sections::Sections;
use crate::{Gone, Syntax, Table, value};
use airlock_model::Row;

pub(super) const VENDORS: &[Vendor] = &[Vendor {
    name_of_module: "LinuxAppliance",
    matches: &[Match::Below("8072.3.2.10")],
    kind: Get::By(kind),
    manufacturer: Get::By(maker),
    model: Get::Text(MODELS),
    serial: Get::By(serial),
    firmware: Get::Text(FIRMWARES),
    mac: Get::By(mac),
    also: LOOKED_AT,
    firmwares: firewalls::CHECKPOINT,
    extend: Some(synology),
    ..NOTHING
}];

/// What an object's presence says: the object, maker, type.
const SIGNS: &[(&str, &str, &str)] = &[
    (SYNOLOGY_MODEL, "Synology", "STORAGE"),
    (CHECKPOINT_MODEL, "Check Point", "NETWORKING"),
    (UNIFI_MODEL, "Ubiquiti", "NETWORKING"),
    (SOCOMEC_MODEL, "Socomec", "NETWORKING"),
    (SOPHOS_VERSION, "Sophos", "NETWORKING"),
];
const SYNOLOGY_MODEL: &str = ent!("6574.1.5.1.0");
const CHECKPOINT_MODEL: &str = ent!("2620.1.6.16.7.0");
const UNIFI_MODEL: &str = ent!("41112.1.6.3.3.0");
/// UPS-MIB, where such a card answers for a power supply.
const SOCOMEC_MODEL: &str = ent!("4555.1.1.1.1.1.1.0");
const SOPHOS_VERSION: &str = ent!("2604.5.1.1.3.0");
const MODELS: &[&str] = &[SYNOLOGY_MODEL, CHECKPOINT_MODEL, UNIFI_MODEL, SOCOMEC_MODEL, ent!("2604.5.1.1.2.0")];
const FIRMWARES: &[&str] = &[ent!("6574.1.5.3.0"), ent!("2620.1.6.4.1.0"), ent!("41112.1.6.3.6.0"), SOPHOS_VERSION];
const SERIALS: &[&str] = &[SYNOLOGY_SERIAL, CHECKPOINT_SERIAL];
const SYNOLOGY_SERIAL: &str = ent!("6574.1.5.2.0");
const CHECKPOINT_SERIAL: &str = ent!("2620.1.6.16.3.0");
/// What the functions below look at, beside [`MODELS`] and [`FIRMWARES`].
const LOOKED_AT: &[&str] = &[ENGINE, SYNOLOGY_SERIAL, CHECKPOINT_SERIAL];
/// snmpEngineID (RFC 3411, 5).
const ENGINE: &str = "1.3.6.1.6.3.10.2.1.1.0";

fn sign(device: &Device) -> Result<Option<&'static (&'static str, &'static str, &'static str)>, Gone> {
    for sign in SIGNS {
        if device.text(sign.0)?.is_some() {
            return Ok(Some(sign));
        }
    }
    Ok(None)
}

fn kind(device: &Device, _: &Identity) -> Said {
    Ok(sign(device)?.map(|(_, _, kind)| (*kind).to_owned()))
}

fn maker(device: &Device, _: &Identity) -> Said {
    Ok(sign(device)?.map(|(_, maker, _)| (*maker).to_owned()))
}

/// The appliance's own number; else what Net-SNMP drew by lot when it first ran, which stays with the device.
fn serial(device: &Device, identity: &Identity) -> Said {
    for name in SERIALS {
        if let Some(serial) = device.serial(name)? {
            return Ok(Some(serial));
        }
    }
    if identity.is_below("41112") {
        return Ok(None);
    }
    Ok(engine(device)?.and_then(|(format, rest)| match format {
        // A random number (Net-SNMP's own format).
        128 => Some(rest.iter().map(|byte| format!("{byte:02x}")).collect()),
        _ => None,
    }))
}

/// The engine's id may be made of the hardware address.
fn mac(device: &Device, _: &Identity) -> Said {
    if device.first("1.3.6.1.2.1.2.2.1.6", value::mac)?.is_some() {
        return Ok(None);
    }
    Ok(engine(device)?.and_then(|(format, rest)| match format {
        3 if rest.len() == 6 => value::mac_of_bytes(&rest),
        _ => None,
    }))
}

/// The format of the engine's id and what follows it; none for ids of the old form.
fn engine(device: &Device) -> Result<Option<(u8, Vec<u8>)>, Gone> {
    let Some(Syntax::Octets(id)) = device.value(ENGINE)? else { return Ok(None) };
    Ok(match id.as_slice() {
        [first, _, _, _, format, rest @ ..] if first & 0x80 != 0 && !rest.is_empty() => Some((*format, rest.to_vec())),
        _ => None,
    })
}

/// Disks and volumes (SYNOLOGY-DISK-MIB, SYNOLOGY-RAID-MIB).
fn synology(device: &Device, _: &Identity, sections: &mut Sections) -> Result<(), Gone> {
    const DISK: &str = ent!("6574.2.1.1.2");
    const DISK_MODEL: &str = ent!("6574.2.1.1.3");
    const DISK_TYPE: &str = ent!("6574.2.1.1.4");
    const VOLUME: &str = ent!("6574.3.1.1.2");
    const VOLUME_FREE: &str = ent!("6574.3.1.1.4");
    const VOLUME_SIZE: &str = ent!("6574.3.1.1.5");
    if device.text(SYNOLOGY_MODEL)?.is_none() {
        return Ok(());
    }
    device.walk(&[DISK, DISK_MODEL, DISK_TYPE, VOLUME, VOLUME_FREE, VOLUME_SIZE])?;
    let (disks, models, types) = (device.column(DISK)?, device.column(DISK_MODEL)?, device.column(DISK_TYPE)?);
    let (models, types) = (Table::of(&models, DISK_MODEL), Table::of(&types, DISK_TYPE));
    for (index, disk) in Table::of(&disks, DISK).iter() {
        let mut row = Row::new();
        row.maybe("name", value::text(disk))
            .maybe("model", models.get(index).and_then(value::text).map(|model| value::collapsed(&model)))
            .maybe("interface", types.get(index).and_then(value::text))
            .set("type", "disk");
        sections.storages.push(row);
    }
    let (volumes, free, sizes) = (device.column(VOLUME)?, device.column(VOLUME_FREE)?, device.column(VOLUME_SIZE)?);
    let (free, sizes) = (Table::of(&free, VOLUME_FREE), Table::of(&sizes, VOLUME_SIZE));
    for (index, volume) in Table::of(&volumes, VOLUME).iter() {
        let mut row = Row::new();
        row.maybe("volumn", value::text(volume))
            .maybe("free", free.get(index).and_then(value::megabytes))
            .maybe("total", sizes.get(index).and_then(value::megabytes));
        sections.drives.push(row);
    }
    Ok(())
}
