//! Windows by what its own sources say: instances of WMI classes as text, exported registry keys, reports of its tools.
//!
//! For machines that are reached from elsewhere, and for captures. Nothing here asks anything; a text of another format
//! gives nothing.

pub mod battery;
pub mod bios;
pub mod cpu;
pub mod drive;
pub mod firewall;
pub mod license;
pub mod memory;
pub mod network;
pub mod printer;
pub mod registry;
pub mod software;
pub mod storage;
mod text;
pub mod usb;
pub mod user;
pub mod video;
pub mod wmi;

pub use text::decode;
