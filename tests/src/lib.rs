//! What the system tests share: a sandbox to run components in ([`rig`]), the program as a person runs it
//! ([`program`]), machines that do not exist ([`machine`]), components changed byte by byte ([`wasm`]).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: a surprise ends the test"
)]

pub mod agent;
pub mod diff;
pub mod dropin;
pub mod fakeglpi;
pub mod fakesnmp;
pub mod listener;
pub mod loops;
pub mod machine;
pub mod managed;
pub mod namespace;
pub mod owner;
pub mod policies;
pub mod ports;
pub mod program;
pub mod rig;
pub mod roads;
pub mod served;
pub mod site;
pub mod smbios;
pub mod snmp_device;
pub mod strangers;
pub mod wasm;

/// The task that misbehaves as its target says (`guests/hostile`).
pub const HOSTILE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/airlock-hostile.component.wasm"));
