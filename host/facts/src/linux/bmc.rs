//! The management controller of a server: what it knows of the machine's parts, and its own address.
//!
//! Asked only where the kernel has a device for it. It answers slowly: a collector that asks for the parts does so for all
//! of them, and leaves itself half of its time.

use crate::Scan;
use crate::command::CommandError;
use crate::output::hponcfg;
use crate::output::ipmitool::{Unit, lan, units};
use std::time::Instant;

/// What the kernel calls the device of the first controller (drivers/char/ipmi), by the age of the system.
const DEVICES: &[&str] = &["/dev/ipmi0", "/dev/ipmi/0", "/dev/ipmidev/0"];
const ILO: &str = "/dev/hpilo";
/// More than all units of any machine take.
const OUTPUT: usize = 1 << 20;

/// The machine's parts as the controller lists them.
pub(super) fn field_units<'a>(scan: &Scan<'a>) -> Vec<Unit<'a>> {
    if !is_there(scan) {
        return Vec::new();
    }
    units(scan.machine.field_units(|| ask(scan)))
}

fn is_there(scan: &Scan<'_>) -> bool {
    DEVICES.iter().any(|device| scan.roots().exists(device)) && scan.has_tool("ipmitool")
}

/// It ends with an error when any one unit does not answer; the others count all the same.
fn ask(scan: &Scan<'_>) -> String {
    let now = Instant::now();
    let deadline = now + scan.deadline().saturating_duration_since(now) / 2;
    match scan.machine.commands().run("ipmitool", &["fru", "print"], deadline, OUTPUT) {
        Ok(output) if output.code == 0 || !output.stdout.is_empty() => return output.text(),
        Ok(output) => {
            scan.missing(format_args!("ipmitool ended with {}: {}", output.code, output.first_complaint()));
        }
        Err(CommandError::NotFound(_)) => {}
        Err(error) => scan.missing(error),
    }
    String::new()
}

/// The row of the section `networks`; one that IPMI does not reach may be an iLO.
pub(super) fn interface(scan: &Scan<'_>) {
    let by_ipmi = if is_there(scan) { scan.output("ipmitool", &["lan", "print"]) } else { None };
    let row = by_ipmi.as_deref().and_then(lan).or_else(|| {
        let ilo = scan.roots().exists(ILO) && scan.has_tool("hponcfg");
        hponcfg::interface(&ilo.then(|| scan.output("hponcfg", &["-aw", "-"]))??)
    });
    if let Some(row) = row {
        scan.row(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linux::{controllers, power_supplies};
    use crate::testing::TestMachine;

    const FRU: &str = "FRU Device Description : PS1 (ID 1)\n Board Serial : S-1\n Board Product : PWR\n\n\
                       FRU Device Description : PERC1 (ID 2)\n Board Serial : S-2\n";
    const LAN: &str = "MAC Address : 02:00:5e:00:53:01\nIP Address : 192.0.2.7\n";

    fn server() -> TestMachine {
        let mut machine = TestMachine::of(&[("dev/ipmi0", "")]);
        machine.command(&["ipmitool", "fru", "print"], FRU);
        machine.command(&["ipmitool", "lan", "print"], LAN);
        machine
    }

    #[test]
    fn parts_are_in_their_sections() {
        let machine = server();
        let serials = |section: fn(&Scan<'_>), field: &str| {
            machine.rows(section).iter().map(|row| row.text(field).map(str::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(serials(power_supplies::collect, "serialnumber"), [Some("S-1".to_owned())]);
        assert_eq!(serials(controllers::collect, "serial"), [Some("S-2".to_owned())]);
    }

    #[test]
    fn the_controllers_own_address() {
        let rows = server().rows(interface);
        assert_eq!((rows[0].text("description"), rows[0].text("ipaddress")), (Some("bmc"), Some("192.0.2.7")));
    }

    #[test]
    fn nothing_is_asked_without_a_device() {
        let mut machine = TestMachine::new();
        machine.command(&["ipmitool", "lan", "print"], LAN);
        assert_eq!(machine.rows(interface), []);
        assert_eq!(machine.rows(power_supplies::collect), []);
    }

    #[test]
    fn an_ilo_by_its_own_tool() {
        let mut machine = TestMachine::of(&[("dev/hpilo/d0ccb0", "")]);
        machine.command(&["hponcfg", "-aw", "-"], "<RIBCL VERSION=\"2.1\"><IP_ADDRESS VALUE = \"192.0.2.9\"/>");
        let rows = machine.rows(interface);
        assert_eq!((rows.len(), rows[0].text("ipaddress")), (1, Some("192.0.2.9")));
    }

    #[test]
    fn a_tool_that_fails_is_said() {
        let machine = TestMachine::of(&[("dev/ipmi0", "")]);
        let mut other = TestMachine::of(&[("dev/ipmi0", "")]);
        other.command(&["ipmitool", "sdr"], "");
        assert_eq!(machine.collect(power_supplies::collect).1.len(), 0, "a tool that is not there is not missing");
        assert_eq!(other.collect(power_supplies::collect).1.len(), 1);
    }
}
