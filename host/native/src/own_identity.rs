//! By what servers tell this machine from others: the hardware addresses of its interfaces, its serial numbers and its UUID, as
//! far as whoever runs this may read them. For noticing that somebody else claims to be this machine; nothing here is ever
//! changed by what others say.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const FIRMWARE: &str = "/sys/class/dmi/id";
/// Files of it (sysfs) that hold a number of this very machine.
const NUMBERS: &[&str] = &["product_serial", "board_serial", "chassis_serial", "product_uuid"];
/// A number is at least so long: what is shorter was never filled in.
const SHORTEST: usize = 5;

#[derive(Debug, Clone, Default)]
pub struct OwnIdentity {
    macs: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

impl OwnIdentity {
    pub fn read() -> Self {
        // Of every interface, as far as the system tells.
        let interfaces = nix::ifaddrs::getifaddrs().into_iter().flatten();
        let macs = interfaces.filter_map(|interface| interface.address?.as_link_addr()?.addr());
        Self::of(macs, Path::new(FIRMWARE))
    }

    fn of(macs: impl Iterator<Item = [u8; 6]>, firmware: &Path) -> Self {
        let macs = macs.filter(|mac| *mac != [0; 6]).map(|mac| mac.map(|byte| format!("{byte:02x}")).join(":"));
        let number = |name: &&str| fs::read_to_string(firmware.join(name)).ok();
        let numbers = NUMBERS.iter().filter_map(number).map(|text| text.trim().to_ascii_lowercase());
        Self { macs: macs.collect(), numbers: numbers.filter(|number| is_filled_in(number)).collect() }
    }

    /// Whether it is a hardware address of this machine, in hexadecimal with colons.
    pub fn has_mac(&self, mac: &str) -> bool {
        self.macs.contains(&mac.to_ascii_lowercase())
    }

    /// Whether it is a serial number of this machine, or its UUID.
    pub fn has_number(&self, number: &str) -> bool {
        self.numbers.contains(&number.trim().to_ascii_lowercase())
    }
}

/// `None`, `0000000`, `To be filled by O.E.M.` and `Default string` are the numbers of many machines.
fn is_filled_in(number: &str) -> bool {
    let digits = number.chars().filter(char::is_ascii_digit).collect::<BTreeSet<_>>();
    number.len() >= SHORTEST && digits.len() > 1 && !number.contains("12345")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_filled_in_is_this_machine_and_what_was_not_is_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("product_serial", "ACME-7F32-0042\n");
        write("board_serial", "To be filled by O.E.M.\n");
        write("chassis_serial", "0000000\n");
        let own = OwnIdentity::of([[0; 6], [2, 0, 0x5e, 0, 0x53, 1]].into_iter(), folder.path());
        assert!(own.has_mac("02:00:5E:00:53:01") && own.has_number(" acme-7f32-0042"));
        assert!(!own.has_mac("00:00:00:00:00:00") && !own.has_mac("02:00:5e:00:53:02"));
        assert!(!own.has_number("To be filled by O.E.M.") && !own.has_number("0000000") && !own.has_number(""));
    }
}
