//! Redirects: of what was asked for, within one origin, a few times. Everything else has a name.

use super::error::TransportError;
use super::message::Method;
use reqwest::Url;

/// Redirects of one request.
pub(super) const MOST: usize = 3;

/// Where an answer leads on to; none when it is no redirect.
pub(super) fn next(
    method: Method,
    url: &Url,
    status: u16,
    location: Option<&str>,
) -> Result<Option<Url>, TransportError> {
    let Some(location) = location.filter(|_| [301, 302, 303, 307, 308].contains(&status)) else { return Ok(None) };
    let origin = url.origin().ascii_serialization();
    let next = url.join(location).map_err(|error| TransportError::RedirectedNowhere {
        origin: origin.clone(),
        why: airlock_model::short_line(&format!("{location}: {error}"), 200),
    })?;
    // A path may hold a secret; where it leads is said by its origin, but for what is forgotten most.
    let is_same = next.origin() == url.origin();
    let to = match next.host_str() {
        Some(_) if is_same && next.path().strip_suffix('/') == Some(url.path()) => {
            "the same address with a slash at its end".to_owned()
        }
        Some(_) => next.origin().ascii_serialization(),
        None => format!("{}:", next.scheme()),
    };
    if url.scheme() == "https" && next.scheme() != "https" {
        return Err(TransportError::Downgrade { origin, to });
    }
    if method == Method::Post {
        return Err(TransportError::RedirectedPost { origin, to });
    }
    if next.origin() != url.origin() || !next.username().is_empty() || next.password().is_some() {
        return Err(TransportError::RedirectedAway { origin, to });
    }
    Ok(Some(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(method: Method, to: &str) -> Result<Option<String>, &'static str> {
        let url = Url::parse("https://glpi.test/a/b?x=1").unwrap();
        next(method, &url, 302, Some(to)).map(|url| url.map(String::from)).map_err(|error| error.code())
    }

    #[test]
    fn only_what_is_asked_for_is_redirected_and_only_within_its_origin() {
        let there = |url: &str| Ok(Some(url.to_owned()));
        assert_eq!(code(Method::Get, "/a/b/"), there("https://glpi.test/a/b/"));
        assert_eq!(code(Method::Get, "c"), there("https://glpi.test/a/c"));
        assert_eq!(code(Method::Get, "https://GLPI.test:443/z"), there("https://glpi.test/z"));
        for (to, why) in [
            ("https://glpi.test:8443/", "E-REDIRECT-ORIGIN"),
            ("https://evil.test/", "E-REDIRECT-ORIGIN"),
            ("//evil.test/", "E-REDIRECT-ORIGIN"),
            ("https://u:p@glpi.test/", "E-REDIRECT-ORIGIN"),
            ("https://glpi.test.evil.test/", "E-REDIRECT-ORIGIN"),
            ("http://glpi.test/a/b", "E-TLS-DOWNGRADE"),
            ("http://evil.test/", "E-TLS-DOWNGRADE"),
            ("file:///etc/passwd", "E-TLS-DOWNGRADE"),
            ("data:text/html,x", "E-TLS-DOWNGRADE"),
            ("https://[", "E-REDIRECT-NOWHERE"),
        ] {
            assert_eq!(code(Method::Get, to), Err(why), "{to}");
        }
        assert_eq!(code(Method::Post, "/a/b/"), Err("E-REDIRECT-POST"));
        let words = |to: &str| {
            let url = Url::parse("https://glpi.test/a/b?x=1").unwrap();
            next(Method::Post, &url, 301, Some(to)).unwrap_err().to_string()
        };
        assert!(words("https://glpi.test/a/b/").contains("the same address with a slash at its end"));
        for other in ["https://glpi.test/a/b", "https://glpi.test/secret/", "https://other.test/a/b/"] {
            assert!(!words(other).contains("slash") && !words(other).contains("secret"), "{other}");
        }
        assert_eq!(code(Method::Post, "http://glpi.test/"), Err("E-TLS-DOWNGRADE"));
    }

    #[test]
    fn what_is_no_redirect_leads_nowhere() {
        let url = Url::parse("https://glpi.test/").unwrap();
        for status in [200, 201, 300, 304, 305, 404] {
            assert_eq!(next(Method::Post, &url, status, Some("https://evil.test/")).unwrap(), None);
        }
        assert_eq!(next(Method::Get, &url, 302, None).unwrap(), None);
    }
}
