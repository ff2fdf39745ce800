//! Graphics cards, from `system_profiler SPDisplaysDataType` (text).

use super::profile::Entry;
use super::size;
use airlock_model::Row;

/// Rows of the section `videos`, one a card. The resolution is that of the first screen that has one.
pub fn rows(profile: &Entry) -> Vec<Row> {
    let Some(displays) = profile.get("Graphics/Displays") else { return Vec::new() };
    let cards = displays.entries.iter().filter(|card| card.value.is_none());
    cards.map(card).filter(|row| row.len() > 1).collect()
}

fn card(card: &Entry) -> Row {
    let screens = card.get("Displays").map(|displays| displays.entries.as_slice()).unwrap_or_default();
    let mut row = Row::new().with("name", card.name.as_str());
    row.maybe("chipset", card.text("Chipset Model"))
        // `VRAM (Total)`, `VRAM (Dynamic, Max)`.
        .maybe("memory", card.text_like("VRAM").and_then(size::megabytes))
        .maybe("resolution", screens.iter().find_map(|screen| resolution(screen.text("Resolution")?)))
        .maybe("pcislot", card.text("Slot").or_else(|| card.text("Bus")));
    row
}

/// `1920 x 1080 @ 60 Hz` as `1920x1080`.
fn resolution(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let (width, by, height) = (words.next()?, words.next()?, words.next()?);
    let number = |text: &str| text.parse::<u32>().is_ok();
    (number(width) && by == "x" && number(height)).then(|| format!("{width}x{height}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_with_their_screens() {
        let text = "Graphics/Displays:\n\n    Test GPU:\n\n      Chipset Model: Test 1\n      Bus: PCIe\n\
                    \n      VRAM (Total): 2 GB\n      Displays:\n        None:\n          Status: No Display Connected\n\
                    \n        LCD:\n          Resolution: 2560 x 1600 Retina\n\n    Other:\n\n      Bus: Built-In\n";
        let rows = rows(&Entry::parse(text));
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].integer("memory"), rows[0].text("resolution")), (Some(2048), Some("2560x1600")));
        assert_eq!(rows[1].text("pcislot"), Some("Built-In"));
    }

    #[test]
    fn garbage_gives_nothing() {
        assert!(rows(&Entry::parse("Graphics/Displays:\n\n    X:\n")).is_empty());
        assert_eq!(resolution("1 by 2"), None);
    }
}
