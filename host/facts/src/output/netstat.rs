//! Routing tables: `netstat -nr` of Linux, the BSDs, macOS and the System V systems, and `route -n`.
//!
//! Destinations and gateways stay as they are printed: BSDs shorten them (`10.0.1/24`) and have interfaces (`link#1`) and
//! hardware addresses for gateways.

use std::net::Ipv4Addr;

/// More routes of its own than any machine has that is inventoried.
const MOST: usize = 65_536;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub destination: String,
    pub gateway: String,
    pub mask: Option<Ipv4Addr>,
}

/// The table of IPv4, in its order.
pub fn routes(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let (mut inside, mut masks) = (false, None);
    for line in text.lines() {
        let mut words = line.split_ascii_whitespace();
        let (Some(first), Some(second)) = (words.next(), words.next()) else { continue };
        if first == "Destination" {
            inside = true;
            masks = line.split_ascii_whitespace().position(|word| matches!(word, "Genmask" | "Mask" | "Netmask"));
            continue;
        }
        // Each family of addresses has a table of its own; AIX names them in the language of the user.
        let title = line.trim_end().ends_with(':');
        if title {
            inside = !line.contains('6') && inside;
            continue;
        }
        let is_address = |text: &str| text == "default" || text.starts_with(|c: char| c.is_ascii_digit());
        if !inside || !is_address(first) || first.contains(':') {
            continue;
        }
        if entries.len() == MOST {
            break;
        }
        let mask = masks.and_then(|at| line.split_ascii_whitespace().nth(at)?.parse().ok());
        entries.push(Entry { destination: first.to_owned(), gateway: second.to_owned(), mask });
    }
    entries
}

/// Where packets go that no other route takes.
pub fn default_gateway(routes: &[Entry]) -> Option<Ipv4Addr> {
    let default = |route: &&Entry| matches!(route.destination.as_str(), "default" | "0.0.0.0" | "0.0.0.0/0");
    routes
        .iter()
        .filter(default)
        .find_map(|route| route.gateway.parse().ok().filter(|ip: &Ipv4Addr| !ip.is_unspecified()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_several_systems() {
        let linux = "Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n\
                     0.0.0.0         192.0.2.1       0.0.0.0         UG    100    0        0 e0\n192.0.2.0       0.0.0.0         255.255.255.0   U     100    0        0 e0\n";
        let found = routes(linux);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].mask, Some(Ipv4Addr::new(255, 255, 255, 0)));
        assert_eq!(default_gateway(&found), Some(Ipv4Addr::new(192, 0, 2, 1)));
        let bsd = "Routing tables\n\nInternet:\nDestination        Gateway            Flags\ndefault            192.0.2.9          UGS\n192.0.2/24         link#1             UC\n\n\
                   Internet6:\nDestination        Gateway            Flags\n::1                ::1                UH\n2001::/32          ::1                U\n";
        let found = routes(bsd);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].gateway, "link#1");
        assert_eq!(default_gateway(&found), Some(Ipv4Addr::new(192, 0, 2, 9)));
        assert!(routes("").is_empty());
        assert!(routes("192.0.2.0 192.0.2.1\n").is_empty());
    }
}
