//! Which rules a call may concern, without looking at each of ten thousand: by address, by folder, by word.

use super::asked::Asked;
use super::fits::word_of;
use crate::policy::args::{ArgKey, Test};
use crate::policy::matching::OriginPattern;
use crate::policy::rule::Rule;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// By which argument a rule is found, the first of these that it has.
const PRIMARY: &[ArgKey] = &[ArgKey::Cidr, ArgKey::Paths, ArgKey::Templates, ArgKey::Origins, ArgKey::Hosts];

/// The rules of one verb.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    pub(super) rules: Vec<Arc<Rule>>,
    nets: HashMap<(bool, u8, u128), Vec<usize>>,
    /// The prefixes that there are.
    prefixes: Vec<(bool, u8)>,
    roots: HashMap<String, Vec<usize>>,
    /// The longest root, in bytes.
    longest: usize,
    words: HashMap<ArgKey, HashMap<String, Vec<usize>>>,
    /// Those that are looked at for every call.
    rest: Vec<usize>,
    /// Rules with this argument, for calls that do not say it.
    by_key: HashMap<ArgKey, Vec<usize>>,
}

fn bits(address: IpAddr) -> (bool, u128) {
    match address {
        IpAddr::V4(v4) => (true, u128::from(v4.to_bits()) << 96),
        IpAddr::V6(v6) => (false, v6.to_bits()),
    }
}

fn masked(bits: u128, prefix: u8) -> u128 {
    bits & u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0)
}

impl Index {
    pub(super) fn add(&mut self, rule: &Arc<Rule>) {
        let number = self.rules.len();
        self.rules.push(Arc::clone(rule));
        let Some(arg) = PRIMARY.iter().find_map(|key| rule.arg(*key)) else { return self.rest.push(number) };
        self.by_key.entry(arg.key).or_default().push(number);
        match &arg.test {
            Test::Nets(nets) => {
                for net in nets {
                    let (is_v4, bits) = bits(net.network());
                    let prefix = net.prefix_len();
                    if !self.prefixes.contains(&(is_v4, prefix)) {
                        self.prefixes.push((is_v4, prefix));
                    }
                    self.nets.entry((is_v4, prefix, masked(bits, prefix))).or_default().push(number);
                }
            }
            Test::Paths(paths) => {
                for path in paths {
                    self.longest = self.longest.max(path.root().len());
                    self.roots.entry(path.root().to_owned()).or_default().push(number);
                }
            }
            Test::Words(words) => {
                for word in words {
                    self.words.entry(arg.key).or_default().entry(word.clone()).or_default().push(number);
                }
            }
            Test::Origins(origins) if origins.iter().all(|origin| origin.exact_host().is_some()) => {
                for host in origins.iter().filter_map(OriginPattern::exact_host) {
                    self.words.entry(arg.key).or_default().entry(host.to_owned()).or_default().push(number);
                }
            }
            Test::Hosts(hosts) => {
                for host in hosts {
                    let name = host.to_string();
                    let name = name.strip_prefix('*').unwrap_or(&name).to_owned();
                    self.words.entry(arg.key).or_default().entry(name).or_default().push(number);
                }
            }
            _ => self.rest.push(number),
        }
    }

    /// Every rule that the call could concern, each once, in no particular order.
    pub(super) fn candidates(&self, asked: &Asked, for_forbids: bool) -> Vec<usize> {
        let mut found = self.rest.clone();
        self.by_address(asked, for_forbids, &mut found);
        self.by_path(asked, &mut found);
        self.by_word(asked, &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn lacking(&self, key: ArgKey, found: &mut Vec<usize>) {
        found.extend(self.by_key.get(&key).into_iter().flatten());
    }

    fn by_address(&self, asked: &Asked, for_forbids: bool, found: &mut Vec<usize>) {
        if self.prefixes.is_empty() {
            return;
        }
        if asked.addresses.is_empty() {
            return self.lacking(ArgKey::Cidr, found);
        }
        let mut look = |address: IpAddr| {
            let (is_v4, bits) = bits(address);
            for (_, prefix) in self.prefixes.iter().filter(|(v4, _)| *v4 == is_v4) {
                found.extend(self.nets.get(&(is_v4, *prefix, masked(bits, *prefix))).into_iter().flatten());
            }
        };
        if for_forbids {
            asked.all_addresses().for_each(&mut look);
        } else {
            // A grant has to cover all of them, so also the first.
            asked.addresses.iter().take(1).copied().for_each(&mut look);
        }
    }

    fn by_path(&self, asked: &Asked, found: &mut Vec<usize>) {
        if self.roots.is_empty() {
            return;
        }
        let mut any = false;
        for path in asked.paths() {
            any = true;
            found.extend(self.roots.get("/").into_iter().flatten());
            let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain(std::iter::once(path.len()));
            for end in ends.take_while(|end| *end <= self.longest) {
                found.extend(path.get(..end).and_then(|root| self.roots.get(root)).into_iter().flatten());
            }
        }
        if !any {
            self.lacking(ArgKey::Paths, found);
        }
    }

    fn by_word(&self, asked: &Asked, found: &mut Vec<usize>) {
        if self.words.is_empty() {
            return;
        }
        let mut look = |key: ArgKey, word: &str| {
            found.extend(self.words.get(&key).and_then(|words| words.get(word)).into_iter().flatten());
        };
        if let Some(word) = word_of(asked, ArgKey::Templates) {
            look(ArgKey::Templates, word);
        }
        // By their hosts; scheme and port are compared with each that is found.
        if let Some(host) = asked.origin.as_ref().and_then(OriginPattern::exact_host) {
            look(ArgKey::Origins, host);
        }
        if let Some(host) = asked.host {
            look(ArgKey::Hosts, host);
            for (dot, _) in host.match_indices('.').take(128) {
                look(ArgKey::Hosts, host.get(dot..).unwrap_or_default());
            }
        }
        let lacks = [
            (ArgKey::Templates, asked.ask.template.is_none()),
            (ArgKey::Origins, asked.ask.origin.is_none()),
            (ArgKey::Hosts, asked.host.is_none()),
        ];
        for (key, _) in lacks.iter().filter(|(_, lacks)| *lacks) {
            self.lacking(*key, found);
        }
    }
}
