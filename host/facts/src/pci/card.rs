//! What a graphics driver says of its card, which the bus does not: its memory, and the picture it shows.

use super::{Device, name_all, short_address, video};
use crate::ids::Ids;
use airlock_model::Row;

/// A graphics card by its driver.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Card {
    /// The PCI address, with or without a domain.
    pub address: String,
    /// Vendor and device.
    pub numbers: Option<(u16, u16)>,
    /// Megabytes of its own.
    pub memory: Option<u64>,
    /// `1920x1080`
    pub resolution: Option<String>,
}

impl Card {
    /// The card's row, when the driver is the only one who knows it. None without its numbers.
    pub fn row(&self, ids: Option<&Ids>) -> Option<Row> {
        let (vendor, device) = self.numbers?;
        let slot = short_address(&self.address).to_owned();
        let mut devices = [Device { slot, class: 0x0300, vendor, device, ..Device::default() }];
        name_all(&mut devices, ids);
        let [device] = devices;
        let mut row = video(&device);
        self.complete(&mut row);
        Some(row)
    }

    /// Puts what the driver says into the row of the same card.
    pub fn complete(&self, row: &mut Row) {
        row.maybe("memory", self.memory).maybe("resolution", self.resolution.as_deref());
    }

    /// Puts what the drivers say into the rows of their cards.
    pub fn complete_all(rows: &mut [Row], cards: &[Self]) {
        for row in rows {
            let slot = row.text("pcislot").map(short_address).unwrap_or_default();
            let card = cards.iter().find(|card| short_address(&card.address).eq_ignore_ascii_case(slot));
            if let Some(card) = card {
                card.complete(row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_knows_better() {
        let card = Card { address: "00000000:0A:00.0".into(), memory: Some(8192), ..Card::default() };
        let mut rows = [
            Row::new().with("pcislot", "0000:0a:00.0").with("memory", 256_u32).with("resolution", "800x600"),
            Row::new().with("pcislot", "0b:00.0").with("memory", 16_u32),
        ];
        Card::complete_all(&mut rows, &[card]);
        assert_eq!((rows[0].integer("memory"), rows[0].text("resolution")), (Some(8192), Some("800x600")));
        assert_eq!(rows[1].integer("memory"), Some(16));
    }

    #[test]
    fn a_card_of_the_driver_alone() {
        let card = Card { address: "01:00.0".into(), numbers: Some((0x10de, 0x14d)), ..Card::default() };
        let row = card.row(None).unwrap();
        assert_eq!((row.text("name"), row.text("pciid")), (Some("10de:014d"), Some("10de:014d")));
        assert_eq!(Card::default().row(None), None);
    }
}
