//! Additional content: an inventory file of either kind that the machine's owner adds to what the agent finds.
//!
//! Whatever the file's kind, it becomes rows that fit the schema: older names and dates are converted, and what the
//! schema does not know is left out with a note. Refused as a whole: a file beyond 16 MiB, deeper than 16 levels or of
//! more than half a million values, text that is not UTF-8, and XML with a document type or entities of its own.

mod cell;
mod json;
mod rows;
mod xml;

use airlock_model::{Note, Report};
use cell::{Budget, Cell};

/// Why a file could not be taken at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    #[error("{name:?} is neither a .json nor a .xml file: expected an inventory of one of these kinds")]
    Kind { name: String },
    #[error("{found} bytes, expected {most} at most")]
    Size { found: usize, most: usize },
    #[error("not UTF-8 from byte {at} on: expected an inventory saved as UTF-8")]
    Utf8 { at: usize },
    #[error("encoding {found:?}, expected UTF-8")]
    Encoding { found: String },
    #[error("not valid JSON: {why}")]
    Json { why: String },
    #[error("not valid XML at byte {at}: {why}")]
    Xml { at: u64, why: String },
    #[error("a document type, which an inventory does not have: expected <REQUEST> right away")]
    DocumentType,
    #[error("the entity &{name};, expected only &lt; &gt; &amp; &quot; &apos; and numbers")]
    Entity { name: String },
    #[error("more than {most} values, expected an inventory of one machine")]
    Many { most: usize },
    #[error("deeper than {most} levels, expected an inventory")]
    Deep { most: usize },
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
    let text = std::str::from_utf8(bytes).map_err(|error| Error::Utf8 { at: error.valid_up_to() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
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

/// The members of the content, in the order of the file.
type Content = Vec<(String, Cell)>;
