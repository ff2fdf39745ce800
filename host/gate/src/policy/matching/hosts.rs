//! Hosts: one by its name, or `*.suffix` for what is below it and never the suffix itself. Origins: a scheme, such a
//! host, a port.

use super::addresses::in_disguise;
use std::fmt;
use std::net::IpAddr;

/// The longest name (RFC 1035).
const LONGEST: usize = 253;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostPattern {
    Exact(String),
    /// Without `*`, with the dot.
    Below(String),
}

impl HostPattern {
    /// Why it is none, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(suffix) = text.strip_prefix('*') {
            let name = suffix.strip_prefix('.').filter(|name| is_name(name));
            let Some(_) = name else {
                return Err("`*` stands for the labels left of a dot, as in *.example.org".into());
            };
            return Ok(HostPattern::Below(suffix.to_owned()));
        }
        match text.parse::<IpAddr>() {
            Ok(address) if address.to_string() == text => Ok(HostPattern::Exact(text.to_owned())),
            Ok(address) => Err(format!("write the address as {address}")),
            Err(_) if is_name(text) && in_disguise(text).is_none() => Ok(HostPattern::Exact(text.to_owned())),
            Err(_) if text.bytes().any(|b| b.is_ascii_uppercase()) => Err("names are written in lower case".into()),
            Err(_) => Err("not the name of a host (ASCII letters, digits, hyphens, dots) and no address".into()),
        }
    }

    pub(crate) fn matches(&self, host: &str) -> bool {
        match self {
            HostPattern::Exact(name) => name == host,
            // The labels in front of the dot have to be there, all of them.
            HostPattern::Below(suffix) => host.strip_suffix(suffix.as_str()).is_some_and(is_name),
        }
    }
}

fn is_name(text: &str) -> bool {
    let label = |label: &str| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(plain) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= LONGEST && text.split('.').all(label)
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostPattern::Exact(name) => f.write_str(name),
            HostPattern::Below(suffix) => write!(f, "*{suffix}"),
        }
    }
}

/// `https://host`, `https://*.example.org:8443` (RFC 6454).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginPattern {
    https: bool,
    host: HostPattern,
    port: u16,
}

impl OriginPattern {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (https, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err("an origin begins with https:// or http://".into()),
        };
        if rest.contains(['/', '?', '#', '@', '\\']) {
            return Err("an origin is scheme, host and port, and nothing else".into());
        }
        let (host, port) = split_port(rest).ok_or("the port is a number from 1 to 65535")?;
        let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        let port = port.unwrap_or(if https { 443 } else { 80 });
        Ok(Self { https, host: HostPattern::parse(host)?, port })
    }

    pub(crate) fn matches(&self, origin: &str) -> bool {
        OriginPattern::parse(origin).is_ok_and(|origin| self.has(&origin))
    }

    /// Whether one origin, and no pattern, is of this pattern.
    pub(crate) fn has(&self, origin: &OriginPattern) -> bool {
        let is_same = (self.https, self.port) == (origin.https, origin.port);
        is_same && origin.exact_host().is_some_and(|host| self.host.matches(host))
    }

    /// None where it stands for many.
    pub(crate) fn exact_host(&self) -> Option<&str> {
        match &self.host {
            HostPattern::Exact(host) => Some(host),
            HostPattern::Below(_) => None,
        }
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.to_string();
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        match (self.https, self.port) {
            (true, 443) => write!(f, "https://{host}"),
            (false, 80) => write!(f, "http://{host}"),
            (true, port) => write!(f, "https://{host}:{port}"),
            (false, port) => write!(f, "http://{host}:{port}"),
        }
    }
}

/// Host and port of `host`, `host:port`, `[v6]`, `[v6]:port`.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let after_host = text.rfind(']').map_or(0, |at| at + 1);
    let Some(colon) = text.get(after_host..)?.find(':').map(|at| at + after_host) else { return Some((text, None)) };
    let port = text.get(colon + 1..)?;
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let port = port.parse().ok().filter(|port| digits && *port != 0)?;
    Some((text.get(..colon)?, Some(port)))
}

/// The host of an origin, as it was asked for.
pub(crate) fn host_of(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let rest = rest.rsplit('@').next().unwrap_or_default();
    split_port(rest).map_or(rest, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_label_or_more_and_never_none() {
        let pattern = HostPattern::parse("*.example.org").unwrap();
        for host in ["a.example.org", "a.b.example.org"] {
            assert!(pattern.matches(host), "{host}");
        }
        for host in [
            "example.org",
            ".example.org",
            "badexample.org",
            "a.example.org.evil.test",
            "a.example.org.",
            "*.example.org",
            "a/b.example.org",
        ] {
            assert!(!pattern.matches(host), "{host}");
        }
        for text in
            ["*", "*.", "a.*.org", "*example.org", "Example.org", "exa mple", "", "127.1", "0x7f.1", "-a.org", "a..b"]
        {
            assert!(HostPattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn origins_are_compared_as_what_they_are() {
        let pattern = OriginPattern::parse("https://repo.example:443").unwrap();
        assert_eq!(pattern.to_string(), "https://repo.example");
        assert!(pattern.matches("https://repo.example") && pattern.matches("https://repo.example:443"));
        for other in [
            "http://repo.example",
            "https://repo.example:444",
            "https://repo.example.evil.test",
            "https://repo.example@evil.test",
            "https://evil.test/https://repo.example",
            "https://REPO.example",
            "",
        ] {
            assert!(!pattern.matches(other), "{other}");
        }
        for text in [
            "repo.example",
            "https://repo.example/path",
            "https://u@repo.example",
            "ftp://x",
            "https://x:0",
            "https://x:99999",
            "https://x:+1",
            "https://",
        ] {
            assert!(OriginPattern::parse(text).is_err(), "{text}");
        }
        assert!(OriginPattern::parse("http://[fd00::1]:8080").unwrap().matches("http://[fd00::1]:8080"));
        assert!(OriginPattern::parse("https://*.example.org").unwrap().matches("https://a.example.org"));
    }

    #[test]
    fn the_host_of_an_origin() {
        for (origin, host) in
            [("https://a.b:1", "a.b"), ("http://[::1]:80", "[::1]"), ("http://u@h/x", "h"), ("x", "x")]
        {
            assert_eq!(host_of(origin), host);
        }
    }
}
