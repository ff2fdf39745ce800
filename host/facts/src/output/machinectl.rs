//! systemd's own register of machines: the files in `/run/systemd/machines`, one a machine, and `machinectl list`.
//!
//! What libvirt runs is registered there too; whoever reads both leaves it to libvirt.

use super::virtual_machine::{MOST, Status, VirtualMachine, uuid};
use serde_json::Value;

/// A registered machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    pub machine: VirtualMachine,
    /// Its unit, whose control group has its limits.
    pub scope: Option<String>,
    /// The first process in it.
    pub leader: Option<u32>,
}

/// A file of the register: `KEY=value` lines.
pub fn registered(text: &str) -> Option<Registered> {
    let value = |key: &str| {
        text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('=')).filter(|value| !value.is_empty())
    };
    let mut machine = VirtualMachine::new(value("SERVICE").unwrap_or("systemd-nspawn"));
    machine.name = Some(value("NAME")?.to_owned());
    machine.uuid = value("ID").and_then(uuid);
    machine.subsystem = value("CLASS").map(str::to_owned);
    machine.status = Some(Status::Running);
    let leader = value("LEADER").and_then(|pid| pid.parse().ok());
    Some(Registered { machine, scope: value("SCOPE").map(str::to_owned), leader })
}

/// `machinectl list --output=json`, or its table (`MACHINE CLASS SERVICE OS VERSION ADDRESSES`). Only running machines
/// are listed.
pub fn list(text: &str) -> Vec<VirtualMachine> {
    if let Ok(Value::Array(list)) = serde_json::from_str(text) {
        return list.iter().take(MOST).filter_map(listed).collect();
    }
    let rows = text.lines().skip_while(|line| !line.starts_with("MACHINE")).skip(1);
    rows.map_while(|line| {
        let mut words = line.split_whitespace();
        let (name, class, service) = (words.next()?, words.next()?, words.next()?);
        Some(running(name, class, service))
    })
    .filter(|machine| machine.name.as_deref() != Some(".host"))
    .take(MOST)
    .collect()
}

fn listed(value: &Value) -> Option<VirtualMachine> {
    let text = |name: &str| value.get(name)?.as_str().filter(|text| !text.is_empty() && *text != "-");
    let mut machine = running(text("machine")?, text("class").unwrap_or_default(), text("service").unwrap_or_default());
    machine.system = text("os").map(|os| format!("{os} {}", text("version").unwrap_or_default()).trim().to_owned());
    machine.address =
        text("addresses").and_then(|all| Some(all.split_whitespace().next()?.trim_end_matches('…').to_owned()));
    (machine.name.as_deref() != Some(".host")).then_some(machine)
}

fn running(name: &str, class: &str, service: &str) -> VirtualMachine {
    let known = |word: &str| Some(word).filter(|word| !word.is_empty() && *word != "-").map(str::to_owned);
    let mut machine = VirtualMachine::new(known(service).unwrap_or_else(|| "systemd-nspawn".to_owned()));
    machine.name = known(name);
    machine.subsystem = known(class);
    machine.status = Some(Status::Running);
    machine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register() {
        let text = "# This is private data. Do not parse.\nNAME=web\nSCOPE=machine-web.scope\nSERVICE=systemd-nspawn\n\
            ROOT=/var/lib/machines/web\nID=11112222333344445555666677778888\nLEADER=77\nCLASS=container\n";
        let found = registered(text).unwrap();
        assert_eq!((found.scope.as_deref(), found.leader), (Some("machine-web.scope"), Some(77)));
        assert_eq!(found.machine.uuid.as_deref(), Some("11112222-3333-4444-5555-666677778888"));
        assert_eq!(
            (found.machine.kind.as_str(), found.machine.subsystem.as_deref()),
            ("systemd-nspawn", Some("container"))
        );
        assert_eq!(registered("CLASS=vm\n"), None);
    }

    #[test]
    fn lists() {
        let table = "MACHINE CLASS     SERVICE        OS     VERSION ADDRESSES\nweb     container systemd-nspawn debian 12      192.0.2.9…\n.host host x\n\n1 machines listed.\n";
        let json = r#"[{"machine":"web","class":"container","service":"systemd-nspawn","os":"debian","version":"12","addresses":"192.0.2.9…"}]"#;
        assert_eq!(list(table).len(), 1);
        assert_eq!(list(json)[0].system.as_deref(), Some("debian 12"));
        assert_eq!(list(table)[0].name, list(json)[0].name);
        assert_eq!(list("No machines."), []);
    }
}
