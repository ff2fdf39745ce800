//! Small invented devices.

use super::*;
use crate::Bind;
use crate::Entry;
use crate::Syntax;
use crate::fixture::Walk;

/// A switch with two ports, an aggregate of both, a neighbour, addresses, VLANs, parts.
const SWITCH: &str = r#".1.3.6.1.2.1.1.1.0 = STRING: "Invented switch"
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.99999.7
.1.3.6.1.2.1.1.3.0 = Timeticks: (8640100) 1 day, 0:00:01.00
.1.3.6.1.2.1.1.5.0 = STRING: "sw1"
.1.3.6.1.2.1.2.2.1.1.10 = INTEGER: 10
.1.3.6.1.2.1.2.2.1.1.2 = INTEGER: 2
.1.3.6.1.2.1.2.2.1.1.3 = INTEGER: 3
.1.3.6.1.2.1.2.2.1.2.2 = STRING: "Port 2 "
.1.3.6.1.2.1.2.2.1.2.3 = STRING: "Port 3"
.1.3.6.1.2.1.2.2.1.2.10 = STRING: "Trunk 1"
.1.3.6.1.2.1.2.2.1.3.2 = INTEGER: 6
.1.3.6.1.2.1.2.2.1.5.2 = Gauge32: 4294967295
.1.3.6.1.2.1.2.2.1.5.3 = Gauge32: 10000000
.1.3.6.1.2.1.31.1.1.1.15.2 = Gauge32: 10000
.1.3.6.1.2.1.31.1.1.1.15.3 = Gauge32: 0
.1.3.6.1.2.1.31.1.1.1.1.2 = STRING: "p2"
.1.3.6.1.2.1.2.2.1.6.2 = Hex-STRING: 02 00 00 00 00 02
.1.3.6.1.2.1.2.2.1.8.2 = INTEGER: 9
.1.3.6.1.2.1.2.2.1.8.3 = INTEGER: 1
.1.3.6.1.2.1.4.20.1.1.192.0.2.7 = IpAddress: 192.0.2.7
.1.3.6.1.2.1.4.20.1.2.192.0.2.7 = INTEGER: 2
.1.3.6.1.2.1.4.20.1.2.192.0.2.10 = INTEGER: 2
.1.3.6.1.2.1.4.34.1.3.1.4.192.0.2.7 = INTEGER: 2
.1.3.6.1.2.1.4.34.1.3.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.7 = INTEGER: 2
.1.3.6.1.2.1.4.34.1.3.2.16.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.7 = INTEGER: 2
.1.3.6.1.2.1.17.1.4.1.2.1 = INTEGER: 2
.1.3.6.1.2.1.17.1.4.1.2.2 = INTEGER: 3
.1.3.6.1.2.1.17.4.3.1.2.2.0.0.0.1.200 = INTEGER: 2
.1.3.6.1.2.1.17.4.3.1.2.2.0.0.0.1.30 = INTEGER: 2
.1.3.6.1.2.1.17.4.3.1.2.2.0.0.0.0.9 = INTEGER: 1
.1.3.6.1.2.1.17.7.1.2.2.1.2.5.2.0.0.0.1.30 = INTEGER: 2
.1.3.6.1.2.1.17.7.1.2.2.1.2.5.2.0.0.0.1.4 = INTEGER: 2
.1.3.6.1.2.1.17.7.1.4.2.1.4.0.5 = Hex-STRING: 60 00
.1.3.6.1.2.1.17.7.1.4.2.1.5.0.5 = Hex-STRING: 20 00
.1.3.6.1.2.1.17.7.1.4.3.1.1.5 = STRING: "office"
.1.3.6.1.2.1.17.7.1.4.3.1.5.5 = INTEGER: 1
.1.3.6.1.2.1.17.7.1.4.3.1.1.6 = STRING: "not active"
.1.3.6.1.2.1.17.7.1.4.3.1.5.6 = INTEGER: 2
.1.3.6.1.2.1.17.7.1.4.3.1.2.6 = Hex-STRING: 60 00
.1.0.8802.1.1.2.1.4.1.1.4.77.1.9 = INTEGER: 4
.1.0.8802.1.1.2.1.4.1.1.5.77.1.9 = Hex-STRING: 02 00 00 00 0A 01
.1.0.8802.1.1.2.1.4.1.1.6.77.1.9 = INTEGER: 5
.1.0.8802.1.1.2.1.4.1.1.7.77.1.9 = STRING: "eth7"
.1.0.8802.1.1.2.1.4.1.1.8.77.1.9 = STRING: "uplink"
.1.0.8802.1.1.2.1.4.1.1.9.77.1.9 = STRING: "sw2"
.1.0.8802.1.1.2.1.5.32962.1.2.1.1.1.2 = INTEGER: 0
.1.2.840.10006.300.43.1.2.1.1.13.2 = INTEGER: 10
.1.2.840.10006.300.43.1.2.1.1.13.3 = INTEGER: 10
.1.2.840.10006.300.43.1.2.1.1.13.10 = INTEGER: 10
.1.3.6.1.2.1.47.1.1.1.1.2.1 = STRING: "Chassis"
.1.3.6.1.2.1.47.1.1.1.1.4.1 = INTEGER: 0
.1.3.6.1.2.1.47.1.1.1.1.5.1 = INTEGER: 3
.1.3.6.1.2.1.47.1.1.1.1.11.1 = STRING: "SN1"
.1.3.6.1.2.1.47.1.1.1.1.16.1 = INTEGER: 1
.1.3.6.1.4.1.2021.4.5.0 = INTEGER: 524288
"#;

fn of(walk: &Walk, kind: Option<&str>) -> Sections {
    inventory(walk, "192.0.2.7", kind, Some("12")).unwrap()
}

/// A row as a text that can be compared at a glance.
fn shown(row: &Row) -> String {
    let mut fields: Vec<String> = row.iter().map(|(name, value)| format!("{name}={}", value.to_text())).collect();
    fields.sort();
    fields.join(" ")
}

fn rows(sections: &Sections, section: &str) -> Vec<String> {
    let rows = sections.clone().rows();
    rows.iter().filter(|(name, _)| *name == section).map(|(_, row)| shown(row)).collect()
}

#[test]
fn a_switch_is_inventoried() {
    let walk = Walk::parse(SWITCH);
    let found = of(&walk, Some("NETWORKING"));
    assert!(found.notes.is_empty(), "{:?}", found.notes);
    let device = &found.device;
    assert_eq!(
        (device.text("id"), device.text("type"), device.text("name")),
        (Some("12"), Some("NETWORKING"), Some("sw1"))
    );
    assert_eq!(device.integer("ram"), Some(512));
    assert_eq!(
        rows(&found, "network_ports"),
        [
            "ifdescr=Port 2  ifname=p2 ifnumber=2 ifspeed=10000000000 iftype=6 ip=192.0.2.7 ips=192.0.2.10,192.0.2.7,2001:db8::7 \
             mac=02:00:00:00:00:02 trunk=yes",
            "ifdescr=Port 3 ifname=Port 3 ifnumber=3 ifspeed=10000000 ifstatus=1",
            "aggregate=2,3 ifdescr=Trunk 1 ifname=Trunk 1 ifnumber=10",
        ]
    );
    assert_eq!(
        rows(&found, "network_vlans"),
        ["name=office number=5 port=2 tagged=yes", "name=office number=5 port=3 tagged=no"]
    );
    assert_eq!(
        rows(&found, "network_connections"),
        [
            "cdp=yes ifdescr=eth7 port=2 sysmac=02:00:00:00:0a:01 sysname=sw2",
            "macs=02:00:00:00:01:c8,02:00:00:00:01:1e,02:00:00:00:01:04 port=3",
        ]
    );
    assert_eq!(
        rows(&found, "network_components"),
        ["containedinindex=0 description=Chassis fru=1 index=1 serial=SN1 type=chassis"]
    );
    assert!(walk.calls() <= 16, "{} round trips", walk.calls());
}

#[test]
fn a_device_of_no_kind_has_its_ports_and_no_more() {
    let found = of(&Walk::parse(SWITCH), None);
    assert_eq!(found.ports.len(), 3);
    assert!(rows(&found, "network_connections").is_empty() && rows(&found, "network_components").is_empty());
}

/// The bridge of a VLAN is asked alone where there is no table of all, and what the device has resolved comes last.
#[test]
fn addresses_are_looked_for_by_vlan_and_then_among_the_resolved() {
    let base = r".1.3.6.1.2.1.2.2.1.1.3 = INTEGER: 3
.1.3.6.1.4.1.9.9.68.1.2.2.1.2.3 = INTEGER: 20
.1.3.6.1.4.1.9.9.46.1.3.1.1.4.1.20 = STRING: office
.1.3.6.1.2.1.4.22.1.1.3.192.0.2.9 = INTEGER: 3
.1.3.6.1.2.1.4.22.1.2.3.192.0.2.9 = Hex-STRING: 02 00 00 00 00 09
";
    let vlan = ".1.3.6.1.2.1.17.1.4.1.2.7 = INTEGER: 3\n.1.3.6.1.2.1.17.4.3.1.2.2.0.0.0.0.1 = INTEGER: 7\n";
    let in_vlan = of(&Walk::parse(base).with_vlan(20, Walk::parse(vlan)), Some("NETWORKING"));
    assert_eq!(rows(&in_vlan, "network_connections"), ["macs=02:00:00:00:00:01 port=3"]);
    assert_eq!(rows(&in_vlan, "network_vlans"), ["name=office number=20 port=3"]);
    let resolved = of(&Walk::parse(base), Some("NETWORKING"));
    assert_eq!(rows(&resolved, "network_connections"), ["macs=02:00:00:00:00:09 port=3"]);
}

#[test]
fn ports_are_called_what_they_say_they_are_called_if_each_says_something_else() {
    let walk = |first: u32| {
        format!(
            ".1.3.6.1.2.1.2.2.1.1.1 = INTEGER: {first}\n.1.3.6.1.2.1.2.2.1.1.2 = INTEGER: 4\n\
             .1.3.6.1.2.1.2.2.1.2.1 = STRING: \"bridge\"\n.1.3.6.1.2.1.2.2.1.2.2 = STRING: \"eth0\"\n"
        )
    };
    let ports = |walk: &str| rows(&of(&Walk::parse(walk), Some("NETWORKING")), "network_ports");
    assert_eq!(ports(&walk(14)), ["ifdescr=bridge ifname=bridge ifnumber=14", "ifdescr=eth0 ifname=eth0 ifnumber=4"]);
    assert_eq!(ports(&walk(4)), ["ifdescr=bridge ifname=bridge ifnumber=1", "ifdescr=eth0 ifname=eth0 ifnumber=2"]);
}

#[test]
fn a_neighbours_port_may_be_an_address_by_cdp() {
    let walk = ".1.3.6.1.2.1.2.2.1.1.1 = INTEGER: 1
.1.3.6.1.4.1.9.9.23.1.2.1.1.5.1.1 = STRING: \"OS 1\"
.1.3.6.1.4.1.9.9.23.1.2.1.1.6.1.1 = STRING: \"sw9\"
.1.3.6.1.4.1.9.9.23.1.2.1.1.7.1.1 = Hex-STRING: 02 00 00 00 00 AC
.1.3.6.1.4.1.9.9.23.1.2.1.1.8.1.1 = STRING: \"Invented adapter\"
";
    let found = of(&Walk::parse(walk), Some("NETWORKING"));
    let expected = "cdp=yes mac=02:00:00:00:00:ac model=Invented adapter port=1 sysdescr=OS 1 sysname=sw9";
    assert_eq!(rows(&found, "network_connections"), [expected]);
}

#[test]
fn a_port_that_hears_several_by_cdp_is_next_to_none() {
    let port = |number: u32| format!(".1.3.6.1.2.1.2.2.1.1.{number} = INTEGER: {number}\n");
    let heard = |index: &str, name: &str, model: &str| {
        [
            ("4", "Hex-STRING: C0 00 02 09".to_owned()),
            ("5", "STRING: OS 1".to_owned()),
            ("6", format!("STRING: {name}")),
            ("7", "STRING: Port 1".to_owned()),
            ("8", format!("STRING: {model}")),
        ]
        .map(|(column, value)| format!(".1.3.6.1.4.1.9.9.23.1.2.1.1.{column}.{index} = {value}\n"))
        .concat()
    };
    let walk = [
        port(1),
        port(2),
        port(3),
        heard("1.4", "SEP0200000000AB", "Invented phone"),
        heard("2.1", "a", "b"),
        heard("2.2", "c", "d"),
        heard("3.1", "e", "Communicator"),
    ]
    .concat();
    let found = of(&Walk::parse(&walk), Some("NETWORKING"));
    assert_eq!(
        rows(&found, "network_connections"),
        ["cdp=yes ifdescr=Port 1 ip=192.0.2.9 model=Invented phone port=1 sysdescr=OS 1 sysmac=02:00:00:00:00:ab \
          sysname=SEP0200000000AB"]
    );
}

#[test]
fn a_printer_is_inventoried() {
    let walk = r#".1.3.6.1.2.1.43.10.2.1.4.1.1 = Counter32: 1200
.1.3.6.1.2.1.43.11.1.1.6.1.1 = STRING: "Black toner"
.1.3.6.1.2.1.43.11.1.1.6.1.2 = STRING: "Toner"
.1.3.6.1.2.1.43.11.1.1.6.1.3 = STRING: "Waste box"
.1.3.6.1.2.1.43.11.1.1.6.1.4 = STRING: "Something"
.1.3.6.1.2.1.43.11.1.1.3.1.2 = INTEGER: 2
.1.3.6.1.2.1.43.11.1.1.5.1.1 = INTEGER: 3
.1.3.6.1.2.1.43.11.1.1.5.1.2 = INTEGER: 3
.1.3.6.1.2.1.43.11.1.1.5.1.3 = INTEGER: 4
.1.3.6.1.2.1.43.11.1.1.5.1.4 = INTEGER: 1
.1.3.6.1.2.1.43.11.1.1.8.1.1 = INTEGER: 200
.1.3.6.1.2.1.43.11.1.1.8.1.2 = INTEGER: 50
.1.3.6.1.2.1.43.11.1.1.8.1.3 = INTEGER: -2
.1.3.6.1.2.1.43.11.1.1.9.1.1 = INTEGER: 101
.1.3.6.1.2.1.43.11.1.1.9.1.2 = INTEGER: 25
.1.3.6.1.2.1.43.11.1.1.9.1.3 = INTEGER: -3
.1.3.6.1.2.1.43.12.1.1.4.1.2 = STRING: "cyan"
"#;
    let found = of(&Walk::parse(walk), Some("PRINTER"));
    assert_eq!(
        rows(&found, "cartridges"),
        ["name=TONERBLACK value=50", "name=TONERCYAN value=50", "name=WASTETONER value=OK"]
    );
    assert_eq!(rows(&found, "pagecounters"), ["total=1200"]);
}

/// A device that says what it is, and answers nothing else.
struct Silent(Walk);

/// A device that does not answer for a VLAN alone.
struct Deaf;

impl Agent for Deaf {
    fn get(&self, _: &[&str]) -> Result<Vec<Option<Syntax>>, Gone> {
        Err(Gone("took too long".to_owned()))
    }

    fn walk(&self, _: &[&str]) -> Result<Vec<Vec<Bind>>, Gone> {
        Err(Gone("took too long".to_owned()))
    }

    fn sysobject(&self, _: &str) -> Option<Entry> {
        None
    }

    fn in_vlan(&self, _: u32) -> Option<Box<dyn Agent + '_>> {
        None
    }
}

impl Agent for Silent {
    fn get(&self, oids: &[&str]) -> Result<Vec<Option<Syntax>>, Gone> {
        self.0.get(oids)
    }

    fn walk(&self, roots: &[&str]) -> Result<Vec<Vec<Bind>>, Gone> {
        match roots.first() {
            Some(root)
                if root.starts_with("1.3.6.1.2.1.2.2.1.1")
                    || root.starts_with("1.3.6.1.4.1.9.9")
                    || roots.len() > 12 =>
            {
                Err(Gone("took too long".to_owned()))
            }
            _ => self.0.walk(roots),
        }
    }

    fn heads(&self, roots: &[&str], each: u32) -> Result<Vec<Vec<Bind>>, Gone> {
        self.0.heads(roots, each)
    }

    fn sysobject(&self, id: &str) -> Option<Entry> {
        self.0.sysobject(id)
    }

    fn in_vlan(&self, _: u32) -> Option<Box<dyn Agent + '_>> {
        Some(Box::new(Deaf))
    }
}

/// A device that counts how often it is asked for a VLAN, and knows none.
struct Counting(Walk, std::cell::Cell<u32>);

impl Agent for Counting {
    fn get(&self, oids: &[&str]) -> Result<Vec<Option<Syntax>>, Gone> {
        self.0.get(oids)
    }

    fn walk(&self, roots: &[&str]) -> Result<Vec<Vec<Bind>>, Gone> {
        self.0.walk(roots)
    }

    fn sysobject(&self, id: &str) -> Option<Entry> {
        self.0.sysobject(id)
    }

    fn in_vlan(&self, _: u32) -> Option<Box<dyn Agent + '_>> {
        self.1.set(self.1.get() + 1);
        None
    }
}

#[test]
fn a_device_that_knows_no_vlans_one_by_one_is_not_asked_for_all() {
    let port = |number: u32| {
        format!(
            ".1.3.6.1.2.1.2.2.1.1.{number} = INTEGER: {number}\n.1.3.6.1.4.1.9.9.68.1.2.2.1.2.{number} = INTEGER: {number}\n"
        )
    };
    let counting = Counting(Walk::parse(&(2..50).map(port).collect::<String>()), std::cell::Cell::new(0));
    inventory(&counting, "192.0.2.7", Some("NETWORKING"), None).unwrap();
    assert_eq!(counting.1.get(), 2);
}

#[test]
fn a_device_that_is_deaf_to_vlans_still_tells_what_it_has_resolved() {
    let walk = Walk::parse(
        ".1.3.6.1.2.1.2.2.1.1.3 = INTEGER: 3
.1.3.6.1.4.1.9.9.68.1.2.2.1.2.3 = INTEGER: 20
.1.3.6.1.2.1.4.22.1.1.3.192.0.2.9 = INTEGER: 3
.1.3.6.1.2.1.4.22.1.2.3.192.0.2.9 = Hex-STRING: 02 00 00 00 00 09
",
    );
    let device = Device::new(&walk);
    let mut sections = Sections { ports: ports::read(&device).unwrap(), ..Sections::default() };
    vlans::read(&device, &mut sections).unwrap();
    let silent = Silent(walk);
    mac_table::read(&Device::new(&silent), &mut sections).unwrap();
    assert_eq!(sections.notes, ["addresses seen in VLAN 20, and in those after it: took too long"]);
    assert_eq!(sections.ports[&3].macs, ["02:00:00:00:00:09"]);
}

#[test]
fn what_is_not_answered_is_noted_and_does_not_cost_the_rest() {
    let found = inventory(&Silent(Walk::parse(SWITCH)), "192.0.2.7", Some("NETWORKING"), None).unwrap();
    assert_eq!(found.device.text("name"), Some("sw1"));
    assert_eq!(found.notes.first().map(String::as_str), Some("ports: took too long"));
    let gone = found.notes.iter().position(|note| note.contains("not asked")).unwrap();
    assert!(gone >= 3 && found.notes.len() > gone, "{:?}", found.notes);
}

#[test]
fn nonsense_in_every_table_does_no_harm() {
    let values = [
        "INTEGER: -1",
        "STRING: \"\\\"\"",
        "Hex-STRING: FF FF FF FF FF FF FF FF FF",
        "OID: .1.3",
        "Counter64: 18446744073709551615",
    ];
    let names: Vec<&str> = SWITCH.lines().filter_map(|line| line.split_once(" = ").map(|(name, _)| name)).collect();
    for value in values {
        let walk: String =
            names.iter().map(|name| format!("{name} = {value}\n{name}.4294967295.0 = {value}\n")).collect();
        for kind in ["NETWORKING", "PRINTER"] {
            of(&Walk::parse(&walk), Some(kind)).rows();
        }
    }
}

#[test]
fn fibre_channel_ports_know_who_has_logged_in() {
    let entry = |module: &str| {
        let module = module.to_owned();
        move |_: &str| Some(Entry { module: Some(module.clone()), ..Entry::default() })
    };
    let walk = ".1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.99999.1
.1.3.6.1.2.1.2.2.1.1.5 = INTEGER: 5
.1.3.6.1.2.1.2.2.1.3.5 = INTEGER: 56
.1.3.6.1.2.1.75.1.2.3.1.10.1.1.1 = Hex-STRING: 10 00 00 00 00 00 00 01
.1.3.6.1.2.1.75.1.1.5.1.2.1.1 = Hex-STRING: 20 00 00 00 00 00 00 02
";
    let brocade = of(&Walk::parse(walk).with_sysobject(entry("Brocade")), Some("STORAGE"));
    assert_eq!(rows(&brocade, "network_connections"), ["macs=10:00:00:00:00:00:00:01 port=5"]);
    let qlogic = of(&Walk::parse(walk).with_sysobject(entry("Qlogic")), Some("STORAGE"));
    assert_eq!(rows(&qlogic, "network_connections"), ["macs=10:00:00:00:00:00:00:01 port=100000"]);
}

#[test]
fn a_storage_server_tells_its_volumes() {
    let walk = ".1.3.6.1.2.1.25.2.3.1.2.1 = OID: .1.3.6.1.2.1.25.2.1.2
.1.3.6.1.2.1.25.2.3.1.2.31 = OID: .1.3.6.1.2.1.25.2.1.4
.1.3.6.1.2.1.25.2.3.1.3.1 = STRING: Memory
.1.3.6.1.2.1.25.2.3.1.3.31 = STRING: /volume1
.1.3.6.1.2.1.25.2.3.1.4.31 = INTEGER: 4096
.1.3.6.1.2.1.25.2.3.1.5.31 = INTEGER: 25600
.1.3.6.1.2.1.25.2.3.1.6.31 = INTEGER: 5120
";
    assert_eq!(rows(&of(&Walk::parse(walk), Some("STORAGE")), "drives"), ["free=80 total=100 volumn=/volume1"]);
    assert!(rows(&of(&Walk::parse(walk), Some("NETWORKING")), "drives").is_empty());
}

#[test]
fn an_extreme_switch_tells_its_neighbours_by_its_own_protocol() {
    let walk = ".1.3.6.1.2.1.2.2.1.1.4 = INTEGER: 4
.1.3.6.1.4.1.1916.1.13.2.1.3.4.0.0.2.0.0.0.0.7 = STRING: sw7
.1.3.6.1.4.1.1916.1.13.2.1.6.4.0.0.2.0.0.0.0.7 = STRING: 1:12
.1.3.6.1.4.1.1916.1.13.3.1.3.4.0.0.2.0.0.0.0.7.3.77.103.116 = IpAddress: 0.0.0.0
.1.3.6.1.4.1.1916.1.13.3.1.3.4.0.0.2.0.0.0.0.7.4.77.103.116.50 = IpAddress: 192.0.2.7
";
    assert_eq!(
        rows(&of(&Walk::parse(walk), Some("NETWORKING")), "network_connections"),
        ["cdp=yes ifdescr=1:12 ip=192.0.2.7 port=4 sysmac=02:00:00:00:00:07 sysname=sw7"]
    );
}

#[test]
fn vlans_that_only_lldp_tells() {
    let ports = ".1.3.6.1.2.1.2.2.1.1.4 = INTEGER: 4\n.1.3.6.1.2.1.2.2.1.2.4 = STRING: ge-0/0/4\n";
    let named = format!(
        "{ports}.1.0.8802.1.1.2.1.3.7.1.3.9 = STRING: ge-0/0/4\n.1.0.8802.1.1.2.1.5.32962.1.2.3.1.2.9.30 = STRING: office\n"
    );
    assert_eq!(rows(&of(&Walk::parse(&named), Some("NETWORKING")), "network_vlans"), ["name=office number=30 port=4"]);
    let untagged = format!("{ports}.1.0.8802.1.1.2.1.5.32962.1.2.1.1.1.4 = INTEGER: 30\n");
    let found = of(&Walk::parse(&untagged), Some("NETWORKING"));
    assert_eq!(rows(&found, "network_vlans"), ["name=VLAN 30 number=30 port=4"]);
    assert_eq!(rows(&found, "network_ports"), ["ifdescr=ge-0/0/4 ifname=ge-0/0/4 ifnumber=4 trunk=no"]);
}

#[test]
fn an_aggregate_of_ciscos_own_protocol() {
    let walk = ".1.3.6.1.2.1.2.2.1.1.1 = INTEGER: 1
.1.3.6.1.2.1.2.2.1.1.5007 = INTEGER: 5007
.1.3.6.1.4.1.9.9.98.1.1.1.1.5.1 = INTEGER: 7
.1.3.6.1.4.1.9.9.98.1.1.1.1.5.2 = INTEGER: 0
";
    let ports = rows(&of(&Walk::parse(walk), Some("NETWORKING")), "network_ports");
    assert_eq!(ports, ["ifnumber=1", "aggregate=1 ifnumber=5007"]);
}
