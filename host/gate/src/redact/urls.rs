//! Secrets that people and programs write into URLs: a user with a password before the host, a token in the query. They
//! are taken out of every text that is logged, shown, audited or sent.

use std::borrow::Cow;

/// What stands in place of a secret.
const GONE: &str = "***";

/// Parameters whose values are secrets, in lower case; as a part of a longer name too (`access_token`, `X-Amz-Signature`).
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "authorization",
    "signature",
    "credential",
    "session",
    "bearer",
];

/// Words that make a name a secret's when they are all of it, or one of its parts (`api-key`, `auth.code`).
const WORDS: &[&str] = &["pass", "key", "pw", "sid", "otp", "pin", "code", "auth", "sig", "sas", "jwt"];

/// The text with the secrets of every URL in it replaced.
pub fn without_url_secrets(text: &str) -> Cow<'_, str> {
    if !text.contains("://") && !text.contains('=') {
        return Cow::Borrowed(text);
    }
    let users = without_users(text);
    match without_parameters(&users) {
        Some(clean) => Cow::Owned(clean),
        None => users,
    }
}

/// `scheme://user:password@host` without `user:password`.
fn without_users(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        // The authority ends at the first of these; an `@` in a path is none of ours. Some clients take a backslash for
        // a slash, others for a part of the password: the longer reading is the safe one.
        let end = after.find(|c: char| matches!(c, '/' | '?' | '#' | '"' | '<' | '>') || c.is_whitespace());
        let authority = after.get(..end.unwrap_or(after.len())).unwrap_or_default();
        // A password that nobody encoded may hold a slash, a `?` or a `#` itself: then the `@` comes later, and what is
        // before it begins like `user:`, with no port behind the colon.
        let word = after.split(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>')).next().unwrap_or_default();
        let user_end = authority.rfind('@').or_else(|| {
            let port = authority.split_once(':').map(|(_, port)| port);
            let is_port = port.is_none_or(|port| port.bytes().all(|b| b.is_ascii_digit()));
            if is_port || authority.starts_with('[') { None } else { word.rfind('@') }
        });
        out.push_str(before);
        match user_end {
            Some(user) => {
                out.push_str(GONE);
                rest = after.get(user..).unwrap_or_default();
            }
            None => rest = after,
        }
    }
    if out.is_empty() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// `?token=…` and `&token=…` without the value; the same in a fragment and behind `;`. None when there is none.
fn without_parameters(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices('=') {
        if at < done {
            continue;
        }
        let Some(before) = text.get(done..at) else { continue };
        let name_at = before.rfind(['?', '&', ';', '#']);
        let Some(name) = name_at.and_then(|start| before.get(start + 1..)) else { continue };
        if !is_secret(name) {
            continue;
        }
        let value = text.get(at + 1..).unwrap_or_default();
        let end = value.find(|c: char| matches!(c, '&' | ';' | '#' | '"' | '\'' | '<' | '>') || c.is_whitespace());
        out.push_str(text.get(done..=at).unwrap_or_default());
        out.push_str(GONE);
        done = at + 1 + end.unwrap_or(value.len());
    }
    if done == 0 {
        return None;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Some(out)
}

/// Whether a parameter of that name is a secret.
fn is_secret(name: &str) -> bool {
    if name.len() > 100 || name.contains(char::is_whitespace) {
        return false;
    }
    let name = decoded(name).to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| WORDS.contains(&word)) || SECRET.iter().any(|secret| name.contains(secret))
}

/// `%74oken` is `token`.
fn decoded(name: &str) -> String {
    let mut out = Vec::with_capacity(name.len());
    let mut bytes = name.bytes();
    while let Some(byte) = bytes.next() {
        let hex = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
        let mut ahead = bytes.clone();
        match (byte, hex(ahead.next()), hex(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_passwords_go() {
        for (url, clean) in [
            ("https://user:pass@host/", "https://***@host/"),
            ("https://token@host:8443/p?q=1", "https://***@host:8443/p?q=1"),
            ("get https://a:b@c and http://d:e@f/", "get https://***@c and http://***@f/"),
            ("https://u:p@ss@host/x", "https://***@host/x"),
            ("https://u:p/a?s#s@host/x", "https://***@host/x"),
            ("ftp://u:p%40@[::1]:21/", "ftp://***@[::1]:21/"),
            ("socks5://u:p@proxy:1080", "socks5://***@proxy:1080"),
            ("<a href=\"https://u:p@h\">", "<a href=\"https://***@h\">"),
        ] {
            assert_eq!(without_url_secrets(url), clean);
        }
    }

    #[test]
    fn tokens_in_queries_go() {
        for (url, clean) in [
            ("https://h/p?token=abc&x=1", "https://h/p?token=***&x=1"),
            ("https://h/p?x=1&Access_Token=abc", "https://h/p?x=1&Access_Token=***"),
            ("https://h/p?x=1;sig=a=b#y", "https://h/p?x=1;sig=***#y"),
            ("https://h/p#access_token=abc", "https://h/p#access_token=***"),
            ("https://h/p?%74oken=abc", "https://h/p?%74oken=***"),
            ("/p?X-Amz-Signature=abc done", "/p?X-Amz-Signature=*** done"),
            ("https://h/?subscription-key=1&design=2", "https://h/?subscription-key=***&design=2"),
            ("https://u:p@h/?key=1", "https://***@h/?key=***"),
        ] {
            assert_eq!(without_url_secrets(url), clean);
        }
    }

    #[test]
    fn other_texts_stay() {
        for text in [
            "",
            "no url",
            "https://host/path@2x.png",
            "https://host:8443/a@b",
            "https://host/?page=2&sort=name",
            "mail ann@example.org",
            "a = b",
            "https://[fd00::1]:8443/a@b",
            "https://",
        ] {
            assert_eq!(without_url_secrets(text), text);
        }
    }
}
