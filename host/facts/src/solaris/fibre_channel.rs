//! Fibre Channel ports, from `fcinfo hba-port` (fcinfo(1M)): a line for the port's name, lines with what is said of it.

use crate::units::link_speed;
use airlock_model::Row;

const MOST: usize = 4096;

pub fn rows(text: &str) -> Vec<Row> {
    let mut ports: Vec<Row> = Vec::new();
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let (name, value) = (name.trim(), value.trim());
        if name == "HBA Port WWN" {
            if ports.len() == MOST {
                break;
            }
            let number = ports.len() + 1;
            ports.push(Row::new().with("description", format!("HBA_Port_WWN_{number}")).with("type", "fibrechannel"));
        }
        let number = ports.len();
        let Some(port) = ports.last_mut() else { continue };
        match name {
            "OS Device Name" => {
                let description = format!("HBA_Port_WWN_{number} {value}");
                port.set("description", description.trim());
            }
            "Manufacturer" => _ = port.set("manufacturer", value),
            "Model" => _ = port.set("model", value),
            "Firmware Version" => _ = port.set("firmware", value),
            "Driver Name" => _ = port.set("driver", value),
            "State" => _ = port.set("status", if value == "online" { "Up" } else { "Down" }),
            "Current Speed" => _ = port.maybe("speed", link_speed(value).map(|speed| speed.to_string())),
            "Node WWN" => _ = port.set("wwn", value),
            _ => {}
        }
    }
    ports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_told_apart() {
        let rows = rows(
            "No Adapters: none\nHBA Port WWN: 2100\n\tOS Device Name: /dev/cfg/c5\n\tModel: LAB8\n\tState: online\n\tCurrent Speed: 8Gb\n\tNode WWN: 2000\nHBA Port WWN: 2101\n\tState: offline\n\tCurrent Speed: not established\n",
        );
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].text("description"), Some("HBA_Port_WWN_1 /dev/cfg/c5"));
        assert_eq!(rows[0].text("speed"), Some("8000"));
        assert_eq!(rows[1].text("status"), Some("Down"));
        assert_eq!(rows[1].text("speed"), None);
    }
}
