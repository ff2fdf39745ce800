//! Parallels: `prlctl list --all`, a table of `UUID STATUS IP_ADDR NAME`.

use super::virtual_machine::{MOST, Status, VirtualMachine, bytes, uuid};

/// The machines of the table. Names may hold spaces; older versions have `[T]` between the address and the name.
pub fn list(text: &str) -> Vec<VirtualMachine> {
    text.lines().filter_map(machine).take(MOST).collect()
}

fn machine(line: &str) -> Option<VirtualMachine> {
    let (id, rest) = word(line)?;
    let (state, rest) = word(rest)?;
    let (address, mut name) = word(rest)?;
    if let Some((kind, rest)) = word(name)
        && matches!(kind, "VM" | "CT")
        && !rest.is_empty()
    {
        name = rest;
    }
    let mut machine = new();
    machine.uuid = uuid(id);
    machine.uuid.as_ref()?;
    machine.status = status(state);
    machine.address = Some(address.to_owned()).filter(|address| address != "-" && address.contains(['.', ':']));
    machine.name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    machine.name.is_some().then_some(machine)
}

fn new() -> VirtualMachine {
    let mut machine = VirtualMachine::new("parallels");
    machine.subsystem = Some("Parallels".to_owned());
    machine
}

/// The first word, and what follows it.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    (!word.is_empty()).then(|| (word, rest.trim_start()))
}

/// The machines of `prlctl list --all --info`: `Key: value` lines, the parts of one machine indented.
pub fn details(text: &str) -> Vec<VirtualMachine> {
    let mut machines: Vec<VirtualMachine> = Vec::new();
    for line in text.lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        if key == "ID" {
            if machines.len() >= MOST {
                break;
            }
            let mut machine = new();
            machine.uuid = uuid(value);
            machines.push(machine);
            continue;
        }
        let Some(machine) = machines.last_mut() else { continue };
        match key {
            "Name" => machine.name = Some(value.to_owned()).filter(|name| !name.is_empty()),
            "Description" => machine.comment = Some(value.to_owned()).filter(|text| !text.is_empty()),
            "State" => machine.status = status(value),
            "OS" => machine.system = Some(value.to_owned()).filter(|text| !text.is_empty()),
            _ => hardware(key.trim(), value, machine),
        }
    }
    machines.retain(|machine| machine.name.is_some());
    machines
}

/// `cpu cpus=2 sockets=1 …`, `memory 2048Mb …`, `net0 (+) dev='vme' mac=001C42AABBCC …` come without a colon of their own
/// right after the key, or with one.
fn hardware(key: &str, value: &str, machine: &mut VirtualMachine) {
    let mut words = key.split_whitespace().chain(value.split_whitespace());
    match words.next() {
        Some("cpu") => machine.processors = words.find_map(|word| word.strip_prefix("cpus=")?.parse().ok()),
        Some("memory") => machine.memory = words.next().and_then(|size| bytes(size, 1 << 20)),
        Some(card) if card.starts_with("net") => {
            if let Some(address) = words.find_map(|word| word.strip_prefix("mac=")) {
                machine.add_mac(address);
            }
        }
        _ => {}
    }
}

fn status(word: &str) -> Option<Status> {
    Some(match word {
        "running" | "starting" | "resuming" => Status::Running,
        "paused" | "suspended" | "suspending" | "pausing" => Status::Paused,
        "stopping" => Status::Shutdown,
        "stopped" | "mounted" | "invalid" => Status::Off,
        "deleting" => Status::Dying,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        let text = "UUID                                    STATUS       IP_ADDR         NAME\n\
            {11112222-3333-4444-5555-666677778888}  running      192.0.2.4       Windows 11 (test)\n\
            {11112222-3333-4444-5555-666677778889}  stopped      -               VM b\nno line\n";
        let machines = list(text);
        assert_eq!(machines.len(), 2);
        assert_eq!(
            (machines[0].name.as_deref(), machines[0].address.as_deref()),
            (Some("Windows 11 (test)"), Some("192.0.2.4"))
        );
        assert_eq!((machines[1].name.as_deref(), machines[1].status), (Some("b"), Some(Status::Off)));
    }

    #[test]
    fn details_of_machines() {
        let text = "INFO\nID: {11112222-3333-4444-5555-666677778888}\nName: a\nDescription:\nState: suspended\nOS: win-11\n\
            Hardware:\n  cpu: cpus=4 VT-x accl=high\n  memory: 4096Mb\n  net0 (+) dev='vme42' network='Bridged' mac=001C42AABBCC card=virtio\n\
            ID: x\n";
        let machines = details(text);
        assert_eq!(machines.len(), 1);
        assert_eq!((machines[0].memory, machines[0].processors), (Some(4 << 30), Some(4)));
        assert_eq!((machines[0].status, machines[0].comment.as_deref()), (Some(Status::Paused), None));
    }
}
