//! The supply chain: who may bring a component, and what comes in.

use airlock_tests::program::{Airlock, Output};
use airlock_tests::site::{Page, Site};
use airlock_tests::strangers::{FACTS, Publisher, Release, at, component};
use std::fs;
use std::path::Path;

const FILES: &str = "airlock:files/files@0.1.0";
const PROCESS: &str = "airlock:process/process@0.1.0";

/// An owner who trusts the key `acme` for `acme-*`, and its publisher.
fn acme() -> (Airlock, Publisher) {
    let (airlock, publisher) = (Airlock::new(), Publisher::new());
    publisher.key(&airlock, "acme");
    airlock.trust(&publisher, "acme", "acme", "acme-*");
    (airlock, publisher)
}

/// Refused under this code, and the last record says so.
fn refused(airlock: &Airlock, output: &Output, code: &str) {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let events = airlock.events("task.install");
    let last = events.last().expect("a record");
    assert_eq!(last["decision"], "deny", "{last}");
    assert_eq!(last["code"], code, "{last}");
}

fn is_in(airlock: &Airlock, output: &Output, version: &str) {
    assert!(output.status.success(), "{output:?}");
    assert_eq!(airlock.installed(), [("acme-check".to_owned(), version.to_owned())]);
    assert_eq!(airlock.events("task.install").last().unwrap()["decision"], "allow");
}

#[test]
fn su_01_unsigned_or_signed_by_a_stranger() {
    let (airlock, publisher) = acme();
    publisher.key(&airlock, "stranger");
    let good = component(&[FACTS], "1");
    let release = Release::new("acme-check", "1.0.0", 1, &good);
    let unsigned = publisher.publish("unsigned", &release, &[]);
    refused(&airlock, &airlock.install(&unsigned, &[]), "UNSIGNED");
    // A component and nothing else; an empty file of signatures.
    fs::write(publisher.path("alone.wasm"), &good).unwrap();
    refused(&airlock, &airlock.install(&publisher.path("alone.wasm"), &[]), "UNSIGNED");
    fs::write(unsigned.join("task.manifest.toml.minisig"), "").unwrap();
    refused(&airlock, &airlock.install(&unsigned, &[]), "UNSIGNED");
    refused(&airlock, &airlock.install(&publisher.publish("strange", &release, &["stranger"]), &[]), "UNKNOWN_KEY");
    // Signed well, changed afterwards; a signature over something else.
    let changed = publisher.publish("changed", &release, &["acme"]);
    let manifest = fs::read_to_string(changed.join("task.manifest.toml")).unwrap();
    fs::write(changed.join("task.manifest.toml"), manifest.replace("counter = 1", "counter = 2")).unwrap();
    refused(&airlock, &airlock.install(&changed, &[]), "UNKNOWN_KEY");
    let nonsense = publisher.publish("nonsense", &release, &["acme"]);
    fs::write(nonsense.join("task.manifest.toml.minisig"), "signed, honestly\n".repeat(4)).unwrap();
    refused(&airlock, &airlock.install(&nonsense, &[]), "BAD_SIGNATURE");
    // No word of the owner lets it in either.
    let words = ["--allow-rollback", "--allow-new-imports"];
    refused(&airlock, &airlock.install(&publisher.path("alone.wasm"), &words), "UNSIGNED");
    assert_eq!(airlock.events("task.install").len(), 7, "one record each");
    assert_eq!(airlock.installed(), []);
}

#[test]
fn su_01_twin_signed_by_a_trusted_key() {
    let (airlock, publisher) = acme();
    let good = component(&[FACTS], "1");
    let folder = publisher.publish("good", &Release::new("acme-check", "1.0.0", 1, &good), &["acme"]);
    airlock.done(&["task", "verify", folder.to_str().unwrap()]);
    assert_eq!(airlock.installed(), [], "verify installs nothing");
    is_in(&airlock, &airlock.install(&folder, &[]), "1.0.0");
    // By its file, and once more.
    is_in(&airlock, &airlock.install(&folder.join("task.wasm"), &[]), "1.0.0");
    is_in(&airlock, &airlock.install(&folder.join("task.manifest.toml"), &[]), "1.0.0");
}

/// What the commands make, the commands take: keys with a password, `sign`, `sign --add`.
#[test]
fn su_01_twin_signed_by_the_command() {
    let (airlock, publisher) = (Airlock::new(), Publisher::new());
    let (password, key) = (publisher.text("password"), publisher.text("acme"));
    fs::write(&password, "correct horse\n").unwrap();
    airlock.done(&["task", "keygen", "--password-file", &password, &key]);
    assert!(!airlock.run(&["task", "keygen", "--no-password", &key]).status.success(), "no key is overwritten");
    airlock.done(&["task", "keygen", "--no-password", &publisher.text("second")]);
    let file = publisher.text("check.wasm");
    fs::write(&file, component(&[FACTS], "1")).unwrap();
    let (acme, second) = (publisher.text("acme.key"), publisher.text("second.key"));
    let about = ["--name", "acme-check", "--version", "1.0.0", "--counter", "1", "--expires", "30d"];
    let sign = [&["task", "sign", &file, "--key", &acme, "--password-file", &password][..], &about].concat();
    airlock.done(&sign);
    airlock.trust(&publisher, "acme", "acme", "acme-*");
    airlock.trust(&publisher, "second", "acme", "acme-*");
    airlock.done(&["task", "trust", "--name", "acme", "--threshold", "2"]);
    refused(&airlock, &airlock.install(Path::new(&file), &[]), "THRESHOLD");
    airlock.done(&["task", "sign", &file, "--key", &second, "--add"]);
    is_in(&airlock, &airlock.install(Path::new(&file), &[]), "1.0.0");
}

#[test]
fn su_02_a_policy_that_comes_along_is_not_applied() {
    let (airlock, publisher) = acme();
    let good = component(&[FACTS], "1");
    let folder = publisher.publish("good", &Release::new("acme-check", "1.0.0", 1, &good), &["acme"]);
    let wish = "policy_version = 1\n[[grant]]\nverb = \"exec.template\"\ntask = [\"*\"]\u{1b}[2J\n";
    for name in ["task.policy.toml", "policy.toml", "50-local.toml"] {
        fs::write(folder.join(name), wish).unwrap();
    }
    let before = everything_but_the_trust(airlock.vardir());
    let output = airlock.install(&folder, &[]);
    is_in(&airlock, &output, "1.0.0");
    assert!(
        output.stdout.contains("Nothing of it is in force") && output.stdout.contains("| verb = \"exec.template\"")
    );
    assert!(!output.stdout.contains('\u{1b}'), "{output:?}");
    assert_eq!(everything_but_the_trust(airlock.vardir()), before, "no policy appeared");
    let shown = airlock.done(&["task", "inspect", "acme-check"]).stdout;
    assert!(shown.contains("Nothing of it is in force"), "{shown}");
    // A grant inside the manifest is no manifest.
    let manifest = fs::read_to_string(folder.join("task.manifest.toml")).unwrap();
    let key = publisher.key(&airlock, "second");
    airlock.trust(&publisher, "second", "acme", "acme-*");
    let manifest = format!("{manifest}\n[[grant]]\nverb = \"exec.template\"\n");
    fs::write(folder.join("task.manifest.toml"), &manifest).unwrap();
    fs::write(folder.join("task.manifest.toml.minisig"), key.sign(manifest.as_bytes(), "x").unwrap()).unwrap();
    refused(&airlock, &airlock.install(&folder, &[]), "BAD_MANIFEST");
}

#[test]
fn su_02_twin_without_a_policy_nothing_is_asked() {
    let (airlock, publisher) = acme();
    let good = component(&[FACTS], "1");
    let folder = publisher.publish("good", &Release::new("acme-check", "1.0.0", 1, &good), &["acme"]);
    let output = airlock.install(&folder, &[]);
    is_in(&airlock, &output, "1.0.0");
    assert!(!output.stdout.contains("in force"), "{output:?}");
}

/// Every file of the state but those of the trust store and of the audit.
fn everything_but_the_trust(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && !["trust", "log"].contains(&name.as_str()) {
                folders.push(path);
            } else if path.is_file() && name != "audit.anchors" {
                files.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn su_03_older_than_what_was_seen() {
    let (airlock, publisher) = acme();
    let bytes: Vec<Vec<u8>> = (0..4).map(|n| component(&[FACTS], &n.to_string())).collect();
    let publish = |folder: &str, version: &str, counter: u64, at: usize| {
        publisher.publish(folder, &Release::new("acme-check", version, counter, &bytes[at]), &["acme"])
    };
    is_in(&airlock, &airlock.install(&publish("new", "1.3.0", 7, 0), &[]), "1.3.0");
    let older = publish("older", "1.0.0", 6, 1);
    refused(&airlock, &airlock.install(&older, &[]), "ROLLBACK");
    // An older version under a new counter, a newer version under an old counter, another component under the same.
    refused(&airlock, &airlock.install(&publish("a", "1.2.9", 8, 1), &[]), "ROLLBACK");
    refused(&airlock, &airlock.install(&publish("b", "1.4.0", 6, 2), &[]), "ROLLBACK");
    refused(&airlock, &airlock.install(&publish("c", "1.3.0", 7, 3), &[]), "ROLLBACK");
    refused(&airlock, &airlock.install(&publish("d", "1.3.0-rc.1", 9, 3), &[]), "ROLLBACK");
    // Removing it does not make the past new.
    airlock.done(&["task", "remove", "acme-check"]);
    refused(&airlock, &airlock.install(&older, &[]), "ROLLBACK");
    // The owner's explicit word does, and is on record.
    is_in(&airlock, &airlock.install(&older, &["--allow-rollback"]), "1.0.0");
    assert_eq!(airlock.events("task.install").last().unwrap()["rollback"], true);
    // It was said for that one.
    refused(&airlock, &airlock.install(&publish("e", "1.2.0", 6, 2), &[]), "ROLLBACK");
}

#[test]
fn su_03_twin_newer_comes_in() {
    let (airlock, publisher) = acme();
    for (version, counter) in [("1.9.0", 1), ("1.10.0", 2), ("1.10.0", 3), ("2.0.0-rc.1", 4), ("2.0.0", 10)] {
        let bytes = component(&[FACTS], version);
        let folder = publisher.publish("new", &Release::new("acme-check", version, counter, &bytes), &["acme"]);
        is_in(&airlock, &airlock.install(&folder, &[]), version);
    }
}

#[test]
fn su_04_the_same_old_manifest_for_ever() {
    let (airlock, publisher) = acme();
    let (reads, changes) = (component(&[FACTS], "1"), component(&[FACTS, FILES, PROCESS], "1"));
    let old = |folder: &str, name: &str, bytes: &[u8], worlds: &[&str], hours: i64| {
        let mut release = Release::new(name, "1.0.0", 1, bytes);
        (release.issued, release.expires, release.worlds) = (at(-hours), at(-hours + 10), worlds);
        publisher.publish(folder, &release, &["acme"])
    };
    // Past its expiry: said, and it comes in. Past twice the period: the inventory still does.
    for (folder, hours) in [("expired", 15), ("frozen", 25)] {
        let output = airlock.install(&old(folder, "acme-check", &reads, &["inventory"], hours), &["--allow-rollback"]);
        is_in(&airlock, &output, "1.0.0");
        assert!(output.stderr.contains("expired"), "{output:?}");
        let listed = airlock.done(&["task", "list"]).stdout;
        assert!(listed.contains("expired"), "{listed}");
    }
    airlock.done(&["task", "remove", "acme-check"]);
    // What changes things does not even come in.
    let frozen = old("deploy", "acme-deploy", &changes, &["deploy"], 25);
    refused(&airlock, &airlock.install(&frozen, &[]), "FROZEN");
}

#[test]
fn su_04_twin_fresh_is_not_warned_about() {
    let (airlock, publisher) = acme();
    let changes = component(&[FACTS, FILES, PROCESS], "1");
    let mut release = Release::new("acme-check", "1.0.0", 1, &changes);
    release.worlds = &["deploy"];
    let output = airlock.install(&publisher.publish("good", &release, &["acme"]), &[]);
    is_in(&airlock, &output, "1.0.0");
    assert!(!output.stderr.contains("expired"), "{output:?}");
    // Expired, but not twice: still usable.
    (release.issued, release.expires, release.counter) = (at(-15), at(-5), 2);
    is_in(&airlock, &airlock.install(&publisher.publish("late", &release, &["acme"]), &[]), "1.0.0");
}

#[test]
fn su_05_the_manifest_of_one_with_the_component_of_another() {
    let (airlock, publisher) = acme();
    let (one, two) = (component(&[FACTS], "1"), component(&[FACTS], "2"));
    let release = Release::new("acme-check", "2.0.0", 2, &two);
    let folder = publisher.publish_as("mixed", &release.manifest(), &one, &["acme"]);
    refused(&airlock, &airlock.install(&folder, &[]), "OTHER_BYTES");
    // Shorter, longer, empty.
    for bytes in [&two[..two.len() - 1], &[&two[..], b"x"].concat(), b""] {
        fs::write(folder.join("task.wasm"), bytes).unwrap();
        assert_eq!(airlock.install(&folder, &[]).status.code(), Some(1));
    }
    // The signature of one manifest under another.
    let other = publisher.publish("other", &Release::new("acme-check", "1.0.0", 1, &one), &["acme"]);
    fs::copy(other.join("task.manifest.toml"), folder.join("task.manifest.toml")).unwrap();
    fs::write(folder.join("task.wasm"), &one).unwrap();
    refused(&airlock, &airlock.install(&folder, &[]), "UNKNOWN_KEY");
    // Signed, but it declares less, more or another kind than the component has.
    let more = component(&[FACTS, PROCESS], "3");
    let mut manifest = Release::new("acme-check", "3.0.0", 3, &more).manifest();
    manifest.imports = vec![FACTS.to_owned()];
    refused(&airlock, &airlock.install(&publisher.publish_as("l", &manifest, &more, &["acme"]), &[]), "OTHER_IMPORTS");
    let mut manifest = Release::new("acme-check", "3.0.0", 3, &two).manifest();
    manifest.imports.push(PROCESS.to_owned());
    refused(&airlock, &airlock.install(&publisher.publish_as("m", &manifest, &two, &["acme"]), &[]), "OTHER_IMPORTS");
    for worlds in [&["base"][..], &["inventory", "base"], &["root"]] {
        let mut manifest = Release::new("acme-check", "3.0.0", 3, &two).manifest();
        manifest.worlds = worlds.iter().map(|world| (*world).to_owned()).collect();
        let folder = publisher.publish_as("w", &manifest, &two, &["acme"]);
        refused(&airlock, &airlock.install(&folder, &[]), "OTHER_IMPORTS");
    }
    assert_eq!(airlock.installed(), []);
}

#[test]
fn su_05_twin_what_belongs_together() {
    let (airlock, publisher) = acme();
    let two = component(&[FACTS], "2");
    let folder = publisher.publish("good", &Release::new("acme-check", "2.0.0", 2, &two), &["acme"]);
    is_in(&airlock, &airlock.install(&folder, &[]), "2.0.0");
}

#[test]
fn su_06_a_component_without_an_end() {
    let (airlock, publisher) = acme();
    let good = component(&[FACTS], "1");
    let folder = publisher.publish("endless", &Release::new("acme-check", "1.0.0", 1, &good), &["acme"]);
    let file = folder.join("task.wasm");
    // A hundred gigabytes of nothing; a device without an end; a pipe that nobody writes to.
    fs::File::create(&file).unwrap().set_len(100 << 30).unwrap();
    let output = airlock.install(&folder, &[]);
    assert!(!output.status.success() && output.took.as_secs() < 10, "{output:?}");
    for endless in ["/dev/zero", "fifo"] {
        fs::remove_file(&file).unwrap();
        match endless {
            "fifo" => nix::unistd::mkfifo(&file, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap(),
            device => std::os::unix::fs::symlink(device, &file).unwrap(),
        }
        let output = airlock.install(&folder, &[]);
        assert!(!output.status.success() && output.took.as_secs() < 10, "{output:?}");
    }
    // A manifest, signatures and wishes without an end.
    for name in ["task.manifest.toml", "task.manifest.toml.minisig", "task.policy.toml"] {
        let folder = publisher.publish(name, &Release::new("acme-check", "1.0.0", 1, &good), &["acme"]);
        fs::File::create(folder.join(name)).unwrap().set_len(1 << 40).unwrap();
        let output = airlock.install(&folder, &[]);
        assert!(!output.status.success() && output.took.as_secs() < 10, "{output:?}");
    }
    assert_eq!(airlock.installed(), []);
}

#[test]
fn su_07_a_revoked_key_and_a_key_outside_its_names() {
    let (airlock, publisher) = acme();
    publisher.key(&airlock, "other");
    airlock.trust(&publisher, "other", "other", "other-*");
    let bytes = component(&[FACTS], "1");
    let publish = |folder: &str, name: &str, counter: u64, keys: &[&str]| {
        publisher.publish(folder, &Release::new(name, "1.0.0", counter, &bytes), keys)
    };
    refused(&airlock, &airlock.install(&publish("a", "other-check", 1, &["acme"]), &[]), "NOT_DELEGATED");
    refused(&airlock, &airlock.install(&publish("b", "acme-check", 1, &["other"]), &[]), "NOT_DELEGATED");
    // The name of a task that comes with the program is nobody's.
    publisher.key(&airlock, "all");
    airlock.trust(&publisher, "all", "all", "*");
    refused(&airlock, &airlock.install(&publish("i", "inventory", 1, &["all"]), &[]), "FAILED");
    is_in(&airlock, &airlock.install(&publish("c", "acme-check", 1, &["acme"]), &[]), "1.0.0");
    // Another publisher does not take the name over.
    assert!(!airlock.install(&publish("t", "acme-check", 2, &["all"]), &[]).status.success());
    airlock.done(&["task", "trust", "--revoke", &publisher.text("acme.pub"), "--reason", "stolen"]);
    refused(&airlock, &airlock.install(&publish("d", "acme-check", 2, &["acme"]), &[]), "REVOKED_KEY");
    // What is installed stops with it, and is shown as such.
    let listed = airlock.done(&["task", "list"]).stdout;
    assert!(listed.contains("does not run") && listed.contains("revoked"), "{listed}");
    // And it does not come back by being trusted again, under any name.
    for name in ["acme", "new"] {
        let again = ["task", "trust", &publisher.text("acme.pub"), "--name", name, "--names", "acme-*"];
        assert!(!airlock.run(&again).status.success());
    }
}

#[test]
fn su_07_twin_the_publishers_other_key_still_signs() {
    let (airlock, publisher) = acme();
    publisher.key(&airlock, "spare");
    airlock.trust(&publisher, "spare", "acme", "acme-*");
    let bytes = component(&[FACTS], "1");
    let release = Release::new("acme-check", "1.0.0", 1, &bytes);
    is_in(&airlock, &airlock.install(&publisher.publish("a", &release, &["acme", "spare"]), &[]), "1.0.0");
    airlock.done(&["task", "trust", "--revoke", &publisher.text("acme.pub")]);
    assert!(airlock.done(&["task", "list"]).stdout.contains("ready"));
    let release = Release::new("acme-check", "1.1.0", 2, &bytes);
    is_in(&airlock, &airlock.install(&publisher.publish("b", &release, &["spare"]), &[]), "1.1.0");
}

#[test]
fn su_08_an_update_that_asks_for_more_is_held() {
    let (airlock, publisher) = acme();
    let (old, new) = (component(&[FACTS], "1"), component(&[FACTS, PROCESS], "2"));
    is_in(
        &airlock,
        &airlock.install(&publisher.publish("a", &Release::new("acme-check", "1.0.0", 1, &old), &["acme"]), &[]),
        "1.0.0",
    );
    let before = airlock.json(&["task", "inspect", "acme-check", "--json"]);
    let mut release = Release::new("acme-check", "2.0.0", 2, &new);
    release.worlds = &["deploy"];
    let folder = publisher.publish("b", &release, &["acme"]);
    for _ in 0..2 {
        let output = airlock.install(&folder, &[]);
        assert!(output.status.success() && output.stdout.starts_with("held"), "{output:?}");
        assert!(output.stdout.contains("airlock:process/process"), "{output:?}");
    }
    // On record; the old one is what runs.
    let event = airlock.events("task.install").pop().unwrap();
    assert_eq!((&event["decision"], &event["asks_for_more"][0]), (&"hold".into(), &"airlock:process/process".into()));
    assert_eq!(airlock.installed(), [("acme-check".to_owned(), "1.0.0".to_owned())]);
    let after = airlock.json(&["task", "inspect", "acme-check", "--json"]);
    assert_eq!((&after["sha256"], &after["version"]), (&before["sha256"], &before["version"]));
    assert_eq!(after["held"]["version"], "2.0.0");
    // The owner's word lets it in.
    is_in(&airlock, &airlock.install(&folder, &["--allow-new-imports"]), "2.0.0");
}

#[test]
fn su_08_twin_an_update_that_asks_for_no_more_comes_in() {
    let (airlock, publisher) = acme();
    let (old, same) = (component(&[FACTS, PROCESS], "1"), component(&[PROCESS, FACTS], "2"));
    let less = component(&[FACTS], "3");
    for (counter, (version, bytes, world)) in
        [("1.0.0", &old, "deploy"), ("2.0.0", &same, "deploy"), ("3.0.0", &less, "inventory")].into_iter().enumerate()
    {
        let worlds = [world];
        let mut release = Release::new("acme-check", version, counter as u64, bytes);
        release.worlds = &worlds;
        is_in(&airlock, &airlock.install(&publisher.publish(version, &release, &["acme"]), &[]), version);
    }
}

/// The lock file's packages: name, version, where from, checksum.
fn locked() -> Vec<[Option<String>; 4]> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
    let value = |package: &str, key: &str| {
        let line = package.lines().find_map(|line| line.strip_prefix(&format!("{key} = \"")));
        line.and_then(|line| line.strip_suffix('"')).map(str::to_owned)
    };
    let packages = lock.split("[[package]]").skip(1);
    packages.map(|package| ["name", "version", "source", "checksum"].map(|key| value(package, key))).collect()
}

#[test]
fn su_09_what_the_program_is_built_of() {
    let packages = locked();
    assert!(packages.len() > 100);
    for [name, version, source, checksum] in &packages {
        let name = name.as_deref().unwrap();
        match source {
            // Of a registry, and held to its bytes.
            Some(source) => {
                assert!(source.starts_with("registry+") && checksum.is_some(), "{name} {version:?}: {source}")
            }
            None => assert!(name.starts_with("airlock-"), "{name} comes from nowhere"),
        }
        assert!(!["wasmtime-wasi", "openssl-sys"].contains(&name), "{name}");
    }
    // The rules for the tool that knows the advisories; run where there is the tool and a copy of its database.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let rules = fs::read_to_string(root.join("deny.toml")).unwrap();
    assert!(rules.contains("[advisories]") && rules.contains("ignore = []") && rules.contains("yanked = \"deny\""));
    let mut check = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    check.args(["deny", "--offline", "check", "advisories", "bans", "sources"]).current_dir(root);
    let home = std::env::var_os("CARGO_HOME")
        .map_or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")), |home| Some(home.into()));
    let has_database = home.is_some_and(|home| home.join("advisory-db").is_dir() || home.join("advisory-dbs").is_dir());
    match check.output() {
        Ok(output) if has_database && !String::from_utf8_lossy(&output.stderr).contains("no such command") => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        _ => eprintln!("NOT CHECKED: known advisories; there is no cargo-deny here, or no copy of its database"),
    }
}

#[test]
fn su_09_twin_the_engine_is_the_one_in_the_lock_file_and_new_enough() {
    let is_wasmtime = |package: &&[Option<String>; 4]| package[0].as_deref() == Some("wasmtime");
    let packages = locked();
    let wasmtime: Vec<_> = packages.iter().filter(is_wasmtime).collect();
    assert_eq!(wasmtime.len(), 1);
    assert_eq!(wasmtime[0][1].as_deref(), Some(airlock_sandbox::ENGINE_VERSION));
    let numbers: Vec<u64> = airlock_sandbox::ENGINE_VERSION.split('.').map(|part| part.parse().unwrap()).collect();
    assert!((numbers[0], numbers[1], numbers[2]) >= airlock_sandbox::OLDEST_ENGINE);
    assert!(airlock_sandbox::Sandbox::new().is_ok());
}

#[test]
fn su_08_twin_an_update_that_the_policy_grants_more_comes_in() {
    let (airlock, publisher) = acme();
    let (old, new) = (component(&[FACTS], "1"), component(&[FACTS, PROCESS], "2"));
    let first = publisher.publish("a", &Release::new("acme-check", "1.0.0", 1, &old), &["acme"]);
    is_in(&airlock, &airlock.install(&first, &[]), "1.0.0");
    let mut release = Release::new("acme-check", "2.0.0", 2, &new);
    release.worlds = &["deploy"];
    let folder = publisher.publish("b", &release, &["acme"]);
    let policy = publisher.path("policy.d");
    fs::create_dir(&policy).unwrap();
    let install = |task: &str, verb: &str| {
        let text = format!(
            "policy_version = 1\nid = \"t\"\nserial = 1\nlayer = \"local\"\nmode = \"enforce\"\n\n[server.hq]\n\
             origin = \"https://hq.test\"\n\n[[grant]]\nserver = [\"hq\"]\ntask = [\"{task}\"]\nverb = {verb}\n\n\
             [template.t]\nprogram = \"/bin/true\"\nargv = []\n"
        );
        fs::write(policy.join("50-t.toml"), text).unwrap();
        airlock.run(&["--policy", policy.to_str().unwrap(), "task", "install", folder.to_str().unwrap()])
    };
    // A grant of something else, to another task, or to whatever comes along, is none of this.
    let (reads, runs) = ("\"inventory.read\"\ncategories = [\"*\"]", "\"exec.template\"\ntemplates = [\"t\"]");
    for (task, verb) in [("acme-check", reads), ("acme-other", runs), ("*", runs)] {
        let output = install(task, verb);
        assert!(output.stdout.starts_with("held"), "{task} {verb}: {output:?}");
        assert!(!output.stderr.contains("error"), "the policy loads: {output:?}");
    }
    is_in(&airlock, &install("acme-check", runs), "2.0.0");
}

/// A release as a site serves it, under `/task.…`.
fn serve(site: &Site, folder: &Path) {
    for name in ["task.wasm", "task.manifest.toml", "task.manifest.toml.minisig"] {
        site.put(&format!("/{name}"), Page::Bytes(fs::read(folder.join(name)).unwrap()));
    }
}

#[test]
fn su_06_a_download_without_an_end() {
    let (airlock, publisher, site, other) = {
        let (airlock, publisher) = acme();
        (airlock, publisher, Site::new(), Site::new())
    };
    let good = component(&[FACTS], "1");
    serve(&site, &publisher.publish("good", &Release::new("acme-check", "1.0.0", 1, &good), &["acme"]));
    let url = site.url("/task.wasm");
    let install = || airlock.run(&["task", "install", "--loopback", &url]);
    let stops = |what: &str| {
        let output = install();
        assert!(!output.status.success() && output.took.as_secs() < 10, "{what}: {output:?}");
        assert_eq!(airlock.events("task.install").last().unwrap()["decision"], "deny", "{what}");
    };
    for page in [Page::Endless, Page::Announced(u64::MAX / 2), Page::Announced(good.len() as u64 + 1)] {
        for name in ["/task.wasm", "/task.manifest.toml", "/task.manifest.toml.minisig"] {
            serve(&site, &publisher.path("good"));
            site.put(name, page.clone());
            stops(&format!("{name}: {page:?}"));
        }
    }
    // Somewhere else is not asked, round and round is not gone.
    serve(&site, &publisher.path("good"));
    serve(&other, &publisher.path("good"));
    for to in [other.url("/task.wasm"), site.url("/task.wasm"), "ftp://x/".to_owned(), "//[".to_owned()] {
        site.put("/task.wasm", Page::Redirect(to.clone()));
        stops(&to);
    }
    assert_eq!(other.asked(), Vec::<String>::new());
    // A component whose manifest does not hold is not even fetched.
    let before = site.asked().iter().filter(|path| *path == "/task.wasm").count();
    site.put("/task.manifest.toml.minisig", Page::Bytes(vec![]));
    refused(&airlock, &install(), "UNSIGNED");
    assert_eq!(site.asked().iter().filter(|path| *path == "/task.wasm").count(), before);
    assert_eq!(airlock.installed(), []);
    // Without the word for trying things out, neither plain HTTP nor the machine itself is contacted.
    let asked = site.asked().len();
    for url in [
        site.url("/task.wasm"),
        site.url("/task.wasm").replace("http:", "https:"),
        format!("oci://{}/x:1", site.address),
    ] {
        assert!(!airlock.run(&["task", "install", &url]).status.success(), "{url}");
    }
    assert_eq!(site.asked().len(), asked);
    // And with it, nothing but this machine.
    for url in ["http://169.254.169.254/task.wasm", "http://10.0.0.1/task.wasm", "oci://169.254.169.254/x:1"] {
        let output = airlock.run(&["task", "install", "--loopback", url]);
        assert!(!output.status.success() && output.stderr.contains("not contacted"), "{output:?}");
    }
}

#[test]
fn su_06_twin_a_download_of_the_size_that_was_signed() {
    let ((airlock, publisher), site) = (acme(), Site::new());
    let good = component(&[FACTS], "1");
    serve(&site, &publisher.publish("good", &Release::new("acme-check", "1.0.0", 1, &good), &["acme"]));
    is_in(&airlock, &airlock.run(&["task", "install", "--loopback", &site.url("/task.wasm")]), "1.0.0");
    // A redirect within the server is followed.
    site.put("/old.wasm", Page::Redirect("/task.wasm".to_owned()));
    for name in ["manifest.toml", "manifest.toml.minisig"] {
        site.put(&format!("/old.{name}"), Page::Redirect(site.url(&format!("/task.{name}"))));
    }
    is_in(&airlock, &airlock.run(&["task", "install", "--loopback", &site.url("/old.wasm")]), "1.0.0");
}

/// A registry with one image: the release's files as its parts.
fn registry(site: &Site, folder: &Path, config: &str) -> String {
    let mut layers = Vec::new();
    for (name, kind) in [
        ("task.wasm", "application/wasm"),
        ("task.manifest.toml", "application/vnd.airlock.manifest.v1+toml"),
        ("task.manifest.toml.minisig", "application/vnd.airlock.signatures.v1+minisig"),
    ] {
        let bytes = fs::read(folder.join(name)).unwrap();
        let digest = format!("sha256:{}", airlock_trust::sha256_hex(&bytes));
        layers.push(format!("{{\"mediaType\":\"{kind}\",\"digest\":\"{digest}\",\"size\":{}}}", bytes.len()));
        site.put(&format!("/v2/acme/check/blobs/{digest}"), Page::Bytes(bytes));
    }
    let empty = format!("sha256:{}", airlock_trust::sha256_hex(b"{}"));
    let manifest = format!(
        "{{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{{\"mediaType\":\"{config}\",\"digest\":\"{empty}\",\"size\":2}},\"layers\":[{}]}}",
        layers.join(",")
    );
    let digest = airlock_trust::sha256_hex(manifest.as_bytes());
    for name in ["1.0.0".to_owned(), format!("sha256:{digest}")] {
        site.put(&format!("/v2/acme/check/manifests/{name}"), Page::Bytes(manifest.clone().into_bytes()));
    }
    digest
}

const CONFIG: &str = "application/vnd.wasm.config.v0+json";

#[test]
fn su_05_a_registry_that_hands_out_something_else() {
    let ((airlock, publisher), site) = (acme(), Site::new());
    let (good, bad) = (component(&[FACTS], "1"), component(&[FACTS], "2"));
    let folder = publisher.publish("good", &Release::new("acme-check", "1.0.0", 1, &good), &["acme"]);
    let image = format!("oci://{}/acme/check", site.address);
    let stops = |name: &str| {
        let output = airlock.run(&["task", "install", "--loopback", name]);
        assert!(!output.status.success() && output.took.as_secs() < 10, "{name}: {output:?}");
    };
    // Another component in its place, under its digest; one without an end.
    registry(&site, &folder, CONFIG);
    let digest = airlock_trust::sha256_hex(&good);
    for page in [Page::Bytes(bad), Page::Endless] {
        site.put(&format!("/v2/acme/check/blobs/sha256:{digest}"), page);
        stops(&format!("{image}:1.0.0"));
    }
    // A manifest under the digest of another; something that is no component; nothing.
    let real = registry(&site, &folder, CONFIG);
    site.put(&format!("/v2/acme/check/manifests/sha256:{real}"), Page::Bytes(b"{}".to_vec()));
    stops(&format!("{image}@sha256:{real}"));
    registry(&site, &folder, "application/vnd.oci.image.config.v1+json");
    stops(&format!("{image}:1.0.0"));
    stops(&format!("{image}:2.0.0"));
    assert_eq!(airlock.installed(), []);
}

#[test]
fn su_05_twin_from_a_registry_by_tag_and_by_digest() {
    let ((airlock, publisher), site) = (acme(), Site::new());
    let good = component(&[FACTS], "1");
    let folder = publisher.publish("good", &Release::new("acme-check", "1.0.0", 1, &good), &["acme"]);
    let digest = registry(&site, &folder, CONFIG);
    for name in ["check:1.0.0".to_owned(), format!("check@sha256:{digest}")] {
        let image = format!("oci://{}/acme/{name}", site.address);
        is_in(&airlock, &airlock.run(&["task", "install", "--loopback", &image]), "1.0.0");
    }
}
