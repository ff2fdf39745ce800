//! Questions to whoever sits at the machine.

pub use crate::bindings::airlock::deploy::prompt::{Answer, ask};
