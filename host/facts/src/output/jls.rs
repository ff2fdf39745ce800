//! FreeBSD jails: `jls`, as a table (`JID IP Address Hostname Path`), with `-v`, as `name=value` pairs (`-n`), or as JSON
//! (`--libxo json`) (jls(8)).

use super::virtual_machine::{MOST, Status, VirtualMachine};
use serde_json::Value;

/// Running jails, whatever form the list has.
pub fn list(text: &str) -> Vec<VirtualMachine> {
    if let Ok(json) = serde_json::from_str::<Value>(text) {
        let list = json.pointer("/jail-information/jail").and_then(Value::as_array);
        return list.into_iter().flatten().take(MOST).filter_map(from_json).collect();
    }
    if text.lines().any(|line| line.contains(" name=") || line.starts_with("name=")) {
        return text.lines().filter_map(pairs).take(MOST).collect();
    }
    if text.lines().take(8).any(|line| line.contains("CPUSetID")) {
        return verbose(text);
    }
    text.lines().filter_map(tabular).take(MOST).collect()
}

fn jail(name: &str) -> Option<VirtualMachine> {
    let mut machine = VirtualMachine::new("bsdjail");
    machine.name = Some(name.to_owned());
    machine.status = Some(Status::Running);
    (!name.is_empty() && name != "-").then_some(machine)
}

/// The number, one address or none, the host name, and the path, the first word that begins with a slash.
fn tabular(line: &str) -> Option<VirtualMachine> {
    let mut words = line.split_whitespace();
    words.next()?.parse::<u32>().ok()?;
    let words: Vec<&str> = words.take_while(|word| !word.starts_with('/')).take(8).collect();
    let address = words.iter().find(|word| is_address(word));
    let mut machine = jail(words.last().filter(|word| !is_address(word))?)?;
    machine.address = address.map(|address| (*address).to_owned());
    Some(machine)
}

fn is_address(word: &str) -> bool {
    word.parse::<std::net::IpAddr>().is_ok()
}

/// With `-v` a jail takes lines: `JID Hostname Path`, then indented ones `Name State`, `CPUSetID`, and its addresses.
fn verbose(text: &str) -> Vec<VirtualMachine> {
    let mut machines: Vec<VirtualMachine> = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let second = words.next();
        match (second, machines.last_mut()) {
            (Some(host), _) if first.parse::<u32>().is_ok() && line.contains('/') => machines.extend(jail(host)),
            (None, Some(machine)) if machine.address.is_none() && is_address(first) => {
                machine.address = Some(first.to_owned())
            }
            (Some("DYING"), Some(machine)) => machine.status = Some(Status::Dying),
            _ => {}
        }
        if machines.len() >= MOST {
            break;
        }
    }
    machines
}

fn pairs(line: &str) -> Option<VirtualMachine> {
    let value = |key: &str| line.split_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
    let mut machine = jail(value("host.hostname").or_else(|| value("name"))?)?;
    machine.uuid = value("host.hostuuid").and_then(super::virtual_machine::uuid);
    machine.address =
        value("ip4.addr").or_else(|| value("ip6.addr")).and_then(|all| Some(all.split(',').next()?.to_owned()));
    Some(machine)
}

fn from_json(value: &Value) -> Option<VirtualMachine> {
    let text = |name: &str| value.get(name)?.as_str().filter(|text| !text.is_empty());
    let mut machine = jail(text("hostname").or_else(|| text("name"))?)?;
    machine.address = text("ipv4").or_else(|| text("ipv4_addrs")).map(str::to_owned);
    if text("state") == Some("DYING") {
        machine.status = Some(Status::Dying);
    }
    Some(machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables() {
        let text = "   JID  IP Address      Hostname                      Path\n     3  192.0.2.3       web.example                   /jails/web\n     4                  db                            /jails/db\n";
        let machines = list(text);
        assert_eq!(
            (machines[0].name.as_deref(), machines[0].address.as_deref()),
            (Some("web.example"), Some("192.0.2.3"))
        );
        assert_eq!(
            (machines.len(), machines[1].name.as_deref(), machines[1].address.as_deref()),
            (2, Some("db"), None)
        );
    }

    #[test]
    fn other_forms() {
        let verbose = "   JID  Hostname                      Path\n        Name                          State\n        CPUSetID\n        IP Address(es)\n     3  web.example                   /jails/web\n        web                           ACTIVE\n        4\n        192.0.2.3\n";
        let pairs =
            "devfs_ruleset=0 name=web jid=3 host.hostname=web.example ip4.addr=192.0.2.3,192.0.2.4 path=/jails/web\n";
        let json = r#"{"__version":"2","jail-information":{"jail":[{"jid":"3","ipv4":"192.0.2.3","hostname":"web.example","path":"/jails/web"}]}}"#;
        for text in [verbose, pairs, json] {
            let machines = list(text);
            assert_eq!(machines.len(), 1, "{text}");
            assert_eq!(
                (machines[0].name.as_deref(), machines[0].address.as_deref()),
                (Some("web.example"), Some("192.0.2.3")),
                "{text}"
            );
        }
        assert_eq!(list("jls: not found"), []);
        assert_eq!(list("3 /"), []);
    }
}
