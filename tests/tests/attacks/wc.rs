//! What a component may reach: each attack on the real thing and, where it says so, on a mock of it.

mod commands;
mod files;
mod handles;
mod http;
mod limits;
