//! `net.probe`: whether something is at an address. Each way of asking is a call of its own, so that the policy decides on
//! each, each draws on the packet rate, and one that is refused takes no other with it ([`crate::Gate::reach`] makes them
//! all at the same time).

use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope, Verb};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A way of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeMethod {
    /// ICMP echo (RFC 792, RFC 4443).
    Echo,
    /// ICMP timestamp (RFC 792).
    Timestamp,
    /// The machine's own table of neighbours, after making it ask (RFC 826, RFC 4861).
    Arp,
    /// NetBIOS node status (RFC 1002, 4.2.17).
    Netbios,
    /// The name of the address (RFC 1035, 3.5), from the machine's resolvers.
    Dns,
}

impl ProbeMethod {
    pub const ALL: &[ProbeMethod] =
        &[ProbeMethod::Echo, ProbeMethod::Timestamp, ProbeMethod::Arp, ProbeMethod::Netbios, ProbeMethod::Dns];

    /// As a policy's `methods` have it.
    pub fn word(self) -> &'static str {
        match self {
            ProbeMethod::Echo | ProbeMethod::Timestamp => "icmp",
            ProbeMethod::Arp => "arp",
            ProbeMethod::Netbios => "udp:137",
            ProbeMethod::Dns => "dns",
        }
    }

    /// In words for people.
    pub fn name(self) -> &'static str {
        match self {
            ProbeMethod::Echo => "icmp echo",
            ProbeMethod::Timestamp => "icmp timestamp",
            ProbeMethod::Arp => "arp",
            ProbeMethod::Netbios => "netbios (udp:137)",
            ProbeMethod::Dns => "reverse dns",
        }
    }
}

/// Asks an address in one way. Silence is an answer: nobody is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeReach {
    pub address: IpAddr,
    pub method: ProbeMethod,
    /// Something there has answered this run already: an answer takes no longer than that one did, or does not come.
    #[serde(default)]
    pub alive: bool,
}

/// What is known of an address: by one way of asking, or by all of them together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Neighbour {
    /// In lower case with colons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_name: Option<String>,
    pub answers_echo: bool,
    pub answers_timestamp: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub netbios_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workgroup: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_session: Option<String>,
}

impl Neighbour {
    /// A sign of somebody at the address itself: a name in the DNS says nothing of that.
    pub fn is_there(&self) -> bool {
        let Self { mac, dns_name: _, answers_echo, answers_timestamp, netbios_name, workgroup, user_session } = self;
        *answers_echo
            || *answers_timestamp
            || [mac, netbios_name, workgroup, user_session].into_iter().any(Option::is_some)
    }

    /// With what another way of asking found; what is known already stays.
    #[must_use]
    pub fn and(self, other: Neighbour) -> Neighbour {
        Neighbour {
            mac: self.mac.or(other.mac),
            dns_name: self.dns_name.or(other.dns_name),
            answers_echo: self.answers_echo || other.answers_echo,
            answers_timestamp: self.answers_timestamp || other.answers_timestamp,
            netbios_name: self.netbios_name.or(other.netbios_name),
            workgroup: self.workgroup.or(other.workgroup),
            user_session: self.user_session.or(other.user_session),
        }
    }
}

/// Which ways of asking this machine does not have. It belongs to the run: nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeLacking {}

/// A way of asking that there is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    pub method: ProbeMethod,
    /// In words for people.
    pub why: String,
}

impl HostCall for ProbeReach {
    type Reply = Neighbour;
    const NAME: &'static str = "probe.reach";

    fn ask(&self) -> Result<Ask, CallError> {
        let method = Some(self.method.word().to_owned());
        Ok(Ask { addresses: vec![self.address], method, ..Ask::new(Verb::NetProbe) })
    }

    fn reply_size(reply: &Neighbour) -> u64 {
        let texts = [&reply.mac, &reply.dns_name, &reply.netbios_name, &reply.workgroup, &reply.user_session];
        texts.into_iter().flatten().map(|text| text.len() as u64).sum()
    }

    fn outcome(reply: &Neighbour) -> String {
        if *reply == Neighbour::default() { "silent" } else { "answered" }.to_owned()
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Neighbour, CallError> {
        native.probe.reach(&self).await
    }
}

impl HostCall for ProbeLacking {
    type Reply = Vec<Lacking>;
    const NAME: &'static str = "probe.lacking";

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask::run())
    }

    async fn run(self, native: &Native, _scope: &Scope) -> Result<Vec<Lacking>, CallError> {
        native.probe.lacking().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_is_no_sign_of_life() {
        let named = Neighbour { dns_name: Some("sw1.example".into()), ..Neighbour::default() };
        assert!(!named.is_there());
        assert!(Neighbour { answers_timestamp: true, ..named.clone() }.is_there());
        let other =
            Neighbour { mac: Some("00:00:5e:00:53:01".into()), dns_name: Some("x".into()), ..Neighbour::default() };
        let both = named.and(other);
        assert!(both.is_there());
        assert_eq!((both.mac.as_deref(), both.dns_name.as_deref()), (Some("00:00:5e:00:53:01"), Some("sw1.example")));
    }
}
