//! The processes of hypervisors that nobody manages, by their command lines (`/proc/PID/cmdline`).

use super::is_known;
use crate::Scan;
use crate::output::qemu;
use crate::output::virtual_machine::VirtualMachine;
use std::io::Read;
use std::path::Path;

/// Managers give QEMU some ten thousand bytes.
const LONGEST: u64 = 128 << 10;

/// One of these is there where virtual machines are run with any speed, or where QEMU is installed at all.
const SIGNS: [&str; 5] = [
    "/dev/kvm",
    "/usr/bin/qemu-system-x86_64",
    "/usr/bin/qemu-system-aarch64",
    "/usr/libexec/qemu-kvm",
    "/usr/bin/kvm",
];

/// QEMU, but for what libvirt and Proxmox have told already.
pub(super) fn qemu(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    if !SIGNS.iter().any(|sign| scan.roots().exists(sign)) {
        return;
    }
    for arguments in command_lines(scan, qemu::is_qemu) {
        let Some(mut machine) = qemu::machine(arguments.iter().map(String::as_str)) else { continue };
        machine.name = machine.name.or_else(|| machine.uuid.clone()).or_else(|| Some("without a name".to_owned()));
        let managed = arguments
            .iter()
            .any(|word| word.starts_with("/run/qemu-server/") || word.contains("/var/run/qemu-server/"));
        if !managed && !is_known(found, machine.uuid.as_deref()) {
            found.push(machine);
        }
    }
}

/// The arguments of the processes whose program is one of these.
pub(in crate::linux) fn command_lines(scan: &Scan<'_>, wanted: impl Fn(&str) -> bool) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    let Ok(names) = scan.roots().names("/proc") else { return lines };
    let mut pids: Vec<u32> = names.iter().filter_map(|name| name.parse().ok()).collect();
    pids.sort_unstable();
    let mut bytes = Vec::new();
    for pid in pids {
        if scan.expired() {
            scan.missing("processes of virtual machines: out of time");
            break;
        }
        let path = format!("/proc/{pid}/cmdline");
        let Ok(mut file) = scan.roots().open(&path) else { continue };
        // The program first: nearly no process is one of these.
        bytes.resize(512, 0);
        let Ok(count) = file.read(&mut bytes) else { continue };
        bytes.truncate(count);
        let program = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        if !wanted(&String::from_utf8_lossy(program)) || file.take(LONGEST).read_to_end(&mut bytes).is_err() {
            continue;
        }
        if let Some(recorder) = scan.roots().recorder() {
            recorder.file(Path::new(&path), &bytes);
        }
        let text = String::from_utf8_lossy(&bytes);
        lines.push(text.trim_end_matches('\0').split('\0').map(str::to_owned).collect());
    }
    lines
}
