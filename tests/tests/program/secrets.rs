//! The owner's secrets: wherever one turns up on the machine, nothing that leaves or is written down holds it.

use airlock_tests::machine::Machine;
use airlock_tests::owner::Owner;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const CANARY: &str = "Kanari3nv0gel-geheim";

const POLICY: &str = r#"policy_version = 1
id = "test"
serial = 1
[server.hq]
origin = "https://hq.example"
auth = { kind = "basic", credential = "hq" }
[credential.hq]
source = "file:SECRET"
user = "agent"
use_for = ["https://hq.example"]
[[grant]]
server = ["hq"]
task = ["inventory"]
verb = "inventory.read"
categories = ["*"]
[[grant]]
server = ["hq"]
task = ["*"]
verb = "report.send"
"#;

/// An owner whose secret stands in a file, and a machine that shows it in several places.
fn scene() -> (Owner, Machine) {
    let owner = Owner::new("");
    let secret = owner.confdir.path().join("hq.secret");
    fs::write(&secret, format!("{CANARY}\n")).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    owner.write("50-hq.toml", &POLICY.replace("SECRET", secret.to_str().unwrap()));
    let machine = Machine::workstation();
    machine.write("proc/sys/kernel/hostname", format!("host-{CANARY}\n"));
    let packages = machine.text("var/lib/dpkg/status").replace("Package: editor", &format!("Package: editor-{CANARY}"));
    assert!(packages.contains(CANARY));
    machine.write("var/lib/dpkg/status", packages);
    (owner, machine)
}

/// All that is written below a folder, but for the secret's own file.
fn written(folder: &Path, found: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            written(&path, found);
        } else if !path.ends_with("hq.secret") {
            found.extend(fs::read(path).unwrap());
        }
    }
}

fn holds(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).to_lowercase().contains(&CANARY.to_lowercase())
}

#[test]
fn a_configured_secret_is_in_no_report_no_log_and_no_audit() {
    let (owner, machine) = scene();
    let inventory = ["inventory", "--machine", machine.argument()];
    let own = owner.run(&[&inventory[..], &["--json"]].concat());
    assert!(holds(own.stdout.as_bytes()), "the machine shows it, to its owner");
    for format in ["--json", "--xml", "--html"] {
        let output = owner.run(&[&["--debug"], &inventory[..], &[format, "--server", "hq"]].concat());
        assert!(output.status.success(), "{}", output.stderr);
        assert!(!holds(output.stdout.as_bytes()), "{format}: {}", output.stdout);
        assert!(!holds(output.stderr.as_bytes()), "{format}: {}", output.stderr);
        assert!(output.stdout.contains("***"), "{format}");
    }
    // What goes wrong with it in its words, and what the owner says for the record.
    let stop = owner.run(&["stop", "--server", "hq", "--reason", &format!("the password {CANARY} is known")]);
    assert!(stop.status.success(), "{stop:?}");
    owner.run(&["task", "run", "inventory", "--server", "hq", "--target", CANARY]);
    let mut all = Vec::new();
    written(&owner.airlock.vardir().join("log"), &mut all);
    assert!(!all.is_empty() && !holds(&all), "the audit holds it");
}

#[test]
fn a_secret_is_not_used_for_another_origin_or_from_a_file_that_others_read() {
    let (owner, _machine) = scene();
    let secret = owner.confdir.path().join("hq.secret");
    let run = || owner.run(&["run", "--force", "--server", "https://hq.example/front/inventory.php"]);
    let policy = |text: &str| owner.write("50-hq.toml", &text.replace("SECRET", secret.to_str().unwrap()));
    policy(&POLICY.replace("use_for = [\"https://hq.example\"]", "use_for = [\"https://other.example\"]"));
    let output = run();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(said.contains("[credential.hq] is not used for https://hq.example"), "{said}");
    policy(POLICY);
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let output = run();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(said.contains("[credential.hq]") && said.contains("chmod 600"), "{said}");
    assert!(!said.contains(CANARY), "{said}");
}
