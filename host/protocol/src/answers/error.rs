//! Why something is no answer, in words that name what came. Of a document they show no values.

use crate::bodies::BodyError;
use crate::tree::DocumentFault;
use airlock_model::shown;

/// Why something that a server sent is no answer.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerError {
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error("{fault}; it begins with {begins}")]
    Document { fault: DocumentFault, begins: String },
    #[error("a web page instead of an answer, titled {title}: is the URL that of the server's inventory address?")]
    Page { title: String },
    #[error("an XML element {name}, expected REPLY")]
    Element { name: String },
    #[error("neither JSON nor XML: it begins with {begins}")]
    Neither { begins: String },
    #[error("{found}, expected {expected}")]
    Other { expected: &'static str, found: &'static str },
    #[error("no {member}: expected {expected}")]
    Missing { member: &'static str, expected: &'static str },
    #[error("{member} is {found}, expected {expected}")]
    Member { member: String, found: String, expected: &'static str },
}

impl AnswerError {
    pub(super) fn document(fault: DocumentFault, bytes: &[u8]) -> Self {
        Self::Document { fault, begins: begins(&String::from_utf8_lossy(bytes.get(..240).unwrap_or(bytes))) }
    }

    pub(super) fn neither(text: &str) -> Self {
        Self::Neither { begins: begins(text) }
    }

    pub(super) fn page(text: &str) -> Self {
        Self::Page { title: shown(title(text)) }
    }
}

fn begins(text: &str) -> String {
    shown(&super::outline::outline(text))
}

/// True for HTML: its first element or document type says so.
pub(super) fn is_page(text: &str) -> bool {
    let head: String = text.chars().take(1000).collect::<String>().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<title", "<br"].iter().any(|tag| head.contains(tag))
}

/// What stands in the page's title; else its first words.
fn title(text: &str) -> &str {
    let at = |tag: &str| {
        let most = text.floor_char_boundary(10_000);
        text.get(..most).unwrap_or(text).to_ascii_lowercase().find(tag)
    };
    let titled = at("<title").zip(at("</title")).and_then(|(from, to)| text.get(from..to)?.split_once('>'));
    titled.map_or(text, |(_, title)| title).trim()
}
