//! SMBIOS as dmidecode prints it, inventory devices as ipmitool prints them, batteries.

mod dmidecode;
/// What part numbers of memory say: the inventory task's own opinion, by its own source file.
#[path = "../../../../guest-tasks/inventory/src/memory_part.rs"]
#[expect(unreachable_pub, reason = "in its own crate it is public")]
mod memory_part;

use super::Module;

pub(super) const MODULES: &[Module] = &[
    Module { name: "generic/dmidecode/battery", answer: dmidecode::batteries },
    Module { name: "generic/dmidecode/bios", answer: dmidecode::bios },
    Module { name: "generic/dmidecode/hardware", answer: dmidecode::hardware },
    Module { name: "generic/dmidecode/memory", answer: dmidecode::memories },
    Module { name: "generic/dmidecode/ports", answer: dmidecode::ports },
    Module { name: "generic/dmidecode/psu", answer: dmidecode::power_supplies },
    Module { name: "generic/dmidecode/slots", answer: dmidecode::slots },
];
