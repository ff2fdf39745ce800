//! MacOS by the words of its own tools: pure functions from what they print to typed structs and rows.
//!
//! For machines that are reached from elsewhere, and for captures. Nothing here runs anything; a text that is no such
//! tool's gives nothing.

pub mod antivirus;
pub mod applications;
pub mod cpu;
pub mod firewall;
pub mod ioreg;
pub mod memory;
pub mod network;
pub mod plist;
pub mod power;
pub mod profile;
mod publisher;
pub mod screens;
mod size;
pub mod storage;
pub mod system;
pub mod usb;
pub mod video;
