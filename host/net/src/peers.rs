//! Who could have a file already: the neighbours of this machine's own addresses. Only their addresses are found here;
//! whether one may be asked is the policy's to say, each time.

use ipnet::Ipv4Net;
use std::net::Ipv4Addr;

/// Addresses of the largest network whose neighbours are looked for.
const LARGEST: u32 = 5000;

/// The addresses nearest to an own one in its network, at most `most`, in their order: as many below as above it, more on
/// one side where the other ends. A network of more than 5000 addresses is nobody's neighbourhood.
pub fn neighbours(own: Ipv4Net, most: u32) -> Vec<Ipv4Addr> {
    let (address, first, last) = (own.addr().to_bits(), own.network().to_bits(), own.broadcast().to_bits());
    if last - first >= LARGEST || address >> 24 == 127 || address >> 24 == 169 {
        return Vec::new();
    }
    let start = address.saturating_sub(most / 2).max(first);
    let end = start.saturating_add(most).min(last);
    let start = end.saturating_sub(most).max(first);
    (start..=end).filter(|bits| *bits != address).map(Ipv4Addr::from_bits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(own: &str, most: u32) -> Vec<String> {
        neighbours(own.parse().unwrap(), most).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn neighbours_are_the_nearest_of_the_same_network() {
        assert_eq!(of("10.1.2.9/24", 4), ["10.1.2.7", "10.1.2.8", "10.1.2.10", "10.1.2.11"]);
        assert_eq!(of("10.1.3.0/22", 2), ["10.1.2.255", "10.1.3.1"]);
        assert_eq!(of("10.1.2.1/24", 4), ["10.1.2.0", "10.1.2.2", "10.1.2.3", "10.1.2.4"]);
        assert_eq!(of("10.1.2.254/24", 4), ["10.1.2.251", "10.1.2.252", "10.1.2.253", "10.1.2.255"]);
        assert_eq!(of("10.1.2.1/30", 512), ["10.1.2.0", "10.1.2.2", "10.1.2.3"]);
        assert_eq!(of("255.255.255.254/30", 8).len(), 3);
        for none in ["10.1.2.1/32", "10.0.0.1/8", "127.0.0.1/24", "169.254.0.1/24", "10.0.0.1/19"] {
            assert!(of(none, 6).is_empty(), "{none}");
        }
        assert!(of("10.1.2.9/24", 0).is_empty());
    }
}
