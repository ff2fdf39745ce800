//! What `lsblk -J -b -O` says about disks: the trees' roots that are devices, not what is made of them.
//!
//! Source: lsblk(8), columns.

use super::disk::{Disk, said};
use serde_json::Value;

/// More devices than any machine has.
const MOST: usize = 4096;

/// The disks and disc drives; none when the text is not the tool's JSON.
pub fn disks(json: &str) -> Vec<Disk> {
    let Ok(json) = serde_json::from_str::<Value>(json) else { return Vec::new() };
    let devices = json.get("blockdevices").and_then(Value::as_array).into_iter().flatten();
    devices.filter_map(disk).take(MOST).collect()
}

fn disk(device: &Value) -> Option<Disk> {
    let text = |name: &str| device.get(name).and_then(Value::as_str).and_then(said);
    // Older versions write numbers and truths as texts.
    let bytes = device.get("size").and_then(|size| size.as_u64().or_else(|| size.as_str()?.parse().ok()));
    let is_removable = device.get("rm").is_some_and(|rm| rm == &Value::Bool(true) || rm == "1");
    let kind = match (text("type")?.as_str(), is_removable) {
        ("rom", _) => "cd",
        ("disk", true) => "removable",
        ("disk", false) => "disk",
        _ => return None,
    };
    let name = text("name")?;
    // A disk that the kernel makes up is reached by nothing.
    let link = text("tran").map(|link| link.to_ascii_uppercase());
    let is_real = link.is_some() || text("model").is_some() || name.starts_with("vd");
    is_real.then(|| {
        Disk {
            description: if link.as_deref() == Some("NVME") { Some("PCI".to_owned()) } else { link.clone() },
            interface: link,
            name: Some(name),
            maker: text("vendor").filter(|maker| maker != "ATA"),
            model: text("model"),
            firmware: text("rev"),
            serial: text("serial"),
            kind: Some(kind.to_owned()),
            wwn: text("wwn").map(|name| match name.strip_prefix("0x") {
                Some(number) => format!("wwn-{number}"),
                None => name,
            }),
            megabytes: None,
            bytes: bytes.filter(|_| kind != "cd"),
        }
        .measured()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_but_nothing_made_of_them() {
        let json = r#"{"blockdevices":[
            {"name":"sda","type":"disk","rm":false,"size":2147483648,"model":"ACME 1","vendor":"ATA     ","serial":"S","tran":"sata","wwn":"0x5000c50000000001","children":[{"name":"sda1","type":"part"}]},
            {"name":"sdb","type":"disk","rm":"1","size":"1000000","model":"Stick","tran":"usb"},
            {"name":"sr0","type":"rom","rm":true,"size":7,"model":"Disc"},
            {"name":"loop0","type":"loop","size":1},{"name":"zram0","type":"disk","size":1}]}"#;
        let found = disks(json);
        let [sata, usb, disc] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((sata.maker.as_deref(), sata.wwn.as_deref()), (None, Some("wwn-5000c50000000001")));
        assert_eq!((usb.kind.as_deref(), usb.megabytes), (Some("removable"), Some(1)));
        assert_eq!((disc.kind.as_deref(), disc.megabytes), (Some("cd"), None));
        assert!(disks("[]").is_empty() && disks("{\"blockdevices\":[[],{\"type\":1}]}").is_empty());
    }
}
