//! The embedded web server, and who may wake the agent.

use super::{Adopter, For};
use airlock_model::short_line;
use std::net::IpAddr;

impl Adopter<'_> {
    pub(super) fn listener(&mut self) -> Result<(), String> {
        let values = self.values;
        let port = values.number("httpd-port");
        let port = u16::try_from(port).ok().filter(|port| *port > 0);
        let port = port.ok_or_else(|| format!("{}: expected 1 to 65535", self.place("httpd-port")))?;
        let ip = values.text("httpd-ip").map(|text| (text, text.parse::<IpAddr>()));
        let listener = &mut self.adopted.settings.listener;
        listener.enabled = self.purpose != For::Once && !values.is("no-httpd");
        listener.port = port;
        match ip {
            Some((_, Ok(address))) => listener.address = address,
            Some((text, Err(_))) => {
                let why = format!("{:?} is no address of this machine", short_line(text, 60));
                return Err(format!("{}: {why}: expected 192.0.2.1 or ::", self.place("httpd-ip")));
            }
            None if listener.enabled => self.remark(
                "the web server listens on this machine alone (127.0.0.1), not on all its addresses; httpd-ip says another"
                    .to_owned(),
            ),
            None => {}
        }
        self.trust();
        Ok(())
    }

    fn trust(&mut self) {
        let mut trust = Vec::new();
        for written in self.values.list("httpd-trust") {
            match trusted(written) {
                Ok(networks) => trust.extend(networks),
                Err(why) => {
                    let place = self.place("httpd-trust");
                    self.remark(format!("{place}: {why}; it is left out"));
                }
            }
        }
        if trust.is_empty() || !self.adopted.settings.listener.enabled {
            return;
        }
        let what = self.place("httpd-trust");
        let instead =
            "a token, which /now/TOKEN takes from anybody who knows it; or write trust = […] yourself".to_owned();
        self.danger(what, "whoever can take such an address can wake the agent and see its status", instead);
        if self.purpose == For::Daemon {
            self.adopted.settings.listener.trust = trust;
        }
    }
}

/// Networks: of an address, a network, or a range `FIRST-LAST`. A name is none: who answers for it can change.
fn trusted(written: &str) -> Result<Vec<String>, String> {
    let text = written.trim();
    if text.parse::<IpAddr>().is_ok() {
        return Ok(vec![text.to_owned()]);
    }
    if let Some((address, prefix)) = text.split_once('/')
        && let (Ok(address), Ok(prefix)) = (address.parse::<IpAddr>(), prefix.parse::<u8>())
        && let Ok(net) = ipnet::IpNet::new(address, prefix)
    {
        return Ok(vec![net.trunc().to_string()]);
    }
    if let Some((first, last)) = text.split_once('-')
        && let (Ok(IpAddr::V4(first)), Ok(IpAddr::V4(last))) = (first.trim().parse(), last.trim().parse())
        && first <= last
    {
        return Ok(ipnet::Ipv4Subnets::new(first, last, 0).map(|net| net.to_string()).collect());
    }
    let shown = short_line(text, 60);
    Err(format!(
        "{shown:?} is no address: expected 192.0.2.1, 192.0.2.0/24 or 192.0.2.1-192.0.2.9 (names are not trusted)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_networks_and_ranges_are_trusted_and_names_are_not() {
        for (written, networks) in [
            ("192.0.2.7", vec!["192.0.2.7"]),
            (" 2001:db8::1 ", vec!["2001:db8::1"]),
            ("192.0.2.9/24", vec!["192.0.2.0/24"]),
            ("192.0.2.0 - 192.0.2.2", vec!["192.0.2.0/31", "192.0.2.2/32"]),
        ] {
            assert_eq!(trusted(written).unwrap(), networks);
        }
        for name in ["glpi.example", "192.0.2.9-192.0.2.1", "192.0.2.0/33", "", "-"] {
            assert!(trusted(name).unwrap_err().contains("names are not trusted"), "{name}");
        }
    }
}
