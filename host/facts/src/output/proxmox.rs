//! Proxmox VE: the configuration of its machines (`/etc/pve/qemu-server/ID.conf`) and containers (`/etc/pve/lxc/ID.conf`),
//! and the states that `qm list` and `pct list` print (qm.conf(5), pct.conf(5)).

use super::virtual_machine::{MOST, Status, VirtualMachine, bytes, uuid};

/// The machine of a `qemu-server` file.
pub fn machine(text: &str) -> VirtualMachine {
    let mut machine = VirtualMachine::new("qemu");
    machine.subsystem = Some("Proxmox VE".to_owned());
    let (mut cores, mut sockets, mut limit) = (1_u64, 1_u64, None);
    for (key, value) in settings(text, &mut machine.comment) {
        match key {
            "name" => machine.name = Some(value.to_owned()),
            // `2048`, and of late also `current=2048`.
            "memory" => {
                let size = value.split(',').find_map(|part| part.strip_prefix("current=")).unwrap_or(value);
                machine.memory = bytes(size, 1 << 20);
            }
            "cores" => cores = value.parse().unwrap_or(1),
            "sockets" => sockets = value.parse().unwrap_or(1),
            "vcpus" => limit = value.parse().ok(),
            "smbios1" => machine.uuid = value.split(',').find_map(|part| part.strip_prefix("uuid=")).and_then(uuid),
            _ if is_card(key) => {
                // The model is the key: `virtio=AA:BB:…,bridge=vmbr0`.
                for part in value.split(',') {
                    if let Some((model, address)) = part.split_once('=')
                        && (model == "macaddr" || address.matches(':').count() == 5)
                    {
                        machine.add_mac(address);
                    }
                }
            }
            _ => {}
        }
    }
    machine.memory = machine.memory.or(Some(512 << 20));
    machine.processors = limit.or_else(|| cores.checked_mul(sockets));
    machine
}

/// The container of an `lxc` file. Its UUID is not in there: the container makes it of what is in its root.
pub fn container(text: &str) -> VirtualMachine {
    let mut machine = VirtualMachine::new("lxc");
    machine.subsystem = Some("Proxmox VE".to_owned());
    for (key, value) in settings(text, &mut machine.comment) {
        match key {
            "hostname" => machine.name = Some(value.to_owned()),
            "memory" => machine.memory = bytes(value, 1 << 20),
            "cores" => machine.processors = value.parse().ok(),
            "ostype" => machine.system = Some(value.to_owned()),
            _ if is_card(key) => {
                for part in value.split(',') {
                    if let Some(address) = part.strip_prefix("hwaddr=") {
                        machine.add_mac(address);
                    }
                }
            }
            _ => {}
        }
    }
    machine.memory = machine.memory.or(Some(512 << 20));
    machine
}

fn is_card(key: &str) -> bool {
    key.strip_prefix("net").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `key: value` lines up to the first snapshot; lines with `#` before them are the description, percent-encoded.
fn settings<'a>(text: &'a str, comment: &mut Option<String>) -> Vec<(&'a str, &'a str)> {
    let mut settings = Vec::new();
    let mut description = String::new();
    for line in text.lines().take_while(|line| !line.starts_with('[')).take(MOST) {
        if let Some(line) = line.strip_prefix('#') {
            if !description.is_empty() {
                description.push(' ');
            }
            description.push_str(line.trim());
        } else if let Some((key, value)) = line.split_once(':') {
            settings.push((key.trim(), value.trim()));
        }
    }
    *comment = Some(decoded(&description)).filter(|text| !text.trim().is_empty());
    settings
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let code = (byte == b'%').then(|| {
            let mut ahead = rest.clone();
            let pair = [ahead.next()?, ahead.next()?];
            u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()
        });
        match code.flatten() {
            Some(code) => {
                bytes.push(if code.is_ascii_control() { b' ' } else { code });
                rest.nth(1);
            }
            None => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

/// Numbers and states of `qm list` (`VMID NAME STATUS …`) or `pct list` (`VMID Status Lock Name`).
pub fn states(text: &str) -> Vec<(u32, Status)> {
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let number = words.next()?.parse().ok()?;
        Some((number, words.find_map(status)?))
    };
    text.lines().filter_map(row).take(MOST).collect()
}

fn status(word: &str) -> Option<Status> {
    Some(match word {
        "running" => Status::Running,
        "stopped" => Status::Off,
        "paused" | "suspended" | "prelaunch" => Status::Paused,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine() {
        let text = "#Web%3A one\nbootdisk: scsi0\ncores: 2\nmemory: 4096\nname: web\nnet0: virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1\n\
            smbios1: uuid=11112222-3333-4444-5555-666677778888\nsockets: 2\n\n[before]\nmemory: 1\n";
        let machine = machine(text);
        assert_eq!(
            (machine.name.as_deref(), machine.memory, machine.processors),
            (Some("web"), Some(4 << 30), Some(4))
        );
        assert_eq!(
            (machine.uuid.is_some(), machine.macs.len(), machine.comment.as_deref()),
            (true, 1, Some("Web: one"))
        );
    }

    #[test]
    fn a_container() {
        let container = container(
            "arch: amd64\nhostname: c1\nmemory: 1024\nnet0: name=eth0,hwaddr=BC:24:11:00:00:02,ip=dhcp\nostype: debian\n",
        );
        assert_eq!((container.name.as_deref(), container.memory), (Some("c1"), Some(1 << 30)));
        assert_eq!(container.macs, ["bc:24:11:00:00:02"]);
        assert_eq!(decoded("%"), "%");
        assert_eq!(decoded("a%zz%41%ff"), "a%zzA\u{fffd}");
    }

    #[test]
    fn tables() {
        let text = "      VMID NAME       STATUS     MEM(MB)    BOOTDISK(GB) PID\n       100 a b        running    512        4.00         77\n";
        assert_eq!(states(text), [(100, Status::Running)]);
        assert_eq!(
            states("VMID       Status     Lock         Name\n101        stopped                 c\nx\n"),
            [(101, Status::Off)]
        );
    }
}
