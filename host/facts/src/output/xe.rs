//! XenServer and XCP-ng: the records that `xe` prints, one `key ( RO): value` a line, a blank line between machines.

use super::virtual_machine::{MOST, Status, VirtualMachine, uuid};

/// Lines of one record; those of a machine have about a hundred.
const LINES: usize = 1000;

/// The UUIDs of the machines that `xe vm-list` prints.
pub fn uuids(text: &str) -> Vec<String> {
    fields(text).filter(|(key, _)| *key == "uuid").filter_map(|(_, value)| uuid(value)).take(MOST).collect()
}

/// The machines of `xe vm-list params=all`.
pub fn machines(text: &str) -> Vec<VirtualMachine> {
    let mut machines = Vec::new();
    let mut from = 0;
    // A record begins with its UUID.
    let starts = text
        .match_indices("uuid (")
        .map(|(at, _)| at)
        .filter(|at| text.get(..*at).is_some_and(|t| t.is_empty() || t.ends_with('\n')));
    for at in starts.skip(1).chain([text.len()]).take(MOST) {
        machines.extend(text.get(from..at).and_then(machine));
        from = at;
    }
    machines
}

/// The machine of `xe vm-param-list`; none for the control domain of a host, for templates and for snapshots.
pub fn machine(text: &str) -> Option<VirtualMachine> {
    let record: Vec<(&str, &str)> = fields(text).take(LINES).collect();
    let value = |key: &str| {
        record.iter().find(|(known, _)| *known == key).map(|(_, value)| *value).filter(|value| is_known(value))
    };
    let no_machine = ["is-control-domain", "is-a-template", "is-a-snapshot"];
    if no_machine.iter().any(|key| value(key) == Some("true")) {
        return None;
    }
    let mut machine = VirtualMachine::new("xen");
    machine.subsystem = Some("xe".to_owned());
    machine.uuid = value("uuid").and_then(uuid);
    machine.name = Some(value("name-label")?.to_owned());
    machine.comment = value("name-description").map(str::to_owned);
    machine.status = value("power-state").and_then(status);
    machine.memory = value("memory-actual").and_then(|bytes| bytes.parse().ok());
    machine.processors = value("VCPUs-number").and_then(|number| number.parse().ok());
    machine.system = value("os-version").and_then(|map| Some(entry(map, "name")?.to_owned()));
    machine.address =
        value("networks").and_then(|map| Some(entry(map, "0/ip").or_else(|| entry(map, "0/ipv4/0"))?.to_owned()));
    Some(machine)
}

/// `    name-label ( RW): web`, `ha-always-run ( RW) [DEPRECATED]: false`.
fn fields(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let (key, rest) = line.split_once('(')?;
        let (_rights, value) = rest.split_once(':')?;
        Some((key.trim(), value.trim()))
    })
}

fn is_known(value: &str) -> bool {
    !value.is_empty() && value != "<not in database>"
}

/// An entry of `key: value; key: value`.
fn entry<'a>(map: &'a str, key: &str) -> Option<&'a str> {
    let found = map.split("; ").find_map(|one| one.strip_prefix(key)?.strip_prefix(':'))?.trim();
    (!found.is_empty()).then_some(found)
}

fn status(word: &str) -> Option<Status> {
    Some(match word {
        "running" => Status::Running,
        "halted" => Status::Shutdown,
        "paused" | "suspended" => Status::Paused,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "uuid ( RO)                  : 11112222-3333-4444-5555-666677778888\n\
        \x20           name-label ( RW): web\n      name-description ( RW): \n     is-control-domain ( RO): false\n\
        \x20          power-state ( RO): halted\n         memory-actual ( RO): 1073741824\n          VCPUs-number ( RO): 2\n\
        \x20             os-version (MRO): name: Debian 12; uname: 6.1\n    networks (MRO): 0/ip: 192.0.2.5; 0/ipv6/0: fe80::1\n\n\n\
        uuid ( RO)                  : 11112222-3333-4444-5555-666677778889\n\
        \x20           name-label ( RW): Control domain\n     is-control-domain ( RO): true\n";

    #[test]
    fn records() {
        assert_eq!(uuids(TWO).len(), 2);
        let machines = machines(TWO);
        assert_eq!(machines.len(), 1);
        let machine = &machines[0];
        assert_eq!(
            (machine.name.as_deref(), machine.status, machine.comment.as_deref()),
            (Some("web"), Some(Status::Shutdown), None)
        );
        assert_eq!((machine.memory, machine.processors), (Some(1 << 30), Some(2)));
        assert_eq!((machine.system.as_deref(), machine.address.as_deref()), (Some("Debian 12"), Some("192.0.2.5")));
    }

    #[test]
    fn garbage() {
        assert_eq!(machines(""), []);
        assert_eq!(machine("name-label ( RW): \n"), None);
        assert_eq!(uuids("uuid ( RO) : x\nuuid\n"), Vec::<String>::new());
    }
}
