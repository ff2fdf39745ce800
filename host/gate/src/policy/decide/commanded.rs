//! The grant that the owner's own command line is: exactly the addresses, ports and credentials that it names, loopback
//! included, and nothing else.

use super::policy::Policy;
use crate::policy::args::{Arg, ArgKey, Test};
use crate::policy::servers::{Binding, Credential};
use crate::{Location, Verb};
use ipnet::IpNet;
use std::collections::BTreeMap;

/// What a command line names.
#[derive(Debug, Clone, Default)]
pub struct Commanded {
    pub nets: Vec<IpNet>,
    /// UDP ports of SNMP.
    pub ports: Vec<u16>,
    /// Credentials whose secrets stand on the command line, by the names that the command gives them.
    pub credentials: Vec<String>,
    /// Credentials of the owner's policy, each for what it is bound to there, whatever the command line says.
    pub known: BTreeMap<String, Credential>,
}

const LABEL: &str = "the owner's own command";

impl Policy {
    /// What the owner's own command line names may be probed and read by SNMP.
    pub fn owners_scan(named: &Commanded) -> Self {
        let at = || Location::new("the command line", 0);
        let arg = |key, test| Arg { key, test, at: at(), span: 0..0, written: String::new() };
        let nets = arg(ArgKey::Cidr, Test::Nets(named.nets.clone()));
        let names: Vec<String> = named.credentials.iter().chain(named.known.keys()).cloned().collect();
        let snmp = vec![
            nets.clone(),
            arg(ArgKey::Ports, Test::Ports(named.ports.clone())),
            arg(ArgKey::Credentials, Test::Words(names)),
        ];
        let own = |name: &String| {
            let credential = Credential {
                at: at(),
                kind: None,
                source: String::new(),
                user: None,
                auth: None,
                privacy: None,
                level: None,
                use_for: named.nets.iter().copied().map(Binding::Net).collect(),
                use_for_span: 0..0,
                use_for_written: String::new(),
                use_for_at: at(),
            };
            (name.clone(), credential)
        };
        let mut credentials: BTreeMap<String, Credential> = named.credentials.iter().map(own).collect();
        credentials.extend(named.known.clone());
        Self::of_owner(LABEL, [(Verb::NetProbe, vec![nets]), (Verb::SnmpRead, snmp)], credentials)
    }
}

impl Policy {
    /// The machines that the owner's own command line names may be woken. The addresses are in lower case with colons.
    pub fn owners_wake(macs: &[String]) -> Self {
        let test = Test::AnyCase(macs.to_vec());
        let at = Location::new("the command line", 0);
        let named = Arg { key: ArgKey::Macs, test, at, span: 0..0, written: String::new() };
        Self::of_owner(LABEL, [(Verb::WolSend, vec![named])], BTreeMap::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicyFile, Rules, Verdict};
    use crate::{Ask, Code};
    use jiff::Timestamp;

    fn ask(address: &str, port: u16, credential: Option<&str>) -> Ask {
        let credential = credential.map(str::to_owned);
        Ask { addresses: vec![address.parse().unwrap()], port: Some(port), credential, ..Ask::new(Verb::SnmpRead) }
    }

    #[test]
    fn what_is_named_is_granted_loopback_included_and_nothing_else() {
        let named = Commanded {
            nets: vec!["127.0.0.0/30".parse().unwrap(), "10.1.0.7/32".parse().unwrap()],
            ports: vec![161],
            credentials: vec!["1".into()],
            known: BTreeMap::new(),
        };
        let policy = Policy::owners_scan(&named);
        let code = |ask: &Ask| match policy.decide(ask, Timestamp::now()) {
            Verdict::Allow(_) => None,
            Verdict::Deny(refusal) => Some(refusal.code),
        };
        assert_eq!(code(&ask("127.0.0.1", 161, Some("1"))), None);
        assert_eq!(code(&ask("10.1.0.7", 161, Some("1"))), None);
        assert_eq!(code(&ask("10.1.0.8", 161, Some("1"))), Some(Code::NoGrant));
        assert_eq!(code(&ask("10.1.0.7", 22, Some("1"))), Some(Code::NoGrant));
        assert_eq!(code(&ask("10.1.0.7", 161, Some("2"))), Some(Code::NoGrant));
        assert_eq!(code(&ask("10.1.0.7", 161, Some("server:1"))), Some(Code::NoGrant));
        let probe = |address: &str| Ask { addresses: vec![address.parse().unwrap()], ..Ask::new(Verb::NetProbe) };
        assert_eq!((code(&probe("10.1.0.7")), code(&probe("10.1.0.9"))), (None, Some(Code::NoGrant)));
        assert_eq!(code(&Ask::new(Verb::InventoryRead)), Some(Code::NoGrant));
    }

    #[test]
    fn a_machine_that_is_named_may_be_woken_and_no_other() {
        let policy = Policy::owners_wake(&["00:1b:21:3c:4d:5e".to_owned()]);
        let decide = |mac: &str| {
            let ask = Ask { mac: Some(mac.to_owned()), ..Ask::new(Verb::WolSend) };
            matches!(policy.decide(&ask, Timestamp::now()), Verdict::Allow(_))
        };
        assert!(decide("00:1b:21:3c:4d:5e") && !decide("00:1b:21:3c:4d:5f"));
    }

    #[test]
    fn a_credential_of_the_policy_stays_bound_to_what_the_policy_says() {
        let text = "policy_version = 1\n[credential.core]\nkind = \"snmpv2c\"\nsource = \"file:/etc/airlock/core\"\nuse_for = [\"10.1.0.0/24\"]\n";
        let rules = Rules::parse(&[PolicyFile::new("50-t.toml", text)]).unwrap();
        let known = rules.credentials.clone();
        let nets = vec!["10.0.0.0/8".parse().unwrap()];
        let policy = Policy::owners_scan(&Commanded { nets, ports: vec![161], credentials: vec![], known });
        let decide = |address| policy.decide(&ask(address, 161, Some("core")), Timestamp::now());
        assert!(matches!(decide("10.1.0.9"), Verdict::Allow(_)));
        let Verdict::Deny(refusal) = decide("10.2.0.9") else { panic!("it is not for 10.2.0.9") };
        assert_eq!(refusal.code, Code::CredentialBinding);
    }
}
