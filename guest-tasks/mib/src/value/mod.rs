//! Values as devices give them, made canonical: every vendor has its own way to write a text, a MAC address, a size.
//!
//! Each function takes any [`Syntax`](crate::Syntax) and answers `None` for what it cannot read.

mod mac;
mod memory;
mod number;
mod serial;
mod text;
mod ticks;

pub use mac::{from_bytes as mac_of_bytes, from_text as mac_of_text, mac};
pub use memory::megabytes;
pub use number::{count, integer, within};
pub use serial::{serial, serial_of_text};
pub use text::{address, collapsed, lines, lossless, printable, text, verbatim};
pub use ticks::duration;
