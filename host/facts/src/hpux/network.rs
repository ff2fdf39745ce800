//! Interfaces, from `lanscan -iap` (lanscan(1M)), `nwmgr` (nwmgr(1M)) and `lanadmin -g mibstats` (lanadmin(1M)).

use crate::units::hardware_address;
use airlock_model::Row;

const MOST: usize = 16_384;

/// An interface of `lanscan`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lan {
    pub name: String,
    pub mac: String,
    /// The number by which `lanadmin` knows it.
    pub ppa: String,
}

/// `0x0016353EAC5C lan0 snap1     0` a line.
pub fn lanscan(text: &str) -> Vec<Lan> {
    let lan = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let mac = words.next().filter(|word| word.starts_with("0x")).and_then(hardware_address)?;
        let (name, ppa) = (words.next()?.to_owned(), words.nth(1)?.to_owned());
        Some(Lan { name, mac, ppa })
    };
    text.lines().filter_map(lan).take(MOST).collect()
}

impl Lan {
    /// The row of the section `networks`: down, as long as ifconfig does not say otherwise.
    pub fn row(&self) -> Row {
        let row = Row::new().with("description", self.name.as_str()).with("mac", self.mac.as_str());
        row.with("status", "Down").with("type", "ethernet")
    }
}

/// An interface of `nwmgr`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    pub name: String,
    /// `UP`, `DOWN`.
    pub state: String,
    pub mac: Option<String>,
    /// The driver or what makes it up: `iexgbe`, `vlan`, `hp_apa`.
    pub driver: String,
    /// `10GBASE-KR`.
    pub media: String,
    /// The aggregate that it is part of, or the interface that it is on.
    pub related: Option<String>,
}

/// Reads the table of `nwmgr`; its headings end in a line of equals signs.
pub fn nwmgr(text: &str) -> Vec<Link> {
    let lines = text.lines().skip_while(|line| !line.starts_with("==")).skip(1);
    let link = |line: &str| {
        let mut words = line.split_ascii_whitespace().map(str::to_owned);
        Some(Link {
            name: words.next()?,
            state: words.next()?,
            mac: words.next().as_deref().and_then(hardware_address),
            driver: words.next()?,
            media: words.next()?,
            related: words.next(),
        })
    };
    lines.filter_map(link).take(MOST).collect()
}

/// What `lanadmin` says of an interface: `Name = value` a line.
pub fn lanadmin(text: &str) -> Vec<(&str, &str)> {
    let pairs = text.lines().filter_map(|line| line.split_once('=').map(|(name, value)| (name.trim(), value.trim())));
    pairs.take(256).collect()
}

/// The speed that `lanadmin` says, from bits to megabits in a second.
pub fn speed(said: &[(&str, &str)]) -> Option<u64> {
    let (_, bits) = said.iter().find(|(name, _)| *name == "Speed")?;
    Some(bits.parse::<u64>().ok()? / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanscan_names_interfaces() {
        let found = lanscan("0x0016353EAC5C lan0 snap1     0  \nHardware Station\n0xé lan1 x 1\n0x001635 lan2\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].row().text("mac"), Some("00:16:35:3e:ac:5c"));
        assert_eq!(found[0].ppa, "0");
    }

    #[test]
    fn nwmgr_draws_a_table() {
        let found = nwmgr(
            "Name/\n=====\nlan0   UP   0x0017A4770020 lab   10GBASE-KR   lan900\nlan1   DOWN   0x000000000000 hp_apa hp_apa\nlan2\n",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].related.as_deref(), Some("lan900"));
        assert_eq!(found[1].mac.as_deref(), Some("00:00:00:00:00:00"));
    }

    #[test]
    fn lanadmin_counts_bits() {
        let said = lanadmin("   TITLE\n\nSpeed   = 1000000000\nMTU Size = 1500\n");
        assert_eq!(said.len(), 2);
        assert_eq!(speed(&said), Some(1000));
    }
}
