//! What an inventory is made of: sections of rows of named values, and the schema that says which sections and fields
//! there are.
//!
//! Sections and fields are *data* (`schema/*.toml`), not Rust types: a new field is a line in a file, and documentation,
//! validation, redaction and both encoders follow from it. This crate refuses nothing silently: a value that does not
//! fit its field is taken out of a [`Report`] with a [`Note`] that says so.

pub mod dates;
mod finder;
mod fit;
mod mac;
mod notes;
mod report;
mod row;
pub mod schema;
mod value;
mod visible;

pub use finder::Finder;
pub use fit::without_controls;
pub use mac::{mac_address, mac_text};
pub use notes::{Note, Notes, shown};
pub use report::{Incomplete, Report};
pub use row::Row;
pub use schema::{Document, Field, Kind, Section, Sensitivity, Shape};
pub use value::Value;
pub use visible::{is_obeyed, one_line, short_line, visible};
