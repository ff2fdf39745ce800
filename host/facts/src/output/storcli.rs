//! What `storcli /call/eall/sall show all J` says about the disks behind MegaRAID controllers; Dell's perccli is the same
//! tool.
//!
//! Each drive has an object named after its place (`Drive /c0/e32/s0 - Detailed Information`) that holds one with its
//! attributes. Sizes are printed in GB and are GiB; the sectors in brackets are exact.
//!
//! Source: Broadcom StorCLI Reference Manual, JSON output.

use super::disk::{Disk, said};
use crate::units::{Base, hexadecimal, megabytes};
use serde_json::{Map, Value};

/// More disks than any machine has.
const MOST: usize = 4096;

/// The physical disks; none when the text is not the tool's JSON.
pub fn disks(json: &str) -> Vec<Disk> {
    let Ok(json) = serde_json::from_str::<Value>(json) else { return Vec::new() };
    let controllers = json.get("Controllers").and_then(Value::as_array).into_iter().flatten();
    let data = controllers.filter_map(|controller| controller.get("Response Data")?.as_object());
    data.flat_map(drives).take(MOST).collect()
}

fn drives(data: &Map<String, Value>) -> impl Iterator<Item = Disk> {
    data.iter().filter_map(|(name, list)| {
        let place = name.strip_prefix("Drive ")?;
        if place.contains(' ') {
            return None;
        }
        let row = list.get(0)?;
        let details = data.get(&format!("Drive {place} - Detailed Information"));
        let attributes = details.and_then(|d| d.get(format!("Drive {place} Device attributes")));
        Some(disk(row, attributes.unwrap_or(&Value::Null)))
    })
}

/// From a drive's row in the table, and its attributes where the tool gave them.
fn disk(row: &Value, attributes: &Value) -> Disk {
    let text = |object: &Value, name: &str| object.get(name).and_then(Value::as_str).and_then(said);
    let size = text(attributes, "Raw size").or_else(|| text(row, "Size"));
    let sectors = |size: &str| hexadecimal(size.split_once('[')?.1.split_whitespace().next()?)?.checked_mul(512);
    let model = text(attributes, "Model Number").or_else(|| text(row, "Model"));
    Disk {
        name: model.clone(),
        maker: text(attributes, "Manufacturer Id").filter(|maker| maker != "ATA"),
        model,
        firmware: text(attributes, "Firmware Revision"),
        serial: text(attributes, "SN"),
        kind: Some("disk".to_owned()),
        description: text(row, "Intf"),
        interface: text(row, "Intf"),
        wwn: text(attributes, "WWN").map(|name| name.to_ascii_lowercase()),
        megabytes: size
            .as_deref()
            .and_then(|size| megabytes(size.split('[').next()?, Base::Decimal))
            .and_then(|size| size.whole()),
        bytes: size.as_deref().and_then(sectors),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drives_with_and_without_details() {
        let json = r#"{"Controllers":[{"Command Status":{"Status":"Success"},"Response Data":{
            "Drive /c0/e32/s0":[{"EID:Slt":"32:0","DID":0,"State":"Onln","Size":"111.250 GB","Intf":"SATA","Model":"ACME SSD 120  "}],
            "Drive /c0/e32/s0 - Detailed Information":{"Drive /c0/e32/s0 State":{},"Drive /c0/e32/s0 Device attributes":
              {"SN":"      SN-1","Manufacturer Id":"ATA     ","Model Number":"ACME SSD 120","WWN":"5000C50000000001",
               "Firmware Revision":"F1","Raw size":"111.790 GB [0xdf94bb0 Sectors]"}},
            "Drive /c0/e32/s1":[{"Size":"1.090 TB","Intf":"SAS","Model":"DISK"}]}}]}"#;
        let disks = disks(json);
        let [one, other] = disks.as_slice() else { panic!("{disks:?}") };
        assert_eq!((one.serial.as_deref(), one.maker.as_deref()), (Some("SN-1"), None));
        assert_eq!((one.wwn.as_deref(), one.bytes), (Some("5000c50000000001"), Some(120_034_123_776)));
        assert_eq!((other.model.as_deref(), other.megabytes), (Some("DISK"), Some(1_090_000)));
    }

    #[test]
    fn other_texts_say_nothing() {
        for text in ["", "{}", "[]", "{\"Controllers\":[{\"Response Data\":{\"Drive /c0/e1/s1\":[]}}]}", "{"] {
            assert!(disks(text).is_empty(), "{text}");
        }
    }
}
