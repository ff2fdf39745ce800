//! Interfaces of a machine that is only reached through its tools: ip(8), or ifconfig(8) where there is none.

use super::addresses::Address;
use super::dhcp::Leases;
use super::interface::Interface;
use super::routes::Gateway;
use crate::output::ip::Link;
use airlock_model::Row;
use std::net::IpAddr;

/// The rows of the section: one an address, and one for an interface without.
pub fn rows_of_links(links: &[Link], gateway: Option<IpAddr>) -> Vec<Row> {
    // An interface of ifconfig's that is only another name for one.
    let is_name = |link: &&Link| {
        link.addresses
            .first()
            .is_some_and(|address| address.label.as_ref() == Some(&link.name) && link.name.contains(':'))
    };
    let leases = Leases::default();
    let mut rows = Vec::new();
    for link in links {
        let slaves: Vec<&str> = links
            .iter()
            .filter(|other| other.master.as_ref() == Some(&link.name))
            .map(|other| other.name.as_str())
            .collect();
        let gateways: Vec<Gateway> = gateway.iter().map(|ip| Gateway::new(&link.name, *ip)).collect();
        let mut interface = Interface::of_link(link, &slaves);
        if is_name(&link) {
            interface.name = link.name.split(':').next().unwrap_or_default().to_owned();
        }
        let addresses: Vec<Address> = link
            .addresses
            .iter()
            .map(|address| Address {
                label: address.label.clone().unwrap_or_else(|| link.name.clone()),
                ip: address.ip,
                prefix: address.prefix,
            })
            .collect();
        let found = super::rows(&interface, &addresses, &gateways, &leases);
        let whole = usize::from(is_name(&link) && found.len() > addresses.len());
        rows.extend(found.into_iter().skip(whole));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{ifconfig, ip};

    const LINKS: &str = "\
2: e2: <BROADCAST,UP> mtu 1500 master br0
    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff
3: br0: <BROADCAST,UP> mtu 1500
    link/ether 02:00:00:00:00:03 brd ff:ff:ff:ff:ff:ff
    bridge forward_delay 1500
    inet 192.0.2.3/24 scope global br0:a
4: v4@e2: <BROADCAST> mtu 1500
    link/ether 02:00:00:00:00:04 brd ff:ff:ff:ff:ff:ff
    vlan protocol 802.1Q id 4
";

    #[test]
    fn a_bridge_has_slaves_and_a_vlan_a_base() {
        let rows = rows_of_links(&ip::links(LINKS), Some("192.0.2.1".parse().unwrap()));
        let texts = |field: &str| rows.iter().map(|row| row.text(field).unwrap_or("-").to_owned()).collect::<Vec<_>>();
        assert_eq!(texts("description"), ["e2", "br0", "br0:a", "v4"]);
        assert_eq!(texts("type"), ["-", "bridge", "alias", "alias"]);
        assert_eq!(texts("base"), ["-", "-", "br0", "e2"]);
        assert_eq!(texts("slaves"), ["-", "e2", "-", "-"]);
        assert_eq!(texts("ipgateway"), ["-", "-", "192.0.2.1", "-"]);
        assert_eq!(texts("status"), ["up", "up", "up", "down"]);
    }

    #[test]
    fn names_of_addresses_are_interfaces_to_ifconfig() {
        let text =
            "e1: flags=1<UP>  mtu 1500\n\ne1:x: flags=1<UP>  mtu 1500\n        inet 192.0.2.1  netmask 255.255.255.0\n";
        let rows = rows_of_links(&ifconfig::links(text), None);
        assert_eq!(rows.len(), 2);
        assert_eq!(
            (rows[1].text("description"), rows[1].text("base"), rows[1].text("ipsubnet")),
            (Some("e1:x"), Some("e1"), Some("192.0.2.0"))
        );
    }
}
