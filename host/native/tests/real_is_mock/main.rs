//! The same calls under the same policy on this machine and on a mock of it: the same decisions, the same codes, the same
//! answers. That is what makes a test on a mock worth something.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a surprise ends the test")]

mod both;
mod collect;
mod commands;
mod files;
mod made_up;
mod network;
