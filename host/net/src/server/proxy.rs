//! Proxies: none, the one that the owner named, or the environment's where the owner said exactly that.

use super::error::TransportError;
use super::secret::Secret;
use base64::prelude::{BASE64_STANDARD, Engine};
use ipnet::IpNet;
use reqwest::Url;
use std::net::IpAddr;

/// The way to a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// Straight to it, whatever the environment says.
    #[default]
    None,
    Through(ProxySettings),
    /// `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` of the environment, because the owner said so.
    Environment,
}

/// A proxy that speaks HTTP; to https servers it is asked for a tunnel (CONNECT), so that it sees nothing of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxySettings {
    pub host: String,
    pub port: u16,
    /// For a proxy that answers 407.
    pub user: Option<(String, Secret)>,
    /// Servers that are reached without it: `host` (and all below it), `.suffix`, `host:port`, an address, a network
    /// (`10.0.0.0/8`), `*`.
    pub no_proxy: Vec<String>,
}

impl ProxySettings {
    /// Reads `http://user:password@host:port`; the scheme may be missing.
    pub fn parse(text: &str) -> Result<Self, TransportError> {
        // Not shown: it may hold a password.
        let wrong = |why: &str| TransportError::settings("proxy", format!("{why}; http://host:port is expected"));
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&text).map_err(|error| wrong(&error.to_string()))?;
        if url.scheme() != "http" {
            return Err(wrong(&format!("proxies of kind {} are not spoken with", url.scheme())));
        }
        let host = url.host_str().ok_or_else(|| wrong("no host is in it"))?.to_owned();
        let port = url.port_or_known_default().unwrap_or(80);
        let user = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => {
                let plain = |text: &str| decoded(text).ok_or_else(|| wrong("user or password is not UTF-8"));
                Some((plain(user)?, Secret::new(plain(password.unwrap_or_default())?)))
            }
        };
        Ok(Self { host, port, user, no_proxy: Vec::new() })
    }
}

/// The proxy that leads to one server.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) host: String,
    pub(super) port: u16,
    /// The value of `Proxy-Authorization`.
    pub(super) authorization: Option<Secret>,
}

impl Route {
    /// The proxy, if there is one, that leads to the origin of `url`.
    pub(super) fn to(
        url: &Url,
        proxy: &Proxy,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, TransportError> {
        let settings = match proxy {
            Proxy::None => return Ok(None),
            Proxy::Through(settings) => settings.clone(),
            Proxy::Environment => match from_environment(url.scheme(), environment)? {
                Some(settings) => settings,
                None => return Ok(None),
            },
        };
        if settings.no_proxy.iter().any(|rule| covers(rule, url)) {
            return Ok(None);
        }
        let authorization = settings.user.map(|(user, password)| {
            Secret::new(format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{}", password.expose()))))
        });
        Ok(Some(Self { host: settings.host, port: settings.port, authorization }))
    }

    /// As messages call it.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

fn from_environment(
    scheme: &str,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Option<ProxySettings>, TransportError> {
    // HTTP_PROXY in capitals may be a header of a web server's client, and is never read.
    let names: &[&str] = match scheme {
        "https" => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        _ => &["http_proxy", "all_proxy", "ALL_PROXY"],
    };
    let Some(text) = names.iter().find_map(|name| environment(name).filter(|text| !text.is_empty())) else {
        return Ok(None);
    };
    let mut settings = ProxySettings::parse(&text)?;
    let excepted = ["no_proxy", "NO_PROXY"].iter().find_map(|name| environment(name)).unwrap_or_default();
    settings.no_proxy =
        excepted.split(',').map(|rule| rule.trim().to_owned()).filter(|rule| !rule.is_empty()).collect();
    Ok(Some(settings))
}

/// Whether a rule of `no_proxy` is about a server.
fn covers(rule: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let rule = rule.trim().to_ascii_lowercase();
    if let Ok(address) = host.parse::<IpAddr>() {
        if let Ok(network) = rule.parse::<IpNet>() {
            return network.contains(&address);
        }
        if let Ok(same) = rule.parse::<IpAddr>() {
            return same == address;
        }
    }
    let (name, port) = match rule.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') => (name.to_owned(), port.parse::<u16>().ok()),
        _ => (rule, None),
    };
    if port.is_some() && port != url.port_or_known_default() {
        return false;
    }
    let name = name.trim_start_matches("*.").trim_start_matches('.');
    !name.is_empty() && (name == "*" || host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')))
}

/// What stands for `%41` and the like.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_proxy_is_read_with_its_credentials_and_never_shown_with_them() {
        let proxy = ProxySettings::parse("http://me:p%40ss@proxy.test:3128").unwrap();
        assert_eq!((proxy.host.as_str(), proxy.port), ("proxy.test", 3128));
        assert_eq!(proxy.user, Some(("me".to_owned(), Secret::new("p@ss"))));
        assert!(!format!("{proxy:?}").contains("p@ss"));
        assert_eq!(ProxySettings::parse("10.0.0.1:8080").unwrap().port, 8080);
        for bad in ["socks5://me:secret@h:1", "https://me:secret@h", "http://me:secret@", "http://%zz:secret@h"] {
            let error = ProxySettings::parse(bad).unwrap_err().to_string();
            assert!(error.contains("http://host:port") && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn the_environment_counts_only_where_the_owner_said_so() {
        let environment = |name: &str| match name {
            "https_proxy" => Some("http://env.test:1".to_owned()),
            "HTTP_PROXY" => Some("http://evil.test:1".to_owned()),
            "no_proxy" => Some("near.test, 10.0.0.0/8".to_owned()),
            _ => None,
        };
        let route = |proxy: &Proxy, text: &str| Route::to(&url(text), proxy, environment).unwrap().map(|r| r.host);
        assert_eq!(route(&Proxy::None, "https://glpi.test"), None);
        assert_eq!(route(&Proxy::Environment, "https://glpi.test"), Some("env.test".to_owned()));
        for direct in ["https://near.test", "https://a.near.test", "https://10.1.2.3", "http://glpi.test"] {
            assert_eq!(route(&Proxy::Environment, direct), None, "{direct}");
        }
    }

    #[test]
    fn rules_without_a_proxy_mean_hosts_and_what_is_below_them() {
        for (rule, text, covered) in [
            ("glpi.test", "https://glpi.test/", true),
            ("glpi.test", "https://a.glpi.test/", true),
            ("glpi.test", "https://notglpi.test/", false),
            (".test", "https://glpi.test/", true),
            ("*.test", "https://glpi.test/", true),
            ("*", "https://glpi.test/", true),
            ("glpi.test:8443", "https://glpi.test:8443/", true),
            ("glpi.test:8443", "https://glpi.test/", false),
            ("10.0.0.0/8", "http://10.9.9.9/", true),
            ("10.0.0.0/8", "http://11.9.9.9/", false),
            ("::1", "http://[::1]/", true),
            ("", "https://glpi.test/", false),
        ] {
            assert_eq!(covers(rule, &url(text)), covered, "{rule} {text}");
        }
    }
}
