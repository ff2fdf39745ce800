//! What a server may ask about this machine: files, values of the registry, instances of WMI.

pub use crate::bindings::airlock::collect::collect::{FileQuery, Found, find_files, registry, wmi};
