//! SMBIOS as dmidecode prints it, inventory devices as ipmitool prints them, batteries.

mod batteries;
mod controllers;
mod dmidecode;
/// What part numbers of memory say: the inventory task's own opinion, by its own source file.
#[path = "../../../../guest-tasks/inventory/src/memory_part.rs"]
#[expect(unreachable_pub, reason = "in its own crate it is public")]
mod memory_part;

use super::Module;
use crate::case::{Answer, Question};
use serde_json::Value;

pub(super) const MODULES: &[Module] = &[
    Module { name: "generic/batteries/acpiconf", answer: batteries::acpiconf },
    Module { name: "generic/batteries/upower", answer: batteries::upower },
    Module { name: "generic/dmidecode/battery", answer: dmidecode::batteries },
    Module { name: "generic/dmidecode/bios", answer: dmidecode::bios },
    Module { name: "generic/dmidecode/hardware", answer: dmidecode::hardware },
    Module { name: "generic/dmidecode/memory", answer: dmidecode::memories },
    Module { name: "generic/dmidecode/ports", answer: dmidecode::ports },
    Module { name: "generic/dmidecode/psu", answer: dmidecode::power_supplies },
    Module { name: "generic/dmidecode/slots", answer: dmidecode::slots },
    Module { name: "generic/ipmi/fru/controllers", answer: controllers::cards },
    Module { name: "generic/ipmi/fru/memory", answer: controllers::memories },
    Module { name: "generic/ipmi/fru/psu", answer: controllers::power_supplies },
    Module { name: "generic/networks/ilo", answer: controllers::ilo },
    Module { name: "inventory/batteries", answer: batteries::merged },
    Module { name: "linux/hardware", answer: system_id },
];

/// Red Hat Network's number of a machine.
fn system_id(question: &Question) -> Answer {
    Ok(airlock_facts::linux::rhn::system_id(&question.param_text("0")?).map_or(Value::Null, Value::String))
}
