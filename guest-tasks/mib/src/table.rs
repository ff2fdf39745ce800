//! A column of a table, by the number of its rows.

use crate::{Bind, Syntax, value};
use std::collections::BTreeMap;
use std::fmt;

/// What follows a column's name in the name of an instance: the index of a row. Ordered as numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suffix(Vec<u32>);

impl Suffix {
    /// `10.20` → [10, 20]; `None` for what is no dotted number.
    pub fn parse(dotted: &str) -> Option<Self> {
        dotted.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>().map(Self)
    }

    pub fn parts(&self) -> &[u32] {
        &self.0
    }

    /// A part by its place.
    pub fn part(&self, at: usize) -> Option<u32> {
        self.0.get(at).copied()
    }

    /// A part by its place from the end: 0 is the last.
    pub fn from_end(&self, at: usize) -> Option<u32> {
        self.0.iter().rev().nth(at).copied()
    }

    /// The whole index, where it is one number.
    pub fn single(&self) -> Option<u32> {
        match self.0.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The last `count` parts, as bytes: an address that stands in an index.
    pub fn last_bytes(&self, count: usize) -> Option<Vec<u8>> {
        let from = self.0.len().checked_sub(count)?;
        self.0.get(from..)?.iter().map(|part| u8::try_from(*part).ok()).collect()
    }
}

impl fmt::Display for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(".")?;
            }
            write!(f, "{part}")?;
        }
        Ok(())
    }
}

impl From<u32> for Suffix {
    fn from(single: u32) -> Self {
        Self(vec![single])
    }
}

/// One column: the values of the instances below a root, in numerical order of what follows it.
#[derive(Debug, Clone, Default)]
pub struct Table<'a> {
    rows: BTreeMap<Suffix, &'a Syntax>,
}

impl<'a> Table<'a> {
    /// Takes the instances below `root` (dotted, no leading dot); what is not below it is no row of this table.
    pub fn of(binds: &'a [Bind], root: &str) -> Self {
        let below = |bind: &'a Bind| {
            let suffix = bind.oid.strip_prefix(root)?.strip_prefix('.')?;
            Some((Suffix::parse(suffix)?, &bind.value))
        };
        Self { rows: binds.iter().filter_map(below).collect() }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Suffix, &'a Syntax)> {
        self.rows.iter().map(|(suffix, value)| (suffix, *value))
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &'a Syntax> {
        self.rows.values().copied()
    }

    pub fn get(&self, suffix: &Suffix) -> Option<&'a Syntax> {
        self.rows.get(suffix).copied()
    }

    /// The row whose index is this one number.
    pub fn at(&self, index: u32) -> Option<&'a Syntax> {
        self.get(&Suffix::from(index))
    }

    /// The first value that is some text, canonical.
    pub fn first_text(&self) -> Option<String> {
        self.values().find_map(value::text)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_numerical_order_and_only_those_below() {
        let bind = |oid: &str, n| Bind { oid: oid.to_owned(), value: Syntax::Integer(n) };
        let binds = [bind("1.3.10", 3), bind("1.3.9.1", 2), bind("1.3.9", 1), bind("1.33.1", 4), bind("1.3", 5)];
        let table = Table::of(&binds, "1.3");
        let seen: Vec<String> = table.iter().map(|(suffix, value)| format!("{suffix}={value:?}")).collect();
        assert_eq!(seen, ["9=Integer(1)", "9.1=Integer(2)", "10=Integer(3)"]);
        assert_eq!(table.at(10), Some(&Syntax::Integer(3)));
    }

    #[test]
    fn an_index_is_taken_apart() {
        let suffix = Suffix::parse("7.0.27.84.0.0.1").unwrap();
        assert_eq!(suffix.last_bytes(6), Some(vec![0, 27, 84, 0, 0, 1]));
        assert_eq!((suffix.part(0), suffix.from_end(0), suffix.single()), (Some(7), Some(1), None));
        assert_eq!(Suffix::parse("1.x"), None);
        assert_eq!(Suffix::parse("300").and_then(|s| s.last_bytes(1)), None);
    }
}
