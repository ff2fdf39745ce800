//! The sandbox against tasks that mean harm, as a library: each attack ends by its name and in time, its harmless twin
//! goes through, and the program goes on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a surprise ends the test"
)]

mod audit;
mod calls;
mod code_cache;
mod emits;
mod loading;
mod policy;
mod resources;
mod time;
