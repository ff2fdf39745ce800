//! The deploy task: one job of a server, from its checks to its last action.
//!
//! It knows the servers' rules and has no rights: every file, command and question is asked of the host
//! ([`machine::Machine`]), and what the owner's policy refuses is told to the server in words. What it thinks is plain Rust,
//! tested without wasm. It takes nothing of what a server writes for more than it says: paths and command lines are not
//! expanded, names are names, patterns are bounded.

mod action;
pub mod check;
mod download;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
mod glob;
pub mod job;
pub mod machine;
mod person;
mod place;
mod report;
mod run;
#[cfg(test)]
mod stories;
mod trouble;

pub use run::{End, run};
