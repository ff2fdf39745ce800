//! Waking other machines up.

pub use crate::bindings::airlock::net::wake::wake;
