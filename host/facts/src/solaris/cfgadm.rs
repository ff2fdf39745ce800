//! Slots that cards can be changed in while the machine runs, from `cfgadm` (cfgadm(1M)): a table of attachment points.
//! Those of buses for disks and of USB are no slots for cards, and left out.

use airlock_model::Row;

const MOST: usize = 16_384;

pub fn slots(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let (point, kind, receptacle) = (words.next()?, words.next()?, words.next()?);
        // The kind of an empty slot is not known.
        let is_card = ["pci", "sbus", "unknown"].iter().any(|bus| kind.starts_with(bus)) || kind.ends_with("/hp");
        let status = match receptacle {
            "connected" | "disconnected" => "used",
            "empty" => "free",
            // The headings, and what is broken off.
            _ => return None,
        };
        let row = Row::new().with("name", point).with("description", kind).with("status", status);
        (is_card && !point.starts_with("usb")).then_some(row)
    };
    text.lines().filter_map(row).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_cards_are_slots() {
        let rows = slots(
            "Ap_Id                          Type         Receptacle   Occupant     Condition\nc0                             scsi-bus     connected    configured   unknown\npcisch0:hpc1_slot0             unknown      empty        unconfigured unknown\npcisch0:hpc1_slot1             pci-pci/hp   connected    configured   ok\nusb0/1                         unknown      empty        unconfigured ok\nx\n",
        );
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].text("status"), Some("free"));
        assert_eq!(rows[1].text("description"), Some("pci-pci/hp"));
    }
}
