//! `nvidia-smi --query-gpu=pci.bus_id,memory.total --format=csv,noheader,nounits`: the memory of NVIDIA's cards.
//!
//! One line a card: `00000000:01:00.0, 4096`, in MiB. A card that does not tell its memory says so in words.
//!
//! Format: nvidia-smi(1), `--query-gpu`.

use crate::pci::Card;

/// The arguments that give this text.
pub const ARGUMENTS: [&str; 2] = ["--query-gpu=pci.bus_id,memory.total", "--format=csv,noheader,nounits"];

/// More cards than any machine has.
const MOST: usize = 64;

/// The cards whose memory is told.
pub fn cards(text: &str) -> Vec<Card> {
    let card = |line: &str| {
        let (address, memory) = line.split_once(',')?;
        let memory = memory.trim().parse().ok()?;
        Some(Card { address: address.trim().to_owned(), memory: Some(memory), ..Card::default() })
    };
    text.lines().filter_map(card).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_card() {
        let cards =
            cards("00000000:01:00.0, 4096\n00000000:02:00.0, [N/A]\nNo devices were found\n00000000:0A:00.0, 16384\n");
        let memory: Vec<(&str, Option<u64>)> = cards.iter().map(|card| (card.address.as_str(), card.memory)).collect();
        assert_eq!(memory, [("00000000:01:00.0", Some(4096)), ("00000000:0A:00.0", Some(16384))]);
    }
}
