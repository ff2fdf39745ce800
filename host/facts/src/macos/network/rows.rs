//! Interfaces as rows of the section `networks`.

use super::{Inet, Inet6, Interface, Port};
use crate::units;
use airlock_model::Row;
use std::net::{Ipv4Addr, Ipv6Addr};

/// One row an address; an interface without any has one row.
pub fn rows(interfaces: &[Interface], ports: &[Port]) -> Vec<Row> {
    let mut rows = Vec::new();
    for interface in interfaces {
        let base = interface.row(ports);
        let start = rows.len();
        for inet in &interface.inet {
            let mut row = base.clone();
            row.set("ipaddress", inet.address.to_string())
                .maybe("ipmask", inet.mask.map(|mask| mask.to_string()))
                .maybe("ipsubnet", inet.subnet().map(|subnet| subnet.to_string()));
            rows.push(row);
        }
        for inet in &interface.inet6 {
            let mut row = base.clone();
            row.set("ipaddress6", inet.address.to_string())
                .maybe("ipmask6", inet.mask().map(|mask| mask.to_string()))
                .maybe("ipsubnet6", inet.subnet().map(|subnet| subnet.to_string()));
            rows.push(row);
        }
        if rows.len() == start {
            rows.push(base);
        }
    }
    rows
}

impl Interface {
    /// The hardware port that it belongs to.
    pub fn port<'a>(&self, ports: &'a [Port]) -> Option<&'a Port> {
        ports.iter().find(|port| port.device == self.name)
    }

    /// In the schema's words; none for tunnels and the like.
    pub fn kind(&self, ports: &[Port]) -> Option<&'static str> {
        if self.loopback {
            return Some("loopback");
        }
        let port = self.port(ports)?;
        Some(match port.name.as_str() {
            name if name.contains("Wi-Fi") || name.contains("AirPort") => "wifi",
            name if name.contains("Bluetooth") => "bluetooth",
            name if name.contains("Bridge") => "bridge",
            name if name.contains("Modem") => "dialup",
            _ => "ethernet",
        })
    }

    /// What does not depend on an address.
    fn row(&self, ports: &[Port]) -> Row {
        let port = self.port(ports);
        let mut row = Row::new().with("description", port.map_or(self.name.as_str(), |port| port.name.as_str()));
        let up = self.up && self.active.unwrap_or(true);
        row.maybe("mac", self.mac.as_deref().and_then(units::hardware_address))
            .maybe("mtu", self.mtu)
            .maybe("speed", self.speed.map(|speed| speed.to_string()))
            .maybe("type", self.kind(ports).or_else(|| self.name.starts_with("bridge").then_some("bridge")))
            .set("status", if up { "up" } else { "down" })
            .set("virtualdev", port.is_none());
        if !self.members.is_empty() {
            row.set("slaves", self.members.join(","));
        }
        row
    }
}

impl Inet {
    pub fn subnet(&self) -> Option<Ipv4Addr> {
        self.mask.map(|mask| self.address & mask)
    }
}

impl Inet6 {
    pub fn mask(&self) -> Option<Ipv6Addr> {
        units::mask6(u32::from(self.prefix?))
    }

    pub fn subnet(&self) -> Option<Ipv6Addr> {
        self.mask().map(|mask| self.address & mask)
    }
}
