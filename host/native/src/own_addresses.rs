//! The addresses that are this machine itself.

use std::net::IpAddr;

/// Of every interface, each once. A machine that does not tell has none that are known.
pub fn own_addresses() -> Vec<IpAddr> {
    let Ok(interfaces) = nix::ifaddrs::getifaddrs() else { return Vec::new() };
    let address = |interface: nix::ifaddrs::InterfaceAddress| {
        let address = interface.address?;
        let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
        v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
    };
    let mut addresses: Vec<IpAddr> = interfaces.filter_map(address).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}
