//! Hosts as people name them: an address, or a name that is looked up once, by the host and not by the task. What a name
//! stands for is what is granted and asked, however the name is answered later.

use super::Range;
use super::ranges::address;
use crate::exit::Usage;
use airlock_gate::check_host_name;
use airlock_native::look_up;
use anyhow::Context;
use std::net::IpAddr;

#[derive(Debug, Clone)]
pub(crate) struct Host {
    /// As it was said, if that was no address.
    pub(crate) name: Option<String>,
    /// In the order in which they are tried; the first is the one that results are about.
    pub(crate) first: IpAddr,
    others: Vec<IpAddr>,
}

impl Host {
    pub(crate) fn at(address: IpAddr) -> Self {
        Self { name: None, first: address.to_canonical(), others: Vec::new() }
    }

    /// `10.1.0.7`, `sw1.example`. `option` is what the command line calls it.
    pub(crate) fn of(option: &str, text: &str) -> anyhow::Result<Self> {
        let no_address = match address(text) {
            Ok(address) => return Ok(Self::at(address)),
            Err(why) => why,
        };
        let text = text.trim();
        check_host_name(text).map_err(|why| Usage(format!("{option}: {no_address}; {why}")))?;
        let found = look_up(text).with_context(|| format!("{option}: {text} has no address"))?;
        let mut found = found.into_iter().map(|address| address.to_canonical());
        let first = found.next().with_context(|| format!("{option}: {text} has no address"))?;
        Ok(Self { name: Some(text.to_owned()), first, others: found.filter(|other| *other != first).collect() })
    }

    pub(crate) fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    /// Each address of it, and no other.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = Range> + '_ {
        self.addresses().map(Range::one)
    }

    /// The ways to it, those of each address.
    pub(crate) fn places(&self, of: impl Fn(IpAddr) -> Vec<String>) -> Vec<String> {
        self.addresses().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_itself_and_a_name_is_looked_up() {
        let host = Host::of("--host", "::ffff:10.1.0.7").unwrap();
        assert_eq!((host.name, host.first.to_string()), (None, "10.1.0.7".to_owned()));
        let host = Host::of("--host", "localhost").unwrap();
        assert!(host.name.as_deref() == Some("localhost") && host.addresses().all(|address| address.is_loopback()));
    }

    #[test]
    fn ne_10_what_is_neither_is_looked_up_by_nobody() {
        for text in ["-oProxyCommand=touch /tmp/x", "10.1.0.7;id", "010.1.0.1", "167837697", "$(id)"] {
            let error = Host::of("--host", text).unwrap_err();
            assert!(error.is::<Usage>() && error.to_string().contains("no address"), "{text}: {error}");
        }
    }
}
