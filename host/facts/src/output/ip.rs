//! ip(8) of iproute2: links and addresses (`ip addr`, `ip -o addr`, `ip -d link`) and routes (`ip route`), as text or as
//! JSON (`-j`).
//!
//! Text and JSON end in the same structs. Lines that are not understood are left out, and so are links without a name.

use crate::units;
use serde_json::Value;
use std::net::IpAddr;

/// More links, addresses of a link or routes than any machine's interfaces have.
const MOST: usize = 4096;

/// A network interface.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Link {
    pub index: Option<u32>,
    pub name: String,
    /// The interface below it: `eth0` of `eth0.10@eth0`. Some have a number instead, in another name space.
    pub lower: Option<String>,
    /// The bridge or bond that it belongs to.
    pub master: Option<String>,
    pub flags: Vec<String>,
    pub mtu: Option<i64>,
    /// `ether`, `loopback`, `infiniband` …
    pub layer: Option<String>,
    pub mac: Option<String>,
    /// What it is, if that was asked for: `vlan`, `bridge`, `wireguard` …
    pub kind: Option<String>,
    pub addresses: Vec<LinkAddress>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkAddress {
    /// A name that was given to this address.
    pub label: Option<String>,
    pub ip: IpAddr,
    /// None where the other end is said instead.
    pub prefix: Option<u32>,
}

/// Where packets go.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Route {
    /// `default`, or an address with the length of its prefix, as it is printed.
    pub destination: String,
    pub gateway: Option<IpAddr>,
    pub interface: Option<String>,
    pub metric: u32,
}

impl Link {
    pub fn is_up(&self) -> bool {
        self.flags.iter().any(|flag| flag == "UP")
    }
}

/// The links that `ip addr` or `ip link` prints, in its order.
pub fn links(text: &str) -> Vec<Link> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str::<Vec<Value>>(text)
            .map(|list| list.iter().take(MOST).filter_map(json_link).collect())
            .unwrap_or_default();
    }
    let mut links: Vec<Link> = Vec::new();
    // With `-o` a backslash stands where a line would end.
    for line in text.split(['\n', '\\']) {
        match header(line) {
            Some((index, name, rest)) => {
                if links.last().is_none_or(|link| link.index != Some(index)) {
                    if links.len() == MOST {
                        break;
                    }
                    let (name, lower) = match name.split_once('@') {
                        Some((name, lower)) => (name, Some(lower.to_owned()).filter(|lower| lower != "NONE")),
                        None => (name, None),
                    };
                    let name = name.to_owned();
                    links.push(Link { index: Some(index), name, lower, ..Link::default() });
                }
                if let Some(link) = links.last_mut() {
                    words_of_link(link, rest);
                }
            }
            None => {
                if let Some(link) = links.last_mut() {
                    words_of_link(link, line);
                }
            }
        }
    }
    links
}

/// `2: eth0: <…>` or `2: eth0    inet …`: number, name, and what follows.
fn header(line: &str) -> Option<(u32, &str, &str)> {
    let (index, rest) = line.split_once(": ")?;
    let index = index.trim_end().parse().ok()?;
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (name, rest) = rest.split_at_checked(end)?;
    let name = name.strip_suffix(':').unwrap_or(name);
    (!name.is_empty()).then_some((index, name, rest))
}

fn words_of_link(link: &mut Link, line: &str) {
    let mut words = line.split_ascii_whitespace();
    let Some(first) = words.next() else { return };
    if let Some(flags) = first.strip_prefix('<').and_then(|flags| flags.strip_suffix('>')) {
        link.flags = flags.split(',').map(str::to_owned).collect();
        link.mtu = after(line, "mtu").and_then(|mtu| mtu.parse().ok());
        link.master = after(line, "master").map(str::to_owned);
    } else if let Some(layer) = first.strip_prefix("link/") {
        link.layer = Some(layer.to_owned());
        // Those of tunnels are IP addresses.
        link.mac = words.next().filter(|mac| layer != "sit" && mac.contains(':')).and_then(units::hardware_address);
    } else if first == "inet" || first == "inet6" {
        let address = words.next().and_then(|text| address(text, words.next() == Some("peer"), line));
        if link.addresses.len() < MOST {
            link.addresses.extend(address);
        }
    } else if KINDS.contains(&first) {
        link.kind = Some(first.to_owned());
    }
}

/// What `-d` says of a link that is no plain device (ip-link(8)).
const KINDS: &[&str] = &[
    "bareudp",
    "bond",
    "bridge",
    "can",
    "dummy",
    "erspan",
    "geneve",
    "gre",
    "gretap",
    "gtp",
    "hsr",
    "ifb",
    "ip6gre",
    "ip6gretap",
    "ip6tnl",
    "ipip",
    "ipoib",
    "ipvlan",
    "ipvtap",
    "macsec",
    "macvlan",
    "macvtap",
    "nlmon",
    "ppp",
    "sit",
    "team",
    "tun",
    "veth",
    "vlan",
    "vrf",
    "vti",
    "vxlan",
    "wireguard",
    "xfrm",
];

/// `192.0.2.2/24 … scope global eth0:1`: the label is the last word, and IPv6 has none.
fn address(text: &str, peer: bool, line: &str) -> Option<LinkAddress> {
    let (ip, prefix) = text.split_once('/').unwrap_or((text, ""));
    let ip: IpAddr = ip.parse().ok()?;
    let label = match (ip, after(line, "scope")) {
        (IpAddr::V4(_), Some(_)) => line.split_ascii_whitespace().next_back().map(str::to_owned),
        _ => None,
    };
    let prefix = if peer { None } else { prefix.parse().ok() };
    Some(LinkAddress { label, ip, prefix })
}

fn after<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let mut words = line.split_ascii_whitespace();
    words.find(|known| *known == word)?;
    words.next()
}

fn json_link(value: &Value) -> Option<Link> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let layer = text("link_type");
    let mac = text("address").filter(|mac| layer.as_deref() != Some("sit") && mac.contains(':'));
    let address = |value: &Value| {
        let local = |name: &str| value.get(name).and_then(Value::as_str);
        let prefix = value.get("prefixlen").and_then(Value::as_u64).and_then(|prefix| u32::try_from(prefix).ok());
        let ip: IpAddr = local("local")?.parse().ok()?;
        let prefix = prefix.filter(|_| value.get("address").is_none());
        Some(LinkAddress { label: local("label").map(str::to_owned).filter(|_| ip.is_ipv4()), ip, prefix })
    };
    let list = |name: &str| value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Some(Link {
        index: value.get("ifindex").and_then(Value::as_u64).and_then(|index| u32::try_from(index).ok()),
        name: text("ifname").filter(|name| !name.is_empty())?,
        lower: text("link"),
        master: text("master"),
        flags: list("flags").iter().filter_map(|flag| flag.as_str().map(str::to_owned)).collect(),
        mtu: value.get("mtu").and_then(Value::as_i64),
        mac: mac.and_then(|mac| units::hardware_address(&mac)),
        layer,
        kind: value.pointer("/linkinfo/info_kind").and_then(Value::as_str).map(str::to_owned),
        addresses: list("addr_info").iter().take(MOST).filter_map(address).collect(),
    })
}

/// The routes that `ip route` prints.
pub fn routes(text: &str) -> Vec<Route> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str::<Vec<Value>>(text)
            .map(|list| list.iter().take(MOST).filter_map(json_route).collect())
            .unwrap_or_default();
    }
    let route = |line: &str| {
        // Routes through several gateways name each of them after a backslash or on a line of its own.
        let destination = line.split_ascii_whitespace().next().filter(|_| !line.starts_with(char::is_whitespace))?;
        let gateway = match after(line, "via")? {
            "inet" | "inet6" => line.split_ascii_whitespace().skip_while(|word| *word != "via").nth(2)?,
            gateway => gateway,
        };
        Some(Route {
            destination: destination.to_owned(),
            gateway: Some(gateway.parse().ok()?),
            interface: after(line, "dev").map(str::to_owned),
            metric: after(line, "metric").and_then(|metric| metric.parse().ok()).unwrap_or(0),
        })
    };
    text.lines().take(MOST).filter_map(route).collect()
}

fn json_route(value: &Value) -> Option<Route> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let gateway = text("gateway").or_else(|| value.pointer("/via/host").and_then(Value::as_str));
    Some(Route {
        destination: text("dst")?.to_owned(),
        gateway: gateway.and_then(|gateway| gateway.parse().ok()),
        interface: text("dev").map(str::to_owned),
        metric: value.get("metric").and_then(Value::as_u64).and_then(|metric| u32::try_from(metric).ok()).unwrap_or(0),
    })
}

/// Where packets go that no other route takes: through the gateway of the lowest metric. Of several the last one counts,
/// which the kernel put there last.
pub fn default_gateway(routes: &[Route]) -> Option<IpAddr> {
    let defaults = routes.iter().filter(|route| matches!(route.destination.as_str(), "default" | "0.0.0.0/0" | "::/0"));
    defaults.filter(|route| route.gateway.is_some()).rev().min_by_key(|route| route.metric)?.gateway
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet6 ::1/128 scope host
7: lab.5@lab: <BROADCAST,MULTICAST> mtu 1400 qdisc noop master br7 state DOWN
    link/ether 02:00:00:00:00:07 brd ff:ff:ff:ff:ff:ff promiscuity 0
    vlan protocol 802.1Q id 5 <REORDER_HDR>
    inet 192.0.2.9/28 brd 192.0.2.15 scope global lab.5:x
8: tun3: <POINTOPOINT,NOARP,UP> mtu 1500
    link/none
    inet 198.51.100.1 peer 198.51.100.2/32 scope global tun3
9: sit0@NONE: <NOARP> mtu 1480
    link/sit 0.0.0.0 brd 0.0.0.0
";

    #[test]
    fn links_have_addresses() {
        let links = links(TEXT);
        let names: Vec<&str> = links.iter().map(|link| link.name.as_str()).collect();
        assert_eq!(names, ["lo", "lab.5", "tun3", "sit0"]);
        let vlan = &links[1];
        assert_eq!(
            (vlan.lower.as_deref(), vlan.master.as_deref(), vlan.kind.as_deref()),
            (Some("lab"), Some("br7"), Some("vlan"))
        );
        assert_eq!((vlan.mac.as_deref(), vlan.mtu, vlan.is_up()), (Some("02:00:00:00:00:07"), Some(1400), false));
        let label = Some("lab.5:x".to_owned());
        assert_eq!(vlan.addresses, [LinkAddress { label, ip: "192.0.2.9".parse().unwrap(), prefix: Some(28) }]);
        assert_eq!((links[0].addresses.len(), links[0].is_up()), (2, true));
        assert_eq!(links[2].addresses[0].prefix, None);
        assert_eq!((links[3].mac.as_deref(), links[3].lower.as_deref()), (None, None));
    }

    #[test]
    fn one_line_an_address() {
        let text = "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever\n1: lo    inet6 ::1/128 scope host \\  x\n\
                    3: e3    inet 192.0.2.1/24 brd 192.0.2.255 scope global e3\\  valid_lft forever preferred_lft forever\n";
        let links = links(text);
        assert_eq!(links.len(), 2);
        assert_eq!((links[0].addresses.len(), links[1].name.as_str()), (2, "e3"));
    }

    #[test]
    fn json_says_the_same() {
        let json = r#"[{"ifindex":7,"link":"lab","ifname":"lab.5","flags":["BROADCAST","MULTICAST"],"mtu":1400,"master":"br7",
            "link_type":"ether","address":"02:00:00:00:00:07","linkinfo":{"info_kind":"vlan"},
            "addr_info":[{"family":"inet","local":"192.0.2.9","prefixlen":28,"label":"lab.5:x"}]},{"ifindex":9}]"#;
        assert_eq!(links(json), [links(TEXT)[1].clone()]);
    }

    #[test]
    fn gateways() {
        let text = "default via 192.0.2.1 dev a metric 200\ndefault via 192.0.2.2 dev b proto dhcp metric 100\n\
                    default dev tun0 scope link\n192.0.2.0/24 dev a\n";
        assert_eq!(default_gateway(&routes(text)), Some("192.0.2.2".parse().unwrap()));
        assert_eq!(
            default_gateway(&routes("default via 192.0.2.1 dev a metric 9\ndefault via 192.0.2.3 dev c onlink\n")),
            Some("192.0.2.3".parse().unwrap())
        );
        let json = r#"[{"dst":"default","gateway":"192.0.2.7","dev":"a","flags":[]},{"dst":"192.0.2.0/24","dev":"a"}]"#;
        assert_eq!(default_gateway(&routes(json)), Some("192.0.2.7".parse().unwrap()));
        assert_eq!(default_gateway(&routes("default via inet6 fe80::1 dev a\n")), Some("fe80::1".parse().unwrap()));
    }

    #[test]
    fn nonsense_is_nothing() {
        for text in ["", "[", "[{}]", "1: ", ": x", "x: y: z", "inet 1.2.3.4/8", "default via x", "via", "\\\\"] {
            assert!(links(text).is_empty(), "{text}");
            assert!(routes(text).is_empty(), "{text}");
        }
    }
}
