//! The audit log on the disk: written, anchored and read again.

mod anchors;
mod file;
mod reader;
#[cfg(test)]
mod tests;

pub use anchors::{Anchors, read_anchors};
pub use file::AuditFile;
pub use reader::AuditReader;
