//! The documents of GLPI and FusionInventory servers: one model, two encoders, and a page for people.
//!
//! Everything here is a pure function from bytes or a [`airlock_model::Report`] to the other; nothing reads a file or
//! the network. What comes in is hostile: sizes, depths and numbers of values are bounded, and document types, entities
//! and encodings other than UTF-8 are refused.

mod additional;
mod base64;
pub mod dates;
mod envelope;
mod facts;
mod html;
mod json;
pub mod legacy;
mod words;
mod xml;

pub use additional::{Error as AdditionalError, additional_content};
pub use envelope::Envelope;
pub use html::inventory_html;
pub use json::inventory_json;
pub use xml::inventory_xml;
