//! Solaris and illumos: what their tools print, as rows. Pure readers, for machines that are asked from afar.

pub mod cfgadm;
pub mod drives;
pub mod fibre_channel;
pub mod iostat;
pub mod network;
pub mod packages;
pub mod prtconf;
pub mod prtdiag;
pub mod psrinfo;
pub mod release;
pub mod showrev;
pub mod smbios;
pub mod zpool;
