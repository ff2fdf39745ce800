//! Additional content: an inventory file of either kind that the machine's owner adds to what the agent finds.
//!
//! Whatever the file's kind, it becomes rows that fit the schema: older names and dates are converted, and what the
//! schema does not know is left out with a note. Refused as a whole: a file beyond 16 MiB, deeper than 16 levels or of
//! more than half a million values, text that is not UTF-8, and XML with a document type or entities of its own.

mod json;
mod rows;
mod xml;

use crate::tree::{self, Budget, Cell, DocumentFault};
use airlock_model::{Note, Report};

/// Why a file could not be taken at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    #[error("{name:?} is neither a .json nor a .xml file: expected an inventory of one of these kinds")]
    Kind { name: String },
    #[error("{found} bytes, expected {most} at most")]
    Size { found: usize, most: usize },
    #[error(transparent)]
    Document(#[from] DocumentFault),
    #[error("no content: expected {expected}")]
    Content { expected: &'static str },
}

/// The largest file that is read.
const SIZE: usize = 16 * 1024 * 1024;

/// Reads an additional-content file. Its kind is told by the end of its name; its facts come as a report, with notes on
/// what is no fact of the schema.
pub fn additional_content(name: &str, bytes: &[u8]) -> Result<(Report, Vec<Note>), Error> {
    if bytes.len() > SIZE {
        return Err(Error::Size { found: bytes.len(), most: SIZE });
    }
    let text = tree::text(bytes)?;
    let ends = |end: &str| name.rsplit_once('.').is_some_and(|(_, last)| last.eq_ignore_ascii_case(end));
    let content = if ends("json") {
        json::content(text)?
    } else if ends("xml") {
        xml::content(text)?
    } else {
        return Err(Error::Kind { name: name.chars().take(200).collect() });
    };
    Ok(rows::report(content))
}

/// Half a million values: an inventory of one machine, and then some.
fn budget() -> Budget {
    Budget::new(500_000, 16)
}

/// The members of the content, in the order of the file.
type Content = Vec<(String, Cell)>;
