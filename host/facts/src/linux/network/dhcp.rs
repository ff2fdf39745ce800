//! Which DHCP server an address is from: the leases of dhclient (dhclient.leases(5)), systemd-networkd and NetworkManager.
//!
//! A lease counts for the address that it gave, and not beyond its end. Leases that a DHCP *server* on this machine has
//! given to others are not looked at.

use crate::Scan;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::net::Ipv4Addr;
use std::time::{SystemTime, UNIX_EPOCH};

const DHCLIENT: [&str; 4] = ["/var/lib/dhcp", "/var/lib/dhclient", "/var/lib/dhcp3", "/var/lib/NetworkManager"];
const NETWORK_MANAGER: &str = "/var/lib/NetworkManager";
const NETWORKD: &str = "/run/systemd/netif/leases";

/// Leases of this machine that have not ended.
#[derive(Debug, Default)]
pub(super) struct Leases {
    leases: Vec<Lease>,
}

#[derive(Debug, PartialEq, Eq)]
enum Holder {
    Name(String),
    Index(u32),
}

#[derive(Debug, PartialEq, Eq)]
struct Lease {
    holder: Holder,
    address: Option<Ipv4Addr>,
    server: Ipv4Addr,
    /// Seconds since 1970.
    until: i64,
}

impl Leases {
    pub(super) fn of(scan: &Scan<'_>) -> Self {
        // A captured machine has no now: its leases were good when it was captured, or it would have had others.
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|now| now.as_secs().to_string());
        let now = scan.roots().answer("now", clock).and_then(|now| now.parse().ok());
        let mut leases = Vec::new();
        for folder in DHCLIENT {
            let names = scan.names(folder);
            for name in names.iter().filter(|name| is_dhclient(name)) {
                leases.extend(of_dhclient(&scan.text(format!("{folder}/{name}")).unwrap_or_default()));
            }
            for name in names.iter().filter(|_| folder == NETWORK_MANAGER) {
                if let Some(interface) = managed_interface(name) {
                    let text = scan.text(format!("{folder}/{name}")).unwrap_or_default();
                    leases.extend(of_assignments(&text, Holder::Name(interface.to_owned())));
                }
            }
        }
        for name in scan.names(NETWORKD) {
            if let Ok(index) = name.parse() {
                let text = scan.text(format!("{NETWORKD}/{name}")).unwrap_or_default();
                leases.extend(of_assignments(&text, Holder::Index(index)));
            }
        }
        leases.retain(|lease| now.is_none_or(|now| lease.until > now));
        // Later ones of the same end were written later.
        leases.sort_by_key(|lease| lease.until);
        Self { leases }
    }

    /// The server of the newest lease by which the interface has the address.
    pub(super) fn server(&self, interface: &str, index: Option<u32>, address: Ipv4Addr) -> Option<Ipv4Addr> {
        let held = |lease: &&Lease| match &lease.holder {
            Holder::Name(name) => name == interface,
            Holder::Index(number) => Some(*number) == index,
        };
        let gave = |lease: &&Lease| lease.address.is_none_or(|given| given == address);
        self.leases.iter().rev().filter(held).find(gave).map(|lease| lease.server)
    }
}

/// The server of the newest lease of dhclient's by which an interface has an address, that has not ended at `now`.
pub fn server_in_leases(text: &str, interface: &str, now: i64) -> Option<Ipv4Addr> {
    let leases = of_dhclient(text).into_iter();
    let held = |lease: &Lease| lease.until > now && matches!(&lease.holder, Holder::Name(name) if name == interface);
    Some(leases.filter(held).max_by_key(|lease| lease.until)?.server)
}

/// `dhclient.leases`, `dhclient-UUID-eth0.lease`; not those of IPv6, which are written otherwise.
fn is_dhclient(name: &str) -> bool {
    name.starts_with("dhclient") && !name.starts_with("dhclient6") && name.contains(".lease")
}

/// `eth0` from `internal-00000000-0000-0000-0000-000000000000-eth0.lease`.
fn managed_interface(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("internal-")?.strip_suffix(".lease")?;
    rest.get(36..)?.strip_prefix('-').filter(|interface| !interface.is_empty())
}

/// `lease { … }` once for every time that one was given.
fn of_dhclient(text: &str) -> Vec<Lease> {
    let mut leases = Vec::new();
    let (mut interface, mut address, mut server, mut until) = (None, None, None, None);
    for line in text.lines().map(str::trim) {
        let statement = line.split(';').next().unwrap_or_default();
        let mut words = statement.split_ascii_whitespace();
        match words.next() {
            Some("lease") => (interface, address, server, until) = (None, None, None, None),
            Some("interface") => interface = words.next().map(|word| word.trim_matches('"').to_owned()),
            Some("fixed-address") => address = words.next().and_then(|word| word.parse().ok()),
            Some("option") if words.next() == Some("dhcp-server-identifier") => {
                server = words.next().and_then(|word| word.parse().ok());
            }
            Some("expire") => until = end(statement),
            Some("}") => {
                if let (Some(interface), Some(server), Some(until)) = (interface.take(), server.take(), until.take()) {
                    leases.push(Lease { holder: Holder::Name(interface), address, server, until });
                }
            }
            _ => {}
        }
    }
    leases
}

/// `expire never`, `expire epoch 1700000000` or `expire 2 2023/11/14 22:13:20`, which is UTC.
fn end(statement: &str) -> Option<i64> {
    let (_, when) = statement.split_once(' ')?;
    match when.trim().split_once(' ') {
        None if when.trim() == "never" => Some(i64::MAX),
        None => None,
        Some(("epoch", secs)) => secs.trim().parse().ok(),
        Some((_weekday, date)) => {
            let date = DateTime::strptime("%Y/%m/%d %H:%M:%S", date.trim()).ok()?;
            Some(TimeZone::UTC.to_timestamp(date).ok()?.as_second())
        }
    }
}

/// `SERVER_ADDRESS=` and `ADDRESS=`. These files are of the lease in use, and go with it.
fn of_assignments(text: &str, holder: Holder) -> Option<Lease> {
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok());
    Some(Lease { holder, address: value("ADDRESS"), server: value("SERVER_ADDRESS")?, until: i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leases_of_dhclient_are_read() {
        let text = "\
default-duid \"x\";
lease {
  interface \"eth0\";
  fixed-address 10.0.2.15;
  option dhcp-lease-time 86400;
  option dhcp-server-identifier 10.0.2.2;
  renew 2 2023/11/14 10:00:00;
  expire 2 2023/11/14 22:13:20;
}
lease {
  interface \"eth1\";
  option dhcp-server-identifier 10.0.3.2;
  expire epoch 1700000001; # Tue
}
lease { interface \"x\";
  expire never;
}
lease {
  interface \"wlan0\";
  option dhcp-server-identifier 256.1.1.1;
  expire 9 9999/99/99 99:99:99;
}
lease {
  interface \"eth0\";
  option dhcp-server-identifier 10.0.4.2;
  expire never;
}
}
";
        let name = |name: &str| Holder::Name(name.to_owned());
        let lease = |holder, address, server: [u8; 4], until| Lease { holder, address, server: server.into(), until };
        assert_eq!(
            of_dhclient(text),
            [
                lease(name("eth0"), Some(Ipv4Addr::new(10, 0, 2, 15)), [10, 0, 2, 2], 1_700_000_000),
                lease(name("eth1"), None, [10, 0, 3, 2], 1_700_000_001),
                lease(name("eth0"), None, [10, 0, 4, 2], i64::MAX),
            ]
        );
    }

    #[test]
    fn a_lease_counts_for_its_address_and_its_holder() {
        let text = "ADDRESS=10.0.0.5\nSERVER_ADDRESS=10.0.0.1\n";
        let leases = Leases { leases: of_assignments(text, Holder::Index(3)).into_iter().collect() };
        let server = Some(Ipv4Addr::new(10, 0, 0, 1));
        assert_eq!(leases.server("eth0", Some(3), Ipv4Addr::new(10, 0, 0, 5)), server);
        assert_eq!(leases.server("eth0", Some(3), Ipv4Addr::new(10, 0, 0, 6)), None);
        assert_eq!(leases.server("eth0", Some(4), Ipv4Addr::new(10, 0, 0, 5)), None);
        assert_eq!(leases.server("eth0", None, Ipv4Addr::new(10, 0, 0, 5)), None);
        assert_eq!(of_assignments("ADDRESS=10.0.0.5\n", Holder::Index(3)), None);
    }

    #[test]
    fn files_say_by_their_names_what_they_are() {
        assert!(is_dhclient("dhclient.eth0.leases") && is_dhclient("dhclient-1-eth0.lease"));
        assert!(!is_dhclient("dhcpd.leases") && !is_dhclient("dhclient6.leases") && !is_dhclient("dhclient.conf"));
        let uuid = "01234567-89ab-cdef-0123-456789abcdef";
        assert_eq!(managed_interface(&format!("internal-{uuid}-br-lan.lease")), Some("br-lan"));
        assert_eq!(managed_interface("internal-eth0.lease"), None);
        assert_eq!(managed_interface(&format!("internal-{}.lease", "ü".repeat(30))), None);
    }
}
