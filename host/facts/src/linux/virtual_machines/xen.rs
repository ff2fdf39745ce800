//! Xen, in its control domain: XenServer's `xe`, or else `xl`, or else the `xm` of old.

use crate::Scan;
use crate::output::virtual_machine::VirtualMachine;
use crate::output::{xe, xl};

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    let controls = scan.roots().text("/proc/xen/capabilities").is_ok_and(|text| text.contains("control_d"));
    if !controls {
        return;
    }
    if scan.has_tool("xe") {
        if let Some(text) = scan.output("xe", &["vm-list", "is-control-domain=false", "params=all"]) {
            found.extend(xe::machines(&text));
        }
        return;
    }
    let tool = if scan.has_tool("xl") { "xl" } else { "xm" };
    // Those of xm have their UUIDs only one by one.
    let arguments: &[&str] = if tool == "xl" { &["list", "-v"] } else { &["list"] };
    let Some(text) = scan.output(tool, arguments) else { return };
    for mut machine in xl::list(&text, tool) {
        let name = machine.name.clone().unwrap_or_default();
        if machine.uuid.is_none() && !name.starts_with('-') {
            machine.uuid = scan.output(tool, &["list", "-l", &name]).and_then(|text| xl::first_uuid(&text));
        }
        found.push(machine);
    }
}
