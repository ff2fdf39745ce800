//! What the machine runs in: nothing (it is physical), a hypervisor, a container. The words are those by which inventory
//! servers know them.
//!
//! Containers come first: they see the firmware and the processor of their host. Only files that answer at once are read;
//! kernel logs are not, they come and go.

use super::device_tree;
use crate::smbios::Identity;
use crate::{Machine, Roots};
use std::io::ErrorKind;

pub(super) const INIT_ENVIRONMENT: &str = "/proc/1/environ";
/// The namespaces that the kernel itself starts in (PROC_PID_INIT_INO, PROC_CGROUP_INIT_INO of linux/proc_ns.h).
const FIRST_PIDS: &str = "pid:[4026531836]";
const FIRST_CGROUPS: &str = "cgroup:[4026531835]";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guest {
    /// `Physical`, or what it runs in.
    pub(crate) name: String,
    /// The number of a Virtuozzo environment.
    pub(super) number: Option<u64>,
    container: bool,
    /// Whether it is a container could not be asked in every way.
    pub(super) init_unreadable: bool,
}

impl Guest {
    pub(crate) fn of(machine: &Machine) -> Self {
        let mut guest = Self { name: "Physical".to_owned(), number: None, container: false, init_unreadable: false };
        if guest.look_for_container(machine.roots()) {
            guest.container = true;
        } else if let Some(name) = hypervisor(machine) {
            guest.name = name.to_owned();
        }
        guest
    }

    pub(crate) fn is_physical(&self) -> bool {
        self.name == "Physical"
    }

    pub(crate) fn is_container(&self) -> bool {
        self.container
    }

    fn look_for_container(&mut self, roots: &Roots) -> bool {
        let first_pids = namespace(roots, "pid", FIRST_PIDS);
        let said = if first_pids { None } else { self.said_to_init(roots) };
        let name = said
            .or_else(|| roots.text("/run/systemd/container").ok().and_then(|text| word(&text)))
            .or_else(|| roots.exists("/run/.containerenv").then(|| "podman".to_owned()));
        if let Some(name) = name {
            self.name = name;
            return true;
        }
        // The images of containers also become the disks of virtual machines: there the file means nothing.
        let image_only = || {
            let groups = roots.text("/proc/self/cgroup").unwrap_or_default();
            first_pids && namespace(roots, "cgroup", FIRST_CGROUPS) && !groups.contains("docker")
        };
        if (roots.exists("/.dockerenv") || roots.exists("/.dockerinit")) && !image_only() {
            self.name = "Docker".to_owned();
            return true;
        }
        self.number = roots.text("/proc/self/status").ok().and_then(|status| {
            let number = status.lines().find_map(|line| line.strip_prefix("envID:"))?.trim().parse().ok()?;
            (number > 0).then_some(number)
        });
        if self.number.is_some() {
            self.name = "Virtuozzo".to_owned();
        }
        self.number.is_some()
    }

    /// `container=` in the environment of process 1, which every manager of containers sets.
    fn said_to_init(&mut self, roots: &Roots) -> Option<String> {
        match roots.bytes(INIT_ENVIRONMENT) {
            Ok(environment) => environment
                .split(|byte| *byte == 0)
                .find_map(|variable| variable.strip_prefix(b"container="))
                .and_then(|value| word(&String::from_utf8_lossy(value))),
            Err(error) => {
                self.init_unreadable = error.kind() == ErrorKind::PermissionDenied;
                None
            }
        }
    }
}

/// The hypervisor below the kernel, if there is one.
fn hypervisor(machine: &Machine) -> Option<&'static str> {
    let roots = machine.roots();
    let release = roots.text("/proc/sys/kernel/osrelease").unwrap_or_default();
    if release.contains("WSL") || release.trim_end().ends_with("-Microsoft") {
        return Some("WSL");
    }
    let dmi = machine.dmi();
    if let Some(name) = from_firmware(&dmi.identity) {
        return Some(name);
    }
    if roots.text("/sys/hypervisor/type").is_ok_and(|kind| kind.trim() == "xen") || roots.exists("/proc/xen") {
        return (!rules_xen(roots)).then_some("Xen");
    }
    if dmi.identity.firmware.virtual_machine || has_flag(machine.cpuinfo(), "hypervisor") {
        return Some(from_devices(roots));
    }
    from_device_tree(roots)
}

fn from_firmware(identity: &Identity) -> Option<&'static str> {
    let of = |text: &Option<String>| text.as_deref().unwrap_or_default().to_owned();
    let maker = of(&identity.system.manufacturer);
    let model = of(&identity.system.product);
    let vendor = of(&identity.firmware.vendor);
    let board = of(&identity.board.product);
    let version = of(&identity.firmware.version);
    let is_virtual_box = |text: &String| text.contains("VirtualBox") || text.starts_with("innotek");
    // The machines of these clouds run on KVM, but for those that are a whole machine.
    let kvm = model.contains("KVM")
        || maker == "Google" && model == "Google Compute Engine"
        || maker == "OpenStack Foundation"
        || maker == "Amazon EC2" && !model.contains("metal");
    let bhyve = |text: &String| text.eq_ignore_ascii_case("BHYVE");
    Some(if [&vendor, &version, &model, &board].into_iter().any(is_virtual_box) {
        "VirtualBox"
    } else if maker.contains("QEMU") || vendor.contains("QEMU") || vendor.contains("Bochs") || kvm {
        "QEMU"
    } else if maker.contains("Microsoft") && model.contains("Virtual") {
        "Hyper-V"
    } else if maker.contains("VMware") || model.contains("VMware") {
        "VMware"
    } else if maker.starts_with("Xen") || vendor.starts_with("Xen") {
        "Xen"
    } else if maker.starts_with("Parallels") {
        "Parallels"
    } else if bhyve(&vendor) || bhyve(&maker) {
        "bhyve"
    } else if model.contains("Virtual Machine") {
        "Virtual Machine"
    } else {
        return None;
    })
}

/// True in the domain that rules the others: it has the hardware.
fn rules_xen(roots: &Roots) -> bool {
    /// XENFEAT_dom0 of xen/interface/features.h
    const DOM0: u64 = 1 << 11;
    if let Ok(capabilities) = roots.text("/proc/xen/capabilities") {
        return capabilities.contains("control_d");
    }
    let features = roots.text("/sys/hypervisor/properties/features").unwrap_or_default();
    u64::from_str_radix(features.trim(), 16).is_ok_and(|features| features & DOM0 != 0)
}

/// A virtual machine that says nothing of its maker: by the buses and clocks that a hypervisor gives its guests.
fn from_devices(roots: &Roots) -> &'static str {
    let clock = roots.text("/sys/devices/system/clocksource/clocksource0/available_clocksource").unwrap_or_default();
    if clock.contains("hyperv") || roots.exists("/sys/bus/vmbus") {
        "Hyper-V"
    } else if clock.contains("xen") {
        "Xen"
    } else if clock.contains("kvm-clock") || roots.names("/sys/bus/virtio/devices").is_ok_and(|names| !names.is_empty())
    {
        "QEMU"
    } else if roots.exists("/sys/module/vmw_vmci") || roots.exists("/sys/module/vmw_balloon") {
        "VMware"
    } else {
        "Virtual Machine"
    }
}

/// Machines without SMBIOS: the hypervisor puts itself into the device tree.
fn from_device_tree(roots: &Roots) -> Option<&'static str> {
    let text = |name: &str| device_tree::text(roots, name).unwrap_or_default();
    let hypervisor = text("hypervisor/compatible");
    if hypervisor.contains("xen") {
        Some("Xen")
    } else if hypervisor.contains("kvm") || text("compatible").contains("dummy-virt") {
        Some("QEMU")
    } else {
        None
    }
}

fn has_flag(cpuinfo: &str, flag: &str) -> bool {
    let flags = cpuinfo.lines().find(|line| line.starts_with("flags"));
    flags.is_some_and(|line| line.split_whitespace().any(|word| word == flag))
}

fn namespace(roots: &Roots, kind: &str, first: &str) -> bool {
    roots.link(format!("/proc/self/ns/{kind}")).is_ok_and(|link| link.to_str() == Some(first))
}

/// A short word of harmless characters.
fn word(text: &str) -> Option<String> {
    let text = text.trim();
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    ((1..=32).contains(&text.len()) && text.chars().all(harmless)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn guest(files: &[(&str, &str)]) -> Guest {
        Guest::of(&TestMachine::of(files).machine())
    }

    const ON_QEMU: (&str, &str) = ("sys/class/dmi/id/sys_vendor", "QEMU\n");
    const FLAG: (&str, &str) = ("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu hypervisor lm\n");

    #[test]
    fn nothing_found_is_physical() {
        let guest = guest(&[("proc/cpuinfo", "flags\t\t: fpu lm\n")]);
        assert_eq!((guest.name.as_str(), guest.is_container()), ("Physical", false));
    }

    #[test]
    fn containers_come_before_what_their_host_runs_in() {
        assert_eq!(guest(&[ON_QEMU, ("proc/1/environ", "A=1\0container=lxc\0B=2")]).name, "lxc");
        assert_eq!(guest(&[ON_QEMU, ("run/systemd/container", "systemd-nspawn\n")]).name, "systemd-nspawn");
        assert_eq!(guest(&[ON_QEMU, ("run/.containerenv", "")]).name, "podman");
        assert_eq!(guest(&[ON_QEMU, (".dockerenv", "")]).name, "Docker");
        assert_eq!(guest(&[ON_QEMU, ("proc/self/status", "Name:\tx\nenvID:\t101\n")]).name, "Virtuozzo");
        assert_eq!(guest(&[ON_QEMU, ("proc/self/status", "Name:\tx\nenvID:\t0\n")]).name, "QEMU");
        assert_eq!(guest(&[("proc/1/environ", "container=\u{1b}[31m\0")]).name, "Physical");
    }

    #[test]
    fn the_image_of_a_container_as_a_machines_disk_is_no_container() {
        let machine = TestMachine::of(&[(".dockerenv", "")]);
        machine.link("proc/self/ns/pid", FIRST_PIDS);
        machine.link("proc/self/ns/cgroup", FIRST_CGROUPS);
        assert!(!Guest::of(&machine.machine()).is_container());
    }

    #[test]
    fn hypervisors_by_what_they_say() {
        let by = |maker: &str, model: &str| {
            guest(&[("sys/class/dmi/id/sys_vendor", maker), ("sys/class/dmi/id/product_name", model)]).name
        };
        assert_eq!(by("QEMU", "Standard PC"), "QEMU");
        assert_eq!(by("Microsoft Corporation", "Virtual Machine"), "Hyper-V");
        assert_eq!(by("Microsoft Corporation", "Surface Pro"), "Physical");
        assert_eq!(by("VMware, Inc.", "VMware7,1"), "VMware");
        assert_eq!(by("innotek GmbH", "VirtualBox"), "VirtualBox");
        assert_eq!(by("Amazon EC2", "m5.metal"), "Physical");
        assert_eq!(by("Amazon EC2", "m5.large"), "QEMU");
    }

    #[test]
    fn hypervisors_that_say_nothing() {
        assert_eq!(guest(&[FLAG]).name, "Virtual Machine");
        assert_eq!(guest(&[FLAG, ("sys/bus/virtio/devices/virtio0", "")]).name, "QEMU");
        let clocks = "sys/devices/system/clocksource/clocksource0/available_clocksource";
        assert_eq!(guest(&[FLAG, (clocks, "kvm-clock tsc\n")]).name, "QEMU");
        assert_eq!(guest(&[FLAG, (clocks, "hyperv_clocksource_tsc_page\n")]).name, "Hyper-V");
        assert_eq!(guest(&[("sys/firmware/devicetree/base/hypervisor/compatible", "linux,kvm\0")]).name, "QEMU");
        assert_eq!(guest(&[FLAG, ("proc/xen/capabilities", "control_d\n")]).name, "Physical");
        assert_eq!(guest(&[FLAG, ("proc/xen/capabilities", "")]).name, "Xen");
        assert_eq!(guest(&[("proc/sys/kernel/osrelease", "5.15.0-microsoft-standard-WSL2\n")]).name, "WSL");
    }
}
