//! The routing table, from `netstat -nrv` (netstat(1)), which on HP-UX is where the addresses of interfaces are: each has a
//! route to itself.

use std::net::Ipv4Addr;

const MOST: usize = 65_536;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// None for the default route.
    pub destination: Option<Ipv4Addr>,
    pub mask: Option<Ipv4Addr>,
    pub gateway: Option<Ipv4Addr>,
    pub flags: String,
    /// Without the number of a further address: `lan0` of `lan0:1`.
    pub interface: String,
    pub mtu: Option<u32>,
}

impl Route {
    /// Whether it leads to the machine itself: the destination is the address of an interface.
    pub fn is_local(&self) -> bool {
        self.flags.contains('H') && !self.flags.contains('G') && self.destination == self.gateway
    }
}

pub fn read(text: &str) -> Vec<Route> {
    let route = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let (destination, mask) = words.next()?.split_once('/')?;
        let (gateway, flags, interface) = (words.next()?, words.next()?, words.nth(1)?);
        if destination != "default" && destination.parse::<Ipv4Addr>().is_err() {
            return None;
        }
        Some(Route {
            destination: destination.parse().ok(),
            mask: mask.parse().ok(),
            gateway: gateway.parse().ok(),
            flags: flags.to_owned(),
            interface: interface.split(':').next()?.to_owned(),
            mtu: words.next().and_then(|mtu| mtu.parse().ok()),
        })
    };
    text.lines().filter_map(route).take(MOST).collect()
}

/// The mask of the network that an address of this machine is in: of the route to it through that address.
pub fn mask_of(routes: &[Route], address: Ipv4Addr) -> Option<Ipv4Addr> {
    let direct = routes.iter().filter(|route| !route.flags.contains(['G', 'H']) && route.gateway == Some(address));
    direct.filter_map(|route| route.mask).next()
}

/// The gateway of the default route.
pub fn default_gateway(routes: &[Route]) -> Option<Ipv4Addr> {
    routes.iter().find(|route| route.destination.is_none())?.gateway
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_routes_to_themselves() {
        let routes = read(
            "Routing tables\nDest/Netmask   Gateway  Flags Refs Interface  Pmtu\n192.0.2.5/255.255.255.255 192.0.2.5 UH 0 lan0:1 4136\n192.0.2.0/255.255.255.0 192.0.2.5 U 2 lan0:1 1500\ndefault/0.0.0.0 192.0.2.1 UG 0 lan0 0\né/é é é é é\n",
        );
        assert_eq!(routes.len(), 3);
        assert!(routes[0].is_local() && !routes[1].is_local());
        assert_eq!(routes[0].interface, "lan0");
        assert_eq!(mask_of(&routes, "192.0.2.5".parse().unwrap()), "255.255.255.0".parse().ok());
        assert_eq!(default_gateway(&routes), "192.0.2.1".parse().ok());
    }
}
