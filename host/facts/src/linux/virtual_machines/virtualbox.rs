//! VirtualBox, whose machines belong to users: those in their homes, if homes may be looked at, and those that run.

use super::is_known;
use super::processes::command_lines;
use crate::Scan;
use crate::linux::accounts::accounts;
use crate::output::vboxmanage;
use crate::output::virtual_machine::{Status, VirtualMachine, uuid};

pub(super) fn machines(scan: &Scan<'_>, found: &mut Vec<VirtualMachine>) {
    if !scan.roots().exists("/dev/vboxdrv") && !scan.roots().exists("/usr/lib/virtualbox") {
        return;
    }
    let running = running(scan);
    if scan.machine.homes() {
        let passwd = scan.text("/etc/passwd").unwrap_or_default();
        for account in accounts(&passwd) {
            of_user(scan, account.login, account.home, &running, found);
        }
    }
    for machine in running {
        if !is_known(found, machine.uuid.as_deref()) {
            found.push(machine);
        }
    }
}

fn of_user(scan: &Scan<'_>, login: &str, home: &str, running: &[VirtualMachine], found: &mut Vec<VirtualMachine>) {
    let registry = format!("{home}/.config/VirtualBox/VirtualBox.xml");
    if !scan.roots().is_file(&registry) {
        return;
    }
    let Some(text) = scan.text(&registry) else { return };
    for file in vboxmanage::registry(&text) {
        // A user's files name other files: only those of the same home are looked at.
        let inside = file.strip_prefix(home).is_some_and(|rest| rest.starts_with('/')) && !file.contains("/../");
        let read = || scan.roots().is_file(&file).then(|| scan.text(&file))?;
        let Some(mut machine) = Some(file.as_str()).filter(|_| inside).and_then(|_| vboxmanage::file(&read()?)) else {
            scan.missing(format_args!("{file}: not a machine's description in the home of its owner"));
            continue;
        };
        let runs = is_known(running, machine.uuid.as_deref());
        machine.status = Some(if runs { Status::Running } else { Status::Off });
        machine.owner = Some(login.to_owned());
        found.push(machine);
    }
}

/// `VirtualBoxVM --comment NAME --startvm UUID …`, and the same of `VBoxHeadless`.
fn running(scan: &Scan<'_>) -> Vec<VirtualMachine> {
    let wanted =
        |program: &str| matches!(program.rsplit('/').next(), Some("VirtualBoxVM" | "VBoxHeadless" | "VBoxSDL"));
    let mut machines = Vec::new();
    for arguments in command_lines(scan, wanted) {
        let after = |option: &str| arguments.iter().skip_while(|word| *word != option).nth(1);
        let Some(id) = after("--startvm").and_then(|id| uuid(id)) else { continue };
        let mut machine = VirtualMachine::new("virtualbox");
        machine.subsystem = Some("Oracle VM VirtualBox".to_owned());
        machine.name = after("--comment").cloned().or_else(|| Some(id.clone()));
        machine.uuid = Some(id);
        machine.status = Some(Status::Running);
        machines.push(machine);
    }
    machines
}
