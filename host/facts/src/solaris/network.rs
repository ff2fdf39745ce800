//! Interfaces, from `ifconfig -a` (ifconfig(1M)), and their speed, from `kstat` and `dladm show-phys` (dladm(1M)).
//!
//! ifconfig has an interface once for IPv4 and once for IPv6, and each further address as an interface of its own
//! (`e1000g0:1`), which has no hardware address there.

use crate::bsd::ifconfig::{Interface, interfaces};
use airlock_model::Row;

/// The interfaces in the tool's order.
pub fn rows(text: &str) -> Vec<Row> {
    interfaces(text).iter().map(row).collect()
}

fn row(interface: &Interface) -> Row {
    let mut row = Row::new().with("description", interface.name.as_str());
    row.set("status", if interface.is_up() { "Up" } else { "Down" });
    row.set("type", if interface.is_loopback() { "loopback" } else { "ethernet" });
    row.maybe("mac", interface.mac.as_deref()).maybe("mtu", interface.mtu);
    if let Some(address) = interface.addresses.first() {
        address.fill(&mut row);
    }
    row
}

/// Megabits in a second, as `kstat -m DRIVER -i NUMBER -s link_speed` knows them, or bits as `ifspeed`; 0 without a link.
pub fn speed_of_kstat(text: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let (name, value) = (words.next()?, words.next()?.parse::<u64>());
        match name {
            "link_speed" => value.ok(),
            "ifspeed" => Some(value.ok()? / 1_000_000),
            _ => None,
        }
    })
}

/// Megabits in a second of a link, as `dladm show-phys` has them in a table of named columns.
pub fn speed_of_dladm(text: &str, link: &str) -> Option<u64> {
    let mut lines = text.lines();
    let column = lines.next()?.split_ascii_whitespace().position(|heading| heading == "SPEED")?;
    let row = lines.find(|line| line.split_ascii_whitespace().next() == Some(link))?;
    row.split_ascii_whitespace().nth(column)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_an_interface() {
        let rows = rows(
            "lo0: flags=1<UP,LOOPBACK,RUNNING> mtu 8232 index 1\n\tinet 127.0.0.1 netmask ff000000 \nnet0: flags=2<BROADCAST> mtu 1500 index 2\n\tinet6 fe80::1:2/10 \n\tether 8:0:27:1:2:3 \n",
        );
        assert_eq!(rows[0].text("type"), Some("loopback"));
        assert_eq!(rows[0].text("ipmask"), Some("255.0.0.0"));
        assert_eq!(rows[1].text("mac"), Some("08:00:27:01:02:03"));
        assert_eq!(rows[1].text("status"), Some("Down"));
        assert_eq!(rows[1].text("ipmask6"), Some("ffc0::"));
    }

    #[test]
    fn speeds_are_megabits() {
        assert_eq!(speed_of_kstat("module: lab  instance: 0\n\tlink_speed    1000\n"), Some(1000));
        assert_eq!(speed_of_kstat("ifspeed 10000000000\n"), Some(10_000));
        assert_eq!(speed_of_kstat("link_speed fast\n"), None);
        let table =
            "LINK   MEDIA      STATE   SPEED  DUPLEX   DEVICE\nnet0   Ethernet   up      10000  full     ixgbe0\n";
        assert_eq!(speed_of_dladm(table, "net0"), Some(10_000));
        assert_eq!(speed_of_dladm(table, "net1"), None);
        assert_eq!(speed_of_dladm("", "net0"), None);
    }
}
