//! ifconfig(8) of Linux net-tools, `ifconfig -a`: the style of before 2.0 (`Link encap:Ethernet  HWaddr …`) and the one
//! since (`flags=4163<UP,…>  mtu 1500`). Ends in the links that ip(8) has.

use super::ip::{Link, LinkAddress};
use crate::units;
use std::net::{IpAddr, Ipv4Addr};

/// More interfaces or addresses than any machine has.
const MOST: usize = 4096;

/// The interfaces, in its order. One with a name such as `eth0:1` is an address of another that has this name.
pub fn links(text: &str) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for line in text.lines() {
        if !line.starts_with(char::is_whitespace) && !line.is_empty() {
            if links.len() == MOST {
                break;
            }
            let end = line.find(char::is_whitespace).unwrap_or(line.len());
            let Some((name, _)) = line.split_at_checked(end) else { continue };
            let name = name.strip_suffix(':').unwrap_or(name).to_owned();
            links.push(Link { name, ..Link::default() });
        }
        if let Some(link) = links.last_mut() {
            read(link, line);
        }
    }
    // Something else's lines have names in front as well.
    links.retain(|link| !link.flags.is_empty() || link.mtu.is_some());
    links
}

fn read(link: &mut Link, line: &str) {
    let mut words = line.split_ascii_whitespace().peekable();
    let (mut ip, mut mask, mut is_mtu_line) = (None, None, false);
    while let Some(word) = words.next() {
        if let Some(flags) = word.strip_prefix("flags=") {
            let flags = flags.split_once('<').and_then(|(_, flags)| flags.split_once('>')).map(|(flags, _)| flags);
            link.flags = flags.unwrap_or_default().split(',').map(str::to_owned).collect();
        } else if let Some(mtu) = word.strip_prefix("MTU:") {
            link.mtu = mtu.parse().ok();
            is_mtu_line = true;
        } else if let Some(address) = word.strip_prefix("addr:") {
            ip = ip.or_else(|| address.parse::<IpAddr>().ok());
        } else if let Some(given) = word.strip_prefix("Mask:") {
            mask = given.parse::<Ipv4Addr>().ok();
        } else {
            match word {
                "mtu" => link.mtu = words.next().and_then(|mtu| mtu.parse().ok()),
                "HWaddr" | "ether" | "infiniband" => {
                    link.mac = words.next().and_then(units::hardware_address);
                    link.layer.get_or_insert_with(|| if word == "infiniband" { word } else { "ether" }.to_owned());
                }
                "loop" => link.layer = Some("loopback".to_owned()),
                "Loopback" => link.layer = Some("loopback".to_owned()),
                "inet" | "inet6" => {
                    if words.peek() == Some(&"addr:") {
                        words.next();
                    }
                    let Some(next) = words.peek().filter(|next| !next.starts_with("addr:")) else { continue };
                    let (address, prefix) = next.split_once('/').unwrap_or((next, ""));
                    ip = address.parse().ok();
                    push(link, ip.filter(|ip: &IpAddr| ip.is_ipv6()), prefix.parse().ok());
                }
                "netmask" => mask = words.next().and_then(|mask| mask.parse().ok()),
                "prefixlen" => {
                    let prefix = words.next().and_then(|prefix| prefix.parse().ok());
                    if let Some(address) = link.addresses.last_mut().filter(|address| Some(address.ip) == ip) {
                        address.prefix = prefix;
                    }
                }
                _ => {}
            }
        }
    }
    if let Some(ip @ IpAddr::V4(_)) = ip {
        push(link, Some(ip), mask.and_then(units::prefix_of_mask4));
    }
    if is_mtu_line {
        // The words in capitals before it are the flags.
        let flag = |word: &&str| word.bytes().all(|b| b.is_ascii_uppercase());
        link.flags = line.split_ascii_whitespace().take_while(flag).map(str::to_owned).collect();
    }
}

fn push(link: &mut Link, ip: Option<IpAddr>, prefix: Option<u32>) {
    if let Some(ip) = ip.filter(|_| link.addresses.len() < MOST) {
        let label = link.name.contains(':').then(|| link.name.clone());
        link.addresses.push(LinkAddress { label, ip, prefix });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_styles_say_the_same() {
        let old = "e7        Link encap:Ethernet  HWaddr 02:00:00:00:00:07\n          inet addr:192.0.2.7  Bcast:192.0.2.15  Mask:255.255.255.240\n          \
                   inet6 addr: fe80::7/64 Scope:Link\n          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n\n";
        let new = "e7: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        inet 192.0.2.7  netmask 255.255.255.240  broadcast 192.0.2.15\n        \
                   inet6 fe80::7  prefixlen 64  scopeid 0x20<link>\n        ether 02:00:00:00:00:07  txqueuelen 1000  (Ethernet)\n";
        let found = links(old);
        assert_eq!(found, links(new));
        assert_eq!(
            (found[0].mac.as_deref(), found[0].mtu, found[0].is_up()),
            (Some("02:00:00:00:00:07"), Some(1500), true)
        );
        let prefixes: Vec<_> = found[0].addresses.iter().map(|address| address.prefix).collect();
        assert_eq!(prefixes, [Some(28), Some(64)]);
    }

    #[test]
    fn down_and_loopback() {
        let text = "pan0      Link encap:Ethernet  HWaddr 02:00:00:00:00:08\n          BROADCAST MULTICAST  MTU:1500  Metric:1\n\n\
                    lo        Link encap:Local Loopback\n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536\n";
        let found = links(text);
        assert!(!found[0].is_up());
        assert_eq!((found[1].layer.as_deref(), found[1].addresses.len()), (Some("loopback"), 1));
        assert!(links("no such\n tool\n").is_empty());
        assert!(links("").is_empty());
    }
}
