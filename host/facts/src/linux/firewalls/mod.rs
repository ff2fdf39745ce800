//! Firewalls: the programs that keep one, and the kernel's own rules where none does.
//!
//! A firewall that somebody has installed is said to be on or off. Where it cannot be told, nothing is.

mod netfilter;

use crate::Scan;
use crate::linux::units::is_running;
use crate::output::ufw;
use airlock_model::Row;

pub(super) fn collect(scan: &Scan<'_>) {
    let managed = [("ufw", of_ufw(scan)), ("firewalld", of_firewalld(scan))];
    for (name, on) in managed {
        if let Some(on) = on {
            row(scan, name, on);
        }
    }
    // The rules of those are the kernel's: they are not a firewall more.
    if managed.iter().all(|(_, on)| *on != Some(true)) {
        netfilter::collect(scan, managed.iter().any(|(_, on)| on.is_some()));
    }
}

fn row(scan: &Scan<'_>, name: &'static str, on: bool) {
    scan.row(Row::new().with("description", name).with("status", if on { "on" } else { "off" }));
}

/// What was removed may leave its settings behind.
fn of_ufw(scan: &Scan<'_>) -> Option<bool> {
    if !["/usr/sbin/ufw", "/usr/bin/ufw"].iter().any(|path| scan.roots().exists(path)) {
        return None;
    }
    if let Some(enabled) = scan.text("/etc/ufw/ufw.conf").and_then(|conf| ufw::is_enabled(&conf)) {
        return Some(enabled);
    }
    ufw::is_active(&scan.output("ufw", &["status"])?)
}

fn of_firewalld(scan: &Scan<'_>) -> Option<bool> {
    if !["/usr/sbin/firewalld", "/usr/bin/firewalld"].iter().any(|path| scan.roots().exists(path)) {
        return None;
    }
    is_running(scan, "firewalld")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    fn found(machine: &TestMachine) -> Vec<String> {
        let rows = machine.rows(collect);
        let word = |row: &Row, name| row.text(name).unwrap_or_default().to_owned();
        rows.iter().map(|row| format!("{} {}", word(row, "description"), word(row, "status"))).collect()
    }

    #[test]
    fn programs_that_keep_a_firewall() {
        let machine = TestMachine::of(&[("usr/sbin/ufw", ""), ("etc/ufw/ufw.conf", "ENABLED=yes\n")]);
        assert_eq!(found(&machine), ["ufw on"]);
        machine.file("usr/sbin/firewalld", "");
        machine.folder("run/systemd/system");
        machine.folder("sys/fs/cgroup/system.slice");
        machine.file("usr/lib/systemd/system/firewalld.service", "");
        assert_eq!(found(&machine), ["ufw on", "firewalld off"]);
        machine.folder("sys/fs/cgroup/system.slice/firewalld.service");
        assert_eq!(found(&machine), ["ufw on", "firewalld on"]);
        machine.file("etc/ufw/ufw.conf", "ENABLED=no\n");
        assert_eq!(found(&machine), ["ufw off", "firewalld on"]);
    }

    #[test]
    fn settings_that_were_left_behind() {
        let machine = TestMachine::of(&[("etc/ufw/ufw.conf", "ENABLED=yes\n"), ("proc/modules", "")]);
        assert_eq!(found(&machine), ["netfilter off"]);
    }
}
