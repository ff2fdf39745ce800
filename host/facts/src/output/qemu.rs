//! QEMU and KVM without a manager: what the command line of the process says (qemu-system(1)).

use super::virtual_machine::{Status, VirtualMachine, bytes, uuid};

/// Words of a command line that are looked at; managers write some hundreds.
const WORDS: usize = 4096;

/// Whether a program is QEMU by its name.
pub fn is_qemu(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    matches!(name, "qemu" | "kvm" | "qemu-kvm") || name.starts_with("qemu-system-")
}

/// The machine that a process runs, from its arguments, the program first; none when it is not QEMU. One without a name
/// is called by its first disk, if it has one.
pub fn machine<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Option<VirtualMachine> {
    let mut words = arguments.into_iter().take(WORDS);
    let program = words.next().filter(|program| is_qemu(program))?;
    let name = program.rsplit('/').next().unwrap_or(program);
    let kind = if name.contains("kvm") { "kvm" } else { "qemu" };
    let mut machine = VirtualMachine::new(kind);
    machine.subsystem = Some(kind.to_owned());
    machine.status = Some(Status::Running);
    let (mut disk, mut version) = (None, false);
    let mut option = "";
    for word in words {
        if let Some(name) = word.strip_prefix('-').filter(|_| option.is_empty() || !takes_any(option)) {
            // Long options may have two dashes.
            option = name.strip_prefix('-').unwrap_or(name);
            version |= option == "version";
            continue;
        }
        let value = word;
        match std::mem::take(&mut option) {
            "name" => machine.name = machine.name.or_else(|| first(value, "guest")),
            "m" => machine.memory = machine.memory.or_else(|| bytes(&first(value, "size")?, 1 << 20)),
            "smp" => machine.processors = machine.processors.or_else(|| first(value, "cpus")?.parse().ok()),
            "uuid" => machine.uuid = uuid(value),
            "smbios" => {
                machine.uuid = machine.uuid.or_else(|| uuid(part(value, "uuid")?));
                machine.serial = machine.serial.or_else(|| Some(part(value, "serial")?.to_owned()));
            }
            "device" | "net" | "nic" => {
                for address in
                    value.split(',').filter_map(|part| part.strip_prefix("mac=").or(part.strip_prefix("macaddr=")))
                {
                    machine.add_mac(address);
                }
            }
            "hda" | "hdb" | "hdc" | "hdd" | "cdrom" => disk = disk.or_else(|| Some(value.to_owned())),
            "drive" => disk = disk.or_else(|| Some(part(value, "file")?.to_owned())),
            _ => {}
        }
    }
    machine.name = machine.name.or(disk);
    // One that was only asked for its version is no machine.
    (!version).then_some(machine)
}

/// Options whose value may begin with a dash. The name is the only one that people choose.
fn takes_any(option: &str) -> bool {
    option == "name"
}

/// The first part of `value[,key=…]`, which may be written as `key=value`.
fn first(value: &str, key: &str) -> Option<String> {
    let found = part(value, key).or_else(|| value.split(',').next().filter(|first| !first.contains('=')))?;
    (!found.is_empty()).then(|| found.to_owned())
}

fn part<'a>(value: &'a str, key: &str) -> Option<&'a str> {
    let found = value.split(',').find_map(|part| part.strip_prefix(key)?.strip_prefix('='))?;
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<VirtualMachine> {
        machine(line.split(' '))
    }

    #[test]
    fn a_manager_names_what_it_starts() {
        let line = "/usr/bin/qemu-system-x86_64 -name guest=db,debug-threads=on -m size=2097152k,slots=4 -smp 4,sockets=1 \
            -smbios type=1,uuid=11112222-3333-4444-5555-666677778888,serial=S1 -device virtio-net-pci,netdev=n,mac=52:54:00:AA:00:01";
        let machine = of(line).unwrap();
        assert_eq!((machine.kind.as_str(), machine.name.as_deref()), ("qemu", Some("db")));
        assert_eq!((machine.memory, machine.processors), (Some(2 << 30), Some(4)));
        assert_eq!(machine.uuid.as_deref(), Some("11112222-3333-4444-5555-666677778888"));
        assert_eq!((machine.serial.as_deref(), machine.macs.len()), (Some("S1"), 1));
    }

    #[test]
    fn by_hand_the_disk_is_the_name() {
        let machine = of("qemu-kvm -m 1G -drive if=virtio,file=/srv/a.img --hdb b.img").unwrap();
        assert_eq!((machine.name.as_deref(), machine.memory, machine.uuid), (Some("/srv/a.img"), Some(1 << 30), None));
    }

    #[test]
    fn other_programs_are_none() {
        assert_eq!(of("vi qemu-system-x86_64 -name a"), None);
        assert_eq!(of("qemu-img create -f raw -name"), None);
        assert_eq!(of("kvm --version"), None);
        assert_eq!(of(""), None);
        assert_eq!(of("qemu -m 256").unwrap().name, None);
        assert_eq!(machine(["kvm", "-name", "-m", "-name"].into_iter()).unwrap().name.as_deref(), Some("-m"));
    }
}
