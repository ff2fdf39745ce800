//! What an HTTP request may look like, whoever sends it: URLs that have one reading, headers that are the task's to set,
//! and redirects, each a request of its own.

mod fetch;
mod headers;
mod url;

pub use fetch::{Fetched, Request};
pub(crate) use fetch::{MOST_HOPS, next_hop};
pub(crate) use headers::check as check_headers;
