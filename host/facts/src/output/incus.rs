//! LXD and Incus: the instances of `lxc list --format json` and `incus list --format json`, which are containers or
//! virtual machines.

use super::lxc;
use super::virtual_machine::{MOST, VirtualMachine, bytes, processor_list, uuid};
use serde_json::Value;

/// An instance, and the process that is the first one in it while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    pub machine: VirtualMachine,
    pub init: Option<u32>,
}

/// The instances of a list; `kind` is whose it is: `lxd` or `incus`.
pub fn instances(json: &str, kind: &str) -> Vec<Instance> {
    let list: Value = serde_json::from_str(json).unwrap_or_default();
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().take(MOST).filter_map(|value| instance(value, kind)).collect()
}

fn instance(value: &Value, kind: &str) -> Option<Instance> {
    let text = |name: &str| value.get(name)?.as_str().filter(|text| !text.is_empty());
    let setting = |key: &str| {
        let of = |part: &str| value.get(part)?.get(key)?.as_str().filter(|text| !text.is_empty());
        of("expanded_config").or_else(|| of("config"))
    };
    let mut machine = VirtualMachine::new(kind);
    machine.name = Some(text("name")?.to_owned());
    machine.subsystem = text("type").map(str::to_owned);
    machine.status = text("status").and_then(lxc::status);
    machine.uuid = setting("volatile.uuid").and_then(uuid);
    machine.image = setting("image.description").map(str::to_owned);
    machine.comment = text("description").map(str::to_owned);
    // A share of the host's memory, in percent, is no size.
    machine.memory = setting("limits.memory").and_then(size);
    machine.processors = setting("limits.cpu").and_then(|limit| limit.parse().ok().or_else(|| processor_list(limit)));
    machine.system = setting("image.os").map(|os| match setting("image.release") {
        Some(release) => format!("{os} {release}"),
        None => os.to_owned(),
    });
    let config = value.get("expanded_config").or_else(|| value.get("config")).and_then(Value::as_object);
    for (key, value) in config.into_iter().flatten() {
        if key.starts_with("volatile.") && key.ends_with(".hwaddr") {
            machine.add_mac(value.as_str().unwrap_or_default());
        }
    }
    let state = value.get("state");
    let networks = state.and_then(|state| state.get("network")?.as_object());
    let addresses =
        networks.into_iter().flat_map(|all| all.values()).filter_map(|card| card.get("addresses")?.as_array());
    let global = |address: &&Value| address.get("scope").and_then(Value::as_str) == Some("global");
    machine.address =
        addresses.flatten().find(global).and_then(|found| Some(found.get("address")?.as_str()?.to_owned()));
    let init = state.and_then(|state| u32::try_from(state.get("pid")?.as_u64()?).ok()).filter(|pid| *pid > 1);
    Some(Instance { machine, init })
}

/// `2GiB` counts in 1024, `2GB` in a thousand.
fn size(text: &str) -> Option<u64> {
    if text.ends_with('%') {
        return None;
    }
    let bytes = bytes(text, 1)?;
    let decimal = text.ends_with('B') && !text.ends_with("iB");
    let kilos = match text.trim_end_matches('B').bytes().last().filter(|_| decimal) {
        Some(b'k' | b'K') => 1,
        Some(b'M') => 2,
        Some(b'G') => 3,
        Some(b'T') => 4,
        _ => 0,
    };
    (0..kilos).try_fold(bytes, |bytes: u64, _| bytes.checked_mul(1000).map(|bytes| bytes / 1024))
}

#[cfg(test)]
mod tests {
    use super::super::virtual_machine::Status;
    use super::*;

    #[test]
    fn an_instance() {
        let json = r#"[{"name":"web","type":"container","status":"Running","description":"",
            "config":{"volatile.uuid":"11112222-3333-4444-5555-666677778888"},
            "expanded_config":{"limits.cpu":"0-1","limits.memory":"2GiB","image.os":"Debian","image.release":"bookworm",
              "image.description":"Debian bookworm amd64","volatile.uuid":"11112222-3333-4444-5555-666677778888","volatile.eth0.hwaddr":"00:16:3E:00:00:01"},
            "state":{"pid":4242,"network":{"lo":{"addresses":[{"family":"inet","address":"127.0.0.1","scope":"local"}]},
              "eth0":{"addresses":[{"family":"inet","address":"192.0.2.7","scope":"global"}]}}}},{"name":"off","status":"Stopped","state":null},{}]"#;
        let list = instances(json, "lxd");
        assert_eq!(list.len(), 2);
        let machine = &list[0].machine;
        assert_eq!((list[0].init, machine.status), (Some(4242), Some(Status::Running)));
        assert_eq!((machine.memory, machine.processors), (Some(2 << 30), Some(2)));
        assert_eq!(
            (machine.system.as_deref(), machine.address.as_deref()),
            (Some("Debian bookworm"), Some("192.0.2.7"))
        );
        assert_eq!((list[1].init, list[1].machine.status), (None, Some(Status::Off)));
    }

    #[test]
    fn sizes_and_garbage() {
        assert_eq!(
            (size("50%"), size("1MB"), size("1MiB"), size("512")),
            (None, Some(1_000_000), Some(1 << 20), Some(512))
        );
        assert_eq!(instances("{}", "lxd"), []);
        assert_eq!(instances("[1", "lxd"), []);
    }
}
