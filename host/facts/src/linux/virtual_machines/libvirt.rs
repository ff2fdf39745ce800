//! libvirt's own files: what is defined is in `/etc/libvirt`, what runs in `/run/libvirt`, by driver.

use super::stems;
use crate::Scan;
use crate::output::virsh;
use crate::output::virtual_machine::{Status, VirtualMachine};

const DRIVERS: [&str; 3] = ["qemu", "lxc", "libxl"];

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    for driver in DRIVERS {
        let mut domains: Vec<VirtualMachine> = Vec::new();
        for (folder, status) in [("/run/libvirt", Status::Running), ("/etc/libvirt", Status::Off)] {
            let folder = format!("{folder}/{driver}");
            for name in stems(scan, &folder, ".xml") {
                let path = format!("{folder}/{name}.xml");
                let Some(text) = scan.text(&path) else { continue };
                let Some(mut domain) = virsh::domain(&text) else {
                    scan.missing(format_args!("{path}: not understood"));
                    continue;
                };
                domain.status = domain.status.or(Some(status));
                let same = |one: &VirtualMachine| {
                    if domain.uuid.is_some() { one.uuid == domain.uuid } else { one.name == domain.name }
                };
                if !domains.iter().any(same) {
                    domains.push(domain);
                }
            }
        }
        domains.sort_by(|one, other| one.name.cmp(&other.name));
        found.append(&mut domains);
    }
}
