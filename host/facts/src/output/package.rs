//! One installed package, whoever tells of it: a package manager's own files or what its tool prints.

use crate::units::Number;
use airlock_model::{Row, Value};
use std::borrow::Cow;

/// What is known of a package. An empty text says that nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Package<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) version: Cow<'a, str>,
    pub(crate) arch: &'a str,
    pub(crate) bytes: Option<u64>,
    /// The package manager, in the word that servers know it by. Some have none.
    pub(crate) from: &'static str,
    pub(crate) category: Cow<'a, str>,
    pub(crate) publisher: Cow<'a, str>,
    pub(crate) comments: Cow<'a, str>,
    pub(crate) helplink: &'a str,
    /// The local date, `YYYY-MM-DD`.
    pub(crate) installed: Cow<'a, str>,
    /// The user who alone has it.
    pub(crate) user: &'a str,
}

impl Package<'_> {
    pub(crate) fn row(&self) -> Row {
        // No field comes twice, so that none needs to be looked for among the others: there are thousands of packages.
        let text = |name, value: &str| (!value.is_empty()).then(|| (Cow::Borrowed(name), Value::from(value)));
        let fields = [
            text("name", &self.name),
            text("version", &self.version),
            text("arch", self.arch),
            self.bytes.map(|bytes| (Cow::Borrowed("filesize"), Value::from(bytes))),
            text("from", self.from),
            text("system_category", &self.category),
            text("publisher", &self.publisher),
            text("comments", &self.comments),
            text("helplink", self.helplink),
            text("install_date", &self.installed),
            text("username", self.user),
        ];
        let mut row = Vec::with_capacity(fields.len());
        row.extend(fields.into_iter().flatten());
        Row::from(row)
    }
}

/// `12.00 KiB` or `252,0 MB` in bytes. These tools write for people: what they call a megabyte is taken for 1024 · 1024
/// bytes, as everywhere in an inventory.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = Number::leading(text)?;
    let shift = match unit.as_bytes().first().map(u8::to_ascii_uppercase) {
        None | Some(b'B') => 0,
        Some(b'K') => 10,
        Some(b'M') => 20,
        Some(b'G') => 30,
        Some(b'T') => 40,
        Some(b'P') => 50,
        Some(_) => return None,
    };
    number.times(1 << shift)?.whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_for_people_in_bytes() {
        assert_eq!(bytes("1024.00 B"), Some(1024));
        assert_eq!(bytes(" 12.00 KiB"), Some(12 << 10));
        assert_eq!(bytes("1.5MB"), Some(3 << 19));
        assert_eq!(bytes("0,25 GB"), Some(1 << 28));
        assert_eq!(bytes("7"), Some(7));
        assert_eq!(bytes("18446744073709551615 PB"), None);
        for none in ["", "MB", "5 apples", "-1 MB", "\u{fffd}"] {
            assert_eq!(bytes(none), None, "{none}");
        }
    }

    #[test]
    fn only_what_is_known_is_in_the_row() {
        let package = Package { name: "a".into(), bytes: Some(1), from: "deb", ..Package::default() };
        assert_eq!(package.row(), Row::new().with("name", "a").with("filesize", 1_i64).with("from", "deb"));
    }
}
