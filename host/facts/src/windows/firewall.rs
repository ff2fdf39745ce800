//! The firewall, from the keys `…\FirewallPolicy\{DomainProfile,StandardProfile,PublicProfile}`, and which interface each
//! profile is for, from `…\NetworkList` and `…\Tcpip\Parameters\DNSRegisteredAdapters`.

use super::network::Interface;
use super::registry::Key;
use airlock_model::Row;

/// Networks that are looked through for one interface.
const NETWORKS: usize = 2_000;
const INTERFACES: usize = 1_000;

/// A profile with the numbers that the list of networks has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Domain,
    Public,
    /// The private one.
    Standard,
}

impl Profile {
    pub const ALL: [Profile; 3] = [Profile::Domain, Profile::Public, Profile::Standard];

    /// The name of its key.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Domain => "DomainProfile",
            Profile::Public => "PublicProfile",
            Profile::Standard => "StandardProfile",
        }
    }

    /// `Category` of a profile in the list of networks.
    fn of_category(number: u64) -> Option<Self> {
        match number {
            0 => Some(Profile::Public),
            1 => Some(Profile::Standard),
            2 => Some(Profile::Domain),
            _ => None,
        }
    }
}

/// Whether a profile's key switches the firewall on.
pub fn status(profile: &Key) -> &'static str {
    if profile.number("EnableFirewall") == Some(1) { "on" } else { "off" }
}

/// The row of a profile that is for no interface now.
pub fn row(profile: Profile, key: &Key) -> Row {
    Row::new().with("profile", profile.name()).with("status", status(key))
}

/// Rows of the section `firewalls`: for each profile one an address of its interfaces, or one where it has none.
pub fn rows(
    profiles: &[(Profile, Key)],
    interfaces: &[Interface],
    networks: &Key,
    registered: Option<&Key>,
) -> Vec<Row> {
    let assigned: Vec<(Profile, &Interface)> = interfaces
        .iter()
        .take(INTERFACES)
        .filter(|interface| interface.up)
        .filter_map(|interface| Some((of_interface(interface, networks, registered)?, interface)))
        .collect();
    let mut rows = Vec::new();
    for (profile, key) in profiles {
        let row = row(*profile, key);
        let start = rows.len();
        for (_, interface) in assigned.iter().filter(|(of, _)| of == profile) {
            for address in &interface.addresses {
                let field = if address.ip.is_ipv4() { "ipaddress" } else { "ipaddress6" };
                let mut row = row.clone();
                row.maybe("description", interface.description.clone()).set(field, address.ip.to_string());
                rows.push(row);
            }
        }
        if rows.len() == start {
            rows.push(row);
        }
    }
    rows
}

/// The profile of the network that an interface is in: the one whose domain it is registered in.
fn of_interface(interface: &Interface, networks: &Key, registered: Option<&Key>) -> Option<Profile> {
    let adapter = interface.guid.as_deref().zip(registered).and_then(|(guid, registered)| registered.key(guid));
    let domains = ["PrimaryDomainName", "AdapterDomainName"].iter().filter_map(|name| adapter?.text(name));
    let domains = domains.chain(interface.domain.as_deref());
    let signatures = || networks.key("Signatures").into_iter().flat_map(Key::keys).flat_map(Key::keys).take(NETWORKS);
    for domain in domains {
        for value in ["FirstNetwork", "DnsSuffix"] {
            let network =
                signatures().find(|network| network.text(value).is_some_and(|v| v.eq_ignore_ascii_case(domain)));
            let profile = network
                .and_then(|network| networks.key("Profiles")?.key(network.text("ProfileGuid")?)?.number("Category"))
                .and_then(Profile::of_category);
            if profile.is_some() {
                return profile;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::network::Address;

    #[test]
    fn interfaces_have_the_profile_of_their_network() {
        let on = Key::parse("[H\\P]\n\"EnableFirewall\"=dword:00000001\n").unwrap();
        let off = Key::parse("[H\\P]\n\"EnableFirewall\"=dword:00000000\n").unwrap();
        let networks = Key::parse(
            "[H\\N]\n[H\\N\\Profiles\\{1}]\n\"Category\"=dword:00000002\n[H\\N\\Signatures\\Managed\\01]\n\
             \"ProfileGuid\"=\"{1}\"\n\"FirstNetwork\"=\"lab.example\"\n",
        );
        let interface = Interface {
            description: Some("Card".to_owned()),
            domain: Some("LAB.example".to_owned()),
            up: true,
            addresses: vec![Address { ip: "192.0.2.1".parse().unwrap(), mask: String::new() }],
            ..Interface::default()
        };
        let rows = rows(&[(Profile::Domain, on), (Profile::Public, off)], &[interface], &networks.unwrap(), None);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].text("ipaddress"), rows[0].text("status")), (Some("192.0.2.1"), Some("on")));
        assert_eq!((rows[1].text("profile"), rows[1].text("status")), (Some("PublicProfile"), Some("off")));
    }
}
