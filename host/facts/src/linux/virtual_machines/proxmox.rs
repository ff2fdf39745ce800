//! Proxmox VE: the files of its cluster's file system for this node, and the control groups and process files that tell
//! what runs.

use super::{lxc, root, stems};
use crate::Scan;
use crate::output::proxmox;
use crate::output::virtual_machine::{Status, VirtualMachine};

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    if !scan.roots().exists("/etc/pve") {
        return;
    }
    for id in stems(scan, "/etc/pve/qemu-server", ".conf") {
        let Some(text) = scan.text(format!("/etc/pve/qemu-server/{id}.conf")) else { continue };
        let mut machine = proxmox::machine(&text);
        let pid: Option<u32> =
            scan.roots().text(format!("/run/qemu-server/{id}.pid")).ok().and_then(|text| text.trim().parse().ok());
        let runs = pid.is_some_and(|pid| scan.roots().exists(format!("/proc/{pid}/stat")));
        machine.status = Some(if runs { Status::Running } else { Status::Off });
        machine.name = machine.name.or_else(|| Some(format!("VM {id}")));
        found.push(machine);
    }
    for id in stems(scan, "/etc/pve/lxc", ".conf") {
        let Some(text) = scan.text(format!("/etc/pve/lxc/{id}.conf")) else { continue };
        let mut machine = proxmox::container(&text);
        let group = lxc::group(scan, &id);
        machine.status = Some(lxc::status(scan, group.as_deref()));
        let inside = group.as_deref().and_then(|group| lxc::first_root(scan, group));
        let inside = inside.unwrap_or_else(|| format!("/var/lib/lxc/{id}/rootfs"));
        machine.uuid = root::identity(scan, &inside, machine.name.as_deref());
        machine.name = machine.name.or_else(|| Some(format!("CT {id}")));
        found.push(machine);
    }
}
