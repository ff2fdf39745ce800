//! Ranges of addresses, walked through one by one and never held: a /8 takes as much memory as one address.
//!
//! Refused: addresses that are none (`010.1.0.1` is octal to some and decimal to others), ranges that end before they
//! begin, ranges of two families, and more addresses together than anybody scans.

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The most addresses of one job: a /8.
pub(crate) const MOST: u128 = 1 << 24;

/// Addresses from the first to the last, both included, of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    first: IpAddr,
    last: IpAddr,
}

impl Range {
    pub(crate) fn of(first: IpAddr, last: IpAddr) -> Result<Self, String> {
        let (first, last) = (first.to_canonical(), last.to_canonical());
        if first.is_ipv4() != last.is_ipv4() {
            return Err(format!("{first} and {last} are not of one family"));
        }
        if last < first {
            return Err(format!("{last} is before {first}: the range ends before it begins"));
        }
        Ok(Self { first, last })
    }

    pub(crate) fn one(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self { first: address, last: address }
    }

    pub(crate) fn first(self) -> IpAddr {
        self.first
    }

    /// How many addresses it has; of all of IPv6 one less than there are.
    pub(crate) fn len(self) -> u128 {
        bits(self.last).saturating_sub(bits(self.first)).saturating_add(1)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = IpAddr> + use<> {
        let make = move |bits: u128| match self.first {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from(u32::try_from(bits).unwrap_or(u32::MAX))),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from(bits)),
        };
        (bits(self.first)..=bits(self.last)).map(make)
    }

    /// The networks that are exactly this range together.
    pub(crate) fn nets(self) -> Vec<IpNet> {
        match (self.first, self.last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => Ipv4Subnets::new(first, last, 0).map(IpNet::V4).collect(),
            (IpAddr::V6(first), IpAddr::V6(last)) => Ipv6Subnets::new(first, last, 0).map(IpNet::V6).collect(),
            _ => Vec::new(),
        }
    }

    /// The parts of it that are in one of these networks, in the order of the addresses.
    pub(crate) fn within(self, nets: &[IpNet]) -> Vec<Range> {
        let inside = nets.iter().filter_map(|net| {
            let (from, to) = (net.network(), net.broadcast());
            let same = from.is_ipv4() == self.first.is_ipv4();
            let (first, last) = (from.max(self.first), to.min(self.last));
            (same && first <= last).then_some(Self { first, last })
        });
        let mut parts: Vec<Range> = inside.collect();
        parts.sort_unstable_by_key(|part| (part.first, part.last));
        let mut merged: Vec<Range> = Vec::with_capacity(parts.len());
        for part in parts {
            match merged.last_mut() {
                // Networks may overlap; an address is looked at once.
                Some(before) if bits(part.first) <= bits(before.last).saturating_add(1) => {
                    before.last = before.last.max(part.last);
                }
                _ => merged.push(part),
            }
        }
        merged
    }
}

impl FromStr for Range {
    type Err = String;

    /// `10.1.0.0/24` (without the addresses of the network itself and of all its machines), `10.1.0.1-10.1.0.9`, `10.1.0.7`.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.contains('/') {
            let net: IpNet = text.parse().map_err(|_no_net| no_range(text))?;
            let (first, last) = (net.network(), net.broadcast());
            return match net {
                IpNet::V4(v4) if v4.prefix_len() < 31 => Self::of(next(first), before(last)),
                _ => Self::of(first, last),
            };
        }
        match text.split_once('-') {
            Some((first, last)) => Self::of(address(first)?, address(last)?),
            None => address(text).map(Self::one),
        }
    }
}

/// An address as everybody reads it.
pub(crate) fn address(text: &str) -> Result<IpAddr, String> {
    let text = text.trim();
    text.parse().map_err(|_no_address| {
        let octal = text.split('.').any(|part| part.len() > 1 && part.starts_with('0'));
        let why =
            if octal { "; numbers that begin with 0 are octal to some programs and decimal to others" } else { "" };
        format!("{text:.100?} is no address such as 10.1.0.7{why}")
    })
}

fn no_range(text: &str) -> String {
    format!("{text:.100?} is no range such as 10.1.0.0/24 or 10.1.0.1-10.1.0.254")
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn next(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::V4(v4.to_bits().saturating_add(1).into()),
        v6 => v6,
    }
}

fn before(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::V4(v4.to_bits().saturating_sub(1).into()),
        v6 => v6,
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(f, "{}", self.first),
            false => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

/// How many addresses they have together; an error in words when those are more than [`MOST`].
pub(crate) fn count(ranges: &[Range]) -> Result<u64, String> {
    let all = ranges.iter().fold(0_u128, |sum, range| sum.saturating_add(range.len()));
    match u64::try_from(all) {
        Ok(count) if all <= MOST => Ok(count),
        _ => Err(format!("{all} addresses; at most {MOST} are scanned in one go (a /8)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Range {
        text.parse().unwrap_or_else(|why| panic!("{why}"))
    }

    fn ends(text: &str) -> (String, usize) {
        (range(text).to_string(), range(text).iter().count())
    }

    #[test]
    fn ranges_are_read_in_every_form() {
        assert_eq!(ends("10.1.0.0/24"), ("10.1.0.1-10.1.0.254".into(), 254));
        assert_eq!(ends("10.1.0.77/30"), ("10.1.0.77-10.1.0.78".into(), 2));
        assert_eq!(ends("10.1.0.6/31"), ("10.1.0.6-10.1.0.7".into(), 2));
        assert_eq!(ends("10.1.0.7/32"), ("10.1.0.7".into(), 1));
        assert_eq!(ends("10.1.255.250-10.2.0.5"), ("10.1.255.250-10.2.0.5".into(), 12));
        assert_eq!(ends("2001:db8::/126"), ("2001:db8::-2001:db8::3".into(), 4));
        assert_eq!(ends("::ffff:10.1.0.7"), ("10.1.0.7".into(), 1));
        assert_eq!(range("255.255.255.255").iter().count(), 1);
    }

    #[test]
    fn what_is_no_range_is_refused_in_words() {
        for (text, why) in [
            ("010.1.0.1", "octal"),
            ("10.1.0.010-10.1.0.20", "octal"),
            ("10.1.0.0/-1", "no range"),
            ("10.1.0.0/33", "no range"),
            ("10.1.0.9-10.1.0.1", "ends before"),
            ("10.1.0.1-2001:db8::1", "family"),
            ("10.1.0.1;id", "no address"),
            ("0x0a010001", "no address"),
            ("167837697", "no address"),
            ("", "no address"),
            ("switch", "no address"),
        ] {
            let error = text.parse::<Range>().unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn a_range_is_as_many_networks_as_it_takes_and_no_address_more() {
        let nets: Vec<String> = range("10.1.255.250-10.2.0.5").nets().iter().map(ToString::to_string).collect();
        assert_eq!(nets, ["10.1.255.250/31", "10.1.255.252/30", "10.2.0.0/30", "10.2.0.4/31"]);
        let addresses = |nets: &[IpNet]| -> u128 {
            nets.iter().map(|net| 1_u128 << (net.max_prefix_len() - net.prefix_len())).sum()
        };
        assert_eq!(addresses(&range("10.0.0.0/8").nets()), range("10.0.0.0/8").len());
    }

    #[test]
    fn what_is_outside_of_networks_is_cut_off_by_arithmetic() {
        let nets: Vec<IpNet> = ["10.1.0.0/16", "10.1.2.0/24", "192.0.2.0/24"].map(|net| net.parse().unwrap()).to_vec();
        let parts = |text: &str| range(text).within(&nets).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(parts("10.1.255.250-10.2.0.5"), ["10.1.255.250-10.1.255.255"]);
        assert_eq!(parts("0.0.0.0-255.255.255.255"), ["10.1.0.0-10.1.255.255", "192.0.2.0-192.0.2.255"]);
        assert_eq!(parts("8.8.0.0-8.8.255.255"), [] as [&str; 0]);
        assert_eq!(parts("::-ffff::"), [] as [&str; 0]);
    }

    #[test]
    fn a_million_and_more_take_no_time_until_they_are_looked_at_and_too_many_are_refused() {
        assert_eq!(count(&[range("10.0.0.0/8")]), Ok((1 << 24) - 2));
        assert_eq!(range("10.0.0.0/8").iter().nth(70_000).unwrap().to_string(), "10.1.17.113");
        assert!(count(&[range("0.0.0.0-255.255.255.255")]).unwrap_err().contains("16777216"));
        assert!(count(&[range("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]).is_err());
        assert!(count(&[range("10.0.0.0/8"), range("10.0.0.0/8")]).is_err());
    }
}
