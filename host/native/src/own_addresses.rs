//! The addresses that are this machine itself.

use std::net::IpAddr;

/// The addresses by which all machines of a network of ours would answer.
pub fn own_broadcast_addresses() -> Vec<IpAddr> {
    let Ok(interfaces) = nix::ifaddrs::getifaddrs() else { return Vec::new() };
    let v4 = |address: &nix::sys::socket::SockaddrStorage| address.as_sockaddr_in().map(|v4| v4.ip());
    let broadcast = |interface: nix::ifaddrs::InterfaceAddress| {
        let (address, mask) = (v4(interface.address.as_ref()?)?, v4(interface.netmask.as_ref()?)?);
        // By its mask, not by what the interface says: that may be wrong, and one without a mask of its own is one machine.
        let is_net = mask.to_bits().count_ones() < 31;
        is_net.then(|| IpAddr::V4((address.to_bits() | !mask.to_bits()).into()))
    };
    let mut addresses: Vec<IpAddr> = interfaces.filter_map(broadcast).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// The networks of ours, by the addresses that this machine has in them (IPv4).
pub(crate) fn own_networks() -> Vec<ipnet::Ipv4Net> {
    let Ok(interfaces) = nix::ifaddrs::getifaddrs() else { return Vec::new() };
    let v4 = |address: &nix::sys::socket::SockaddrStorage| address.as_sockaddr_in().map(|v4| v4.ip());
    let net = |interface: nix::ifaddrs::InterfaceAddress| {
        let (address, mask) = (v4(interface.address.as_ref()?)?, v4(interface.netmask.as_ref()?)?);
        ipnet::Ipv4Net::with_netmask(address, mask).ok()
    };
    interfaces.filter_map(net).collect()
}

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
