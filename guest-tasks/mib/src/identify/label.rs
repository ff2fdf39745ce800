//! What people wrote on a device: its name, where it stands, whom to ask.

use super::{Identity, line, names};
use crate::device::Device;
use crate::{Gone, vendors};

/// Texts that come with the sample configuration of Net-SNMP: nobody wrote them about this device.
const SAMPLES: &[&str] = &[
    "edit /etc/snmp/snmpd.conf",
    "Me <me@example.org>",
    "Me <me@somewhere.org>",
    "Root <root@localhost> (configure /etc/snmp/snmp.local.conf)",
    "Unknown (edit /etc/snmp/snmpd.conf)",
    "Sitting on the Dock of the Bay",
    "Right here, right now.",
];

pub(super) fn settle(device: &Device, identity: &mut Identity) -> Result<(), Gone> {
    identity.name = match vendors::first(device, identity, |vendor| vendor.name)? {
        Some(name) => Some(name),
        None => match line(device, names::NAME)? {
            Some(name) => Some(name),
            None => line(device, names::PRINTER_NAME)?,
        },
    };
    identity.location = line(device, names::LOCATION)?.filter(|text| !is_sample(text));
    identity.contact = line(device, names::CONTACT)?.filter(|text| !is_sample(text));
    Ok(())
}

fn is_sample(text: &str) -> bool {
    SAMPLES.iter().any(|sample| text.contains(sample))
}
