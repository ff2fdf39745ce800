//! The network, for what was allowed: HTTP whose every address passes a fence before a packet is sent, and sessions with
//! the servers that the owner configured.

pub mod download;
pub mod http;
pub mod listening;
pub mod magic_packet;
pub mod neighbours;
pub mod peers;
pub mod registry;
pub mod server;
mod system_roots;
