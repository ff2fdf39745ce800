//! VMware: the configuration of a machine (`.vmx`), the list of running ones (`vmrun list`), and the table of an ESXi
//! host (`vim-cmd vmsvc/getallvms`).

use super::virtual_machine::{MOST, Status, VirtualMachine, uuid};

/// The machine of a `.vmx` file: `key = "value"` lines, keys in any case. It does not say whether the machine runs.
pub fn file(text: &str, subsystem: &str) -> Option<VirtualMachine> {
    let mut machine = VirtualMachine::new("vmware");
    machine.subsystem = Some(subsystem.to_owned());
    let mut addresses: Vec<(String, bool, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let Some((key, value)) = line.split_once('=') else { continue };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim().trim_matches('"'));
        match key.as_str() {
            "displayname" => machine.name = Some(value.to_owned()).filter(|name| !name.is_empty()),
            "memsize" => machine.memory = value.parse::<u64>().ok().and_then(|size| size.checked_mul(1 << 20)),
            "numvcpus" => machine.processors = value.parse().ok(),
            "uuid.bios" => machine.uuid = uuid(value),
            "annotation" => {
                machine.comment = Some(value.replace("|0A", " ").replace("|0D", "")).filter(|text| !text.is_empty())
            }
            _ => {
                if let Some((card, of)) = key.split_once('.')
                    && card.starts_with("ethernet")
                    && matches!(of, "address" | "generatedaddress")
                    && addresses.len() < 64
                {
                    addresses.push((card.to_owned(), of == "address", value.to_owned()));
                }
            }
        }
    }
    // A card may have a generated address left over from before it was given one.
    for (card, given, address) in &addresses {
        if *given || !addresses.iter().any(|(other, given, _)| *given && other == card) {
            machine.add_mac(address);
        }
    }
    // A file without a number of processors is one of a machine with one.
    machine.processors = machine.processors.or(Some(1));
    machine.name.is_some().then_some(machine)
}

/// The configuration files of running machines, from `vmrun list`: a count, then a path a line.
pub fn running(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| line.ends_with(".vmx")).take(MOST).map(str::to_owned).collect()
}

/// A machine of `vim-cmd vmsvc/getallvms`: its number and name, and the file in its store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub number: u32,
    pub name: String,
    pub file: String,
}

/// The table `Vmid Name File Guest OS Version Annotation`; names may hold spaces, files are `[store] path.vmx`.
pub fn all(text: &str) -> Vec<Listed> {
    let row = |line: &str| {
        let (number, rest) = line.trim_start().split_once(char::is_whitespace)?;
        let (name, rest) = rest.split_once(" [")?;
        let end = rest.find(".vmx")?.checked_add(4)?;
        let file = format!("[{}", rest.get(..end)?);
        Some(Listed { number: number.parse().ok()?, name: name.trim().to_owned(), file })
    };
    text.lines().filter_map(row).take(MOST).collect()
}

/// What `vim-cmd vmsvc/power.getstate` or `vmware-cmd FILE getstate` says of a machine.
pub fn state(text: &str) -> Option<Status> {
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    let word = line.rsplit([' ', '=']).find(|word| !word.is_empty())?;
    Some(match word.to_ascii_lowercase().as_str() {
        "on" => Status::Running,
        "off" => Status::Off,
        "suspended" => Status::Paused,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration() {
        let text = ".encoding = \"UTF-8\"\ndisplayName = \"Web = 1\"\nmemsize = \"2048\"\nnumvcpus = \"2\"\n\
            uuid.bios = \"56 4d 11 22 33 44 55 66-77 88 99 aa bb cc dd ee\"\nethernet0.generatedAddress = \"00:0c:29:00:00:01\"\n\
            ethernet0.address = \"00:50:56:00:00:01\"\nethernet1.generatedAddress = \"00:0c:29:00:00:02\"\n";
        let machine = file(text, "VMware Workstation").unwrap();
        assert_eq!(
            (machine.name.as_deref(), machine.memory, machine.processors),
            (Some("Web = 1"), Some(2 << 30), Some(2))
        );
        assert_eq!(machine.macs, ["00:50:56:00:00:01", "00:0c:29:00:00:02"]);
        assert_eq!(file("memsize = \"1\"", ""), None);
    }

    #[test]
    fn lists_and_states() {
        assert_eq!(running("Total running VMs: 1\n/srv/a b.vmx\n"), ["/srv/a b.vmx"]);
        let table = "Vmid   Name      File                    Guest OS   Version   Annotation\n12     my vm     [ds 1] my vm/my vm.vmx   debian   vmx-14\n";
        assert_eq!(
            all(table),
            [Listed { number: 12, name: "my vm".to_owned(), file: "[ds 1] my vm/my vm.vmx".to_owned() }]
        );
        assert_eq!(state("Retrieved runtime info\nPowered on\n"), Some(Status::Running));
        assert_eq!(state("getstate() = off"), Some(Status::Off));
        assert_eq!(state(""), None);
    }
}
