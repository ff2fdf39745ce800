//! What `tw_cli` says about 3ware controllers: tables of controllers, units and ports, and a port's details.
//!
//! Sizes are printed in GB and are GiB; the blocks in brackets are exact.
//!
//! Source: 3ware SATA+SAS RAID Controller Card CLI Guide, `info` and `/cx/px show`.

use super::disk::{Disk, said};
use crate::units::{Base, Number, megabytes};

/// More rows than any of the tables has.
const MOST: usize = 1024;

/// A controller of `tw_cli info`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// `c0`
    pub id: String,
    pub model: String,
}

/// The controllers.
pub fn cards(text: &str) -> Vec<Card> {
    let rows = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let id = words.next().filter(|word| is_id(word, 'c'))?;
        Some(Card { id: id.to_owned(), model: words.next()?.to_owned() })
    });
    rows.take(MOST).collect()
}

/// The units (`u0`) of `tw_cli info c0`; their parts (`u0-1`) are no units.
pub fn units(text: &str) -> Vec<String> {
    ids(text, 'u')
}

/// The ports (`p0`) of `tw_cli info c0` or `info c0 u0` that a disk is on.
pub fn ports(text: &str) -> Vec<String> {
    ids(text, 'p')
}

fn ids(text: &str, letter: char) -> Vec<String> {
    let rows = text.lines().filter(|line| !line.contains("NOT-PRESENT"));
    let ids = rows.filter_map(|line| line.split_whitespace().next().filter(|word| is_id(word, letter)));
    ids.take(MOST).map(str::to_owned).collect()
}

fn is_id(word: &str, letter: char) -> bool {
    word.strip_prefix(letter).is_some_and(|number| {
        !number.is_empty() && number.len() < 4 && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// The disk of `tw_cli info c0 p0 model serial capacity firmware`; its link is that of the controller.
pub fn disk(text: &str, card: &str) -> Option<Disk> {
    let mut disk = Disk::default();
    for line in text.lines().take(200) {
        let Some((name, value)) = line.split_once('=') else { continue };
        let name = name.trim();
        let (_, name) = name.split_once(' ').filter(|_| name.starts_with('/')).unwrap_or(("", name));
        match name {
            "Model" => disk.model = said(value),
            "Serial" => disk.serial = said(value),
            "Firmware Version" => disk.firmware = said(value),
            "Capacity" => {
                let (size, blocks) = value.split_once('(').unwrap_or((value, ""));
                disk.megabytes = megabytes(size, Base::Binary).and_then(Number::whole);
                let blocks = Number::leading(blocks).and_then(|(blocks, _)| blocks.whole());
                disk.bytes = blocks.and_then(|blocks| blocks.checked_mul(512));
            }
            _ => {}
        }
    }
    if disk.model.is_none() && disk.serial.is_none() {
        return None;
    }
    disk.kind = Some("disk".to_owned());
    disk.description = link_of(card).map(str::to_owned);
    Some(disk)
}

/// The 5000 to 7000 have cables of parallel ATA, the 9690 and later ones SAS; what lies between is serial ATA.
fn link_of(card: &str) -> Option<&'static str> {
    let digits = card.find(|c: char| !c.is_ascii_digit()).unwrap_or(card.len());
    let number: u32 = card.get(..digits)?.parse().ok()?;
    Some(match number {
        5000..8000 => "IDE",
        9690 | 9750 => "SAS",
        8000..10000 => "SATA",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables() {
        let text = "\nCtl   Model        Ports   Drives\n-----\nc0    9650SE-2LP   2       2\nc10   9690SA-8I  8 0\n";
        assert_eq!(cards(text)[1], Card { id: "c10".into(), model: "9690SA-8I".into() });
        let text = "Unit  UnitType  Status\n-----\nu0    RAID-1    OK\nu0-0  DISK OK p0\n\nPort  Status\n----\n\
            p0    OK   u0   69.25 GB\np1    NOT-PRESENT  -  -\n";
        assert_eq!((units(text), ports(text)), (vec!["u0".to_owned()], vec!["p0".to_owned()]));
    }

    #[test]
    fn a_port() {
        let text = "/c0/p0 Model = ACME DISK-1\n/c0/p0 Serial = SN-1\n/c0/p0 Capacity = 69.25 GB (145226112 Blocks)\n\
            /c0/p0 Firmware Version = F1\n";
        let found = disk(text, "9650SE-2LP").unwrap();
        assert_eq!((found.model.as_deref(), found.serial.as_deref()), (Some("ACME DISK-1"), Some("SN-1")));
        assert_eq!((found.megabytes, found.description.as_deref()), (Some(70_912), Some("SATA")));
        assert_eq!(found.measured().megabytes, Some(74_355));
        assert_eq!(disk("Error: (CLI:013) Invalid port\n", "9650SE"), None);
        assert_eq!([link_of("7506-4LP"), link_of("9690SA"), link_of("é")], [Some("IDE"), Some("SAS"), None]);
    }
}
