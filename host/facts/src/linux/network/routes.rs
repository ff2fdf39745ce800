//! The kernel's main routing tables, `/proc/net/route` and `/proc/net/ipv6_route`.

use crate::Scan;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Flags of a route (include/uapi/linux/route.h): usable, through a gateway, refused.
const UP: u32 = 0x1;
const THROUGH: u32 = 0x2;
const REFUSED: u32 = 0x200;

/// Where packets go that no other route takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gateway {
    pub(super) interface: String,
    pub(super) address: IpAddr,
    metric: u32,
}

impl Gateway {
    pub(super) fn new(interface: &str, address: IpAddr) -> Self {
        Self { interface: interface.to_owned(), address, metric: 0 }
    }
}

/// A network that an interface is in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Network {
    pub(super) interface: String,
    pub(super) destination: u32,
    pub(super) mask: u32,
}

/// The default gateways, the preferred one first: IPv4 before IPv6, then by metric.
pub(super) fn gateways(scan: &Scan<'_>) -> Vec<Gateway> {
    let text = scan.text("/proc/net/route").unwrap_or_default();
    let default = |route: &Route| route.flags & THROUGH != 0 && route.destination == 0 && route.mask == 0;
    let mut gateways: Vec<Gateway> = routes4(&text)
        .filter(default)
        .map(|route| Gateway {
            interface: route.interface.to_owned(),
            address: IpAddr::V4(Ipv4Addr::from_bits(route.gateway)),
            metric: route.metric,
        })
        .collect();
    gateways.sort_by_key(|gateway| gateway.metric);
    let mut others = gateways6(&scan.text("/proc/net/ipv6_route").unwrap_or_default());
    others.sort_by_key(|gateway| gateway.metric);
    gateways.extend(others);
    gateways
}

/// The networks that interfaces are in themselves.
pub(super) fn networks(text: &str) -> Vec<Network> {
    routes4(text)
        .filter(|route| route.flags & THROUGH == 0 && route.mask != 0)
        .map(|route| Network {
            interface: route.interface.to_owned(),
            destination: route.destination,
            mask: route.mask,
        })
        .collect()
}

struct Route<'a> {
    interface: &'a str,
    destination: u32,
    gateway: u32,
    flags: u32,
    metric: u32,
    mask: u32,
}

/// Interface, destination, gateway, flags, references, use, metric, mask, and more.
fn routes4(text: &str) -> impl Iterator<Item = Route<'_>> {
    let route = |line| -> Option<Route<'_>> {
        let mut fields = str::split_ascii_whitespace(line);
        let interface = fields.next()?;
        let (destination, gateway) = (bits4(fields.next()?)?, bits4(fields.next()?)?);
        let flags = u32::from_str_radix(fields.next()?, 16).ok()?;
        let metric = fields.nth(2)?.parse().ok()?;
        let mask = bits4(fields.next()?)?;
        Some(Route { interface, destination, gateway, flags, metric, mask })
    };
    text.lines().skip(1).filter_map(route).filter(|route| route.flags & UP != 0 && route.flags & REFUSED == 0)
}

/// The four bytes of an address in the network's order, printed as one number of the machine's order.
fn bits4(field: &str) -> Option<u32> {
    Some(u32::from_be_bytes(u32::from_str_radix(field, 16).ok()?.to_ne_bytes()))
}

/// Destination and prefix, source and prefix, next hop, metric, references, use, flags, interface; all hexadecimal.
fn gateways6(text: &str) -> Vec<Gateway> {
    let gateway = |line: &str| {
        let mut fields = line.split_ascii_whitespace();
        let destination = u128::from_str_radix(fields.next()?, 16).ok()?;
        let prefix = u32::from_str_radix(fields.next()?, 16).ok()?;
        let hop = Ipv6Addr::from_bits(u128::from_str_radix(fields.nth(2)?, 16).ok()?);
        let metric = u32::from_str_radix(fields.next()?, 16).ok()?;
        let flags = u32::from_str_radix(fields.nth(2)?, 16).ok()?;
        let interface = fields.next()?.to_owned();
        let usable = flags & (UP | THROUGH) == UP | THROUGH && flags & REFUSED == 0;
        let default = destination == 0 && prefix == 0 && !hop.is_unspecified();
        (usable && default).then_some(Gateway { interface, address: IpAddr::V6(hop), metric })
    };
    text.lines().filter_map(gateway).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    const ROUTES: &str = "\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth1\t00000000\t0102A8C0\t0003\t0\t0\t200\t00000000\t0\t0\t0
eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
*\t0000000A\t00000000\t0201\t0\t0\t0\t000000FF\t0\t0\t0
tun0\t0000140A\t0100A8C0\t0003\t0\t0\t0\t0000FFFF\t0\t0\t0
eth9\tzz\t0\t1
";

    #[test]
    #[cfg(target_endian = "little")]
    fn networks_are_those_of_interfaces() {
        assert_eq!(
            networks(ROUTES),
            [Network { interface: "eth0".into(), destination: 0xc0a8_0000, mask: 0xffff_ff00 }]
        );
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn the_gateway_of_the_lowest_metric_is_the_first() {
        let mut found = Vec::new();
        TestMachine::of(&[("proc/net/route", ROUTES)]).collect(|scan| found = gateways(scan));
        let texts: Vec<String> = found.iter().map(|g| format!("{} {}", g.interface, g.address)).collect();
        assert_eq!(texts, ["eth0 192.168.0.1", "eth1 192.168.2.1"]);
    }

    #[test]
    fn gateways_of_ipv6_are_found_among_all_routes() {
        let zero = "00000000000000000000000000000000";
        let hop = "fe800000000000000000000000000001";
        let text = format!(
            "{zero} 00 {zero} 00 {hop} 00000400 00000001 00000000 00000003     eth0\n\
             {zero} 00 {zero} 00 {zero} ffffffff 00000001 00000000 00200200       lo\n\
             {hop} 40 {zero} 00 {zero} 00000100 00000001 00000000 00000001     eth0\n\
             {zero} 00 {zero}\n"
        );
        let gateway = Gateway { interface: "eth0".into(), address: "fe80::1".parse().unwrap(), metric: 1024 };
        assert_eq!(gateways6(&text), [gateway]);
    }
}
