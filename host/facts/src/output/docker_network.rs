//! `docker network inspect` and `podman network inspect`: the containers that a macvlan network puts beside this machine.
//!
//! Such a container is seen by the network as a machine of its own on this machine's card, with an address and a hardware
//! address that no interface here has.

use crate::units;
use airlock_model::Row;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};

/// More than one machine runs.
const MOST: usize = 4096;

/// The numbers that `docker network ls --quiet` prints.
pub fn names(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('-')).take(MOST).collect()
}

/// A row an address of a container, described as `network@container`.
pub fn macvlan_interfaces(json: &str) -> Vec<Row> {
    let value: Value = serde_json::from_str(json).unwrap_or_default();
    let networks = match &value {
        Value::Array(networks) => networks.as_slice(),
        Value::Object(_) => std::slice::from_ref(&value),
        _ => &[],
    };
    let mut rows = Vec::new();
    for network in networks.iter().filter(|network| field(network, "Driver").and_then(Value::as_str) == Some("macvlan"))
    {
        let Some(name) = field(network, "Name").and_then(Value::as_str) else { continue };
        let containers = field(network, "Containers").and_then(Value::as_object);
        for container in containers.into_iter().flat_map(|containers| containers.values()) {
            let Some(container_name) = field(container, "Name").and_then(Value::as_str) else { continue };
            if rows.len() >= MOST {
                return rows;
            }
            let base = Row::new()
                .with("description", format!("{name}@{container_name}"))
                .with("status", "up")
                .with("virtualdev", true);
            rows.extend(of_docker(network, container, &base));
            rows.extend(of_podman(container, &base));
        }
    }
    rows
}

/// Docker's fields begin with a capital, podman's do not.
fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).or_else(|| value.get(name.to_ascii_lowercase()))
}

fn of_docker(network: &Value, container: &Value, base: &Row) -> Vec<Row> {
    let text = |name: &str| container.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let Some(mac) = text("MacAddress").and_then(units::hardware_address) else { return Vec::new() };
    let gateways = network.pointer("/IPAM/Config").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let gateways: Vec<&str> = gateways.iter().filter_map(|config| config.get("Gateway")?.as_str()).take(64).collect();
    let base = base.clone().with("mac", mac);
    let addresses = ["IPv4Address", "IPv6Address"].map(text);
    let mut rows: Vec<Row> = addresses.into_iter().flatten().filter_map(|ip| addressed(&base, ip, &gateways)).collect();
    if rows.is_empty() {
        rows.push(base);
    }
    rows
}

fn of_podman(container: &Value, base: &Row) -> Vec<Row> {
    let interfaces = container.get("interfaces").and_then(Value::as_object);
    let mut rows = Vec::new();
    for interface in interfaces.into_iter().flat_map(|interfaces| interfaces.values()).take(64) {
        let mut base = base.clone();
        base.maybe("mac", interface.get("mac_address").and_then(Value::as_str).and_then(units::hardware_address));
        let subnets = interface.get("subnets").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for subnet in subnets.iter().take(64) {
            let text = |name: &str| subnet.get(name).and_then(Value::as_str);
            let gateways: Vec<&str> = text("gateway").into_iter().collect();
            rows.extend(text("ipnet").and_then(|ip| addressed(&base, ip, &gateways)));
        }
    }
    rows
}

/// The row of an address such as `192.0.2.7/24`; the gateway if it is in its subnet.
fn addressed(base: &Row, text: &str, gateways: &[&str]) -> Option<Row> {
    let (ip, prefix) = text.split_once('/').unwrap_or((text, ""));
    let prefix: Option<u32> = prefix.parse().ok();
    let mut row = base.clone();
    match ip.parse().ok()? {
        IpAddr::V4(ip) => {
            let mask = prefix.and_then(units::mask4);
            let reached = |gateway: &&&str| {
                let gateway: Option<Ipv4Addr> = gateway.parse().ok();
                gateway.zip(mask).is_some_and(|(gateway, mask)| units::same_network4(ip, gateway, mask))
            };
            row.set("ipaddress", ip.to_string())
                .maybe("ipmask", mask.map(|mask| mask.to_string()))
                .maybe("ipsubnet", mask.map(|mask| units::subnet4(ip, mask).to_string()))
                .maybe("ipgateway", gateways.iter().find(reached).map(|gateway| (*gateway).to_owned()));
        }
        IpAddr::V6(ip) => {
            let mask = prefix.and_then(units::mask6).map(units::ip6_in_full);
            row.set("ipaddress6", ip.to_string()).maybe("ipmask6", mask).maybe(
                "ipsubnet6",
                prefix.and_then(|prefix| units::subnet6(ip, prefix)).map(|subnet| subnet.to_string()),
            );
        }
    }
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_of_docker() {
        let json = r#"[{"Name":"lan","Driver":"macvlan","IPAM":{"Config":[{"Subnet":"192.0.2.0/24","Gateway":"192.0.2.1"}]},
            "Containers":{"f00":{"Name":"web","MacAddress":"02:42:C0:00:02:07","IPv4Address":"192.0.2.7/24","IPv6Address":"2001:db8::7/64"}}},
            {"Name":"bridge","Driver":"bridge","Containers":{"f01":{"Name":"x","MacAddress":"02:42:C0:00:02:08","IPv4Address":"172.17.0.2/16"}}}]"#;
        let rows = macvlan_interfaces(json);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].text("description"), rows[0].text("mac")), (Some("lan@web"), Some("02:42:c0:00:02:07")));
        assert_eq!((rows[0].text("ipsubnet"), rows[0].text("ipgateway")), (Some("192.0.2.0"), Some("192.0.2.1")));
        assert_eq!((rows[1].text("ipaddress6"), rows[1].text("ipsubnet6")), (Some("2001:db8::7"), Some("2001:db8::")));
        assert_eq!(names("a1\n\nb2\n--x\n"), ["a1", "b2"]);
    }

    #[test]
    fn containers_of_podman() {
        let json = r#"[{"name":"lan","driver":"macvlan","containers":{"f":{"name":"db","interfaces":{"eth0":{"mac_address":"02:00:00:00:00:05",
            "subnets":[{"ipnet":"192.0.2.9/28","gateway":"192.0.2.1"}]}}}}}]"#;
        let rows = macvlan_interfaces(json);
        assert_eq!((rows[0].text("description"), rows[0].text("ipmask")), (Some("lan@db"), Some("255.255.255.240")));
        for nonsense in ["", "[]", "{", "[1]", r#"[{"Driver":"macvlan"}]"#] {
            assert!(macvlan_interfaces(nonsense).is_empty());
        }
    }
}
