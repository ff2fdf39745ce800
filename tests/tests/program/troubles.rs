//! Sources that hang, lie, or are broken: the rest of the inventory comes all the same, and what is missing is said.

use crate::strict::assert_strict;
use airlock_tests::machine::Machine;
use airlock_tests::program::{Airlock, Output};
use nix::sys::stat::Mode;
use serde_json::Value;
use std::fs;
use std::time::Duration;

/// The inventory of a machine on which nobody ever writes into a pipe that is in place of each of these files.
fn with_pipes(paths: &[&str]) -> Output {
    let machine = Machine::workstation();
    pipes(&machine, paths);
    let output = Airlock::new().done(&["inventory", "--machine", machine.argument(), "--backend-collect-timeout", "1"]);
    assert!((Duration::from_millis(900)..Duration::from_millis(2500)).contains(&output.took), "{:?}", output.took);
    assert_strict(&output.stdout);
    output
}

fn pipes(machine: &Machine, paths: &[&str]) {
    for path in paths {
        let path = machine.path().join(path);
        let _ = fs::remove_file(&path);
        nix::unistd::mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
    }
}

fn comments(output: &Output) -> String {
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    document["content"]["versionprovider"]["comments"].to_string()
}

#[test]
fn a_source_that_hangs_costs_its_timeout_and_its_section() {
    let output = with_pipes(&["etc/passwd"]);
    let content = serde_json::from_str::<Value>(&output.stdout).unwrap()["content"].take();
    for section in ["hardware", "cpus", "softwares", "networks", "memories", "operatingsystem", "storages"] {
        assert!(content.get(section).is_some(), "{section} is missing");
    }
    assert!(content.get("local_users").is_none());
    for said in [&output.stderr, &comments(&output)] {
        assert!(said.contains("incomplete: local_users: not done after 1 s"), "{said}");
    }
}

#[test]
fn many_sources_that_hang_cost_one_timeout() {
    let output = with_pipes(&[
        "etc/group",
        "var/lib/dpkg/status",
        "proc/meminfo",
        "proc/self/mountinfo",
        "sys/devices/pci0000:00/0000:00:1f.6/net/eno1/uevent",
        "etc/os-release",
    ]);
    for section in ["local_groups", "softwares", "hardware", "drives", "networks", "operatingsystem"] {
        assert!(output.stderr.contains(&format!("incomplete: {section}: not done")), "{section}: {}", output.stderr);
        assert!(comments(&output).contains(&format!("incomplete: {section}: not done")), "{section}");
    }
    let content = serde_json::from_str::<Value>(&output.stdout).unwrap()["content"].take();
    assert!(content.get("cpus").is_some() && content.get("local_users").is_some(), "{content}");
}

/// What has no collector, and hence no deadline, is never waited for.
#[test]
fn a_clock_and_a_name_that_hang_cost_nothing() {
    let machine = Machine::workstation();
    pipes(&machine, &["etc/localtime", "etc/timezone", "etc/hostname", "proc/sys/kernel/hostname"]);
    let output = Airlock::new().done(&["inventory", "--machine", machine.argument()]);
    assert!(output.took < Duration::from_secs(3), "{:?}", output.took);
    assert_strict(&output.stdout);
    assert!(output.stdout.contains("\"deviceid\": \"device-by-airlock-"), "{}", output.stdout);
}

#[test]
fn broken_files_break_nothing() {
    let machine = Machine::workstation();
    let noise: Vec<u8> = (0..20_000_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    for path in [
        "proc/cpuinfo",
        "proc/meminfo",
        "proc/stat",
        "proc/812/stat",
        "proc/net/route",
        "proc/net/fib_trie",
        "proc/net/if_inet6",
        "proc/self/mountinfo",
        "etc/passwd",
        "etc/group",
        "etc/os-release",
        "etc/localtime",
        "etc/timezone",
        "etc/hosts",
        "etc/resolv.conf",
        "var/lib/dpkg/status",
        "var/log/wtmp",
        "run/utmp",
        "run/systemd/sessions/3",
        "run/udev/data/b8:0",
        "usr/share/misc/pci.ids",
        "sys/firmware/dmi/tables/DMI",
        "sys/firmware/dmi/tables/smbios_entry_point",
        "proc/sys/kernel/osrelease",
    ] {
        machine.write(path, &noise);
    }
    let output = Airlock::new().done(&["inventory", "--machine", machine.argument()]);
    assert_strict(&output.stdout);
    assert!(!output.stderr.contains("the collector failed"), "{}", output.stderr);
}

#[test]
fn an_empty_machine_has_an_empty_inventory() {
    let folder = tempfile::tempdir().unwrap();
    let output = Airlock::new().done(&["inventory", "--machine", folder.path().to_str().unwrap()]);
    assert_strict(&output.stdout);
}

#[test]
fn the_whole_inventory_has_a_budget_of_its_own() {
    let machine = Machine::workstation();
    pipes(&machine, &["etc/passwd", "var/lib/dpkg/status"]);
    let output = Airlock::new().done(&["inventory", "--machine", machine.argument(), "--time-budget", "1"]);
    assert!((Duration::from_millis(900)..Duration::from_millis(2500)).contains(&output.took), "{:?}", output.took);
    for section in ["local_users", "softwares"] {
        let said = format!("incomplete: {section}: left out: the inventory's 1 s are over");
        assert!(output.stderr.contains(&said), "{}", output.stderr);
    }
    assert!(output.stdout.contains("\"cpus\""));
}
