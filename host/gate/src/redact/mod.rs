//! What leaves the machine, and what is withheld of it.
//!
//! Profiles are what the owner wrote (`[redact.NAME]` of a policy); a [`Redactor`] applies them, once, on the model, for
//! reports, task results, status messages and errors alike. Every value that goes into a document has been through it.
//! In doubt a value is withheld: what an operation does not fit, what no rule of an allow list names, what holds a token
//! that is withheld elsewhere.

mod engine;
mod glob;
mod known;
mod ops;
mod path;
mod profile;
mod sweep;
mod urls;

pub use engine::{Redactor, Withheld};
pub use glob::Glob;
pub use known::{keep_secret, without_secrets};
pub use ops::Key;
pub use path::{FieldPath, Member, PathError};
pub use profile::{Filter, Op, Profile, RedactRule, Unknown};
pub use sweep::Tokens;
pub use urls::without_url_secrets;
