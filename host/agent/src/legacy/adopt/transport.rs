//! How servers are reached.

use super::{Adopter, For};
use crate::config::{Login, Period};
use airlock_native::system::variable;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

impl Adopter<'_> {
    pub(super) fn transport(&mut self) -> Result<(), String> {
        let values = self.values;
        let ca = match (values.path("ca-cert-file"), values.path("ca-cert-dir")) {
            (Some(_), Some(_)) => {
                let (file, folder) = (self.place("ca-cert-file"), self.place("ca-cert-dir"));
                return Err(format!("{file} and {folder}: expected only one of them"));
            }
            (file, folder) => file.or(folder),
        };
        let pins = self.pins();
        let login = self.login("user", "password");
        let oauth = self.login("oauth-client-id", "oauth-client-secret");
        let proxy = self.proxy();
        let transport = &mut self.adopted.settings.transport;
        transport.ca = ca;
        transport.client_certificate = values.path("ssl-cert-file");
        transport.timeout = Period::seconds(values.number("timeout").max(1));
        transport.no_compression = values.is("no-compression");
        transport.login = login;
        transport.oauth = oauth;
        transport.proxy = proxy;
        // A fingerprint says who the server is whatever authority vouches for it.
        transport.pins_alone = !pins.is_empty();
        transport.pins = pins;
        if values.is("no-ssl-check") && transport.pins.is_empty() {
            transport.no_check = self.purpose != For::Move;
            let what = self.place("no-ssl-check");
            let instead = "`airlock doctor tls URL` shows the server's certificate and the pin to add".to_owned();
            self.danger(what, "whoever is on the way can be the server", instead);
        }
        Ok(())
    }

    fn login(&mut self, user: &str, password: &str) -> Option<Login> {
        let (name, secret) = (self.values.text(user), self.values.text(password));
        if self.values.from(password).starts_with("--") && secret.is_some() {
            let what = format!("--{password}");
            let instead =
                format!("write {password} into the configuration file, or give it as `airlock migrate` writes it");
            let why =
                "for a moment everybody on this machine can read a command line, and its shell's history for longer";
            self.danger(what, why, instead);
        }
        match (name, secret) {
            (Some(name), secret) => Some(Login {
                user: name.to_owned(),
                password_file: None,
                password: Some(secret.unwrap_or_default().to_owned()),
            }),
            (None, Some(_)) => {
                let place = self.place(password);
                self.remark(format!("{place} has no effect without {user}"));
                None
            }
            (None, None) => None,
        }
    }

    /// A login for a server that is reached over plain http.
    pub(super) fn cleartext(&mut self, url: &str) {
        self.adopted.settings.transport.allow_cleartext_login = self.purpose != For::Move;
        let what = format!("a login for {url}");
        let instead = "reach the server by https; or write allow_cleartext_login = true".to_owned();
        self.danger(what, "it goes over the network for everybody on the way to read", instead);
    }

    fn proxy(&mut self) -> Option<String> {
        if let Some(proxy) = self.values.text("proxy") {
            return Some(if proxy.contains("://") { proxy.to_owned() } else { format!("http://{proxy}") });
        }
        let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"];
        let set = names.into_iter().find(|name| self.purpose != For::Move && variable(name).is_some())?;
        self.remark(format!("the environment's proxy is used ({set}); say `proxy` in the configuration to be sure"));
        Some("environment".to_owned())
    }

    /// Fingerprints as pins: `sha256$HEX` is the certificate's, `sha256$pub$HEX` its key's.
    fn pins(&mut self) -> Vec<String> {
        let mut pins = Vec::new();
        for written in self.values.list("ssl-fingerprint") {
            match pin(written.trim()) {
                Ok(pin) => pins.push(pin),
                Err(why) => {
                    let place = self.place("ssl-fingerprint");
                    self.remark(format!("{place}: {why}; it is left out"));
                }
            }
        }
        pins
    }
}

fn pin(written: &str) -> Result<String, String> {
    let expected = "expected sha256$ and 64 hexadecimal digits";
    let mut parts = written.split('$');
    if !parts.next().unwrap_or_default().eq_ignore_ascii_case("sha256") {
        return Err(format!(
            "{:?} is no fingerprint that is safe to trust: {expected}",
            airlock_model::short_line(written, 80)
        ));
    }
    let rest: Vec<&str> = parts.collect();
    let (is_key, hex) = match rest.as_slice() {
        [hex] => (false, *hex),
        ["pub", hex] => (true, *hex),
        _ => return Err(expected.to_owned()),
    };
    let hex: String = hex.chars().filter(|c| *c != ':').collect::<String>().to_ascii_lowercase();
    let digits: Option<Vec<u32>> = hex.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() == 64).ok_or(expected)?;
    if !is_key {
        return Ok(format!("sha256${hex}"));
    }
    let byte = |pair: &[u32]| pair.iter().fold(0_u8, |byte, digit| byte << 4 | u8::try_from(*digit).unwrap_or(0));
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    Ok(format!("sha256/{}", STANDARD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_pins() {
        let hex = "AB".repeat(32);
        assert_eq!(pin(&format!("sha256${hex}")), Ok(format!("sha256${}", hex.to_lowercase())));
        let with_colons = ["ab"; 32].join(":");
        assert_eq!(pin(&format!("SHA256${with_colons}")), Ok(format!("sha256${}", hex.to_lowercase())));
        assert_eq!(pin(&format!("sha256$pub${hex}")), Ok(format!("sha256/{}", STANDARD.encode([0xab; 32]))));
        for wrong in ["sha1$abcd", "md5$00", "sha256$abcd", "sha256$pub$x$y", "sha256", ""] {
            assert!(pin(wrong).unwrap_err().contains("expected sha256$"), "{wrong}");
        }
    }
}
