//! Network interfaces, one row an address; the name servers and the gateway of the machine.

mod addresses;
mod bonding;
mod containers;
mod dhcp;
mod fibre_channel;
mod interface;
mod resolver;
mod routes;
mod tools;
mod wireless;

use crate::Scan;
use addresses::Address;
use airlock_model::Row;
use dhcp::Leases;
pub use dhcp::server_in_leases;
pub use fibre_channel::FibreChannelPort;
use interface::Interface;
use routes::Gateway;
use std::net::IpAddr;
pub use tools::rows_of_links;

pub(super) fn collect(scan: &Scan<'_>) {
    let gateways = routes::gateways(scan);
    let mut addresses = addresses::of(scan);
    let leases = Leases::of(scan);
    for interface in interface::all(scan, &addresses) {
        let (own, others): (Vec<Address>, Vec<Address>) =
            addresses.into_iter().partition(|address| address.interface() == interface.name);
        addresses = others;
        for row in rows(&interface, &own, &gateways, &leases) {
            scan.row_from(row, || format!("/sys/class/net/{}", interface.name));
        }
    }
    fibre_channel::collect(scan);
    containers::collect(scan);
    super::bmc::interface(scan);
}

/// A row an address; also one for an interface whose addresses all have names of their own.
fn rows(interface: &Interface, addresses: &[Address], gateways: &[Gateway], leases: &Leases) -> Vec<Row> {
    let mut rows = Vec::with_capacity(addresses.len().max(1));
    if addresses.iter().all(|address| address.label != interface.name) {
        rows.push(interface.row());
    }
    rows.extend(addresses.iter().map(|address| with_address(interface, address, gateways, leases)));
    rows
}

fn with_address(interface: &Interface, address: &Address, gateways: &[Gateway], leases: &Leases) -> Row {
    let mut row = if address.label == interface.name { interface.row() } else { interface.alias_row(&address.label) };
    match address.ip {
        IpAddr::V4(ip) => {
            row.set("ipaddress", ip.to_string())
                .maybe("ipmask", address.mask().map(|mask| mask.to_string()))
                .maybe("ipsubnet", address.subnet().map(|subnet| subnet.to_string()));
            let gateway = gateways.iter().find(|g| g.interface == interface.name && address.reaches(g.address));
            row.maybe("ipgateway", gateway.map(|gateway| gateway.address.to_string()));
            row.maybe("ipdhcp", leases.server(&interface.name, interface.index, ip).map(|server| server.to_string()));
        }
        IpAddr::V6(ip) => {
            row.set("ipaddress6", ip.to_string())
                .maybe("ipmask6", address.mask().and_then(addresses::in_full))
                .maybe("ipsubnet6", address.subnet().map(|subnet| subnet.to_string()));
        }
    }
    row
}

/// The part of the section `hardware` that is about the network.
pub(super) fn names_and_gateway(scan: &Scan<'_>) {
    let mut row = Row::new();
    row.maybe("dns", resolver::name_servers(scan))
        .maybe("workgroup", resolver::domain(scan))
        .maybe("defaultgateway", routes::gateways(scan).first().map(|gateway| gateway.address.to_string()));
    scan.row(row);
}

#[cfg(test)]
mod tests;
