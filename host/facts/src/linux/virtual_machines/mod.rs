//! The virtual machines and containers that this machine hosts: one source a hypervisor, each in a file of its own.
//!
//! A source looks for a folder or a socket that only its hypervisor makes, and does nothing more where there is none. Files
//! are preferred to tools: they answer at once, and no service is woken. Nothing is run inside of a guest but where its
//! own manager offers no other way (Virtuozzo).

mod docker;
mod incus;
mod libvirt;
mod lxc;
pub(super) mod processes;
mod proxmox;
mod root;
mod runtimes;
mod systemd;
mod virtualbox;
mod virtuozzo;
mod vmware;
mod vserver;
mod xen;

use crate::Scan;
use crate::output::virtual_machine::{MOST, VirtualMachine};

type Source = fn(&Scan<'_>, &mut Vec<VirtualMachine>);

/// What knows a machine best comes first: later ones leave out what is there already.
const SOURCES: [Source; 13] = [
    libvirt::machines,
    proxmox::machines,
    docker::machines,
    docker::podman,
    lxc::machines,
    incus::machines,
    systemd::machines,
    xen::machines,
    virtualbox::machines,
    vmware::machines,
    virtuozzo::machines,
    vserver::machines,
    processes::qemu,
];

pub(super) fn collect(scan: &Scan<'_>) {
    let mut found = Vec::new();
    for source in SOURCES.into_iter().chain([runtimes::machines as Source]) {
        if scan.expired() {
            scan.missing("virtual machines: out of time");
            break;
        }
        source(scan, &mut found);
    }
    if found.len() > MOST {
        scan.missing(format_args!("virtual machines beyond the first {MOST}"));
    }
    for machine in found.iter().take(MOST) {
        scan.row(machine.row());
    }
}

/// Whether a machine is among those that were found, by its UUID.
fn is_known(found: &[VirtualMachine], uuid: Option<&str>) -> bool {
    uuid.is_some_and(|uuid| {
        found.iter().any(|one| one.uuid.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(uuid)))
    })
}

/// The files of a folder with that ending, as names without it.
fn stems(scan: &Scan<'_>, folder: &str, ending: &str) -> Vec<String> {
    let names = scan.names(folder);
    let stems: Vec<String> = names.iter().filter_map(|name| Some(name.strip_suffix(ending)?.to_owned())).collect();
    if stems.len() > MOST {
        scan.missing(format_args!("{folder}: files beyond the first {MOST}"));
    }
    stems.into_iter().take(MOST).collect()
}

#[cfg(test)]
mod tests;
