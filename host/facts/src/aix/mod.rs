//! AIX: what its tools print, as rows. Pure readers, for machines that are asked from afar.

pub mod bios;
pub mod drives;
pub mod lsattr;
pub mod lscfg;
pub mod lsconf;
pub mod lsdev;
pub mod lslpp;
pub mod lsvpd;
pub mod lvm;
pub mod memory;
pub mod storages;
