//! A document as a tree, before anything has asked what it means: what readers of files and of servers' answers share.
//!
//! How many values there may be and how deep they lie is bounded while a tree grows: a small document must not become a
//! large tree.

pub(crate) mod measure;
pub(crate) mod xml;

/// Why a document is no tree.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentFault {
    #[error("not UTF-8 from byte {at} on: expected UTF-8")]
    Utf8 { at: usize },
    #[error("encoding {found:?}, expected UTF-8")]
    Encoding { found: String },
    #[error("not valid JSON: {why}")]
    Json { why: String },
    #[error("not valid XML at byte {at}: {why}")]
    Xml { at: u64, why: String },
    #[error("a document type, which no document of these protocols has: expected the first element right away")]
    DocumentType,
    #[error("the entity &{name};, expected only &lt; &gt; &amp; &quot; &apos; and numbers")]
    Entity { name: String },
    #[error("more than {most} values, expected fewer")]
    Many { most: usize },
    #[error("deeper than {most} levels, expected fewer")]
    Deep { most: usize },
}

/// The text of a document: UTF-8, without a byte order mark.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, DocumentFault> {
    let text = std::str::from_utf8(bytes).map_err(|error| DocumentFault::Utf8 { at: error.valid_up_to() })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// A value of a document. XML has only texts and objects.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Boolean(bool),
    Integer(i64),
    Text(String),
    List(Vec<Cell>),
    /// Members in the order of the document; XML repeats a name for a list.
    Object(Vec<(String, Cell)>),
}

/// How many values may still come, and how deep they may be.
#[derive(Debug)]
pub(crate) struct Budget {
    left: std::cell::Cell<usize>,
    values: usize,
    levels: usize,
}

impl Budget {
    pub(crate) fn new(values: usize, levels: usize) -> Self {
        Self { left: std::cell::Cell::new(values), values, levels }
    }

    /// Takes one value at that depth.
    pub(crate) fn take(&self, depth: usize) -> Result<(), DocumentFault> {
        if depth > self.levels {
            return Err(DocumentFault::Deep { most: self.levels });
        }
        let left = self.left.get().checked_sub(1).ok_or(DocumentFault::Many { most: self.values })?;
        self.left.set(left);
        Ok(())
    }
}
