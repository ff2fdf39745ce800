//! Hyper-V: instances of its WMI classes (`root\virtualization\v2`, and the first version of that), as lists of
//! `Property=value` lines with a blank line between instances.
//!
//! The host itself is among the systems and is left out; so are settings that belong to a snapshot or to a definition.

use super::virtual_machine::{MOST, Status, VirtualMachine};

/// The lists of the four classes. Any may be empty: the class was not asked for, or has no instances.
#[derive(Debug, Clone, Copy, Default)]
pub struct Classes<'a> {
    /// `Msvm_ComputerSystem`
    pub systems: &'a str,
    /// `Msvm_VirtualSystemSettingData`
    pub settings: &'a str,
    /// `Msvm_MemorySettingData`
    pub memory: &'a str,
    /// `Msvm_ProcessorSettingData`
    pub processors: &'a str,
}

/// The machines of a host.
pub fn machines(classes: &Classes<'_>) -> Vec<VirtualMachine> {
    let (settings, memory) = (instances(classes.settings), instances(classes.memory));
    let processors = instances(classes.processors);
    let systems = instances(classes.systems);
    systems
        .iter()
        .filter(|system| is_guest(system))
        .filter_map(|system| machine(system, &settings, &memory, &processors))
        .collect()
}

fn machine(
    system: &Instance<'_>,
    settings: &[Instance<'_>],
    memory: &[Instance<'_>],
    processors: &[Instance<'_>],
) -> Option<VirtualMachine> {
    let id = system.get("Name")?;
    let of = |list: &[Instance<'_>], property: &str| -> Option<u64> {
        list.iter().find(|one| one.belongs_to(id))?.get(property)?.parse().ok()
    };
    let mut machine = VirtualMachine::new("hyperv");
    machine.subsystem = Some("MS HyperV".to_owned());
    machine.name = Some(system.get("ElementName")?.to_owned());
    machine.status = system.get("EnabledState").and_then(status);
    machine.memory = of(memory, "VirtualQuantity").and_then(|size| size.checked_mul(1 << 20));
    machine.processors = of(processors, "VirtualQuantity");
    let own = settings.iter().find(|one| one.belongs_to(id));
    machine.uuid = own.and_then(|own| own.get("BIOSGUID")).map(|guid| guid.trim_matches(['{', '}']).to_owned());
    machine.serial = own.and_then(|own| own.get("BIOSSerialNumber")).map(str::to_owned);
    Some(machine)
}

/// One instance: properties with their values.
struct Instance<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Instance<'a> {
    fn get(&self, property: &str) -> Option<&'a str> {
        self.0
            .iter()
            .find(|(known, value)| known.eq_ignore_ascii_case(property) && !value.is_empty())
            .map(|(_, value)| *value)
    }

    /// Whether settings are those of a system: `Microsoft:ID` or `Microsoft:ID\PART`.
    fn belongs_to(&self, id: &str) -> bool {
        let own = self.get("InstanceID").and_then(|text| text.strip_prefix("Microsoft:"));
        own.and_then(|own| own.get(..id.len()).filter(|found| found.eq_ignore_ascii_case(id))).is_some()
    }
}

fn instances(text: &str) -> Vec<Instance<'_>> {
    let mut list = Vec::new();
    let mut current = Vec::new();
    for line in text.lines().map(str::trim) {
        match line.split_once('=') {
            Some((property, value)) => current.push((property.trim(), value.trim())),
            None if line.is_empty() && !current.is_empty() => list.push(Instance(std::mem::take(&mut current))),
            None => {}
        }
        if list.len() >= MOST {
            break;
        }
    }
    if !current.is_empty() {
        list.push(Instance(current));
    }
    list
}

/// A guest is called by a GUID, the host by its own name. Windows translates the caption, so that it decides nothing.
fn is_guest(system: &Instance<'_>) -> bool {
    system.get("Name").is_some_and(|name| super::virtual_machine::uuid(name).is_some())
}

/// `EnabledState` of Msvm_ComputerSystem.
fn status(number: &str) -> Option<Status> {
    Some(match number.parse::<u32>().ok()? {
        2 | 32770 | 32771 | 32777 => Status::Running,
        3 | 32769 => Status::Off,
        9 | 32768 | 32776 => Status::Paused,
        4 | 32773 | 32774 => Status::Shutdown,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "11112222-3333-4444-5555-66667777888A";

    #[test]
    fn a_host_and_its_guests() {
        let systems = format!(
            "Name=HOST\r\nElementName=HOST\r\nEnabledState=2\r\n\r\nElementName=web=1\r\nName={ID}\r\nEnabledState=32768\r\n"
        );
        let settings = format!("InstanceID=Microsoft:{ID}\nBIOSGUID={{AAAA2222-3333-4444-5555-66667777888B}}\n");
        let memory = format!(
            "InstanceID=Microsoft:Definition\\1\nVirtualQuantity=7\n\nInstanceID=Microsoft:{}\\2\nVirtualQuantity=2048\n",
            ID.to_lowercase()
        );
        let processors = format!("VirtualQuantity=4\nInstanceID=Microsoft:{ID}\\3\\0\n");
        let found =
            machines(&Classes { systems: &systems, settings: &settings, memory: &memory, processors: &processors });
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_deref(), found[0].status), (Some("web=1"), Some(Status::Paused)));
        assert_eq!((found[0].memory, found[0].processors), (Some(2 << 30), Some(4)));
        assert_eq!(found[0].uuid.as_deref(), Some("AAAA2222-3333-4444-5555-66667777888B"));
    }

    #[test]
    fn garbage() {
        assert_eq!(machines(&Classes::default()), []);
        assert_eq!(machines(&Classes { systems: "Name=é\n=\n\nx", ..Classes::default() }), []);
    }
}
