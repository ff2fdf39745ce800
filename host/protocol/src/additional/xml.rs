//! The content of an XML inventory file: `REQUEST/CONTENT`. Attributes say nothing in an inventory and are not read.

use super::{Content, Error};
use crate::tree::Cell;
use crate::tree::xml::{self, Attributes};

const EXPECTED: &str = "an XML element REQUEST with an element CONTENT";

pub(super) fn content(text: &str) -> Result<Content, Error> {
    let no_content = || Error::Content { expected: EXPECTED };
    let (name, root) = xml::root(text, Attributes::Ignored, &super::budget())?.ok_or_else(no_content)?;
    match root {
        Cell::Object(members) if name == "REQUEST" => {
            let content = members.into_iter().find(|(name, _)| name == "CONTENT").ok_or_else(no_content)?;
            match content.1 {
                Cell::Object(content) => Ok(content),
                // An empty element holds nothing, which is not wrong.
                Cell::Text(text) if text.is_empty() => Ok(Content::new()),
                _ => Err(no_content()),
            }
        }
        _ => Err(no_content()),
    }
}
