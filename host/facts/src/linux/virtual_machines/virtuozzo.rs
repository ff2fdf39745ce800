//! Virtuozzo and OpenVZ: the list of `vzlist`, and each environment's file. Only where the file names no card, and the
//! environment runs, is it asked for its own.

use crate::Scan;
use crate::output::virtual_machine::{Status, VirtualMachine};
use crate::output::vzlist;

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    // An environment has the first of these, too, and not the second.
    if !scan.roots().exists("/proc/vz") || !scan.roots().exists("/proc/bc") || !scan.has_tool("vzlist") {
        return;
    }
    let Some(text) = scan.output("vzlist", &["--all", "--no-header", "-o", vzlist::COLUMNS]) else { return };
    let host = scan.machine.dmi().identity.system.uuid.clone();
    for environment in vzlist::list(&text) {
        if scan.expired() {
            return scan.missing("environments of Virtuozzo: out of time");
        }
        let file = scan.text(format!("/etc/vz/conf/{}.conf", environment.id)).unwrap_or_default();
        let mut config = vzlist::config(&file);
        if config.macs.is_empty() && environment.status == Some(Status::Running) {
            let inside = scan.output("vzctl", &["exec", &environment.id, "ip", "-0", "a"]);
            config.macs = inside.map(|text| vzlist::cards(&text)).unwrap_or_default();
        }
        found.push(vzlist::machine(&environment, &config, host.as_deref()));
    }
}
