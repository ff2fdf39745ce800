//! Sources that hang, lie, or are broken: the rest of the inventory comes all the same, and what is missing is said.

use crate::strict::assert_strict;
use airlock_tests::machine::Machine;
use airlock_tests::program::{Airlock, Output, run};
use nix::sys::stat::Mode;
use serde_json::Value;
use std::fs;
use std::process::Command;
use std::time::Duration;

/// The inventory of a machine on which nobody ever writes into a pipe that is in place of each of these files.
fn with_pipes(paths: &[&str]) -> Output {
    let machine = Machine::workstation();
    pipes(&machine, paths);
    let output = Airlock::new().done(&["inventory", "--machine", machine.argument(), "--backend-collect-timeout", "4"]);
    // One after the other, six of them would take 24 s; the machine of the test may be slow, and not that slow.
    assert!((Duration::from_millis(3900)..Duration::from_secs(20)).contains(&output.took), "{:?}", output.took);
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
        assert!(said.contains("incomplete: local_users: not done after 4 s"), "{said}");
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
    // Waited for, they would take the 30 s that a source may.
    assert!(output.took < Duration::from_secs(20), "{:?}", output.took);
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
    assert!((Duration::from_millis(900)..Duration::from_secs(8)).contains(&output.took), "{:?}", output.took);
    for section in ["local_users", "softwares"] {
        let said = format!("incomplete: {section}: left out: the inventory's 1 s are over");
        assert!(output.stderr.contains(&said), "{}", output.stderr);
    }
    assert!(output.stdout.contains("\"cpus\""));
}

/// The inventory of this machine, with a tool `rpm` that does what a script says; none where that cannot be arranged.
fn with_rpm(script: &str) -> Option<Output> {
    let airlock = Airlock::new();
    let inventory = airlock.command(&["inventory", "--backend-collect-timeout", "1", "--no-category", "environment"]);
    // In namespaces of its own: root is whoever runs the test, and what is mounted is seen by nobody else.
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-e", "-c"]).arg(
        "mount -t tmpfs none /var/lib; mkdir /var/lib/rpm; : > /var/lib/rpm/Packages
         mount -t tmpfs none /usr/local/sbin; printf '%s' \"$0\" > /usr/local/sbin/rpm; chmod 755 /usr/local/sbin/rpm
         for other in /usr/sbin/rpm /usr/bin/rpm; do
             if [ -e $other ]; then mount --bind /usr/local/sbin/rpm $other; fi
         done
         exec \"$@\"",
    );
    command.arg(script).arg(inventory.get_program()).args(inventory.get_args());
    let output = run(command);
    if output.stderr.contains("unshare") || output.stderr.contains("permission denied") {
        eprintln!("left out, this system has no namespaces for ordinary users: {}", output.stderr);
        return None;
    }
    assert!(output.status.success(), "{}", output.stderr);
    Some(output)
}

#[test]
fn a_tool_that_sleeps_costs_its_timeout_and_its_section() {
    let Some(output) = with_rpm("#!/bin/sh\nsleep 60\n") else { return };
    assert!((Duration::from_millis(900)..Duration::from_secs(8)).contains(&output.took), "{:?}", output.took);
    assert!(output.stderr.contains("incomplete: softwares: "), "{}", output.stderr);
    assert!(output.stdout.contains("\"cpus\""));
    // The twin: a tool that answers.
    let answer = "#!/bin/sh\nprintf 'example\\0371-1\\037noarch\\0371\\0371700000000\\037g\\037v\\037s\\036'\n";
    let Some(output) = with_rpm(answer) else { return };
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    let packages = document["content"]["softwares"].as_array().unwrap();
    assert!(packages.iter().any(|package| package["name"] == "example" && package["from"] == "rpm"), "{packages:?}");
}

#[test]
fn a_number_that_is_the_same_on_many_machines_is_no_identity() {
    let serial = |number: &[u8; 11]| {
        let machine = Machine::workstation();
        let path = "sys/firmware/dmi/tables/DMI";
        let mut table = fs::read(machine.path().join(path)).unwrap();
        let at = table.windows(11).position(|text| text == b"EX-SYS-0042").unwrap();
        table[at..at + 11].copy_from_slice(number);
        machine.write(path, table);
        let mut document =
            Airlock::new().json(&["inventory", "--machine", machine.argument(), "--partial", "software"]);
        assert_eq!(document["content"]["bios"]["msn"], "EX-BRD-0042");
        document["content"]["bios"]["ssn"].take()
    };
    assert_eq!(serial(b"EX-SYS-0043"), "EX-SYS-0043");
    assert_eq!(serial(b"00000000000"), Value::Null);
    assert_eq!(serial(b"..........."), Value::Null);
}
