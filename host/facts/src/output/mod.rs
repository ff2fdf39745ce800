//! What tools print, read: pure functions from a tool's text to rows.
//!
//! They stand beside the kernel's own readers, for machines that are only reached through their tools, and for what the
//! kernel does not say. Nothing here runs anything; a text that is no such tool's gives no rows.


pub use disk::Disk;
pub use record::Record;

pub(crate) mod alpine;
pub mod arcconf;
pub mod asmcmd;
pub mod blkid;
pub mod crictl;
pub mod cryptsetup;
pub mod databases;
pub mod ddcprobe;
pub mod df;
mod disk;
pub mod dmidecode;
pub mod docker;
pub mod docker_network;
pub mod flatpak;
pub mod gentoo;
pub mod hdparm;
pub mod hpacucli;
pub mod hyper_v;
pub mod ifconfig;
pub mod incus;
pub mod ip;
pub mod iw;
pub mod iwconfig;
pub mod jls;
pub mod lsblk;
pub mod lshal;
pub mod lsi;
pub mod lspci;
pub mod lsusb;
pub mod lvm;
pub mod lxc;
pub mod machinectl;
pub mod megacli;
pub mod megasasctl;
pub mod netstat;
pub mod nix;
pub mod nvidia_settings;
pub mod nvidia_smi;
pub mod nvme;
pub(crate) mod package;
pub mod package_query;
pub mod pacman;
pub(crate) mod pairs;
pub mod prlctl;
pub mod proc_scsi;
pub mod proxmox;
pub mod ps;
pub mod qemu;
mod record;
pub(crate) mod slackware;
pub mod smartctl;
pub mod snap;
pub mod stat;
pub mod storcli;
pub mod systool;
pub mod tw_cli;
pub mod vboxmanage;
pub mod virsh;
pub mod virtual_machine;
pub mod vmware;
pub mod vserver;
pub mod vzlist;
pub mod who;
pub mod wireless;
pub mod xdpyinfo;
pub mod xe;
pub mod xl;
pub(crate) mod xml;
pub mod xorg_log;
pub mod xrandr;
