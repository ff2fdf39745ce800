//! Cookies of one session with one origin (RFC 6265, and less than it): none is ever given to another host, whatever
//! domain a server names, and all are gone when the session ends.

use reqwest::Url;

/// Cookies of a session, bytes of one.
const MOST: usize = 20;
const LONGEST: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct Cookies(Vec<Cookie>);

#[derive(Debug)]
struct Cookie {
    name: String,
    value: String,
    path: String,
    secure: bool,
}

impl Cookies {
    /// Keeps what an answer to `url` sets, or forgets what it ends. What is too long or too much is not kept.
    pub(super) fn set(&mut self, url: &Url, header: &str) {
        if header.len() > LONGEST {
            tracing::debug!("a cookie of {} bytes is not kept", header.len());
            return;
        }
        let mut parts = header.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || !name.chars().chain(value.chars()).all(|c| c.is_ascii_graphic() || c == ' ') {
            return;
        }
        let (mut path, mut secure, mut ended) = (default_path(url), false, false);
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => path = value.to_owned(),
                "secure" => secure = true,
                "max-age" => ended = value.starts_with('-') || value.bytes().all(|digit| digit == b'0'),
                // Only one's own host may be named, and it is what the cookie stays with.
                "domain" if !is_within(url.host_str().unwrap_or_default(), value) => return,
                _ => {}
            }
        }
        self.0.retain(|known| (known.name.as_str(), known.path.as_str()) != (name, path.as_str()));
        if !ended && self.0.len() < MOST {
            self.0.push(Cookie { name: name.to_owned(), value: value.to_owned(), path, secure });
        }
    }

    /// The value of `Cookie` for a request to `url`; none when there is nothing to say.
    pub(super) fn header(&self, url: &Url) -> Option<String> {
        let all: Vec<String> = self
            .0
            .iter()
            .filter(|cookie| (!cookie.secure || url.scheme() == "https") && is_below(url.path(), &cookie.path))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

/// RFC 6265 section 5.1.4.
fn default_path(url: &Url) -> String {
    match url.path().rsplit_once('/') {
        Some((folder, _)) if !folder.is_empty() => folder.to_owned(),
        _ => "/".to_owned(),
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || folder.ends_with('/') || rest.starts_with('/'))
}

fn is_within(host: &str, domain: &str) -> bool {
    let domain = domain.trim_start_matches('.').to_ascii_lowercase();
    host == domain || host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(set: &[&str], to: &str) -> Option<String> {
        let from = Url::parse("https://glpi.test/front/inventory.php").unwrap();
        let mut cookies = Cookies::default();
        for header in set {
            cookies.set(&from, header);
        }
        cookies.header(&Url::parse(to).unwrap())
    }

    #[test]
    fn a_cookie_comes_back_where_it_belongs() {
        let back = |header: &str, to: &str| sent(&[header], to).is_some();
        assert_eq!(sent(&["s=1; path=/; HttpOnly"], "https://glpi.test/x").as_deref(), Some("s=1"));
        assert!(back("s=1", "https://glpi.test/front/other.php"));
        assert!(!back("s=1", "https://glpi.test/plugins/"));
        assert!(!back("s=1; path=/fro", "https://glpi.test/front/"));
        assert!(!back("s=1; Secure; path=/", "http://glpi.test/"));
        assert!(!back("s=1; Domain=evil.test; path=/", "https://glpi.test/"));
        assert!(back("s=1; Domain=.glpi.test; path=/", "https://glpi.test/"));
    }

    #[test]
    fn cookies_are_replaced_ended_and_bounded() {
        let to = "https://glpi.test/";
        assert_eq!(sent(&["s=1; path=/", "s=2; path=/"], to).as_deref(), Some("s=2"));
        assert_eq!(sent(&["s=1; path=/", "s=; Max-Age=0; path=/"], to), None);
        assert_eq!(sent(&["a=1\r\nX: y; path=/"], to), None);
        assert_eq!(sent(&[&format!("s={}; path=/", "x".repeat(LONGEST))], to), None);
        let many: Vec<String> = (0..100).map(|n| format!("c{n}=1; path=/")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(sent(&many, to).unwrap().matches('=').count(), MOST);
    }
}
