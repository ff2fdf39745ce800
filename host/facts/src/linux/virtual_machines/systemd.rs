//! What systemd-machined has registered: `/run/systemd/machines`, and the limits of the units.

use crate::Scan;
use crate::output::machinectl;
use crate::output::virtual_machine::{MOST, Status, VirtualMachine};

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    let folder = "/run/systemd/machines";
    if scan.roots().exists(folder) {
        // Beside each file is a link by the unit's name.
        let names = scan.names(folder).into_iter().filter(|name| !name.starts_with("unit:"));
        for name in names.take(MOST) {
            let Some(text) = scan.text(format!("{folder}/{name}")) else { continue };
            let Some(one) = machinectl::registered(&text) else { continue };
            let mut machine = one.machine;
            // The others read these better.
            if machine.kind.starts_with("libvirt") || machine.kind.contains("lxc") {
                continue;
            }
            let group = one
                .scope
                .filter(|scope| !scope.contains('/'))
                .map(|scope| format!("/sys/fs/cgroup/machine.slice/{scope}"));
            if let Some(group) = group {
                let text = |name: &str| scan.roots().text(format!("{group}/{name}")).unwrap_or_default();
                machine.memory = text("memory.max").trim().parse().ok();
                machine.processors = share(&text("cpu.max"));
            }
            found.push(machine);
        }
    }
    // Folders and images that could be started.
    let images = "/var/lib/machines";
    if !scan.roots().exists(images) {
        return;
    }
    for name in scan.names(images).into_iter().take(MOST) {
        let name = name.strip_suffix(".raw").unwrap_or(&name).to_owned();
        let nspawn = |one: &&VirtualMachine| one.kind == "systemd-nspawn";
        if name.starts_with('.') || found.iter().filter(nspawn).any(|one| one.name.as_deref() == Some(&name)) {
            continue;
        }
        let mut machine = VirtualMachine::new("systemd-nspawn");
        machine.subsystem = Some("container".to_owned());
        machine.name = Some(name);
        machine.status = Some(Status::Off);
        found.push(machine);
    }
}

/// `QUOTA PERIOD` in microseconds, as whole processors; `max` is no limit.
fn share(text: &str) -> Option<u64> {
    let (quota, period) = text.trim().split_once(' ')?;
    let (quota, period): (u64, u64) = (quota.parse().ok()?, period.parse().ok()?);
    (period > 0).then(|| quota.div_ceil(period))
}
