//! A set of addresses, kept as ranges: a network that is asked address by address takes as much room as one address.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Addresses; an IPv4 address that is written as IPv6 is the same one (RFC 4291, 2.5.5.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HostSet(BTreeMap<IpAddr, IpAddr>);

impl HostSet {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, host: IpAddr) -> bool {
        let host = host.to_canonical();
        self.0.range(..=host).next_back().is_some_and(|(_, last)| *last >= host)
    }

    pub(crate) fn insert(&mut self, host: IpAddr) {
        let host = host.to_canonical();
        if !self.contains(host) {
            self.join(host, host);
        }
    }

    /// All of another set too.
    pub(crate) fn extend(&mut self, other: &HostSet) {
        for (first, last) in &other.0 {
            self.join(*first, *last);
        }
    }

    fn join(&mut self, mut first: IpAddr, mut last: IpAddr) {
        // What begins inside of it, or right behind it, becomes part of it.
        let touches = |end: IpAddr, begin: IpAddr| end >= begin || next(end) == Some(begin);
        while let Some((from, to)) = self.0.range(..=last).next_back().map(|(from, to)| (*from, *to)) {
            if !touches(to, first) {
                break;
            }
            self.0.remove(&from);
            (first, last) = (first.min(from), last.max(to));
        }
        if let Some(to) = next(last).and_then(|behind| self.0.remove(&behind)) {
            last = to;
        }
        self.0.insert(first, last);
    }
}

fn next(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(v4) => v4.to_bits().checked_add(1).map(|bits| IpAddr::V4(bits.into())),
        IpAddr::V6(v6) => v6.to_bits().checked_add(1).map(|bits| IpAddr::V6(bits.into())),
    }
}

impl FromIterator<IpAddr> for HostSet {
    fn from_iter<I: IntoIterator<Item = IpAddr>>(hosts: I) -> Self {
        let mut set = Self::default();
        hosts.into_iter().for_each(|host| set.insert(host));
        set
    }
}

/// `["10.1.0.1-10.1.0.99", "10.1.2.7"]`
impl Serialize for HostSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        }))
    }
}

impl<'de> Deserialize<'de> for HostSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut set = Self::default();
        for text in Vec::<String>::deserialize(deserializer)? {
            let (first, last) = text.split_once('-').unwrap_or((&text, &text));
            let address = |text: &str| text.parse::<IpAddr>().map_err(D::Error::custom);
            let (first, last) = (address(first)?, address(last)?);
            if last < first || first.is_ipv4() != last.is_ipv4() {
                return Err(D::Error::custom(format!("{text:.100?} ends before it begins")));
            }
            set.join(first, last);
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    #[test]
    fn a_network_that_is_asked_in_any_order_is_one_range() {
        let shuffled = (0..65_536_u32).map(|n| address(0x0a01_0000 + n.wrapping_mul(40_503) % 65_536));
        let set: HostSet = shuffled.collect();
        assert_eq!(serde_json::to_string(&set).unwrap(), "[\"10.1.0.0-10.1.255.255\"]");
        assert_eq!(serde_json::from_str::<HostSet>("[\"10.1.0.0-10.1.255.255\"]").unwrap(), set);
    }

    #[test]
    fn the_ends_of_all_addresses_are_addresses_like_others() {
        let set: HostSet =
            ["255.255.255.255", "::", "::ffff:10.0.0.1"].map(|text| text.parse().unwrap()).into_iter().collect();
        assert!(set.contains(address(u32::MAX)) && set.contains("10.0.0.1".parse().unwrap()));
        assert!(!set.contains("::1".parse().unwrap()));
        for text in ["[\"10.0.0.9-10.0.0.1\"]", "[\"10.0.0.1-::1\"]", "[\"x\"]"] {
            assert!(serde_json::from_str::<HostSet>(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn it_holds_what_was_put_in_and_nothing_else(numbers in prop::collection::vec(0_u32..64, 0..80)) {
            let set: HostSet = numbers.iter().map(|number| address(*number)).collect();
            let all: BTreeSet<u32> = numbers.into_iter().collect();
            for number in 0..64 {
                prop_assert_eq!(set.contains(address(number)), all.contains(&number));
            }
            let text = serde_json::to_string(&set).unwrap();
            prop_assert_eq!(serde_json::from_str::<HostSet>(&text).unwrap(), set);
        }
    }
}
