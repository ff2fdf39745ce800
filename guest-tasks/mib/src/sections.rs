//! What has been found so far: ports with all that belongs to them, parts, counters; and the rows that are made of it.

use airlock_model::{Row, Value};
use std::collections::{BTreeMap, HashSet};

/// The most rows that a part of a device may have; of a device that says it has more, the rest is noted and left out.
pub const MOST_ROWS: usize = 50_000;

/// Ports by their number (ifIndex), as it stands in the indexes of tables.
pub type Ports = BTreeMap<u32, Port>;

/// A port with what is connected to it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Port {
    /// The number that it says it has (the value of ifIndex), the same as in the indexes but on devices that err.
    pub said: Option<u32>,
    /// Fields of `network_ports`.
    pub row: Row,
    pub vlans: Vec<Vlan>,
    /// Who said by itself that it is at the other end.
    pub neighbour: Option<Neighbour>,
    /// Hardware addresses seen at the port, each once.
    pub macs: Vec<String>,
    /// The ports that it is made of.
    pub members: Vec<u32>,
}

impl Port {
    /// Adds addresses that were seen at the port: not its own, and none twice.
    pub fn saw(&mut self, macs: impl IntoIterator<Item = String>) {
        let own = self.row.text("mac").map(str::to_owned);
        let mut known: HashSet<String> = self.macs.iter().cloned().chain(own).collect();
        self.macs.extend(macs.into_iter().filter(|mac| known.insert(mac.clone())));
    }
}

/// A VLAN of a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vlan {
    pub number: u32,
    pub name: Option<String>,
    pub tagged: Option<bool>,
}

/// What a neighbour says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbour {
    pub sysmac: Option<String>,
    pub sysdescr: Option<String>,
    pub sysname: Option<String>,
    pub ip: Option<String>,
    pub model: Option<String>,
    /// Its port.
    pub ifnumber: Option<i64>,
    pub ifdescr: Option<String>,
    pub mac: Option<String>,
}

impl Neighbour {
    /// The fields of `network_connections`.
    pub fn row(self) -> Row {
        let mut row = Row::new();
        row.maybe("sysmac", self.sysmac)
            .maybe("sysdescr", self.sysdescr)
            .maybe("sysname", self.sysname)
            .maybe("ip", self.ip)
            .maybe("model", self.model)
            .maybe("ifnumber", self.ifnumber)
            .maybe("ifdescr", self.ifdescr)
            .maybe("mac", self.mac);
        row
    }
}

/// An inventory in the making: the standards' objects first, then the makers' own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sections {
    /// `network_device`.
    pub device: Row,
    pub ports: Ports,
    /// `network_components`.
    pub components: Vec<Row>,
    pub firmwares: Vec<Row>,
    pub modems: Vec<Row>,
    pub simcards: Vec<Row>,
    /// Disks: `storages`.
    pub storages: Vec<Row>,
    /// Volumes: `drives`.
    pub drives: Vec<Row>,
    /// `pagecounters`.
    pub counters: Row,
    /// What is left, by name: `TONERBLACK`.
    pub supplies: BTreeMap<String, String>,
    /// What could not be asked, or not in full, in words.
    pub notes: Vec<String>,
}

impl Sections {
    /// Sets a page counter, where there is something to count.
    pub fn counted(&mut self, name: &'static str, pages: Option<i64>) {
        self.counters.maybe(name, pages.filter(|pages| *pages >= 0));
    }

    /// Adds a firmware of some part.
    pub fn firmware(
        &mut self,
        name: &str,
        description: &str,
        kind: &str,
        version: Option<String>,
        maker: Option<&str>,
    ) {
        let Some(version) = version.filter(|version| !version.is_empty()) else { return };
        let mut row = Row::new().with("name", name).with("description", description).with("type", kind);
        row.set("version", version).maybe("manufacturer", maker);
        self.firmwares.push(row);
    }

    /// The rows, each with its section. [`Sections::bound`] comes before.
    pub fn rows(self) -> Vec<(&'static str, Row)> {
        let mut rows = vec![("network_device", self.device)];
        let numbers = numbers(&self.ports);
        let called = |number: u32| numbers.get(&number).copied().unwrap_or(number);
        for (number, port) in self.ports {
            let number = called(number);
            let mut row = port.row;
            row.set("ifnumber", number);
            row.set("aggregate", Value::Texts(port.members.iter().map(|port| called(*port).to_string()).collect()));
            rows.push(("network_ports", row));
            for vlan in port.vlans {
                let mut row = Row::new().with("port", number).with("number", vlan.number);
                row.maybe("name", vlan.name).maybe("tagged", vlan.tagged);
                rows.push(("network_vlans", row));
            }
            if let Some(neighbour) = port.neighbour {
                let mut row = Row::new().with("port", number).with("cdp", true);
                row.merge(neighbour.row());
                rows.push(("network_connections", row));
            } else if !port.macs.is_empty() {
                rows.push(("network_connections", Row::new().with("port", number).with("macs", port.macs)));
            }
        }
        let supply = |(name, left): (String, String)| Row::new().with("name", name.as_str()).with("value", left);
        rows.extend(
            [
                ("network_components", self.components),
                ("firmwares", self.firmwares),
                ("modems", self.modems),
                ("simcards", self.simcards),
                ("storages", self.storages),
                ("drives", self.drives),
                ("cartridges", self.supplies.into_iter().map(supply).collect()),
                ("pagecounters", vec![self.counters]),
            ]
            .into_iter()
            .flat_map(|(section, rows)| rows.into_iter().map(move |row| (section, row))),
        );
        rows.retain(|(_, row)| !row.is_empty());
        rows
    }

    /// Holds what a device may say to a bound, and notes it.
    pub fn bound(&mut self) {
        let notes = &mut self.notes;
        if self.ports.len() > MOST_ROWS {
            notes.push(format!("{} ports; the first {MOST_ROWS} are kept", self.ports.len()));
            if let Some(first_out) = self.ports.keys().nth(MOST_ROWS).copied() {
                self.ports.split_off(&first_out);
            }
        }
        for (what, rows) in [("components", &mut self.components), ("firmwares", &mut self.firmwares)] {
            if rows.len() > MOST_ROWS {
                notes.push(format!("{} {what}; the first {MOST_ROWS} are kept", rows.len()));
                rows.truncate(MOST_ROWS);
            }
        }
    }
}

/// What servers know each port by: the number that it says it has, unless two would have the same.
fn numbers(ports: &Ports) -> BTreeMap<u32, u32> {
    let said: BTreeMap<u32, u32> = ports.iter().map(|(number, port)| (*number, port.said.unwrap_or(*number))).collect();
    let different: HashSet<&u32> = said.values().collect();
    if different.len() == said.len() { said } else { BTreeMap::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_claims_is_bounded() {
        let most = u32::try_from(MOST_ROWS).unwrap();
        let mut sections = Sections::default();
        sections.ports.extend((0..most + 5).map(|number| (number, Port::default())));
        sections.components.resize(MOST_ROWS + 1, Row::new().with("name", "x"));
        sections.bound();
        assert_eq!((sections.ports.len(), sections.components.len()), (MOST_ROWS, MOST_ROWS));
        assert_eq!(sections.notes.len(), 2);
        assert!(sections.notes[0].starts_with("50005 ports"), "{:?}", sections.notes);
    }

    #[test]
    fn rows_name_their_port_and_a_neighbour_goes_before_what_was_seen() {
        let mut port = Port { row: Row::new().with("mac", "02:00:00:00:00:01"), ..Port::default() };
        port.saw(["02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:02"].map(str::to_owned));
        port.saw(["02:00:00:00:00:02".to_owned()]);
        port.vlans.push(Vlan { number: 7, name: None, tagged: Some(true) });
        let mut sections = Sections { ports: Ports::from([(3, port)]), ..Sections::default() };
        sections.counted("total", Some(9));
        sections.counted("color", Some(-1));
        sections.firmware("boot", "", "device", None, None);
        let neighbour = Neighbour { sysname: Some("sw2".to_owned()), ..Neighbour::default() };
        let rows = sections.clone().rows();
        let of = |rows: &[(&str, Row)], section: &str| -> Vec<Row> {
            rows.iter().filter(|(name, _)| *name == section).map(|(_, row)| row.clone()).collect()
        };
        assert_eq!(of(&rows, "network_ports"), [Row::new().with("mac", "02:00:00:00:00:01").with("ifnumber", 3_i64)]);
        assert_eq!(
            of(&rows, "network_vlans"),
            [Row::new().with("port", 3_i64).with("number", 7_i64).with("tagged", true)]
        );
        let seen = Value::Texts(vec!["02:00:00:00:00:02".to_owned()]);
        assert_eq!(of(&rows, "network_connections"), [Row::new().with("port", 3_i64).with("macs", seen)]);
        assert_eq!(of(&rows, "pagecounters"), [Row::new().with("total", 9_i64)]);
        assert!(of(&rows, "firmwares").is_empty() && of(&rows, "network_device").is_empty());
        sections.ports.get_mut(&3).unwrap().neighbour = Some(neighbour);
        let said = Row::new().with("port", 3_i64).with("cdp", true).with("sysname", "sw2");
        assert_eq!(of(&sections.rows(), "network_connections"), [said]);
    }
}
