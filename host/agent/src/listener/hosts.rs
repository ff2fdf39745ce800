//! By which names the listener may be called. A page of another site can point a name of its own at this machine, and would
//! then speak to the listener as if it were its own site (DNS rebinding): names that the owner did not write down are refused.

use std::net::IpAddr;

/// The names of the settings, in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    pub(super) fn new(names: &[String]) -> Self {
        Self(names.iter().map(|name| name.trim().trim_end_matches('.').to_ascii_lowercase()).collect())
    }

    /// Whether a `Host` (RFC 9110, 7.2: a name or an address, and perhaps a port) is one of ours. `own` is the address at which
    /// the client reached the machine; `addresses` are all that the machine has.
    pub(super) fn allow(&self, host: &str, own: IpAddr, addresses: impl FnOnce() -> Vec<IpAddr>) -> bool {
        let Some(name) = without_port(host) else { return false };
        match name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) => {
                let address = address.to_canonical();
                address == own.to_canonical() || addresses().iter().any(|one| one.to_canonical() == address)
            }
            Err(_no_address) => {
                let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
                name == "localhost" || self.0.contains(&name)
            }
        }
    }
}

/// The name; none where it has characters that no name or address has, or a port that is none.
fn without_port(host: &str) -> Option<&str> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') && (!name.contains(':') || name.ends_with(']')) => (name, port),
        _ => (host, ""),
    };
    let is_port = port.is_empty() || port.parse::<u16>().is_ok() && port.bytes().all(|b| b.is_ascii_digit());
    let is_bracketed = name.starts_with('[') == name.ends_with(']') && (!name.contains(':') || name.starts_with('['));
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']');
    (is_port && is_bracketed && !name.is_empty() && name.bytes().all(is_plain)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_addresses_and_names_that_were_written_down() {
        let hosts = Hosts::new(&["Agent7.Example.".to_owned()]);
        let own: IpAddr = [127, 0, 0, 1].into();
        let allow = |host: &str| hosts.allow(host, own, || vec![[192, 0, 2, 7].into(), "2001:db8::7".parse().unwrap()]);
        for host in [
            "127.0.0.1",
            "127.0.0.1:62354",
            "localhost:62354",
            "LOCALHOST",
            "localhost.",
            "agent7.example:1",
            "AGENT7.example.",
            "192.0.2.7:80",
            "[2001:db8::7]:62354",
            "[::ffff:192.0.2.7]",
            "127.0.0.1:",
        ] {
            assert!(allow(host), "{host}");
        }
        for host in [
            "",
            ":80",
            "evil.test",
            "evil.test:62354",
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "agent7.example.evil",
            "192.0.2.8",
            "127.1",
            "0x7f000001",
            "2130706433",
            "localhost:62354:1",
            "local host",
            "user@127.0.0.1",
            "127.0.0.1/x",
            "127.0.0.1:+1",
            "127.0.0.1:99999",
            "2001:db8::7",
            "[2001:db8::7",
            "[::1%25lo]",
            "☃",
        ] {
            assert!(!allow(host), "{host}");
        }
    }
}
