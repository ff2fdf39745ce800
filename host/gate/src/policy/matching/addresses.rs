//! Addresses, under whatever name they come.

use crate::Code;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where clouds keep what their machines may know of themselves: outside the link-local ranges, and never a target.
const METADATA: &[IpAddr] = &[
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
];

/// The IPv4 addresses that an IPv6 address carries packets to: mapped and compatible (RFC 4291), NAT64 (RFC 6052 and
/// 8215), 6to4 (RFC 3056), Teredo (RFC 4380), ISATAP (RFC 5214).
pub(crate) fn embedded(address: IpAddr) -> impl Iterator<Item = IpAddr> {
    let IpAddr::V6(v6) = address else { return [None; 3].into_iter().flatten() };
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
    };
    let last = v4(g, h);
    let found = match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0] if g != 0 || h > 1 => [last, None, None],
        [0, 0, 0, 0, 0, 0xffff] | [0, 0, 0, 0, 0xffff, 0] => [last, None, None],
        // Each prefix length puts the address elsewhere; a /48 keeps bits 64 to 71 free.
        [0x64, 0xff9b, 1, ..] => {
            let ([_, e_low], [f_high, _]) = (e.to_be_bytes(), f.to_be_bytes());
            let last = last.filter(|_| (g, h) != (0, 0));
            let low = u16::from_be_bytes([e_low, f_high]);
            [v4(d, low).filter(|_| (d, low) != (0, 0)), last, None]
        }
        [0x64, 0xff9b, 0, 0, 0, 0] => [last, None, None],
        [0x2002, ..] => [v4(b, c), None, None],
        [0x2001, 0, ..] => [v4(c, d), v4(!g, !h), None],
        [.., e, 0x5efe] if e & !0x0200 == 0 => [last, None, None],
        _ => [None; 3],
    };
    found.into_iter().flatten()
}

/// The code of an address that is never reached, as it is and as what is embedded in it.
pub fn never_reached(address: IpAddr) -> Option<Code> {
    std::iter::once(address).chain(embedded(address)).find_map(never)
}

fn never(address: IpAddr) -> Option<Code> {
    let code = match address {
        IpAddr::V4(v4) => match v4.octets() {
            [0, ..] => Code::Unspecified,
            [127, ..] => Code::Loopback,
            [169, 254, ..] => Code::LinkLocal,
            [224..=239, ..] => Code::Multicast,
            [255, 255, 255, 255] => Code::Broadcast,
            _ => return METADATA.contains(&address).then_some(Code::LinkLocal),
        },
        IpAddr::V6(v6) => {
            if v6.is_loopback() {
                Code::Loopback
            } else if v6.is_unspecified() {
                Code::Unspecified
            } else if v6.is_multicast() {
                Code::Multicast
            } else if v6.is_unicast_link_local() {
                Code::LinkLocal
            } else {
                return METADATA.contains(&address).then_some(Code::LinkLocal);
            }
        }
    };
    Some(code)
}

/// The address that a host's name is, in any of the forms that resolvers take: `127.1`, `0x7f000001`, `017700000001`,
/// `2130706433`, with a dot or a zone behind it, in brackets.
pub(crate) fn in_disguise(host: &str) -> Option<IpAddr> {
    let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    let (host, _zone) = host.split_once('%').unwrap_or((host, ""));
    let host = host.strip_suffix('.').unwrap_or(host);
    host.parse().ok().or_else(|| inet_aton(host).map(IpAddr::V4))
}

fn inet_aton(text: &str) -> Option<Ipv4Addr> {
    let parts = text.split('.').map(part).collect::<Option<Vec<u64>>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    let room = 32 - 8 * u32::try_from(first.len()).ok()?;
    if last.checked_shr(room).unwrap_or(0) != 0 {
        return None;
    }
    let high = first.iter().enumerate().fold(0, |sum, (i, part)| sum | part << (24 - 8 * i));
    u32::try_from(high | last).ok().map(Ipv4Addr::from)
}

fn part(text: &str) -> Option<u64> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 20 {
        return None;
    }
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return if hex.is_empty() { Some(0) } else { u64::from_str_radix(hex, 16).ok() };
    }
    let radix = if text.len() > 1 && text.starts_with('0') { 8 } else { 10 };
    u64::from_str_radix(text, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<Code> {
        never_reached(in_disguise(text).unwrap_or_else(|| panic!("{text}")))
    }

    #[test]
    fn the_floor_under_every_name() {
        for text in [
            "127.0.0.1",
            "127.255.0.9",
            "127.1",
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "017700000001",
            "127.0.0.1.",
            "::1",
            "[::1]",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "::ffff:7f00:1",
            "64:ff9b::127.0.0.1",
            "2002:7f00:1::",
            "64:ff9b:1::127.0.0.1",
            "2001:0:7f00:1::1",
            "2001:0:102:304::80ff:fffe",
            "fd00::5efe:127.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b:1:7f00:0:100::",
        ] {
            assert_eq!(code(text), Some(Code::Loopback), "{text}");
        }
        for text in [
            "169.254.169.254",
            "fe80::1",
            "fe80::1%eth0",
            "febf::1",
            "fd00:ec2::254",
            "::ffff:169.254.169.254",
            "2852039166",
            "0xa9fea9fe",
            "64:ff9b::a9fe:a9fe",
            "100.100.100.200",
        ] {
            assert_eq!(code(text), Some(Code::LinkLocal), "{text}");
        }
        for (text, expected) in [
            ("0.0.0.0", Code::Unspecified),
            ("0.1.2.3", Code::Unspecified),
            ("0", Code::Unspecified),
            ("::", Code::Unspecified),
            ("224.0.0.1", Code::Multicast),
            ("239.255.255.250", Code::Multicast),
            ("ff02::1", Code::Multicast),
            ("ff0e::1", Code::Multicast),
            ("::ffff:224.0.0.1", Code::Multicast),
            ("255.255.255.255", Code::Broadcast),
        ] {
            assert_eq!(code(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_looks_alike_is_reached() {
        for text in [
            "126.255.255.255",
            "128.0.0.1",
            "10.1.2.3",
            "169.253.1.1",
            "169.255.0.1",
            "1.0.0.0",
            "223.255.255.255",
            "fec0::1",
            "fd00::1",
            "fd00:ec2::255",
            "2001:db8::1",
            "64:ff9b::10.1.2.3",
            "2002:a01:203::1",
            "::2:0:0:1",
        ] {
            assert_eq!(code(text), None, "{text}");
        }
        for text in ["example.org", "10.example", "1.2.3.4.5", "256.1.1.1", "0xzz", "08", "4294967296", "", "1..2"] {
            assert_eq!(in_disguise(text), None, "{text}");
        }
    }
}
