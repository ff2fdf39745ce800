//! Graphics cards, from Win32_VideoController, with the memory that the drivers' own keys tell
//! (`…\Class\{4d36e968-e325-11ce-bfc1-08002be10318}`): WMI's number ends at 4 GB.

use super::registry::Key;
use super::wmi::Instance;
use airlock_model::Row;

/// No machine has more.
const CARDS: usize = 64;

/// Rows of the section `videos`.
pub fn rows(controllers: &[Instance], drivers: Option<&Key>) -> Vec<Row> {
    let rows = controllers.iter().take(CARDS).filter_map(|card| {
        let name = card.text("Name")?;
        let driver = drivers.and_then(|drivers| {
            let mut of_card = drivers.keys().filter(|key| key.text("DriverDesc") == Some(name));
            of_card.find_map(|key| key.number("HardwareInformation.qwMemorySize"))
        });
        let memory = driver.or_else(|| card.unsigned("AdapterRAM").map(u64::from)).map(|bytes| bytes >> 20);
        let size = card.number("CurrentHorizontalResolution").zip(card.number("CurrentVerticalResolution"));
        let mut row = Row::new().with("name", name);
        row.maybe("chipset", card.text("VideoProcessor"))
            .maybe("memory", memory.filter(|&memory| memory > 0))
            .maybe("resolution", size.map(|(width, height)| format!("{width}x{height}")));
        Some(row)
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::wmi::instances;

    #[test]
    fn drivers_know_more_memory() {
        let cards = instances(
            "Name=Card\nAdapterRAM=4293918720\nCurrentHorizontalResolution=1280\nCurrentVerticalResolution=1024\n",
        );
        let drivers = Key::parse(
            "[H\\C]\n[H\\C\\0000]\n\"DriverDesc\"=\"Card\"\n\"HardwareInformation.qwMemorySize\"=hex(b):00,00,00,00,02,00,00,00\n",
        );
        let rows = rows(&cards, drivers.as_ref());
        assert_eq!((rows[0].integer("memory"), rows[0].text("resolution")), (Some(8192), Some("1280x1024")));
        assert_eq!(super::rows(&cards, None)[0].integer("memory"), Some(4095));
        assert!(super::rows(&[], None).is_empty());
    }
}
