//! What the tools of HP's Smart Array controllers say: hpacucli, hpssacli and ssacli are one tool under three names.
//!
//! Sources: HPE Smart Storage Administrator User Guide, "CLI commands".

use super::disk::{Disk, maker_and_model, said};
use super::record::Record;
use crate::units::{Base, Number, megabytes, single_spaced};

/// More than any controller has.
const MOST: usize = 1024;

/// A controller of `ctrl all show config`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Controller {
    pub slot: u32,
    pub serial: Option<String>,
    pub drives: usize,
}

/// The controllers, and how many drives each has.
pub fn controllers(text: &str) -> Vec<Controller> {
    let mut controllers: Vec<Controller> = Vec::new();
    for line in text.lines() {
        if let Some(slot) = slot(line) {
            if controllers.len() == MOST {
                break;
            }
            let serial = line.split_once("(sn: ").and_then(|(_, rest)| said(rest.split(')').next()?));
            controllers.push(Controller { slot, serial, drives: 0 });
        } else if let (Some(_), Some(controller)) = (drive(line), controllers.last_mut()) {
            controller.drives += 1;
        }
    }
    controllers
}

/// The slots of `ctrl all show`.
pub fn slots(text: &str) -> Vec<u32> {
    text.lines().filter_map(slot).take(MOST).collect()
}

/// The drives of `ctrl slot=N pd all show`, by their places (`1I:1:1`).
pub fn drives(text: &str) -> Vec<String> {
    text.lines().filter_map(drive).take(MOST).map(str::to_owned).collect()
}

/// `Smart Array P410i in Slot 0 (Embedded)    (sn: 5001…)`
fn slot(line: &str) -> Option<u32> {
    let (_, after) = line.split_once(" in Slot ")?;
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after.get(..digits)?.parse().ok()
}

/// `physicaldrive 1I:1:1 (port 1I:box 1:bay 1, SAS, 600 GB, OK)`
fn drive(line: &str) -> Option<&str> {
    let place = line.trim().strip_prefix("physicaldrive ")?.split_whitespace().next()?;
    place.contains(':').then_some(place)
}

/// The drives of `ctrl slot=N pd all show detail`, or the one of `pd PLACE show`.
pub fn disks(text: &str) -> Vec<Disk> {
    let mut records: Vec<Record> = Vec::new();
    for line in text.lines() {
        if drive(line).is_some() {
            if records.len() == MOST {
                break;
            }
            records.push(Record::default());
        } else if let Some(record) = records.last_mut() {
            record.add(line);
        }
    }
    records.iter().filter_map(disk).collect()
}

fn disk(record: &Record) -> Option<Disk> {
    let get = |name: &str| record.get(name).and_then(said);
    // The maker's column of an ATA disk says `ATA`, and its model's may begin with the maker.
    let name = get("Model").map(|model| single_spaced(model.strip_prefix("ATA ").unwrap_or(&model)));
    let (maker, model) = name.as_deref().map(maker_and_model).unzip();
    let link = get("Interface Type");
    if name.is_none() && get("Serial Number").is_none() {
        return None;
    }
    let size = record.get("Size").and_then(|size| megabytes(size, Base::Decimal)).and_then(Number::whole);
    Some(Disk {
        name,
        maker: maker.flatten(),
        model,
        firmware: get("Firmware Revision"),
        serial: get("Serial Number").map(|serial| single_spaced(&serial)),
        kind: Some("disk".to_owned()),
        // `Solid State SATA`
        description: link.and_then(|link| link.split_whitespace().next_back().map(str::to_owned)),
        interface: None,
        wwn: None,
        megabytes: size,
        bytes: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controllers_with_their_drives() {
        let text = "\nSmart Array P410 in Slot 1                (sn: SN-A)\n\n   SEP (Vendor ID X) 250\n\n\
            Smart Array P410i in Slot 10 (Embedded)    (sn: SN-B)\n   array A (SAS)\n\n      logicaldrive 1 (2.2 TB)\n\n\
            \x20     physicaldrive 1I:1:1 (port 1I:box 1:bay 1, SAS, 600 GB, OK)\n";
        let found = controllers(text);
        assert_eq!(found[0], Controller { slot: 1, serial: Some("SN-A".into()), drives: 0 });
        assert_eq!(found[1], Controller { slot: 10, serial: Some("SN-B".into()), drives: 1 });
        assert_eq!((slots(text), drives(text)), (vec![1, 10], vec!["1I:1:1".to_owned()]));
    }

    #[test]
    fn drives_in_detail() {
        let text = "Smart Array in Slot 2\n  array A\n     physicaldrive 1:1\n        Port: 2I\n        Interface Type: SATA\n\
            \x20       Size: 74.3 GB\n        Serial Number:      SN-1\n        Model: ATA     ACME DISK-00\n\n\
            \x20    physicaldrive 2I:1:2\n        Interface Type: Solid State SAS\n        Model: HP      EG0600\n";
        let found = disks(text);
        let [one, other] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.name.as_deref(), one.model.as_deref()), (Some("ACME DISK-00"), Some("DISK-00")));
        assert_eq!((one.maker.as_deref(), one.megabytes), (Some("ACME"), Some(74_300)));
        assert_eq!((other.name.as_deref(), other.description.as_deref()), (Some("HP EG0600"), Some("SAS")));
        assert!(disks("physicaldrive\nphysicaldrive 1:1\nModel:\n").is_empty());
    }
}
