//! What this machine is.

pub use crate::bindings::airlock::facts::facts::{FieldInfo, Reading, SectionInfo, expect, read, sections};
