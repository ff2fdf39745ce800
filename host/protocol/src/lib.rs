//! What GLPI, FusionInventory and OCS servers are sent, and what they answer.
//!
//! Everything here is a pure function; nothing reads a file or the network. What comes in is hostile: sizes, depths and
//! numbers of values are bounded, and document types, entities and encodings other than UTF-8 are refused.
//!
//! - Inventories: a [`airlock_model::Report`] as JSON, as XML, as a page for people.
//! - [`bodies`]: packing and opening what travels; [`answers`]: what a server said.
//! - [`requests`]: what an agent says; [`schedule`]: when.
//! - [`heard`]: what other agents say to this one.
//! - [`jobs`]: what a server wants done, apart from the secrets in it.

mod additional;
pub mod answers;
mod base64;
pub mod bodies;
pub mod dates;
mod elements;
mod envelope;
mod facts;
pub mod heard;
mod html;
pub mod jobs;
mod json;
pub mod legacy;
pub mod requests;
pub mod schedule;
mod tree;
mod words;
mod xml;

pub use additional::{Error as AdditionalError, additional_content};
pub use envelope::Envelope;
pub use html::{PAGE_STYLE, escaped as html_escaped, inventory_html};
pub use json::inventory_json;
pub use tree::DocumentFault;
pub use xml::inventory_xml;
