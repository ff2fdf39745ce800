//! Which addresses are trusted: those that the owner wrote down as addresses. A name is no trust, for whoever answers for it
//! in the network would decide who is.

use ipnet::IpNet;
use std::net::IpAddr;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Trust(Vec<Range>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Range {
    first: IpAddr,
    last: IpAddr,
}

impl Trust {
    /// From the words of the settings, and what is wrong with those that count for nothing.
    pub(super) fn of(words: &[String]) -> (Self, Vec<String>) {
        let (mut ranges, mut wrong) = (Vec::new(), Vec::new());
        for word in words {
            match range(word.trim()) {
                Some(range) => ranges.push(range),
                None => wrong.push(format!(
                    "[listener] trust: {word:?} trusts nobody: names are no trust, expected an address (192.0.2.7), a \
                     network (192.0.2.0/24) or a range (192.0.2.7 - 192.0.2.9)"
                )),
            }
        }
        (Self(ranges), wrong)
    }

    pub(super) fn covers(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0
            .iter()
            .any(|range| address.is_ipv4() == range.first.is_ipv4() && range.first <= address && address <= range.last)
    }
}

fn range(word: &str) -> Option<Range> {
    if let Some((first, last)) = word.split_once('-') {
        let (first, last): (IpAddr, IpAddr) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        let (first, last) = (first.to_canonical(), last.to_canonical());
        return (first.is_ipv4() == last.is_ipv4() && first <= last).then_some(Range { first, last });
    }
    if let Ok(address) = word.parse::<IpAddr>() {
        let address = address.to_canonical();
        return Some(Range { first: address, last: address });
    }
    let net: IpNet = word.parse().ok()?;
    Some(Range { first: net.network(), last: net.broadcast() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_networks_and_ranges_are_trusted_and_names_are_not() {
        let words = ["192.0.2.7", "198.51.100.0/30", "203.0.113.5 - 203.0.113.9", "2001:db8::/64", "glpi.example"];
        let (trust, wrong) = Trust::of(&words.map(str::to_owned));
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].contains("glpi.example") && wrong[0].contains("names are no trust"));
        let covers = |text: &str| trust.covers(text.parse().unwrap());
        let inside = ["192.0.2.7", "::ffff:192.0.2.7", "198.51.100.3", "203.0.113.5", "203.0.113.9", "2001:db8::99"];
        assert!(inside.iter().all(|text| covers(text)));
        let outside = ["192.0.2.8", "198.51.100.4", "203.0.113.10", "2001:db8:0:1::1", "127.0.0.1", "::1"];
        assert!(!outside.iter().any(|text| covers(text)));
    }

    #[test]
    fn what_makes_no_sense_trusts_nobody() {
        for word in ["", "*", "all", "192.0.2.9-192.0.2.7", "192.0.2.0/33", "192.0.2", "192.0.2.1-::1", "0x7f.1"] {
            let (trust, wrong) = Trust::of(&[word.to_owned()]);
            assert_eq!((trust, wrong.len()), (Trust::default(), 1), "{word}");
        }
    }
}
