//! Headers that a task may set. What belongs to the connection, to identity or to the way there is the host's, and a value
//! cannot end its line.

use crate::CallError;

/// Headers of one request, and the bytes of one.
const MOST: usize = 64;
const LONGEST: usize = 8192;

/// RFC 9110 and 9112: the connection's own, and who asks. Some name no header of today and are read all the same.
const FORBIDDEN: &[&str] = &[
    "accept-charset",
    "accept-encoding",
    "alt-used",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "max-forwards",
    "origin",
    "referer",
    "set-cookie",
    "set-cookie2",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "upgrade-insecure-requests",
    "via",
    "www-authenticate",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
];

/// Families of which each member is refused: what a proxy or a browser says, and where a request says it comes from.
const FORBIDDEN_FAMILIES: &[&str] =
    &["proxy-", "sec-", "x-forwarded-", "x-amz-security-", "metadata", "x-aws-ec2-metadata-"];

/// What still goes along when a redirect leads to another origin: nothing that could be a secret of the first.
const HARMLESS: &[&str] = &["accept", "accept-language", "range", "user-agent"];

/// That a task may set all of these.
pub(crate) fn check(headers: &[(String, String)]) -> Result<(), CallError> {
    if headers.len() > MOST {
        return Err(CallError::Invalid(format!("{} headers; at most {MOST}", headers.len())));
    }
    for (name, value) in headers {
        let invalid = |why: &str| Err(CallError::Invalid(format!("the header {name:.60?} {why}")));
        if name.is_empty() || !name.bytes().all(is_token) {
            return invalid("is no name of a header");
        }
        let lower = name.to_ascii_lowercase();
        // A server may read `_` as `-`.
        let read = lower.replace('_', "-");
        if FORBIDDEN.contains(&read.as_str()) || FORBIDDEN_FAMILIES.iter().any(|family| read.starts_with(family)) {
            return invalid("is the host's to set");
        }
        if name.len() + value.len() > LONGEST {
            return invalid("is longer than 8192 bytes");
        }
        if !value.bytes().all(|b| b == b'\t' || b == b' ' || b.is_ascii_graphic()) {
            return invalid("has a control character or one outside ASCII in its value");
        }
        if value.trim() != value {
            return invalid("has a value that begins or ends with a space");
        }
    }
    Ok(())
}

/// RFC 9110, 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The headers for a request to another origin.
pub(super) fn for_another_origin(headers: Vec<(String, String)>) -> Vec<(String, String)> {
    headers.into_iter().filter(|(name, _)| HARMLESS.contains(&name.to_ascii_lowercase().as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, value: &str) -> bool {
        check(&[("accept".to_owned(), "*/*".to_owned()), (name.to_owned(), value.to_owned())]).is_err()
    }

    #[test]
    fn ordinary_headers_pass() {
        for (name, value) in [
            ("Accept", "application/json"),
            ("X-Package", "a b\tc"),
            ("If-None-Match", "\"x\""),
            ("Range", "bytes=0-1"),
            ("a", ""),
        ] {
            assert!(!refused(name, value), "{name}");
        }
    }

    #[test]
    fn what_is_the_hosts_is_refused_however_it_is_written() {
        for name in FORBIDDEN.iter().copied().chain([
            "proxy-authorization",
            "Proxy-Connection",
            "sec-fetch-site",
            "X-Forwarded-For",
        ]) {
            for name in [name.to_owned(), name.to_uppercase(), name.replace('-', "_")] {
                assert!(refused(&name, "x"), "{name}");
            }
        }
    }

    #[test]
    fn nothing_ends_its_line() {
        for name in ["", "a b", "a:", "a\r\nb", "a\0", "é", "a\u{212a}", "(a)", " a", "a ", ":a"] {
            assert!(refused(name, "x"), "{name:?}");
        }
        for value in ["a\r\nHost: x", "a\nb", "a\rb", "a\0b", "é", "\u{7f}", "a\u{2028}b", " a", "a ", "\u{b}a"] {
            assert!(refused("x-a", value), "{value:?}");
        }
        assert!(refused("x-a", &"a".repeat(9000)));
        assert!(check(&vec![("a".to_owned(), String::new()); 65]).is_err());
    }

    #[test]
    fn another_origin_gets_no_headers_of_the_tasks_own() {
        let headers = vec![("X-Token".to_owned(), "1".to_owned()), ("Accept".to_owned(), "*/*".to_owned())];
        assert_eq!(for_another_origin(headers), [("Accept".to_owned(), "*/*".to_owned())]);
    }
}
