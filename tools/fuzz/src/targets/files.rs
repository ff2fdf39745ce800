//! The files that the collectors read: each is damaged on a machine that is otherwise whole, and its section is read.

use super::Target;
use airlock_facts::{Findings, Machine, Roots, collector};
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// More than any collector may take for a damaged file; the child has a limit of its own.
const TIME: Duration = Duration::from_secs(60);

macro_rules! file {
    ($section:literal, $path:literal, $seed:expr) => {
        Target {
            name: concat!("files/", $section, "/", $path),
            run: |bytes| damaged($section, $path, bytes),
            seeds: &[include_bytes!($seed)],
        }
    };
}

macro_rules! workstation {
    ($section:literal, $path:literal) => {
        file!($section, $path, concat!("../../../../tests/machines/workstation/root/", $path))
    };
}

pub(super) const TARGETS: &[Target] = &[
    file!("memories", "sys/firmware/dmi/tables/DMI", "../../seeds/DMI"),
    file!("bios", "sys/firmware/dmi/tables/DMI", "../../seeds/DMI"),
    file!("cpus", "sys/firmware/dmi/tables/DMI", "../../seeds/DMI"),
    file!("slots", "sys/firmware/dmi/tables/DMI", "../../seeds/DMI"),
    file!("ports", "sys/firmware/dmi/tables/DMI", "../../seeds/DMI"),
    file!("powersupplies", "sys/firmware/dmi/tables/DMI", "../../seeds/DMI"),
    file!("batteries", "sys/firmware/dmi/tables/DMI", "../../seeds/DMI"),
    file!("bios", "sys/firmware/dmi/tables/smbios_entry_point", "../../seeds/smbios_entry_point"),
    Target { name: "files/monitors/edid", run: edid, seeds: &[include_bytes!("../../seeds/edid")] },
    file!("hardware", "var/log/wtmp", "../../seeds/wtmp"),
    file!("users", "run/utmp", "../../seeds/wtmp"),
    workstation!("local_groups", "etc/group"),
    workstation!("local_users", "etc/passwd"),
    workstation!("operatingsystem", "etc/os-release"),
    workstation!("operatingsystem", "etc/hosts"),
    workstation!("hardware", "etc/resolv.conf"),
    workstation!("hardware", "proc/meminfo"),
    workstation!("processes", "proc/1/stat"),
    workstation!("processes", "proc/1/cmdline"),
    workstation!("processes", "proc/uptime"),
    workstation!("cpus", "proc/cpuinfo"),
    workstation!("networks", "proc/net/fib_trie"),
    workstation!("networks", "proc/net/if_inet6"),
    workstation!("networks", "proc/net/route"),
    workstation!("networks", "sys/devices/pci0000:00/0000:00:1f.6/net/eno1/uevent"),
    workstation!("drives", "proc/self/mountinfo"),
    workstation!("users", "run/systemd/sessions/3"),
    workstation!("drives", "run/udev/data/b8:1"),
    workstation!("storages", "run/udev/data/b8:0"),
    workstation!("videos", "sys/devices/pci0000:00/0000:00:02.0/uevent"),
    workstation!("controllers", "usr/share/misc/pci.ids"),
    workstation!("usbdevices", "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/uevent"),
    workstation!("softwares", "var/lib/dpkg/status"),
];

thread_local! {
    static MACHINE: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

/// The folder of this process's machine, made on first use; [`clear`] removes it.
fn machine() -> PathBuf {
    MACHINE.with_borrow_mut(|known| {
        known
            .get_or_insert_with(|| {
                let folder = scratch().join(format!("airlock-fuzz-{}", std::process::id()));
                let _ = fs::remove_dir_all(&folder);
                let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/machines/workstation");
                copy(&kept.join("root"), &folder);
                for line in fs::read_to_string(kept.join("links.tsv")).unwrap_or_default().lines() {
                    if let Some((path, target)) = line.split_once('\t') {
                        let path = folder.join(path);
                        let _ = path.parent().map(fs::create_dir_all);
                        let _ = std::os::unix::fs::symlink(target, path);
                    }
                }
                folder
            })
            .clone()
    })
}

/// Removes this process's machine, if it made one.
pub(crate) fn clear() {
    if let Some(folder) = MACHINE.take() {
        let _ = fs::remove_dir_all(folder);
    }
}

/// In memory where the system has a place for that.
fn scratch() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::create_dir_all(to);
    for entry in fs::read_dir(from).into_iter().flatten().flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            let _ = fs::copy(entry.path(), to);
        }
    }
}

fn damaged(section: &str, path: &str, bytes: &[u8]) {
    let folder = machine();
    let place = folder.join(path);
    let _ = place.parent().map(fs::create_dir_all);
    let _ = fs::write(&place, bytes);
    let findings = Findings::new(Instant::now() + TIME);
    if let Some(collector) = collector(section) {
        collector.collect(&Machine::new(Roots::folder(folder)), &findings);
    }
    drop(findings.take());
}

/// A screen's block whose checksum is right: a wrong one is all that would be looked at.
fn edid(bytes: &[u8]) {
    let mut block = bytes.to_vec();
    if let Some((last, others)) = block.get_mut(..128).and_then(<[u8]>::split_last_mut) {
        *last = others.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)).wrapping_neg();
    }
    let folder = machine().join("sys/class/drm/card0-DP-1");
    let _ = fs::create_dir_all(&folder);
    let _ = fs::write(folder.join("status"), "connected\n");
    damaged("monitors", "sys/class/drm/card0-DP-1/edid", &block);
}
