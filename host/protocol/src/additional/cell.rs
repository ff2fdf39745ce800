//! What a file holds before the schema has looked at it, and how much of it there may be.

use super::Error;

/// A value of a document. XML has only texts and objects.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Boolean(bool),
    Integer(i64),
    Text(String),
    List(Vec<Cell>),
    Object(Vec<(String, Cell)>),
}

/// How many values may still come, and how deep they may be: a small file must not become a large tree.
#[derive(Debug)]
pub(super) struct Budget {
    left: std::cell::Cell<usize>,
}

impl Budget {
    pub(super) const VALUES: usize = 500_000;
    pub(super) const LEVELS: usize = 16;

    pub(super) fn new() -> Self {
        Self { left: std::cell::Cell::new(Self::VALUES) }
    }

    /// Takes one value at that depth.
    pub(super) fn take(&self, depth: usize) -> Result<(), Error> {
        if depth > Self::LEVELS {
            return Err(Error::Deep { most: Self::LEVELS });
        }
        let left = self.left.get().checked_sub(1).ok_or(Error::Many { most: Self::VALUES })?;
        self.left.set(left);
        Ok(())
    }
}
