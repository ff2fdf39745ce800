//! Linux: what the kernel says in /proc and /sys, what the distribution says in /etc and /var.

mod accounts;
mod antivirus;
mod ata;
mod batteries;
mod bios;
mod bmc;
mod controllers;
pub mod cpu;
mod databases;
mod device_tree;
mod dmi;
mod encryption;
mod environment;
mod filesystems;
mod firewalls;
mod guest;
mod hardware;
mod host_name;
mod identity;
mod inputs;
mod logins;
mod lvm;
mod memory;
mod modems;
mod monitors;
mod mounts;
pub mod network;
pub mod os;
pub mod os_release;
mod pci;
mod ports;
mod power_supplies;
mod printers;
mod processes;
mod remote_access;
pub mod rhn;
mod slots;
mod software;
mod sounds;
mod storage;
mod superblock;
mod udev;
mod units;
mod usb;
mod videos;
mod virtual_machines;
mod virtualization;

pub(crate) use databases::read as database_servers;
pub(crate) use dmi::Dmi;
pub(crate) use guest::Guest;
pub(crate) use host_name::{host_name, short};
pub(crate) use pci::Pci;

use crate::{Collector, Scan};

/// One collector a section, in the order of their names.
pub(crate) static COLLECTORS: &[Collector] = &[
    Collector { section: "antivirus", read: antivirus::collect },
    Collector { section: "batteries", read: batteries::collect },
    Collector { section: "bios", read: bios::collect },
    Collector { section: "controllers", read: controllers::collect },
    Collector { section: "cpus", read: cpu::collect },
    Collector { section: "databases", read: databases::databases },
    Collector { section: "databases_services", read: databases::servers },
    Collector { section: "drives", read: filesystems::collect },
    Collector { section: "envs", read: environment::collect },
    Collector { section: "firewalls", read: firewalls::collect },
    Collector { section: "hardware", read: hardware },
    Collector { section: "inputs", read: inputs::collect },
    Collector { section: "local_groups", read: accounts::groups },
    Collector { section: "local_users", read: accounts::users },
    Collector { section: "logical_volumes", read: lvm::logical },
    Collector { section: "memories", read: memory::collect },
    Collector { section: "modems", read: modems::collect },
    Collector { section: "monitors", read: monitors::collect },
    Collector { section: "networks", read: network::collect },
    Collector { section: "operatingsystem", read: os::collect },
    Collector { section: "physical_volumes", read: lvm::physical },
    Collector { section: "ports", read: ports::collect },
    Collector { section: "powersupplies", read: power_supplies::collect },
    Collector { section: "printers", read: printers::collect },
    Collector { section: "processes", read: processes::collect },
    Collector { section: "remote_mgmt", read: remote_access::collect },
    Collector { section: "slots", read: slots::collect },
    Collector { section: "softwares", read: software::collect },
    Collector { section: "sounds", read: sounds::collect },
    Collector { section: "storages", read: storage::collect },
    Collector { section: "usbdevices", read: usb::collect },
    Collector { section: "users", read: logins::collect },
    Collector { section: "videos", read: videos::collect },
    Collector { section: "virtualmachines", read: virtual_machines::collect },
    Collector { section: "volume_groups", read: lvm::groups },
];

/// The section `hardware` is about the machine as a whole; each part of it is read where its source is read.
fn hardware(scan: &Scan<'_>) {
    hardware::collect(scan);
    memory::totals(scan);
    network::names_and_gateway(scan);
    logins::last(scan);
    virtualization::collect(scan);
}
