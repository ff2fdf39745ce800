//! What `nvme list -o json` says: one object a namespace, or, since version 2, subsystems with their controllers and
//! namespaces.
//!
//! Source: nvme-list(1), the JSON of nvme-cli 1 and 2.

use super::disk::{Disk, said};
use serde_json::Value;

/// More namespaces than any machine has.
const MOST: usize = 4096;

/// The namespaces; none when the text is not the tool's JSON.
pub fn disks(json: &str) -> Vec<Disk> {
    let Ok(json) = serde_json::from_str::<Value>(json) else { return Vec::new() };
    let mut disks = Vec::new();
    for device in list(&json, "Devices") {
        if device.get("DevicePath").is_some() {
            disks.push(disk(device, device));
        }
        for subsystem in list(device, "Subsystems") {
            let controllers: Vec<&Value> = list(subsystem, "Controllers").collect();
            // With several paths the namespaces belong to the subsystem.
            let shared = list(subsystem, "Namespaces");
            disks.extend(shared.map(|namespace| disk(controllers.first().copied().unwrap_or(&Value::Null), namespace)));
            for controller in controllers {
                disks.extend(list(controller, "Namespaces").map(|namespace| disk(controller, namespace)));
            }
        }
    }
    disks.truncate(MOST);
    disks
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn disk(controller: &Value, namespace: &Value) -> Disk {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).and_then(said);
    let name = text(namespace, "DevicePath").or_else(|| text(namespace, "NameSpace"));
    Disk {
        name: name.map(|name| name.trim_start_matches("/dev/").to_owned()),
        model: text(controller, "ModelNumber"),
        firmware: text(controller, "Firmware"),
        serial: text(controller, "SerialNumber"),
        kind: Some("disk".to_owned()),
        description: Some("PCI".to_owned()),
        interface: Some("NVME".to_owned()),
        bytes: namespace.get("PhysicalSize").and_then(Value::as_u64),
        ..Disk::default()
    }
    .measured()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_say_the_same() {
        let one = r#"{"Devices":[{"DevicePath":"/dev/nvme0n1","Firmware":"F","ModelNumber":"M","SerialNumber":"S","PhysicalSize":4294967296}]}"#;
        let two = r#"{"Devices":[{"Subsystems":[{"Controllers":[{"Firmware":"F","ModelNumber":"M","SerialNumber":"S",
            "Namespaces":[{"NameSpace":"nvme0n1","PhysicalSize":4294967296}]}],"Namespaces":[]}]}]}"#;
        let found = disks(one);
        assert_eq!((found[0].name.as_deref(), found[0].megabytes), (Some("nvme0n1"), Some(4294)));
        assert_eq!(disks(two), found);
        for text in ["", "{}", "{\"Devices\":1}", "{\"Devices\":[1,{}]}"] {
            assert!(disks(text).is_empty(), "{text}");
        }
    }
}
