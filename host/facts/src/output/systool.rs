//! `systool -c fc_host -v` (systool(1) of sysfsutils): the attributes of Fibre Channel ports, as the kernel has them in
//! `/sys/class/fc_host`.

use crate::linux::network::FibreChannelPort;

/// More ports than any machine has.
const MOST: usize = 1024;

/// The ports, in the order in which they are printed.
pub fn fibre_channel_ports(text: &str) -> Vec<FibreChannelPort> {
    let mut ports: Vec<FibreChannelPort> = Vec::new();
    for line in text.lines() {
        let Some((key, value)) = line.split_once('=') else { continue };
        let (key, value) = (key.trim(), value.trim().trim_matches('"').trim());
        if key == "Class Device" {
            if ports.len() == MOST {
                break;
            }
            ports.push(FibreChannelPort { name: value.to_owned(), ..FibreChannelPort::default() });
            continue;
        }
        let Some(port) = ports.last_mut() else { continue };
        let field = match key {
            "port_name" => &mut port.port_name,
            "port_state" => &mut port.state,
            "speed" => &mut port.speed,
            _ => continue,
        };
        *field = Some(value.to_owned()).filter(|value| !value.is_empty());
    }
    ports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_have_attributes() {
        let text = "Class = \"fc_host\"\n\n  Class Device = \"host2\"\n  Class Device path = \"/x\"\n    issue_lip = <store method only>\n    \
                    port_name           = \"0x2100000000000001\"\n    port_state          = \"Linkdown\"\n    speed               = \"16 Gbit\"\n\n    \
                    Device = \"host2\"\n\n  Class Device = \"host3\"\n";
        let ports = fibre_channel_ports(text);
        assert_eq!(ports.len(), 2);
        let row = ports[0].row();
        assert_eq!((row.text("description"), row.text("status")), (Some("host2"), Some("down")));
        assert_eq!((row.text("wwn"), row.text("speed")), (Some("21:00:00:00:00:00:00:01"), Some("16000")));
        assert!(fibre_channel_ports("port_name = \"x\"\n=\n").is_empty());
    }
}
