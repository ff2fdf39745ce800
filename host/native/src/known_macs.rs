//! Hardware addresses that inventories have seen: of this machine's own interfaces, and of the devices and neighbours that
//! network tasks reported. A grant to wake machines `from_inventory` is for these.
//!
//! What a device says of its neighbours is its own word, so one device gives no more than [`MOST_OF_ONE`], and of all the
//! ones that were seen last are kept.

use crate::locked_file::{Keep, LockedFile};
use airlock_model::{Report, Value, mac_address, mac_text};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

/// Addresses that are kept: the newest.
pub const MOST_KNOWN: usize = 65_536;
/// Addresses that one report gives.
const MOST_OF_ONE: usize = 4_096;
const LARGEST: u64 = 8 << 20;
/// Seconds for which one that was seen is not written down again.
const FRESH: u64 = 86_400;
/// Fields that hold hardware addresses, in any section.
const FIELDS: &[&str] = &["mac", "macs", "sysmac"];

#[derive(Debug, Clone)]
pub struct KnownMacs {
    file: LockedFile,
}

/// Seconds since 1970 at which each was seen last.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Kept(BTreeMap<String, u64>);

impl KnownMacs {
    /// Of this machine, whichever server it was for.
    pub fn new(state: &Path) -> Self {
        Self { file: LockedFile::new(state.join("known-macs.json"), LARGEST) }
    }

    /// All of them, in lower case with colons. A file that cannot be read knows nobody, and is said.
    pub fn all(&self) -> io::Result<BTreeSet<String>> {
        Ok(self.file.read_or_set_aside::<Kept>()?.0.into_keys().collect())
    }

    /// Remembers addresses that were seen at `now`, in seconds since 1970.
    pub fn learn(&self, seen: &BTreeSet<String>, now: u64) -> io::Result<()> {
        if seen.is_empty() {
            return Ok(());
        }
        let known = self.file.read_or_set_aside::<Kept>()?;
        let is_fresh = |mac: &String| known.0.get(mac).is_some_and(|at| now.saturating_sub(*at) < FRESH && *at <= now);
        if seen.iter().all(is_fresh) {
            return Ok(());
        }
        self.file.change(|kept: &mut Kept| {
            kept.0.extend(seen.iter().map(|mac| (mac.clone(), now)));
            kept.forget_oldest();
            (Some(Keep::InCache), ())
        })
    }
}

impl Kept {
    fn forget_oldest(&mut self) {
        let Some(over) = self.0.len().checked_sub(MOST_KNOWN).filter(|over| *over > 0) else { return };
        let mut all: Vec<(u64, String)> = self.0.iter().map(|(mac, at)| (*at, mac.clone())).collect();
        all.sort_unstable();
        for (_, mac) in all.into_iter().take(over) {
            self.0.remove(&mac);
        }
    }
}

/// The addresses of machines that a report has: none of groups, of everybody or of nobody.
pub fn macs_of(report: &Report) -> BTreeSet<String> {
    let mut macs = BTreeSet::new();
    let rows = report.sections().flat_map(|(_, rows)| rows);
    for (_, value) in rows.flat_map(|row| row.iter()).filter(|(name, _)| FIELDS.contains(name)) {
        match value {
            Value::Texts(texts) => macs.extend(texts.iter().filter_map(|text| machine(text))),
            one => macs.extend(machine(&one.to_text())),
        }
        if macs.len() >= MOST_OF_ONE {
            break;
        }
    }
    macs.into_iter().take(MOST_OF_ONE).collect()
}

fn machine(text: &str) -> Option<String> {
    let mac = mac_address(text.trim())?;
    let [first, ..] = mac;
    (mac != [0; 6] && first & 1 == 0).then(|| mac_text(mac))
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_model::{Row, schema};

    fn mac(number: u32) -> String {
        let [a, b, c, d] = number.to_be_bytes();
        mac_text([2, 0, a, b, c, d])
    }

    #[test]
    fn the_newest_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let known = KnownMacs::new(folder.path());
        let most = u32::try_from(MOST_KNOWN).unwrap();
        known.learn(&(0..10).map(mac).collect(), 1).unwrap();
        known.learn(&(10..most).map(mac).collect(), 2).unwrap();
        known.learn(&[mac(3)].into(), 2 + FRESH).unwrap();
        known.learn(&[mac(most)].into(), 3 + FRESH).unwrap();
        let all = known.all().unwrap();
        assert_eq!(all.len(), MOST_KNOWN);
        assert!(all.contains(&mac(most)) && all.contains(&mac(3)) && !all.contains(&mac(0)));
        // What was seen just now is not written down again.
        let before = std::fs::metadata(folder.path().join("known-macs.json")).unwrap().modified().unwrap();
        known.learn(&[mac(most)].into(), 4 + FRESH).unwrap();
        assert_eq!(std::fs::metadata(folder.path().join("known-macs.json")).unwrap().modified().unwrap(), before);
    }

    #[test]
    fn machines_are_known_and_groups_are_not() {
        let mut report = Report::default();
        let section = schema::section("networks").unwrap();
        let rows = ["02-00-00-00-00-0A", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "00:00:00:00:00:00", "nonsense"];
        report.emit(section, rows.iter().map(|mac| Row::new().with("description", *mac).with("mac", *mac)).collect());
        assert_eq!(macs_of(&report), BTreeSet::from(["02:00:00:00:00:0a".to_owned()]));
    }
}
