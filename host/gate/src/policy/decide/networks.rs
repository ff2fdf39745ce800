//! Where a task can get to at all, so that nobody walks through a range of millions of addresses to hear of each that it is
//! not granted. It grants nothing: each call is decided on where it is made.

use super::policy::{Layer, Policy};
use crate::Verb;
use crate::policy::args::{ArgKey, Test};
use ipnet::IpNet;
use std::net::IpAddr;

/// Networks of one answer. More of them are answered by fewer and wider ones: the calls are decided on in any case.
const MOST: usize = 100_000;

impl Policy {
    /// The networks that grants of these verbs name, in every layer. A call to an address outside of them is refused.
    pub fn networks(&self, verbs: &[Verb]) -> Vec<IpNet> {
        if self.stranger.is_some() {
            return Vec::new();
        }
        let mut layers = self.layers.iter().map(|layer| IpNet::aggregate(&layer.networks(verbs)));
        let Some(first) = layers.next() else { return Vec::new() };
        layers.fold(first, |a, b| common(&a, &b))
    }
}

impl Layer {
    /// The addresses by which all of a granted network would answer (RFC 919): a grant of the network is none of these.
    pub(super) fn broadcasts(&self) -> impl Iterator<Item = IpAddr> {
        let mut nets: Vec<IpNet> = self.networks(&[Verb::NetProbe, Verb::SnmpRead]).iter().map(IpNet::trunc).collect();
        nets.sort_unstable();
        // What is in a wider one that is granted too is a part of that: so a grant less never allows an address more.
        nets.dedup_by(|net, wider| wider.contains(&*net));
        // Networks of one or two addresses have none (RFC 3021).
        nets.into_iter().filter(|net| matches!(net, IpNet::V4(v4) if v4.prefix_len() < 31)).map(|net| net.broadcast())
    }

    fn networks(&self, verbs: &[Verb]) -> Vec<IpNet> {
        let rules = verbs.iter().filter_map(|verb| self.grants.get(verb)).flat_map(|index| &index.rules);
        let nets = rules.filter_map(|rule| match rule.arg(ArgKey::Cidr).map(|arg| &arg.test) {
            Some(Test::Nets(nets)) => Some(nets.iter().copied()),
            _ => None,
        });
        nets.flatten().collect()
    }
}

/// What is in both.
fn common(a: &[IpNet], b: &[IpNet]) -> Vec<IpNet> {
    let mut both = Vec::new();
    for one in a {
        for other in b {
            if one.contains(other) {
                both.push(*other);
            } else if other.contains(one) {
                both.push(*one);
            }
            if both.len() > MOST {
                return a.to_vec();
            }
        }
    }
    IpNet::aggregate(&both)
}

#[cfg(test)]
mod tests {
    use crate::policy::{PolicyFile, Rules, Verdict};
    use crate::{Ask, Asker, Code, Policy, Verb};

    const SERVER: &str = "[server.hq]\norigin = \"https://hq.example\"\n";
    const VERBS: &[Verb] = &[Verb::NetProbe, Verb::SnmpRead];

    fn grant(layer: &str, cidr: &str) -> String {
        format!(
            "policy_version = 1\nlayer = \"{layer}\"\n[[grant]]\nserver = \"*\"\ntask = \"*\"\nverb = \"net.probe\"\ncidr = [{cidr}]\n"
        )
    }

    fn networks(texts: &[String]) -> Vec<String> {
        let files: Vec<_> = texts
            .iter()
            .enumerate()
            .map(|(n, text)| PolicyFile::new(format!("{}-t.toml", 10 + 40 * n), text.clone()))
            .collect();
        let rules = Rules::parse(&files).unwrap();
        let asker = Asker { task: "netdiscovery".into(), ..Asker::default() };
        let policy = rules.for_run(&asker, &rules.usual_circumstances(&asker));
        policy.networks(VERBS).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn networks_are_those_of_every_layer() {
        let local = grant("local", "\"10.1.0.0/16\", \"10.1.2.0/24\", \"192.0.2.0/25\"");
        assert_eq!(networks(std::slice::from_ref(&local)), ["10.1.0.0/16", "192.0.2.0/25"]);
        let org = grant("org", "\"10.1.2.0/23\", \"192.0.2.0/24\"");
        assert_eq!(networks(&[org, local]), ["10.1.2.0/23", "192.0.2.0/25"]);
        let refused = |local: &str, address: &str| {
            let rules = Rules::parse(&[PolicyFile::new("50-t.toml", grant("local", local) + SERVER)]).unwrap();
            let asker = Asker { server: Some("hq".into()), task: "netdiscovery".into(), ..Asker::default() };
            let policy = rules.for_run(&asker, &rules.usual_circumstances(&asker));
            let ask = Ask { addresses: vec![address.parse().unwrap()], ..Ask::new(Verb::NetProbe) };
            match policy.decide(&ask, jiff::Timestamp::now()) {
                Verdict::Allow(_) => None,
                Verdict::Deny(refusal) => Some(refusal.code),
            }
        };
        assert_eq!(refused("\"10.1.0.0/16\"", "10.1.255.255"), Some(Code::Broadcast));
        assert_eq!(refused("\"10.1.0.0/16\", \"10.1.2.0/24\"", "10.1.2.255"), None, "a host of the wider network");
        assert_eq!(refused("\"10.1.2.0/24\"", "10.1.2.255"), Some(Code::Broadcast));
        assert_eq!(refused("\"10.1.2.254/31\"", "10.1.2.255"), None, "two hosts");
        assert!(Policy::nothing().networks(VERBS).is_empty() && Policy::unknown_server().networks(VERBS).is_empty());
    }
}
