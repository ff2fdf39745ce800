//! Disks behind RAID controllers, which show the kernel their arrays instead: each maker's own tool names them.
//!
//! A tool is run only where the controller's driver has a device, and none where it is not installed: the arrays are listed
//! then. Where the disks are known, the arrays made of them are no devices of their own.
//!
//! Sources: the drivers' channels: Documentation/scsi/ in the kernel, megaraid_sas (disks on channels 0 and 1, arrays
//! above), aacraid (arrays on channel 0), mpt3sas (arrays on channel 1); `raid_level` of hpsa and smartpqi.

use super::Device;
use crate::Scan;
use crate::output::{Disk, arcconf, hpacucli, lsi, megacli, storcli, tw_cli};

/// One tool under the names of two makers; its packages put it into a folder of its own.
const STORCLI: [&str; 6] = [
    "storcli64",
    "storcli",
    "perccli64",
    "perccli",
    "/opt/MegaRAID/storcli/storcli64",
    "/opt/MegaRAID/perccli/perccli64",
];
const MEGACLI: [&str; 4] = ["MegaCli64", "MegaCli", "megacli", "/opt/MegaRAID/MegaCli/MegaCli64"];
const SSACLI: [&str; 3] = ["ssacli", "hpssacli", "hpacucli"];

/// The controllers of one maker's drivers.
struct Family {
    drivers: &'static [&'static str],
    disks: fn(&Scan<'_>) -> Vec<Disk>,
    /// Whether what the kernel sees is an array.
    is_array: fn(&Scan<'_>, &Device) -> bool,
}

const FAMILIES: [Family; 6] = [
    Family { drivers: &["megaraid_sas"], disks: megaraid, is_array: |_, device| channel(device) >= Some(2) },
    Family { drivers: &["aacraid"], disks: adaptec, is_array: |_, device| channel(device) == Some(0) },
    Family { drivers: &["3w-9xxx", "3w-sas", "3w-xxxx"], disks: three_ware, is_array: |_, _| true },
    Family { drivers: &["hpsa", "smartpqi"], disks: smart_array, is_array: has_level },
    Family { drivers: &["mpt2sas", "mpt3sas"], disks: lsi_later, is_array: |_, device| channel(device) == Some(1) },
    Family { drivers: &["mptsas"], disks: lsi_first, is_array: |_, device| channel(device) == Some(1) },
];

/// What the controllers' tools say.
#[derive(Default)]
pub(super) struct Controllers {
    found: Vec<Found>,
}

struct Found {
    slots: Vec<String>,
    disks: Vec<Disk>,
    is_array: fn(&Scan<'_>, &Device) -> bool,
}

impl Controllers {
    pub(super) fn of(scan: &Scan<'_>) -> Self {
        let families = FAMILIES.iter().filter_map(|family| {
            let names = family
                .drivers
                .iter()
                .flat_map(|driver| scan.roots().names(format!("/sys/bus/pci/drivers/{driver}")).unwrap_or_default());
            let slots: Vec<String> = names.filter(|name| name.contains(':')).collect();
            let disks = if slots.is_empty() { Vec::new() } else { (family.disks)(scan) };
            (!disks.is_empty()).then_some(Found { slots, disks, is_array: family.is_array })
        });
        Self { found: families.collect() }
    }

    /// True for an array whose disks are known.
    pub(super) fn has_disks_of(&self, scan: &Scan<'_>, device: &Device) -> bool {
        let Some(slot) = &device.bus.slot else { return false };
        self.found.iter().any(|found| found.slots.contains(slot) && (found.is_array)(scan, device))
    }

    /// The disks; those that the kernel sees as well are left out, by their serial numbers.
    pub(super) fn disks(self, listed: &[String]) -> impl Iterator<Item = Disk> {
        let disks = self.found.into_iter().flat_map(|found| found.disks);
        disks.filter(|disk| disk.serial.as_ref().is_none_or(|serial| !listed.contains(serial))).map(Disk::measured)
    }
}

fn channel(device: &Device) -> Option<u32> {
    device.bus.address.as_ref()?.split(':').nth(1)?.parse().ok()
}

fn has_level(scan: &Scan<'_>, device: &Device) -> bool {
    scan.attr(format!("{}/raid_level", device.hardware)).is_some_and(|level| level != "N/A")
}

/// The first of some tools that the machine has.
fn first<'t>(scan: &Scan<'_>, tools: &[&'t str]) -> Option<&'t str> {
    tools.iter().find(|tool| scan.has_tool(tool)).copied()
}

fn megaraid(scan: &Scan<'_>) -> Vec<Disk> {
    if let Some(tool) = first(scan, &STORCLI) {
        let text = scan.output(tool, &["/call/eall/sall", "show", "all", "J"]);
        return text.map(|text| storcli::disks(&text)).unwrap_or_default();
    }
    let Some(tool) = first(scan, &MEGACLI) else { return Vec::new() };
    let text = scan.output(tool, &["-PDList", "-aALL", "-NoLog"]).unwrap_or_default();
    megacli::drives(&text).iter().map(megacli::Drive::disk).collect()
}

fn adaptec(scan: &Scan<'_>) -> Vec<Disk> {
    let Some(tool) = first(scan, &["arcconf"]) else { return Vec::new() };
    let list = scan.output(tool, &["list"]).unwrap_or_default();
    let numbers = arcconf::controllers(&list).into_iter();
    let texts = numbers.filter_map(|number| scan.output(tool, &["getconfig", &number.to_string(), "pd"]));
    texts.flat_map(|text| arcconf::disks(&text)).collect()
}

fn three_ware(scan: &Scan<'_>) -> Vec<Disk> {
    let Some(tool) = first(scan, &["tw_cli"]) else { return Vec::new() };
    let cards = tw_cli::cards(&scan.output(tool, &["info"]).unwrap_or_default());
    let mut disks = Vec::new();
    for card in cards {
        let ports = scan.output(tool, &["info", &card.id]).map(|text| tw_cli::ports(&text)).unwrap_or_default();
        for port in ports {
            if scan.expired() {
                scan.missing(format_args!("out of time: disks from {port} of {} on are left out", card.id));
                return disks;
            }
            let text = scan.output(tool, &["info", &card.id, &port, "model", "serial", "capacity", "firmware"]);
            let disk = text.and_then(|text| tw_cli::disk(&text, &card.model));
            disks.extend(disk.map(|disk| Disk { name: Some(format!("{}/{port}", card.id)), ..disk }));
        }
    }
    disks
}

fn smart_array(scan: &Scan<'_>) -> Vec<Disk> {
    let Some(tool) = first(scan, &SSACLI) else { return adaptec(scan) };
    let slots = hpacucli::slots(&scan.output(tool, &["ctrl", "all", "show"]).unwrap_or_default());
    let texts = slots
        .into_iter()
        .filter_map(|slot| scan.output(tool, &["ctrl", &format!("slot={slot}"), "pd", "all", "show", "detail"]));
    texts.flat_map(|text| hpacucli::disks(&text)).collect()
}

/// These controllers show the disks themselves; only those of an array are hidden.
fn lsi_later(scan: &Scan<'_>) -> Vec<Disk> {
    if scan.names("/sys/class/raid_devices").is_empty() {
        return Vec::new();
    }
    let Some(tool) = first(scan, &["sas3ircu", "sas2ircu"]) else { return Vec::new() };
    let numbers = lsi::controllers(&scan.output(tool, &["list"]).unwrap_or_default());
    let texts = numbers.into_iter().filter_map(|number| scan.output(tool, &[&number.to_string(), "display"]));
    texts.flat_map(|text| lsi::disks(&text)).collect()
}

fn lsi_first(scan: &Scan<'_>) -> Vec<Disk> {
    let Some(tool) = first(scan, &["mpt-status"]) else { return Vec::new() };
    let text = scan.output(tool, &["-n"]).unwrap_or_default();
    let members = lsi::members(&text).into_iter();
    members.map(|member| Disk { name: Some(format!("phy{}", member.number)), ..member.disk }).collect()
}
