//! What LSI's MegaCli prints about MegaRAID controllers and the disks behind them.
//!
//! Disks come with `-PDList -aALL`; the words of a disk's own are the bytes of its answer to INQUIRY, in fixed columns: an
//! ATA disk has serial (20), model (40) and firmware (8), a SCSI one maker (8), model (16), firmware (4) and serial. The
//! sizes are printed in GB and are GiB; the sectors in brackets are exact.
//!
//! Sources: MegaRAID SAS Software User Guide, MegaCLI commands; SAT-4 and SPC-4 for the columns.

use super::disk::{Disk, maker_and_model, said};
use super::record::{Record, pair};
use crate::units::{Base, hexadecimal, megabytes};

/// More disks than any controller has.
const MOST: usize = 4096;

/// One physical drive and the adapter that it belongs to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Drive {
    pub adapter: u32,
    pub record: Record,
}

/// The physical drives of `-PDList`.
pub fn drives(text: &str) -> Vec<Drive> {
    let mut drives: Vec<Drive> = Vec::new();
    let mut adapter = 0;
    for line in text.lines() {
        if let Some(number) = line.trim().strip_prefix("Adapter #") {
            adapter = number.trim().parse().unwrap_or(adapter);
            continue;
        }
        let begins = pair(line).is_some_and(|(name, _)| name.trim_end() == "Enclosure Device ID");
        if begins {
            if drives.len() == MOST {
                break;
            }
            drives.push(Drive { adapter, record: Record::default() });
        }
        if let Some(drive) = drives.last_mut() {
            drive.record.add(line);
        }
    }
    drives
}

/// The logical drives of `-LDInfo -LAll`, by their numbers.
pub fn volumes(text: &str) -> Vec<(u32, Record)> {
    let mut volumes: Vec<(u32, Record)> = Vec::new();
    for line in text.lines() {
        if let Some((name, value)) = pair(line)
            && name.trim_end().ends_with("Virtual Drive")
            && let Some(number) = first_number(value)
        {
            if volumes.len() == MOST {
                break;
            }
            volumes.push((number, Record::default()));
        }
        if let Some((_, volume)) = volumes.last_mut() {
            volume.add(line);
        }
    }
    volumes
}

/// The enclosures of `-EncInfo`: their numbers and the device ids that drives name them by.
pub fn enclosures(text: &str) -> Vec<(u32, u32)> {
    let mut enclosures: Vec<(u32, u32)> = Vec::new();
    let mut number = None;
    for line in text.lines() {
        let line = line.trim();
        if let Some(after) = line.strip_prefix("Enclosure ").and_then(|after| after.strip_suffix(':')) {
            number = after.trim().parse().ok();
        } else if let (Some(known), Some((name, value))) = (number, pair(line))
            && name.trim_end() == "Device ID"
            && enclosures.len() < MOST
        {
            enclosures.extend(value.trim().parse().ok().map(|id| (known, id)));
            number = None;
        }
    }
    enclosures
}

/// Where the controller sits on the PCI bus, from `-AdpGetPciInfo`.
pub fn pci_place(text: &str) -> Record {
    let mut record = Record::default();
    for line in text.lines().take(200) {
        record.add(line);
    }
    record
}

/// A drive of the summary (`-ShowSummary`), with the place that its connector names.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    /// `00<Internal><Encl Pos 1 >` is number 0 at position 1; a connector without an enclosure names neither.
    pub enclosure: Option<(u32, String)>,
    pub slot: Option<String>,
    /// The other lines.
    pub record: Record,
}

/// The physical drives of `-ShowSummary`.
pub fn summary(text: &str) -> Vec<Summary> {
    let mut drives: Vec<Summary> = Vec::new();
    let mut is_drives = false;
    for line in text.lines() {
        let pair = pair(line);
        match pair.map(|(name, value)| (name.trim_end(), value)) {
            // Drives stand under a heading of their own; the next heading ends them.
            None if !line.trim().is_empty() => is_drives = line.trim() == "PD",
            Some(("Connector", place)) if is_drives && drives.len() < MOST => drives.push(connector(place)),
            Some(_) if is_drives => {
                if let Some(drive) = drives.last_mut() {
                    drive.record.add(line);
                }
            }
            _ => {}
        }
    }
    drives
}

/// `00<Internal><Encl Pos 1 >: Slot 0`
fn connector(place: &str) -> Summary {
    let after = |what: &str| place.split_once(what).map(|(_, after)| after.trim_start());
    let position = after("Encl Pos").map(|rest| rest.split('>').next().unwrap_or_default().trim().to_owned());
    Summary {
        enclosure: first_number(place).zip(position),
        slot: after("Slot").and_then(|rest| rest.split_whitespace().next()).map(str::to_owned),
        record: Record::default(),
    }
}

fn first_number(text: &str) -> Option<u32> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

impl Drive {
    /// Group, span and arm of `Drive's position`.
    pub fn position(&self) -> Option<[u32; 3]> {
        let mut parts = self.record.get("Drive's position")?.split(',').map(|part| {
            let (_, number) = part.split_once(':')?;
            number.trim().parse::<u32>().ok()
        });
        Some([parts.next()??, parts.next()??, parts.next()??])
    }

    pub fn disk(&self) -> Disk {
        let get = |name: &str| self.record.get(name).and_then(said);
        let link = get("PD Type");
        let inquiry = Inquiry::of(self.record.raw("Inquiry Data").unwrap_or_default(), link.as_deref() == Some("SATA"));
        let size = self.record.get("Raw Size");
        Disk {
            name: inquiry.model.clone(),
            maker: inquiry.maker,
            model: inquiry.model,
            firmware: get("Device Firmware Level").or(inquiry.firmware),
            serial: inquiry.serial,
            kind: Some("disk".to_owned()),
            description: link,
            interface: None,
            wwn: None,
            megabytes: size.and_then(printed_size),
            bytes: size.and_then(sectors).and_then(|sectors| sectors.checked_mul(512)),
        }
    }
}

/// `223.570 GB [0x1bf244b0 Sectors]` as 223570.
fn printed_size(text: &str) -> Option<u64> {
    megabytes(text.split('[').next()?, Base::Decimal)?.whole()
}

/// The sectors in the brackets.
fn sectors(text: &str) -> Option<u64> {
    hexadecimal(text.split_once('[')?.1.split_whitespace().next()?)
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Inquiry {
    maker: Option<String>,
    model: Option<String>,
    firmware: Option<String>,
    serial: Option<String>,
}

impl Inquiry {
    fn of(text: &str, is_ata: bool) -> Self {
        // Columns are characters: a damaged byte is one character, too.
        let column = |from: usize, width: usize| {
            let text: String = text.chars().skip(from).take(width).collect();
            said(&text)
        };
        if is_ata {
            let (maker, model) = maker_and_model(&column(20, 40).unwrap_or_default());
            return Self { maker, model: said(&model), firmware: column(60, 8), serial: column(0, 20) };
        }
        Self { maker: column(0, 8), model: column(8, 16), firmware: column(24, 4), serial: column(28, 20) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRIVES: &str = "\nAdapter #1\n\nEnclosure Device ID: 32\nSlot Number: 0\n\
        Drive's position: DiskGroup: 2, Span: 0, Arm: 1\nDevice Id: 4\nPD Type: SATA\n\n\
        Raw Size: 111.790 GB [0xdf94bb0 Sectors]\nDevice Firmware Level: F1\n\
        Inquiry Data:          SERIAL-0001ACME SSD 120                            F1      \n\
        Drive Temperature :30C (86.00 F)\nPort-0 :\n\n\nEnclosure Device ID: N/A\nSlot Number: 1\nPD Type: SAS\n\
        Raw Size: 1.090 TB [0x8bba0cb0 Sectors]\nInquiry Data: ACME    DISK-1200       A001SN0002              \n\
        \nExit Code: 0x00\n";

    #[test]
    fn drives_of_both_kinds() {
        let drives = drives(DRIVES);
        let [ata, scsi] = drives.as_slice() else { panic!("{drives:?}") };
        assert_eq!((ata.adapter, ata.position()), (1, Some([2, 0, 1])));
        assert_eq!(ata.record.get("Drive Temperature"), Some("30C (86.00 F)"));
        let disk = ata.disk();
        assert_eq!((disk.serial.as_deref(), disk.model.as_deref()), (Some("SERIAL-0001"), Some("SSD 120")));
        assert_eq!((disk.maker.as_deref(), disk.megabytes), (Some("ACME"), Some(111_790)));
        assert_eq!(disk.measured().megabytes, Some(120_034));
        let disk = scsi.disk();
        assert_eq!((disk.maker.as_deref(), disk.model.as_deref()), (Some("ACME"), Some("DISK-1200")));
        assert_eq!((disk.firmware.as_deref(), disk.serial.as_deref()), (Some("A001"), Some("SN0002")));
        assert_eq!((disk.megabytes, scsi.position()), (Some(1_090_000), None));
    }

    #[test]
    fn the_other_lists() {
        let text =
            "\nAdapter 0 -- Virtual Drive Information:\nVirtual Drive: 3 (Target Id: 3)\nName  :One\nSize: 1 GB\n";
        assert_eq!(volumes(text)[0].0, 3);
        assert_eq!(volumes(text)[0].1.get("Name"), Some("One"));
        let text = "    Number of enclosures on adapter 0 -- 1\n\n    Enclosure 0:\n    Device ID    : 252\n    Partner Device Id : 9\n";
        assert_eq!(enclosures(text), [(0, 252)]);
        let text = "Hardware\n   PD \n     Connector : 01<Internal><Encl Pos 2 >: Slot 7 \n     Vendor Id : ACME \n\nStorage\n     Size : 1 GB\n";
        let summary = summary(text);
        assert_eq!(summary[0].enclosure, Some((1, "2".to_owned())));
        assert_eq!((summary[0].slot.as_deref(), summary[0].record.fields().count()), (Some("7"), 1));
        assert_eq!(pci_place("PCI information\nBus Number : 3b\n").get("Bus Number"), Some("3b"));
    }

    #[test]
    fn other_texts_say_nothing() {
        for text in ["", ":::", "Enclosure", "Virtual Drive: x", "Enclosure Device ID: 1"] {
            assert!(drives(text).iter().all(|drive| drive.disk().serial.is_none()));
            assert!(volumes(text).is_empty() && enclosures(text).is_empty() && summary(text).is_empty());
        }
        let odd = drives("Enclosure Device ID: 1\nInquiry Data: \u{fffd}\u{fffd}\nRaw Size: [0x\nPD Type: SATA\n");
        assert_eq!(odd[0].disk().megabytes, None);
    }
}
