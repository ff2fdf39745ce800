//! Interfaces as rows of the section `networks`.

use super::{Address, Interface};
use crate::units;
use airlock_model::Row;
use std::net::IpAddr;

/// One row an address; an interface without any has one row.
pub fn rows(interfaces: &[Interface]) -> Vec<Row> {
    let mut rows = Vec::new();
    for interface in interfaces {
        let base = interface.row();
        if interface.addresses.is_empty() {
            rows.push(base);
            continue;
        }
        rows.extend(interface.addresses.iter().map(|address| {
            let mut row = base.clone();
            address.fill(&mut row, interface);
            row
        }));
    }
    rows
}

impl Interface {
    fn row(&self) -> Row {
        let mut row = Row::new();
        row.maybe("description", self.description.clone())
            .maybe("mac", self.mac.as_deref().and_then(units::hardware_address))
            .maybe("pnpdeviceid", self.pnp_id.clone())
            .maybe("pciid", self.pci().map(|pci| pci.joined()))
            .maybe("speed", self.speed.map(|speed| speed.to_string()))
            .maybe("type", self.kind)
            .set("status", if self.up { "up" } else { "down" })
            .set("virtualdev", !self.hardware);
        row
    }
}

impl super::Pci {
    /// `vendor:device:subvendor:subdevice`.
    fn joined(&self) -> String {
        let mut text = format!("{}:{}", self.vendor, self.device);
        if let Some((device, vendor)) = &self.subsystem {
            text = format!("{text}:{vendor}:{device}");
        }
        text.to_ascii_lowercase()
    }
}

impl Address {
    fn fill(&self, row: &mut Row, interface: &Interface) {
        match self.ip {
            IpAddr::V4(ip) => {
                let mask = self.mask.parse().ok();
                let same = |gateway: &&String| gateway.parse::<IpAddr>().is_ok_and(|gateway| gateway.is_ipv4());
                row.set("ipaddress", ip.to_string())
                    .set("ipmask", self.mask.as_str())
                    .maybe("ipsubnet", mask.map(|mask| units::subnet4(ip, mask).to_string()))
                    .maybe("ipgateway", interface.gateways.iter().find(same).cloned())
                    .maybe("ipdhcp", interface.dhcp.clone());
            }
            IpAddr::V6(ip) => {
                let prefix = self.mask.parse::<u32>().ok();
                row.set("ipaddress6", ip.to_string())
                    .maybe("ipmask6", prefix.and_then(units::mask6).map(|mask| mask.to_string()))
                    .maybe("ipsubnet6", prefix.and_then(|bits| units::subnet6(ip, bits)).map(|net| net.to_string()));
            }
        }
    }
}
