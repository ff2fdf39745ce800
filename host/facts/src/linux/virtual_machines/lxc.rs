//! LXC without a manager above it: `/var/lib/lxc/NAME/config`. Whether one runs is told by its control group.

use super::root;
use crate::Scan;
use crate::output::lxc;
use crate::output::virtual_machine::{MOST, Status, VirtualMachine};

const FOLDER: &str = "/var/lib/lxc";

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    if !scan.roots().exists(FOLDER) {
        return;
    }
    for name in scan.names(FOLDER).into_iter().take(MOST) {
        // Proxmox makes these files out of its own.
        if scan.roots().exists(format!("/etc/pve/lxc/{name}.conf")) {
            continue;
        }
        let Some(text) = scan.text(format!("{FOLDER}/{name}/config")) else { continue };
        let config = lxc::config(&text);
        let group = group(scan, &name);
        let mut machine = lxc::container(&name, Some(status(scan, group.as_deref())), &config);
        machine.processors = machine.processors.or_else(|| all_processors(scan));
        let root = group.as_deref().and_then(|group| first_root(scan, group)).or(config.root);
        machine.uuid = root.and_then(|root| root::identity(scan, &root, config.host_name.as_deref()));
        found.push(machine);
    }
}

/// The control group of a container's processes: of the unified hierarchy, or in that of the freezer.
pub(super) fn group(scan: &Scan<'_>, name: &str) -> Option<String> {
    let places = [
        "/sys/fs/cgroup/lxc.payload.",
        "/sys/fs/cgroup/lxc/",
        "/sys/fs/cgroup/freezer/lxc.payload.",
        "/sys/fs/cgroup/freezer/lxc/",
    ];
    places.iter().map(|place| format!("{place}{name}")).find(|folder| scan.roots().exists(folder))
}

/// A group is there as long as something runs in it.
pub(super) fn status(scan: &Scan<'_>, group: Option<&str>) -> Status {
    let Some(group) = group else { return Status::Off };
    let text = |name: &str| scan.roots().text(format!("{group}/{name}")).unwrap_or_default();
    if text("cgroup.freeze").trim() == "1" || text("freezer.state").trim() == "FROZEN" {
        Status::Paused
    } else {
        Status::Running
    }
}

/// The root of the first process in a group or in the one that systemd inside has made for itself.
pub(super) fn first_root(scan: &Scan<'_>, group: &str) -> Option<String> {
    let processes = ["", "/init.scope", "/ns", "/ns/init.scope"].iter().find_map(|below| {
        let text = scan.roots().text(format!("{group}{below}/cgroup.procs")).ok()?;
        text.lines().next().and_then(|line| line.trim().parse::<u32>().ok())
    });
    processes.filter(|pid| *pid > 1).map(|pid| format!("/proc/{pid}/root"))
}

/// A container without a limit has every processor of its host.
fn all_processors(scan: &Scan<'_>) -> Option<u64> {
    let online = scan.roots().text("/sys/devices/system/cpu/online").ok()?;
    crate::output::virtual_machine::processor_list(online.trim())
}
