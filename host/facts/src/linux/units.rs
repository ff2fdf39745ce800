//! Whether a service runs, as its files tell: systemd gives each running unit a control group, which goes away with the
//! last of its processes (systemd.unit(5), control-group-interface); OpenRC keeps a link for each started service.

use crate::Scan;
use crate::output::systemctl;

/// Where the control groups of system services are: version 2, version 1, both.
const SLICES: [&str; 3] =
    ["/sys/fs/cgroup/system.slice", "/sys/fs/cgroup/systemd/system.slice", "/sys/fs/cgroup/unified/system.slice"];

/// None when it cannot be told.
pub(super) fn is_running(scan: &Scan<'_>, name: &str) -> Option<bool> {
    let roots = scan.roots();
    if roots.exists("/run/systemd/system") {
        let unit = format!("{name}.service");
        if let Some(slice) = SLICES.iter().find(|slice| roots.exists(slice)) {
            let running = roots.exists(format!("{slice}/{unit}"));
            return (running || is_known(scan, name)).then_some(running);
        }
        // The tool ends with an error for a unit that does not run: what it prints says so too.
        let output = scan.run("systemctl", &["status", &unit], 1 << 20).ok()?;
        return systemctl::is_active(&output.text());
    }
    if roots.exists("/run/openrc/started") {
        return Some(roots.link(format!("/run/openrc/started/{name}")).is_ok());
    }
    None
}

/// Whether there is a unit of that name, or the template of it.
fn is_known(scan: &Scan<'_>, name: &str) -> bool {
    const FOLDERS: [&str; 3] = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];
    let file = match name.split_once('@') {
        Some((template, _)) => format!("{template}@.service"),
        None => format!("{name}.service"),
    };
    FOLDERS.iter().any(|folder| scan.roots().exists(format!("{folder}/{file}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn running(machine: &TestMachine) -> Option<bool> {
        let mut found = None;
        machine.collect(|scan| found = is_running(scan, "lab"));
        found
    }

    #[test]
    fn by_control_groups_by_the_tool_by_links() {
        let mut machine = TestMachine::new();
        assert_eq!(running(&machine), None);
        machine.folder("run/openrc/started");
        assert_eq!(running(&machine), Some(false));
        machine.link("run/openrc/started/lab", "/etc/init.d/lab");
        assert_eq!(running(&machine), Some(true));
        machine.folder("run/systemd/system");
        machine.command(&["systemctl", "status", "lab.service"], "   Active: inactive (dead)\n");
        assert_eq!(running(&machine), Some(false));
        machine.folder("sys/fs/cgroup/system.slice");
        assert_eq!(running(&machine), None);
        machine.file("lib/systemd/system/lab.service", "");
        assert_eq!(running(&machine), Some(false));
        machine.folder("sys/fs/cgroup/system.slice/lab.service");
        assert_eq!(running(&machine), Some(true));
    }
}
