//! Linux-VServer: `/etc/vservers`, a folder a guest, and `vserver-stat` for those that run.

use crate::Scan;
use crate::output::virtual_machine::{MOST, VirtualMachine};
use crate::output::vserver;

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    let folder = "/etc/vservers";
    if !scan.roots().exists(folder) {
        return;
    }
    let running = scan.output("vserver-stat", &[]).map(|text| vserver::running(&text)).unwrap_or_default();
    for name in scan.names(folder).into_iter().filter(|name| !name.starts_with('.')).take(MOST) {
        let host_name = scan.attr(format!("{folder}/{name}/uts/nodename"));
        found.push(vserver::guest(&name, host_name.as_deref(), running.contains(&name)));
    }
}
