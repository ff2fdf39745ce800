//! URLs with one reading. Whatever two programs could read differently is refused: credentials, fragments, control
//! characters, backslashes, empty labels, addresses in octal, in hexadecimal, as one number or with parts left out. What
//! the policy looks at is then exactly what is contacted.

use crate::CallError;
use crate::calls::Target;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest URL, in bytes.
const LONGEST: usize = 8192;
/// The longest name (RFC 1035, 3.1) and the longest of its labels.
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

impl Target {
    /// Reads an absolute URL.
    pub fn parse(url: &str) -> Result<Self, CallError> {
        read(url).map_err(|why| CallError::Invalid(format!("the URL {url:.200?} {why}")))
    }

    /// Reads what a redirect says, which may leave out what stays the same (RFC 3986, 5.2).
    pub fn join(&self, location: &str) -> Result<Self, CallError> {
        // A fragment is for who shows the answer; it is never sent.
        let location = location.split('#').next().unwrap_or_default();
        if location.starts_with("//") {
            return Self::parse(&format!("{}:{location}", self.scheme));
        }
        if scheme(location).is_some() {
            return Self::parse(location);
        }
        let whole = self.path.split('?').next().unwrap_or_default();
        let path = match location.chars().next() {
            None => self.path.clone(),
            Some('/') => location.to_owned(),
            Some('?') => format!("{whole}{location}"),
            Some(_) => format!("{}/{location}", whole.rsplit_once('/').map_or("", |(folder, _)| folder)),
        };
        Self::parse(&format!("{}{}", self.origin(), without_dots(&path)))
    }

    /// The URL that reads as this.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin(), self.path)
    }

    /// The address, when the host is one.
    pub fn literal(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// That this is what [`Target::parse`] makes: a call may come from a recording.
    pub(crate) fn check(&self) -> Result<(), CallError> {
        if Self::parse(&self.url())? == *self {
            return Ok(());
        }
        Err(CallError::Invalid(format!("{:.200?} is not what its parts say", self.url())))
    }
}

fn scheme(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then_some(scheme)
}

fn read(url: &str) -> Result<Target, &'static str> {
    if url.len() > LONGEST {
        return Err("is longer than 8192 bytes");
    }
    if let Some(odd) = url.chars().find(|c| !c.is_ascii_graphic()) {
        return Err(if odd.is_ascii() {
            "has a space or a control character"
        } else {
            "has a character outside ASCII (names are written as xn--…, others as %..)"
        });
    }
    if url.contains(['\\', '"', '<', '>', '^', '`', '{', '|', '}']) {
        return Err("has a character that no URL has (RFC 3986)");
    }
    if url.contains('#') {
        return Err("has a fragment");
    }
    let (scheme, rest) = url.split_once("://").ok_or("is not absolute: it begins with http:// or https://")?;
    let scheme = scheme.to_ascii_lowercase();
    let own_port = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return Err("is neither http nor https"),
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).ok_or("cannot be read")?;
    if authority.contains('@') {
        return Err("has credentials, which are the host's business");
    }
    let (host, port) = split_port(authority)?;
    let port = match port {
        None => own_port,
        Some(port) => read_port(port).ok_or("has a port that is no number from 1 to 65535")?,
    };
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    check_path(&path)?;
    Ok(Target { scheme, host: read_host(host)?, port, path })
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), &'static str> {
    let Some(inner) = authority.strip_prefix('[') else {
        return Ok(authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))));
    };
    let (_, after) = inner.split_once(']').ok_or("has a bracket without its other half")?;
    let host = authority.strip_suffix(after).ok_or("cannot be read")?;
    match after.strip_prefix(':') {
        Some(port) => Ok((host, Some(port))),
        None if after.is_empty() => Ok((host, None)),
        None => Err("has something between its address and its port"),
    }
}

fn read_port(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|port| plain && *port != 0)
}

fn read_host(host: &str) -> Result<String, &'static str> {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        // Canonical, so that the same address is always the same text. A zone (`%eth0`) is none.
        let address: Ipv6Addr = inner.parse().map_err(|_| "has brackets around what is no IPv6 address")?;
        return Ok(address.to_string());
    }
    if host.is_empty() {
        return Err("has no host");
    }
    // Resolvers read more as an address than the four decimal numbers that everybody reads: 127.1, 0x7f.0.0.1, 017700000001.
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let is_number = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    let is_hex = last.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"))
        && last.bytes().skip(2).all(|b| b.is_ascii_hexdigit());
    if is_number || is_hex {
        let address: Ipv4Addr = host.parse().map_err(|_| "has an address in another form than 192.0.2.1")?;
        return Ok(address.to_string());
    }
    if host.len() > LONGEST_NAME {
        return Err("has a host name of more than 253 bytes");
    }
    for label in host.split('.') {
        let plain = label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if label.is_empty() || label.len() > LONGEST_LABEL || !plain || label.starts_with('-') || label.ends_with('-') {
            return Err("has a host that is no name of labels of letters, digits and hyphens");
        }
    }
    Ok(host.to_ascii_lowercase())
}

fn check_path(path: &str) -> Result<(), &'static str> {
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' && !(bytes.next().is_some_and(is_hex) && bytes.next().is_some_and(is_hex)) {
            return Err("has a % without two hexadecimal digits");
        }
    }
    let names = path.split('?').next().unwrap_or_default();
    if names.split('/').any(is_dots) {
        return Err("has `.` or `..` in its path");
    }
    Ok(())
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// `.` and `..`, also percent-encoded: on the way they would be taken out of the path.
fn is_dots(name: &str) -> bool {
    let plain = name.replace("%2e", ".").replace("%2E", ".");
    matches!(plain.as_str(), "." | "..")
}

/// RFC 3986, 5.2.4: what a relative path means.
fn without_dots(path: &str) -> String {
    let (names, query) = path.split_once('?').map_or((path, None), |(names, query)| (names, Some(query)));
    let mut kept: Vec<&str> = Vec::new();
    let mut is_folder = false;
    for name in names.split('/').skip(1) {
        is_folder = is_dots(name);
        match (is_folder, name.len()) {
            (false, _) => kept.push(name),
            (true, 1 | 3) => {}
            (true, _) => drop(kept.pop()),
        }
    }
    let end = if is_folder && !kept.is_empty() { "/" } else { "" };
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    format!("/{}{end}{query}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> String {
        let target = Target::parse(text).unwrap();
        target.check().unwrap();
        target.url()
    }

    #[test]
    fn what_has_one_reading_is_read() {
        for (text, meaning) in [
            ("https://repo.example", "https://repo.example/"),
            ("HTTPS://Repo.Example:443/a/b.txt?c=d/../e", "https://repo.example/a/b.txt?c=d/../e"),
            ("http://repo.example:443/", "http://repo.example:443/"),
            ("http://192.0.2.7?x", "http://192.0.2.7/?x"),
            ("http://[2001:DB8:0::7]:8080/%7Ea", "http://[2001:db8::7]:8080/%7Ea"),
            ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
            ("https://a_b.example/", "https://a_b.example/"),
            ("https://127.example/", "https://127.example/"),
        ] {
            assert_eq!(url(text), meaning);
        }
    }

    #[test]
    fn what_has_two_readings_is_refused() {
        for text in [
            "",
            "repo.example",
            "//repo.example/",
            "/x",
            "ftp://repo.example/",
            "file:///etc/passwd",
            "https:repo.example",
            "https://",
            "https:///x",
            "https://:443/",
            "https://user@repo.example/",
            "https://u:p@repo.example/",
            "https://repo.example@evil.example/",
            "https://repo.example#@evil.example/",
            "https://repo.example\\@evil.example/",
            "https://repo.example\\evil.example/",
            "https://repo.example /",
            "https://repo.example/\r\nHost: x",
            "https://repo.example/\0",
            "https://repo.example/\u{7f}",
            "https://bücher.example/",
            "https://ｒepo.example/",
            "https://repo。example/",
            "https://repo.example./",
            "https://.repo.example/",
            "https://repo..example/",
            "https://-repo.example/",
            "https://repo%2eexample/",
            "https://repo.example:/",
            "https://repo.example:0/",
            "https://repo.example:65536/",
            "https://repo.example:+80/",
            "https://repo.example:080/",
            "https://repo.example:80:80/",
            "https://repo.example/a/../b",
            "https://repo.example/%2E%2e/b",
            "https://repo.example/.",
            "https://repo.example/%zz",
            "https://repo.example/%2",
            "http://[::1",
            "http://[::1]x/",
            "http://[fe80::1%25eth0]/",
            "http://[127.0.0.1]/",
            "http://::1/",
            "http://[v1.fe80::a]/",
        ] {
            assert!(matches!(Target::parse(text), Err(CallError::Invalid(_))), "{text:?}: {:?}", Target::parse(text));
        }
        assert!(Target::parse(&format!("https://repo.example/{}", "x".repeat(9000))).is_err());
    }

    #[test]
    fn an_address_has_one_form() {
        for text in [
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "0X7F.1",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.1.",
            "127.0.0.01",
            "127.0.0.0x1",
            "127.0.0.256",
            "1.2.3.4.5",
            "0",
            "0x",
            "a.0x",
            "00000000000000000000177.1",
            "127.0.0.1.1",
        ] {
            assert!(Target::parse(&format!("http://{text}/")).is_err(), "{text}");
        }
        assert_eq!(url("http://[::ffff:127.0.0.1]/"), "http://[::ffff:127.0.0.1]/");
        assert_eq!(url("http://[0:0:0:0:0:ffff:7f00:1]/"), "http://[::ffff:127.0.0.1]/");
        assert_eq!(url("http://[0000::0001]/"), "http://[::1]/");
    }

    #[test]
    fn a_redirect_may_leave_out_what_stays() {
        let base = Target::parse("https://repo.example:8443/a/b/c?d").unwrap();
        for (location, meaning) in [
            ("/x", "https://repo.example:8443/x"),
            ("x", "https://repo.example:8443/a/b/x"),
            ("../x?y=../z", "https://repo.example:8443/a/x?y=../z"),
            ("../../../../x", "https://repo.example:8443/x"),
            ("./", "https://repo.example:8443/a/b/"),
            ("..", "https://repo.example:8443/a/"),
            ("?e", "https://repo.example:8443/a/b/c?e"),
            ("", "https://repo.example:8443/a/b/c?d"),
            ("#top", "https://repo.example:8443/a/b/c?d"),
            ("//other.example/x#y", "https://other.example/x"),
            ("http://other.example", "http://other.example/"),
            ("x:y", ""),
            ("javascript:alert(1)", ""),
            ("//u@other.example", ""),
            ("\\\\other.example", ""),
            ("/\t/other.example", ""),
        ] {
            let joined = base.join(location).map(|target| target.url());
            assert_eq!(joined.unwrap_or_default(), meaning, "{location:?}");
        }
        // Two slashes at the start of a path are a path, not a host.
        assert_eq!(base.join("/.//evil.example/").unwrap().host, "repo.example");
    }
}
