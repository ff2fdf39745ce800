//! LXD and Incus, which keep what they know in a database of their own: their client is asked where their socket is.

use super::root;
use crate::Scan;
use crate::output::incus;
use crate::output::virtual_machine::VirtualMachine;

/// The socket, the client, and whose they are.
const PLACES: [(&str, &str, &str); 3] = [
    ("/var/lib/incus/unix.socket", "incus", "incus"),
    ("/var/snap/lxd/common/lxd/unix.socket", "lxc", "lxd"),
    ("/var/lib/lxd/unix.socket", "lxc", "lxd"),
];

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    let Some((_, tool, kind)) = PLACES.into_iter().find(|(socket, ..)| scan.roots().exists(socket)) else { return };
    if !scan.has_tool(tool) {
        return scan.missing(format_args!(
            "instances of {kind}: it runs here, and its client {tool} is not in the system's folders"
        ));
    }
    let arguments: &[&str] =
        if kind == "incus" { &["list", "--all-projects", "--format", "json"] } else { &["list", "--format", "json"] };
    let Some(text) = scan.output(tool, arguments) else { return };
    for mut instance in incus::instances(&text, kind) {
        // A container knows itself by what is in its root; a virtual machine by the UUID of its firmware.
        if instance.machine.subsystem.as_deref() == Some("container") {
            let name = instance.machine.name.clone();
            let inside =
                instance.init.and_then(|pid| root::identity(scan, &format!("/proc/{pid}/root"), name.as_deref()));
            instance.machine.uuid = inside.or(instance.machine.uuid);
        }
        found.push(instance.machine);
    }
}
