//! VMware Workstation and Player: the machines that run. Their processes name the file of each.

use super::processes::command_lines;
use crate::Scan;
use crate::output::virtual_machine::{Status, VirtualMachine};
use crate::output::vmware;

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    if !scan.roots().exists("/dev/vmmon") && !scan.roots().exists("/usr/lib/vmware/bin") {
        return;
    }
    let wanted = |program: &str| program.rsplit('/').next().is_some_and(|name| name.starts_with("vmware-vmx"));
    for arguments in command_lines(scan, wanted) {
        let Some(path) = arguments.iter().rfind(|word| word.starts_with('/') && word.ends_with(".vmx")) else {
            continue;
        };
        if !scan.roots().is_file(path) {
            continue;
        }
        let Some(mut machine) = scan.text(path).and_then(|text| vmware::file(&text, "VMware Workstation")) else {
            continue;
        };
        machine.status = Some(Status::Running);
        found.push(machine);
    }
}
