//! What is reported of an address: one row of `discovered_device`, of all that was learnt, or none.

use airlock_task::Row;

/// What an address said to anybody who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbour {
    pub mac: Option<String>,
    /// The name of the address, by DNS.
    pub name: Option<String>,
    /// It answers to ICMP.
    pub echoes: bool,
    pub netbios_name: Option<String>,
    pub workgroup: Option<String>,
    pub user_session: Option<String>,
}

impl Neighbour {
    /// A name in the DNS is none: it is there when the machine is not.
    fn is_there(&self) -> bool {
        self.echoes
            || [&self.mac, &self.netbios_name, &self.workgroup, &self.user_session].iter().any(|it| it.is_some())
    }
}

/// By what a server tells one device from another.
const KNOWN_BY: &[&str] = &["mac", "snmphostname", "dnshostname", "netbiosname"];

/// What a device says by SNMP goes before what its neighbours know. None where nobody is there, or nothing that it could be
/// told by is known.
pub fn row(address: &str, device: Option<Row>, neighbour: Option<Neighbour>) -> Option<Row> {
    let neighbour = neighbour.filter(|neighbour| device.is_some() || neighbour.is_there());
    let mut row = Row::new();
    if let Some(neighbour) = neighbour {
        // A machine that answers and has no name is known by its address.
        let name = neighbour.name.or_else(|| neighbour.echoes.then(|| address.to_owned()));
        row.maybe("netbiosname", neighbour.netbios_name)
            .maybe("workgroup", neighbour.workgroup)
            .maybe("usersession", neighbour.user_session)
            .maybe("dnshostname", name)
            .maybe("mac", neighbour.mac.map(|mac| mac.to_lowercase()));
    }
    if let Some(device) = device {
        row.merge(device);
    }
    row.set("ip", address);
    KNOWN_BY.iter().any(|name| row.get(name).is_some()).then_some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "192.0.2.7";

    fn neighbour() -> Neighbour {
        Neighbour {
            mac: Some("02:00:00:00:00:0A".to_owned()),
            name: Some("sw7.lab".to_owned()),
            ..Neighbour::default()
        }
    }

    #[test]
    fn a_devices_own_word_goes_first() {
        let device = Row::new().with("mac", "02:00:00:00:00:01").with("snmphostname", "sw7");
        let found = row(ADDRESS, Some(device), Some(neighbour())).unwrap();
        assert_eq!((found.text("mac"), found.text("snmphostname")), (Some("02:00:00:00:00:01"), Some("sw7")));
        assert_eq!((found.text("dnshostname"), found.text("ip")), (Some("sw7.lab"), Some(ADDRESS)));
        let found = row(ADDRESS, Some(Row::new().with("snmphostname", "sw7")), Some(neighbour())).unwrap();
        assert_eq!(found.text("mac"), Some("02:00:00:00:00:0a"));
    }

    #[test]
    fn who_only_answers_is_known_by_the_address() {
        let echo = Neighbour { echoes: true, ..Neighbour::default() };
        assert_eq!(row(ADDRESS, None, Some(echo)).unwrap().text("dnshostname"), Some(ADDRESS));
    }

    #[test]
    fn what_is_known_by_nothing_is_not_reported() {
        assert_eq!(row(ADDRESS, None, None), None);
        assert_eq!(row(ADDRESS, Some(Row::new().with("description", "a thing")), None), None);
        let only_a_name = Neighbour { name: Some("gone.lab".to_owned()), ..Neighbour::default() };
        assert_eq!(row(ADDRESS, None, Some(only_a_name.clone())), None);
        let device = Row::new().with("description", "a thing");
        assert!(row(ADDRESS, Some(device), Some(only_a_name)).is_some());
    }
}
