//! `nvidia-settings -t -c :0 -q all`: NVIDIA's cards, by the attributes that the driver tells under X.
//!
//! Lines `  Name: value` below a line that names their target, `Attributes queryable via host:0[gpu:0]:` for a card and
//! `… host:0.0:` for an X screen. A screen does not say which card shows it: its size goes to the first.
//!
//! Format: nvidia-settings(1), `-t` (terse) and `-q`; attributes of NV-CONTROL.

use crate::pci::Card;

/// More cards than any machine has.
const MOST: usize = 64;

enum Target {
    Card,
    Screen,
    Other,
}

/// The cards, with a PCI address each.
pub fn cards(text: &str) -> Vec<Card> {
    let mut cards: Vec<Found> = Vec::new();
    let mut screen = None;
    let mut target = Target::Other;
    for line in text.lines() {
        if let Some(name) = line.trim().strip_prefix("Attributes queryable via ") {
            target = target_of(name.trim_end_matches(':'));
            if matches!(target, Target::Card) {
                if cards.len() == MOST {
                    break;
                }
                cards.push(Found::default());
            }
        } else if let Some((name, value)) = line.trim().split_once(": ") {
            match (&target, cards.last_mut()) {
                (Target::Card, Some(card)) => card.attribute(name, value.trim()),
                (Target::Screen, _) if name == "ScreenPosition" => screen = screen.or_else(|| size(value)),
                _ => {}
            }
        }
    }
    let mut cards: Vec<Card> = cards.into_iter().filter_map(Found::card).collect();
    if let Some(first) = cards.first_mut() {
        first.resolution = screen;
    }
    cards
}

/// `host:0[gpu:0]`, `host:0.0`
fn target_of(name: &str) -> Target {
    match name.split_once('[') {
        Some((_, kind)) if kind.starts_with("gpu:") => Target::Card,
        None => Target::Screen,
        Some(_) => Target::Other,
    }
}

#[derive(Default)]
struct Found {
    card: Card,
    domain: u32,
    bus: Option<u8>,
    device: u8,
    function: u8,
}

impl Found {
    fn attribute(&mut self, name: &str, value: &str) {
        match name {
            "TotalDedicatedGPUMemory" => self.card.memory = value.parse().ok(),
            // In kilobytes; some of it can be the computer's.
            "VideoRam" if self.card.memory.is_none() => {
                self.card.memory = value.parse::<u64>().ok().map(|kilobytes| kilobytes >> 10);
            }
            "PCIDomain" => self.domain = value.parse().unwrap_or(0),
            "PCIBus" => self.bus = value.parse().ok(),
            "PCIDevice" => self.device = value.parse().unwrap_or(0),
            "PCIFunc" => self.function = value.parse().unwrap_or(0),
            // Decimal: vendor, device.
            "PCIID" => {
                let numbers =
                    value.split_once(',').map(|(vendor, device)| (vendor.trim().parse(), device.trim().parse()));
                self.card.numbers = numbers.and_then(|(vendor, device)| Some((vendor.ok()?, device.ok()?)));
            }
            _ => {}
        }
    }

    fn card(mut self) -> Option<Card> {
        let Self { domain, bus, device, function, .. } = self;
        self.card.address = format!("{domain:04x}:{:02x}:{device:02x}.{function:x}", bus?);
        Some(self.card)
    }
}

/// `x=0, y=0, width=1920, height=1080`
fn size(position: &str) -> Option<String> {
    let value = |name: &str| {
        let text = position.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))?;
        text.parse::<u32>().ok().filter(|pixels| *pixels > 0)
    };
    Some(format!("{}x{}", value("width")?, value("height")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_and_the_screen() {
        let text = "Attributes queryable via host.example:0.0:\n  ScreenPosition: x=0, y=0, width=1280, height=800\n  VideoRam: 99\n\n\
            Attributes queryable via host.example:0[gpu:0]:\n  VideoRam: 4194304\n  TotalDedicatedGPUMemory: 4000\n\
            \n  PCIDomain: 0\n  PCIBus: 10\n  PCIDevice: 0\n  PCIFunc: 1\n  PCIID: 4318,333\n\
            Attributes queryable via host.example:0[gpu:1]:\n  VideoRam: 2097152\n  PCIDomain: 1\n  PCIBus: 3\n\
            Attributes queryable via host.example:0[fan:0]:\n  PCIBus: 7\n";
        let cards = cards(text);
        let [first, second] = cards.as_slice() else { panic!("{cards:?}") };
        assert_eq!((first.address.as_str(), first.memory), ("0000:0a:00.1", Some(4000)));
        assert_eq!((first.numbers, first.resolution.as_deref()), (Some((0x10de, 0x14d)), Some("1280x800")));
        assert_eq!((second.address.as_str(), second.memory), ("0001:03:00.0", Some(2048)));
        assert_eq!((second.numbers, second.resolution.as_deref()), (None, None));
    }

    #[test]
    fn other_text_gives_nothing() {
        let gpu = "Attributes queryable via x[gpu:0]:\n";
        for text in ["", "PCIBus: 1", gpu, &format!("{gpu} PCIBus: 256\n PCIID: 1\n"), &gpu.repeat(99)] {
            assert!(cards(text).is_empty(), "{text}");
        }
        assert_eq!(size("width=0, height=5"), None);
    }
}
