//! The BSDs, and tools that other systems have from them: what they print, as rows. Pure readers, for machines that are
//! asked from afar.

pub mod ifconfig;
pub mod mfiutil;
pub mod packages;
