//! An ordinary user gets an inventory too, and is told what only root can read.

use crate::strict::assert_strict;
use airlock_tests::machine::Machine;
use airlock_tests::program::{Output, program, run};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// `nobody`, where the tests are run by root.
const NOBODY: u32 = 65534;

fn permit(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Runs the program as a user without rights, from a folder that this user can reach.
fn as_nobody(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    permit(folder.path(), 0o755);
    let copy = folder.path().join("airlock");
    fs::copy(program(), &copy).unwrap();
    permit(&copy, 0o755);
    let vardir = folder.path().join("var");
    fs::create_dir(&vardir).unwrap();
    let mut command = Command::new(&copy);
    command.arg("--vardir").arg(&vardir).args(arguments);
    if nix::unistd::geteuid().is_root() {
        chown(&vardir, Some(NOBODY), Some(NOBODY)).unwrap();
        command.uid(NOBODY).gid(NOBODY);
    }
    permit(&vardir, 0o700);
    let output = run(command);
    assert!(output.status.success(), "{output:?}");
    assert!(vardir.join("compiled").is_dir() && vardir.join("log/audit.jsonl").is_file());
    output
}

#[test]
fn an_ordinary_user_gets_this_machines_inventory() {
    let output = as_nobody(&["inventory"]);
    assert_strict(&output.stdout);
    assert!(output.stdout.contains("\"operatingsystem\""));
}

#[test]
fn what_only_root_can_read_is_said() {
    let machine = Machine::workstation();
    permit(machine.path(), 0o755);
    permit(&machine.path().join("sys/firmware/dmi/tables/DMI"), 0o000);
    permit(&machine.path().join("var/lib/dpkg/status"), 0o000);
    let output = as_nobody(&["inventory", "--machine", machine.argument()]);
    assert_strict(&output.stdout);
    for said in [&output.stderr, &output.stdout] {
        assert!(said.contains("not readable for this user: /sys/firmware/dmi/tables/DMI"), "{said}");
        assert!(said.contains("not readable for this user: /var/lib/dpkg/status"), "{said}");
    }
    assert!(output.stdout.contains("\"cpus\"") && output.stdout.contains("\"networks\""));
}
