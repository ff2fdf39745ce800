//! What holds for every policy, tried on many that nobody wrote.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a surprise ends the test")]

mod cost;
mod floor;
mod learned;
mod made;
mod monotone;
mod order;
mod suggested;
