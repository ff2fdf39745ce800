//! HP-UX: what its tools print, as rows. Pure readers, for machines that are asked from afar.

pub mod bdf;
pub mod ioscan;
pub mod machinfo;
pub mod management;
pub mod memory;
pub mod network;
pub mod routes;
pub mod swlist;
pub mod uptime;
