//! What tools print, read: pure functions from a tool's text to rows.
//!
//! They stand beside the kernel's own readers, for machines that are only reached through their tools, and for what the
//! kernel does not say. Nothing here runs anything; a text that is no such tool's gives no rows.

pub mod crictl;
pub mod docker;
pub mod hyper_v;
pub mod incus;
pub mod jls;
pub mod lxc;
pub mod machinectl;
pub mod prlctl;
pub mod proxmox;
pub mod qemu;
pub mod vboxmanage;
pub mod virsh;
pub mod virtual_machine;
pub mod vmware;
pub mod vserver;
pub mod vzlist;
pub mod xe;
pub mod xl;
pub(crate) mod xml;
