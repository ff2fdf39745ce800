//! How a device is reached: ports, and by what SNMP travels.

use airlock_protocol::jobs::Protocol;
use std::net::{IpAddr, SocketAddr};

/// SNMP's own port (RFC 3417, 3.1).
pub(crate) const PORT: u16 = 161;

/// `10.1.0.7`, `10.1.0.7:1161`, `tcp:10.1.0.7`: each protocol with each port, those that are for the other family left out.
/// No protocol, or no port: the usual one.
pub(crate) fn places(address: IpAddr, ports: &[u16], protocols: &[Protocol]) -> Vec<String> {
    let ports = if ports.is_empty() { &[PORT] } else { ports };
    let mut places = Vec::new();
    for is_tcp in ways(address, protocols) {
        for port in ports {
            let place = match *port {
                PORT => address.to_string(),
                port => SocketAddr::new(address, port).to_string(),
            };
            places.push(if is_tcp { format!("tcp:{place}") } else { place });
        }
    }
    places
}

/// Whether each of them is TCP.
fn ways(address: IpAddr, protocols: &[Protocol]) -> Vec<bool> {
    if protocols.is_empty() {
        return vec![false];
    }
    let mut ways = Vec::new();
    for protocol in protocols {
        let (is_tcp, fits) = match protocol {
            Protocol::Udp => (false, true),
            Protocol::Tcp => (true, true),
            Protocol::UdpIpv4 => (false, address.is_ipv4()),
            Protocol::UdpIpv6 => (false, address.is_ipv6()),
            Protocol::TcpIpv4 => (true, address.is_ipv4()),
            Protocol::TcpIpv6 => (true, address.is_ipv6()),
        };
        if fits && !ways.contains(&is_tcp) {
            ways.push(is_tcp);
        }
    }
    ways
}

/// `udp`, `tcp/ipv4`.
pub(crate) fn protocol(word: &str) -> Result<Protocol, String> {
    const WORDS: &[(&str, Protocol)] = &[
        ("udp", Protocol::Udp),
        ("udp/ipv4", Protocol::UdpIpv4),
        ("udp/ipv6", Protocol::UdpIpv6),
        ("tcp", Protocol::Tcp),
        ("tcp/ipv4", Protocol::TcpIpv4),
        ("tcp/ipv6", Protocol::TcpIpv6),
    ];
    let known = WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word.trim()));
    let names = || WORDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    known.map(|(_, protocol)| *protocol).ok_or_else(|| format!("{word:.40?} is no protocol: expected {}", names()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_protocol_is_tried_with_every_port() {
        let places = |address: &str, ports: &[u16], protocols: &[&str]| {
            let protocols: Vec<Protocol> = protocols.iter().map(|word| protocol(word).unwrap()).collect();
            places(address.parse().unwrap(), ports, &protocols)
        };
        assert_eq!(places("10.1.0.7", &[], &[]), ["10.1.0.7"]);
        assert_eq!(
            places("10.1.0.7", &[161, 1161], &["udp", "tcp/ipv4"]),
            ["10.1.0.7", "10.1.0.7:1161", "tcp:10.1.0.7", "tcp:10.1.0.7:1161"]
        );
        assert_eq!(places("2001:db8::7", &[1161], &["udp/ipv6"]), ["[2001:db8::7]:1161"]);
        assert!(places("2001:db8::7", &[], &["udp/ipv4"]).is_empty());
        assert!(protocol("icmp").unwrap_err().contains("udp/ipv6"));
    }
}
