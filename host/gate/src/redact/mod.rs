//! What leaves the machine, and what is withheld of it.
//!
//! Profiles are what the owner wrote (`[redact.NAME]` of a policy).

mod glob;
mod path;
mod profile;

pub use glob::Glob;
pub use path::{FieldPath, Member, PathError};
pub use profile::{Filter, Op, Profile, RedactRule, Unknown};
