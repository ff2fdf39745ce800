//! Who is at an address, by ICMP, ARP, NetBIOS and DNS: in all ways that the policy grants, at the same time.

pub use crate::bindings::airlock::net::probe::{Neighbour, expect, reach, unavailable};
