//! The identity of a machine for a server: its UUID.
//!
//! A container sees the firmware of its host: that UUID would make one machine of the two, so a container has one of its
//! own, in the form by which servers know containers from the host's list of them.

use super::device_tree;
use crate::{Machine, Roots};
use sha1::{Digest, Sha1};

/// The machine's UUID, or what stands for one.
pub(super) fn uuid(machine: &Machine) -> Option<String> {
    let roots = machine.roots();
    let guest = machine.guest();
    let dmi = machine.dmi();
    let firmware = || dmi.identity.system.uuid.clone();
    if !guest.is_container() {
        // One that only root can read is the machine's all the same: with another one in its place a server would take
        // the reports of root and of other users for those of two machines.
        let others = || device_tree::text(roots, "vm,uuid").or_else(|| installation_of_guest(machine));
        return if dmi.hides_uuid() { None } else { firmware().or_else(others) };
    }
    match guest.name.to_ascii_lowercase().as_str() {
        "docker" => docker(roots).or_else(|| of_installation(roots)),
        "systemd-nspawn" => nspawn(roots).or_else(|| of_installation(roots)),
        "virtuozzo" => Some(format!("{}-{}", firmware()?, guest.number?)),
        _ => of_installation(roots),
    }
}

fn installation_of_guest(machine: &Machine) -> Option<String> {
    if machine.guest().is_physical() { None } else { of_installation(machine.roots()) }
}

/// SHA-1 of the machine id and the host name: what a host computes for each of its containers, too.
fn of_installation(roots: &Roots) -> Option<String> {
    let line = |path: &str| roots.text(path).ok()?.lines().next().map(str::to_owned).filter(|line| !line.is_empty());
    let id = line("/etc/machine-id")?;
    let name = line("/etc/hostname").or_else(|| line("/proc/sys/kernel/hostname")).unwrap_or_default();
    let digest = Sha1::new().chain_update(id).chain_update(name).finalize();
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The short id of the container, which is in the path of its control group or of the files mounted into it.
fn docker(roots: &Roots) -> Option<String> {
    ["/proc/1/cgroup", "/proc/self/mountinfo"].iter().find_map(|path| {
        let text = roots.text(path).ok()?;
        text.lines().filter(|line| line.contains("docker")).find_map(|line| {
            let id = line.split(['/', '-', '.', ' ']).find(|part| part.len() == 64 && is_hex(part))?;
            id.get(..12).map(str::to_owned)
        })
    })
}

fn nspawn(roots: &Roots) -> Option<String> {
    let uuid = roots.text("/run/host/container-uuid").ok()?.trim().to_owned();
    (!uuid.is_empty()).then_some(uuid)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    const HOST: (&str, &str) = ("sys/class/dmi/id/product_uuid", "11223344-5566-7788-99AA-BBCCDDEEFF00\n");

    #[test]
    fn a_machine_has_the_uuid_of_its_firmware() {
        let machine = TestMachine::of(&[HOST, ("etc/machine-id", "abc\n")]);
        assert_eq!(uuid(&machine.machine()).as_deref(), Some("11223344-5566-7788-99aa-bbccddeeff00"));
    }

    #[test]
    fn a_container_has_not_the_uuid_of_its_host() {
        let machine = TestMachine::of(&[
            HOST,
            ("proc/1/environ", "container=lxc\0"),
            ("etc/machine-id", "abc\n"),
            ("etc/hostname", "c1\n"),
        ]);
        // printf abcc1 | sha1sum
        assert_eq!(uuid(&machine.machine()).as_deref(), Some("b44f50e0fe9c40b56a7e0cbe69ba29f9c435ff74"));
    }

    #[test]
    fn a_virtual_machine_without_firmware_is_known_by_its_installation() {
        let guest = ("sys/firmware/devicetree/base/hypervisor/compatible", "linux,kvm\0");
        let machine = TestMachine::of(&[guest, ("etc/machine-id", "abc\n"), ("etc/hostname", "c1\n")]);
        assert_eq!(uuid(&machine.machine()).as_deref(), Some("b44f50e0fe9c40b56a7e0cbe69ba29f9c435ff74"));
    }

    #[test]
    fn a_docker_container_has_its_own_id() {
        let id = "0123456789abcdef".repeat(4);
        let mounts = format!("1 2 8:1 /var/lib/docker/containers/{id}/hostname /etc/hostname rw - ext4 /dev/a rw\n");
        let machine =
            TestMachine::of(&[HOST, (".dockerenv", ""), ("proc/1/cgroup", "0::/\n"), ("proc/self/mountinfo", &mounts)]);
        assert_eq!(uuid(&machine.machine()).as_deref(), Some("0123456789ab"));
    }
}
