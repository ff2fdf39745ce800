//! Attacks, each by its id with its benign twin: `wr_01_…` is the attack, `wr_01_twin_…` what looks alike and has to
//! work. `cargo xtask attacks` runs them and prints the table (`tests/attacks/*.toml` has the titles and the oracles).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a surprise ends the test"
)]

mod co;
mod de;
mod lg;
mod li;
mod lo;
mod ne;
mod po;
mod pr;
mod sn;
mod su;
mod tr;
mod wake;
mod wc;
mod wr;
