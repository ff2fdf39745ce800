//! The network, for what was allowed: HTTP whose every address passes a fence before a packet is sent.

pub mod download;
pub mod http;
pub mod registry;
