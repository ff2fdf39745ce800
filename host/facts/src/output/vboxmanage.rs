//! VirtualBox: what `VBoxManage list --long vms` prints, and the files in which it keeps its machines
//! (`VirtualBox.xml`, `*.vbox`).

use super::virtual_machine::{MOST, Status, VirtualMachine, bytes, uuid};
use super::xml::Element;

/// The machines of the long list. A machine begins with its name, which only such a line at the left edge has that
/// a guest's system follows: snapshots, shared folders and filters have names, too.
pub fn list(text: &str) -> Vec<VirtualMachine> {
    let mut machines: Vec<VirtualMachine> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        if key == "Name" {
            if lines.peek().is_some_and(|next| next.starts_with("Groups:") || next.starts_with("Guest OS:")) {
                if machines.len() >= MOST {
                    break;
                }
                let mut machine = new();
                machine.name = Some(value.to_owned()).filter(|name| !name.is_empty());
                machines.push(machine);
            }
            continue;
        }
        let Some(machine) = machines.last_mut() else { continue };
        match key {
            "UUID" if machine.uuid.is_none() => machine.uuid = uuid(value),
            "Memory size" => machine.memory = machine.memory.or_else(|| bytes(value, 1 << 20)),
            "Number of CPUs" => machine.processors = machine.processors.or_else(|| value.parse().ok()),
            "State" if machine.status.is_none() => machine.status = status(value),
            _ if key.strip_prefix("NIC ").is_some_and(is_number) => {
                let address = value.strip_prefix("MAC:").and_then(|rest| rest.split(',').next());
                machine.add_mac(address.unwrap_or_default().trim());
            }
            _ => {}
        }
    }
    machines
}

fn new() -> VirtualMachine {
    let mut machine = VirtualMachine::new("virtualbox");
    machine.subsystem = Some("Oracle VM VirtualBox".to_owned());
    machine
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `running (since 2011-03-13T14:01:14.757000000)`, `powered off (…)`.
fn status(text: &str) -> Option<Status> {
    let words = text.split('(').next().unwrap_or_default().trim();
    Some(match words {
        "running" | "starting" | "restoring" | "live snapshotting" | "teleporting" => Status::Running,
        "paused" | "teleporting (paused)" | "saving" => Status::Paused,
        "stopping" => Status::Shutdown,
        "guru meditation" | "gurumeditation" | "stuck" => Status::Crashed,
        "powered off" | "saved" | "aborted" | "aborted-saved" | "teleported" => Status::Off,
        _ => return None,
    })
}

/// The files of a user's machines, as `VirtualBox.xml` in the user's configuration lists them.
pub fn registry(xml: &str) -> Vec<String> {
    let find = || {
        let root = Element::parse(xml)?;
        let registry = root.child("Global")?.child("MachineRegistry")?;
        let files = registry.children("MachineEntry").filter_map(|entry| entry.attribute("src"));
        Some(files.take(MOST).map(str::to_owned).collect())
    };
    find().unwrap_or_default()
}

/// The machine that a `.vbox` file describes. It does not say whether the machine runs.
pub fn file(xml: &str) -> Option<VirtualMachine> {
    let root = Element::parse(xml)?;
    let settings = root.child("Machine")?;
    let hardware = settings.child("Hardware");
    let mut machine = new();
    machine.name = Some(settings.attribute("name")?.to_owned());
    machine.uuid = settings.attribute("uuid").and_then(uuid);
    let memory = hardware.and_then(|hardware| hardware.child("Memory")?.attribute("RAMSize"));
    machine.memory = memory.and_then(|size| bytes(size, 1 << 20));
    let processors = hardware.and_then(|hardware| hardware.child("CPU")?.attribute("count"));
    machine.processors = Some(processors.and_then(|count| count.parse().ok()).unwrap_or(1));
    let cards = hardware.and_then(|hardware| hardware.child("Network"));
    for card in cards.into_iter().flat_map(|network| network.children("Adapter")) {
        if card.attribute("enabled") == Some("true") {
            machine.add_mac(card.attribute("MACAddress").unwrap_or_default());
        }
    }
    machine.comment = settings.text_of("Description").map(str::to_owned);
    Some(machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_list() {
        let text = "Name:            one : two\nGroups:          /\nGuest OS:        Debian (64-bit)\n\
            UUID:            11112222-3333-4444-5555-666677778888\nHardware UUID:   99992222-3333-4444-5555-666677778888\n\
            Memory size:     2048MB\nNumber of CPUs:  4\nState:           powered off (since 2024-01-01T00:00:00.0)\n\
            NIC 1:           MAC: 080027AABBCC, Attachment: NAT\nNIC 2:           disabled\nName:             filter\nVendorId: 1\n\
            Snapshots:\n   Name: before (UUID: 0)\n\n\
            Name:            b\nGuest OS:        Other\nMemory size      64MB\nState:           running (since x)\n";
        let machines = list(text);
        assert_eq!(machines.len(), 2);
        assert_eq!(machines[0].name.as_deref(), Some("one : two"));
        assert_eq!(machines[0].uuid.as_deref(), Some("11112222-3333-4444-5555-666677778888"));
        assert_eq!(
            (machines[0].memory, machines[0].processors, machines[0].status),
            (Some(2 << 30), Some(4), Some(Status::Off))
        );
        assert_eq!(machines[0].macs, ["08:00:27:aa:bb:cc"]);
        assert_eq!(machines[1].status, Some(Status::Running));
    }

    #[test]
    fn the_files() {
        let registered = "<VirtualBox><Global><MachineRegistry><MachineEntry uuid='{1}' src='/home/a/b.vbox'/></MachineRegistry></Global></VirtualBox>";
        assert_eq!(registry(registered), ["/home/a/b.vbox"]);
        let machine = file(
            "<VirtualBox xmlns='http://www.virtualbox.org/'><Machine uuid='{11112222-3333-4444-5555-666677778888}' name='b'>\
             <Hardware><CPU count='2'/><Memory RAMSize='512'/><Network><Adapter slot='0' enabled='true' MACAddress='080027AABBCC'/>\
             <Adapter slot='1' enabled='false' MACAddress='080027AABBCD'/></Network></Hardware></Machine></VirtualBox>",
        )
        .unwrap();
        assert_eq!((machine.memory, machine.processors, machine.macs.len()), (Some(512 << 20), Some(2), 1));
        assert_eq!(registry("<VirtualBox/>"), Vec::<String>::new());
        assert_eq!(file("x"), None);
    }
}
