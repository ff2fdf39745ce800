//! Patterns of the `filter` operation: `*` stands for any run of characters, none included; nothing else is special.

use serde::{Deserialize, Serialize};

/// A pattern such as `Acme*` or `*VPN*`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Glob(String);

impl Glob {
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    pub fn pattern(&self) -> &str {
        &self.0
    }

    /// Whether it matches the whole text, letter by letter.
    pub fn matches(&self, text: &str) -> bool {
        matches(&self.0, text)
    }

    /// The same with upper and lower case alike.
    pub fn matches_any_case(&self, text: &str) -> bool {
        matches(&self.0.to_lowercase(), &text.to_lowercase())
    }
}

/// Each part between stars is looked for once, from where the one before it ended: no pattern makes this slow.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_any_run_and_nothing_else_is_special() {
        let yes = [
            ("", ""),
            ("*", ""),
            ("*", "any thing"),
            ("Acme*", "Acme"),
            ("Acme*", "Acme Corp"),
            ("*VPN*", "My VPN client"),
            ("a*b*c", "a-b-b-c"),
            ("a**c", "abc"),
            ("[a]?", "[a]?"),
            ("é*", "éa"),
        ];
        for (pattern, text) in yes {
            assert!(Glob::new(pattern).matches(text), "{pattern} {text}");
        }
        let no = [
            ("", "x"),
            ("Acme", "Acme Corp"),
            ("Acme*", "acme"),
            ("*VPN*", "vpn"),
            ("a*a", "a"),
            ("ab*ba", "aba"),
            ("a*b*c", "a-c-b"),
        ];
        for (pattern, text) in no {
            assert!(!Glob::new(pattern).matches(text), "{pattern} {text}");
        }
        assert!(Glob::new("*VPN*").matches_any_case("a vpn"));
    }

    #[test]
    fn no_pattern_makes_it_slow() {
        let text = "a".repeat(1 << 20);
        let began = std::time::Instant::now();
        assert!(!Glob::new("*a".repeat(1000) + "b").matches(&text));
        assert!(!Glob::new("*aab".repeat(1000)).matches(&text));
        assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
    }
}
