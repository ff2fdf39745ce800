//! A device that says that it is this machine: what it says is reported as it says it, and the owner is told. A server that
//! joins devices by serial number or hardware address could take the one for the other.

use super::Looked;
use airlock_model::Report;
use airlock_native::{OwnIdentity, own_addresses};
use std::net::IpAddr;

/// What this machine is known by.
pub(crate) struct Claims {
    own: OwnIdentity,
    addresses: Vec<IpAddr>,
}

impl Claims {
    pub(crate) fn new() -> Self {
        Self { own: OwnIdentity::read(), addresses: own_addresses() }
    }

    /// What of a device is this machine's, in words; nothing where it is this machine that was asked.
    pub(crate) fn of(&self, looked: &Looked) -> Vec<String> {
        if looked.target.address.is_loopback() || self.addresses.contains(&looked.target.address) {
            return Vec::new();
        }
        self.within(&looked.report)
    }

    fn within(&self, report: &Report) -> Vec<String> {
        let mut found = Vec::new();
        for section in ["discovered_device", "network_device", "network_ports"] {
            for row in report.rows(section) {
                if let Some(mac) = row.text("mac").filter(|mac| self.own.has_mac(mac)) {
                    found.push(format!("the hardware address {mac}"));
                }
                if let Some(number) = row.text("serial").filter(|number| self.own.has_number(number)) {
                    found.push(format!("the serial number {number}"));
                }
            }
        }
        found.dedup();
        found
    }
}
