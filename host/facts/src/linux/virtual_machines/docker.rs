//! Docker's and Podman's own stores: a folder a container, readable for root alone. Neither service is asked, so that none
//! is woken, and a container's environment is not looked at.

use super::stems;
use crate::Scan;
use crate::output::docker;
use crate::output::virtual_machine::{MOST, Status, VirtualMachine};

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    let root = data_root(scan);
    let folder = format!("{root}/containers");
    if !scan.roots().exists(&root) {
        return;
    }
    let names = scan.names(&folder);
    if names.len() > MOST {
        scan.missing(format_args!("{folder}: containers beyond the first {MOST}"));
    }
    for name in names.into_iter().take(MOST) {
        if scan.expired() {
            scan.missing("containers of Docker: out of time");
            break;
        }
        let Some(config) = scan.text(format!("{folder}/{name}/config.v2.json")) else { continue };
        let limits = scan.text(format!("{folder}/{name}/hostconfig.json")).unwrap_or_default();
        match docker::stored(&config, &limits) {
            Some(machine) => found.push(machine),
            None => scan.missing(format_args!("{folder}/{name}: not understood")),
        }
    }
}

/// Where Docker has its data, unless its configuration says another place.
fn data_root(scan: &Scan<'_>) -> String {
    let config = scan.roots().text("/etc/docker/daemon.json").unwrap_or_default();
    let config: serde_json::Value = serde_json::from_str(&config).unwrap_or_default();
    let root = config.get("data-root").or_else(|| config.get("graph")).and_then(serde_json::Value::as_str);
    root.filter(|root| root.starts_with('/')).unwrap_or("/var/lib/docker").to_owned()
}

/// Root's containers of Podman; those of other users are in their homes.
pub(super) fn podman(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    let store = "/var/lib/containers/storage";
    if !scan.roots().exists("/var/lib/containers") {
        return;
    }
    for kind in stems(scan, store, "-containers") {
        let Some(list) = scan.text(format!("{store}/{kind}-containers/containers.json")) else { continue };
        for (id, mut machine) in docker::podman_store(&list) {
            // The monitor of a container notes its process, which may be gone.
            let file = format!("/run/containers/storage/{kind}-containers/{id}/userdata/pidfile");
            let pid: Option<u32> = scan.roots().text(&file).ok().and_then(|text| text.trim().parse().ok());
            let runs = pid.is_some_and(|pid| scan.roots().exists(format!("/proc/{pid}/stat")));
            machine.status = Some(if runs { Status::Running } else { Status::Off });
            // Made when the container is started for the first time.
            let description = format!("{store}/{kind}-containers/{id}/userdata/config.json");
            if let Ok(text) = scan.roots().text(&description) {
                docker::limits(&mut machine, &text);
            }
            found.push(machine);
        }
    }
}
