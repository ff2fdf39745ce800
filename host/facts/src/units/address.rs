//! Internet addresses: masks and subnets.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The mask of a prefix: 24 is `255.255.255.0`.
pub fn mask4(prefix: u32) -> Option<Ipv4Addr> {
    Some(Ipv4Addr::from_bits(u32::MAX.checked_shl(32_u32.checked_sub(prefix)?).unwrap_or(0)))
}

pub fn mask6(prefix: u32) -> Option<Ipv6Addr> {
    Some(Ipv6Addr::from_bits(u128::MAX.checked_shl(128_u32.checked_sub(prefix)?).unwrap_or(0)))
}

/// The prefix of a mask; none for one with holes.
pub fn prefix_of_mask4(mask: Ipv4Addr) -> Option<u32> {
    let prefix = mask.to_bits().leading_ones();
    (mask4(prefix) == Some(mask)).then_some(prefix)
}

pub fn subnet4(ip: Ipv4Addr, mask: Ipv4Addr) -> Ipv4Addr {
    Ipv4Addr::from_bits(ip.to_bits() & mask.to_bits())
}

pub fn subnet6(ip: Ipv6Addr, prefix: u32) -> Option<Ipv6Addr> {
    Some(Ipv6Addr::from_bits(ip.to_bits() & mask6(prefix)?.to_bits()))
}

pub fn same_network4(one: Ipv4Addr, other: Ipv4Addr, mask: Ipv4Addr) -> bool {
    subnet4(one, mask) == subnet4(other, mask)
}

/// An IPv6 address with all of its digits.
pub fn ip6_in_full(ip: Ipv6Addr) -> String {
    let groups: Vec<String> = ip.segments().iter().map(|group| format!("{group:04x}")).collect();
    groups.join(":")
}

/// An address or mask as eight hexadecimal digits, the way BSD's ifconfig has masks: `0xffffff00`.
pub fn hexadecimal_ip4(text: &str) -> Option<Ipv4Addr> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let plain = digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| plain).map(Ipv4Addr::from_bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_subnets() {
        let ip = |text: &str| text.parse::<Ipv4Addr>().unwrap();
        assert_eq!(
            [mask4(0), mask4(22), mask4(32), mask4(33)],
            [Some(ip("0.0.0.0")), Some(ip("255.255.252.0")), Some(ip("255.255.255.255")), None]
        );
        assert_eq!([prefix_of_mask4(ip("255.255.252.0")), prefix_of_mask4(ip("255.0.255.0"))], [Some(22), None]);
        assert!(same_network4(ip("10.1.2.3"), ip("10.1.3.4"), ip("255.255.252.0")));
        assert!(!same_network4(ip("10.1.2.3"), ip("10.1.7.4"), ip("255.255.252.0")));
        assert_eq!(subnet6("2001:db8::1:2".parse().unwrap(), 64), Some("2001:db8::".parse().unwrap()));
        assert_eq!(subnet6("::1".parse().unwrap(), 129), None);
    }

    #[test]
    fn addresses_of_eight_digits() {
        assert_eq!(hexadecimal_ip4("0xfffffc00"), Some(Ipv4Addr::new(255, 255, 252, 0)));
        assert_eq!(hexadecimal_ip4("0a000001"), Some(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!([hexadecimal_ip4("0xff"), hexadecimal_ip4("+a000001"), hexadecimal_ip4("")], [None; 3]);
    }
}
