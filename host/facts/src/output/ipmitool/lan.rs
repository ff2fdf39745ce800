//! The management controller's own address: `ipmitool lan print`.

use crate::units::{hardware_address, subnet4};
use airlock_model::Row;
use std::net::Ipv4Addr;

/// The controller's row of the section `networks`; none when the text says no address of any kind.
pub fn lan(text: &str) -> Option<Row> {
    let value = |label: &str| {
        text.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            (known.trim() == label).then(|| value.trim())
        })
    };
    let address = |label: &str| value(label)?.parse::<Ipv4Addr>().ok().filter(|ip| !ip.is_unspecified());
    let mac =
        value("MAC Address").and_then(hardware_address).filter(|mac| mac.bytes().any(|c| !matches!(c, b'0' | b':')));
    let (ip, mask) = (address("IP Address"), address("Subnet Mask"));
    if mac.is_none() && ip.is_none() {
        return None;
    }
    let mut row = Row::new();
    row.set("description", "bmc")
        .set("type", "ethernet")
        .set("management", true)
        .set("status", if ip.is_some() { "up" } else { "down" })
        .maybe("mac", mac)
        .maybe("ipaddress", ip.map(|ip| ip.to_string()))
        .maybe("ipmask", mask.map(|mask| mask.to_string()))
        .maybe("ipsubnet", ip.zip(mask).map(|(ip, mask)| subnet4(ip, mask).to_string()))
        .maybe("ipgateway", address("Default Gateway IP").map(|ip| ip.to_string()));
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Set in Progress         : Set Complete\nIP Address Source       : Static Address\n\
                        IP Address              : 192.0.2.7\nSubnet Mask             : 255.255.255.0\n\
                        MAC Address             : 02:00:5E:00:53:01\nDefault Gateway IP      : 192.0.2.1\n";

    #[test]
    fn the_controllers_address() {
        let row = lan(TEXT).unwrap();
        let texts = ["description", "mac", "ipaddress", "ipmask", "ipsubnet", "ipgateway", "status"];
        assert_eq!(
            texts.map(|field| row.text(field).unwrap()),
            ["bmc", "02:00:5e:00:53:01", "192.0.2.7", "255.255.255.0", "192.0.2.0", "192.0.2.1", "up"]
        );
    }

    #[test]
    fn a_controller_without_an_address() {
        let row = lan(&TEXT.replace("192.0.2.7", "0.0.0.0")).unwrap();
        assert_eq!((row.text("status"), row.text("ipaddress"), row.text("ipsubnet")), (Some("down"), None, None));
        assert_eq!(lan("Channel 1 is not a LAN channel\n"), None);
        assert_eq!(lan("MAC Address : 00:00:00:00:00:00\n"), None);
    }
}
