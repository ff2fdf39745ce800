//! What a server may ask about this machine beside an inventory: files by what they are called and what they hold, values
//! of the registry, instances of WMI. All of it only looks.

mod find;
mod query;
mod registry;
mod wmi;

pub use find::{Digests, FindFiles, Found, FoundFiles, HashBelow};
pub use query::{FileQuery, Filter};
pub use registry::RegistryRead;
pub use wmi::WmiRead;

/// Pairs as they cross the boundary, in bytes.
fn weight(pairs: &[(String, String)]) -> u64 {
    pairs.iter().map(|(name, value)| (name.len() + value.len()) as u64).sum()
}
