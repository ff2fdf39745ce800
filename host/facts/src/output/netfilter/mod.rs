//! The kernel's packet filter by its rules, whichever tool prints them.
//!
//! One question is answered: is anything that comes to this machine kept away? It is when the chain of incoming packets
//! drops by default, or when a rule that drops or rejects can be reached from it.

pub mod iptables;
pub mod nft;

use std::collections::{BTreeMap, BTreeSet};

/// More chains than this are not followed.
const MOST: usize = 100_000;

/// Chains by their names, which are unique within a table.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Rules {
    chains: BTreeMap<String, Chain>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Chain {
    /// Packets for this machine start here.
    incoming: bool,
    /// It keeps packets away, by a rule or by default.
    drops: bool,
    /// The chains that its rules lead to.
    jumps: BTreeSet<String>,
}

impl Rules {
    /// True when something that comes to this machine can be kept away.
    pub fn filters(&self) -> bool {
        let mut next: Vec<&str> =
            self.chains.iter().filter(|(_, chain)| chain.incoming).map(|(name, _)| name.as_str()).collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        while let Some(name) = next.pop() {
            let Some(chain) = self.chains.get(name) else { continue };
            if chain.drops {
                return true;
            }
            if seen.len() < MOST && seen.insert(name) {
                next.extend(chain.jumps.iter().map(String::as_str).filter(|name| !seen.contains(name)));
            }
        }
        false
    }

    fn chain(&mut self, name: &str) -> &mut Chain {
        self.chains.entry(name.to_owned()).or_default()
    }
}
