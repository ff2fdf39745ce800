//! The addresses of this machine: from the kernel through getifaddrs(3), or for a folder that stands for a machine from
//! the kernel's lists in `/proc/net`.
//!
//! The list of IPv4 addresses there (`fib_trie`) names no interface: it is the one of the network that an address is in.
//! An address of no network, such as a second one of the loopback interface, is said and not guessed.

use super::routes;
use crate::{Scan, units};
use nix::ifaddrs::getifaddrs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address of an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// The interface, or a name of the form `eth0:1` that was given to this address alone.
    pub(super) label: String,
    pub(super) ip: IpAddr,
    /// None where a tunnel's other end is said instead.
    pub(super) prefix: Option<u32>,
}

impl Address {
    #[cfg(test)]
    pub(super) fn new(label: &str, ip: IpAddr, prefix: u32) -> Self {
        Self { label: label.to_owned(), ip, prefix: Some(prefix) }
    }

    /// As it is kept of a machine: `192.0.2.1 24 eth0`.
    fn line(&self) -> String {
        let prefix = self.prefix.map_or_else(|| "-".to_owned(), |prefix| prefix.to_string());
        format!("{} {prefix} {}\n", self.ip, self.label)
    }

    fn of_line(line: &str) -> Option<Self> {
        let mut words = line.splitn(3, ' ');
        let (ip, prefix) = (words.next()?.parse().ok()?, words.next()?.parse().ok());
        Some(Self { label: words.next()?.to_owned(), ip, prefix })
    }

    pub(super) fn interface(&self) -> &str {
        self.label.split(':').next().unwrap_or_default()
    }

    pub(super) fn mask(&self) -> Option<IpAddr> {
        Some(match self.ip {
            IpAddr::V4(_) => IpAddr::V4(units::mask4(self.prefix?)?),
            IpAddr::V6(_) => IpAddr::V6(units::mask6(self.prefix?)?),
        })
    }

    pub(super) fn subnet(&self) -> Option<IpAddr> {
        Some(match self.ip {
            IpAddr::V4(ip) => IpAddr::V4(units::subnet4(ip, units::mask4(self.prefix?)?)),
            IpAddr::V6(ip) => IpAddr::V6(units::subnet6(ip, self.prefix?)?),
        })
    }

    /// True for an address in the same subnet.
    pub(super) fn reaches(&self, other: IpAddr) -> bool {
        let there = Self { ip: other, ..self.clone() };
        self.ip.is_ipv4() == other.is_ipv4() && self.subnet().is_some_and(|subnet| Some(subnet) == there.subnet())
    }
}

/// An IPv6 address with all of its digits.
pub(super) fn in_full(ip: IpAddr) -> Option<String> {
    let IpAddr::V6(ip) = ip else { return None };
    Some(units::ip6_in_full(ip))
}

pub(super) fn of(scan: &Scan<'_>) -> Vec<Address> {
    let asked = || match live() {
        Ok(addresses) => Some(addresses.iter().map(Address::line).collect::<String>()),
        Err(error) => {
            scan.missing(format_args!("addresses from the kernel: {error}"));
            None
        }
    };
    if let Some(lines) = scan.roots().answer("addresses", asked) {
        return lines.lines().filter_map(Address::of_line).collect();
    }
    let mut addresses = addresses4(scan);
    addresses.extend(addresses6(&scan.text("/proc/net/if_inet6").unwrap_or_default()));
    addresses
}

fn live() -> nix::Result<Vec<Address>> {
    let addresses = getifaddrs()?.filter_map(|entry| {
        let (address, mask) = (entry.address?, entry.netmask);
        let (ip, prefix) = if let Some(v4) = address.as_sockaddr_in() {
            let mask = mask.as_ref().and_then(|mask| mask.as_sockaddr_in()).map(|mask| mask.ip().to_bits());
            (IpAddr::V4(v4.ip()), mask.map_or(32, u32::leading_ones))
        } else {
            let v6 = address.as_sockaddr_in6()?;
            let mask = mask.as_ref().and_then(|mask| mask.as_sockaddr_in6()).map(|mask| mask.ip().to_bits());
            (IpAddr::V6(v6.ip()), mask.map_or(128, u128::leading_ones))
        };
        Some(Address { label: entry.interface_name, ip, prefix: Some(prefix) })
    });
    Ok(addresses.collect())
}

fn addresses4(scan: &Scan<'_>) -> Vec<Address> {
    let networks = routes::networks(&scan.text("/proc/net/route").unwrap_or_default());
    let mut addresses = Vec::new();
    for ip in own_addresses(&scan.text("/proc/net/fib_trie").unwrap_or_default()) {
        let network = networks
            .iter()
            .filter(|network| ip.to_bits() & network.mask == network.destination)
            .max_by_key(|network| network.mask.leading_ones());
        let (label, prefix) = match network {
            Some(network) => (network.interface.clone(), network.mask.leading_ones()),
            None if ip.is_loopback() => ("lo".to_owned(), 8),
            None => {
                scan.missing(format_args!("interface of address {ip}"));
                continue;
            }
        };
        addresses.push(Address { label, ip: IpAddr::V4(ip), prefix: Some(prefix) });
    }
    addresses
}

/// Addresses that `fib_trie` calls local: a line with the address, and below it one with its kind.
fn own_addresses(text: &str) -> Vec<Ipv4Addr> {
    let mut found = Vec::new();
    let mut current: Option<Ipv4Addr> = None;
    for line in text.lines().map(str::trim) {
        if let Some(leaf) = line.strip_prefix("|-- ") {
            current = leaf.parse().ok();
        } else if line == "/32 host LOCAL"
            && let Some(ip) = current
            && !found.contains(&ip)
        {
            found.push(ip);
        }
    }
    found
}

/// `fe800000000000000000000000000001 02 40 20 80 eth0`: address, interface, prefix, scope, flags, name.
fn addresses6(text: &str) -> Vec<Address> {
    let address = |line: &str| {
        let mut fields = line.split_ascii_whitespace();
        let ip = u128::from_str_radix(fields.next()?, 16).ok()?;
        let prefix = u32::from_str_radix(fields.nth(1)?, 16).ok().filter(|prefix| *prefix <= 128)?;
        let ip = IpAddr::V6(Ipv6Addr::from_bits(ip));
        Some(Address { label: fields.nth(2)?.to_owned(), ip, prefix: Some(prefix) })
    };
    text.lines().filter_map(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_subnets_of_every_length() {
        let address = |ip: &str, prefix| Address::new("e", ip.parse().unwrap(), prefix);
        let texts = |a: &Address| (a.mask().map(|m| m.to_string()), a.subnet().map(|s| s.to_string()));
        let some = |mask: &str, subnet: &str| (Some(mask.to_owned()), Some(subnet.to_owned()));
        assert_eq!(texts(&address("192.0.2.130", 25)), some("255.255.255.128", "192.0.2.128"));
        assert_eq!(texts(&address("192.0.2.130", 0)), some("0.0.0.0", "0.0.0.0"));
        assert_eq!(texts(&address("192.0.2.130", 32)), some("255.255.255.255", "192.0.2.130"));
        assert_eq!(texts(&address("192.0.2.130", 33)), (None, None));
        assert_eq!(texts(&address("2001:db8::5:1", 64)), some("ffff:ffff:ffff:ffff::", "2001:db8::"));
        assert_eq!(texts(&address("::1", 128)).1.as_deref(), Some("::1"));
        assert_eq!(texts(&address("::1", 0)), some("::", "::"));
        assert_eq!(
            in_full(address("::1", 60).mask().unwrap()).as_deref(),
            Some("ffff:ffff:ffff:fff0:0000:0000:0000:0000")
        );
        assert!(address("192.0.2.1", 24).reaches("192.0.2.254".parse().unwrap()));
        assert!(!address("192.0.2.1", 24).reaches("192.0.3.254".parse().unwrap()));
        assert!(!address("0.0.0.1", 0).reaches("::1".parse().unwrap()));
    }

    #[test]
    fn lists_of_the_kernel_are_read_whatever_is_in_them() {
        let trie = "Main:\n  |-- 10.0.0.1\n     /32 host LOCAL\n     /32 link BROADCAST\n  |-- 10.0.0.255\n     /32 link \
                    BROADCAST\nLocal:\n  |-- 10.0.0.1\n     /32 host LOCAL\n  |-- x\n     /32 host LOCAL\n  |-- 127.0.0.0\n     \
                    /8 host LOCAL\n";
        assert_eq!(own_addresses(trie), [Ipv4Addr::new(10, 0, 0, 1)]);
        let list = "00000000000000000000000000000001 01 80 10 80       lo\nx 01 80 10 80 lo\n1 01 81 10 80 lo\n1 01\n";
        assert_eq!(addresses6(list), [Address::new("lo", "::1".parse().unwrap(), 128)]);
    }
}
