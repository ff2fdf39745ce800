//! Policies that have to be signed (`require_signature` in a file of the organisation), with the keys and the files of an
//! owner.

use airlock_tests::owner::Owner;
use airlock_trust::{Password, SecretKey};
use std::fs;

const ORGANISATION: &str = r#"policy_version = 1
id = "org"
serial = 1
layer = "org"
require_signature = true
[[grant]]
server = ["hq"]
task = ["inventory"]
verb = "inventory.read"
categories = ["*"]
"#;

const LOCAL: &str = r#"policy_version = 1
id = "hq"
serial = 1
[server.hq]
origin = "https://glpi.corp.example"
[[grant]]
server = ["hq"]
task = ["inventory"]
verb = "inventory.read"
categories = ["hardware"]
"#;

/// An owner who trusts the key `own` for policies, and has the file of the organisation signed with it.
fn owner() -> Owner {
    let owner = Owner::new(LOCAL);
    owner.write("10-org.toml", ORGANISATION);
    let key = |name: &str| owner.confdir.path().join(name).display().to_string();
    for name in ["own", "other"] {
        assert!(owner.run(&["task", "keygen", "--no-password", &key(name)]).status.success());
    }
    let trust = owner.run(&["task", "trust", &key("own.pub"), "--name", "owner", "--names", "*.toml"]);
    assert!(trust.status.success(), "{trust:?}");
    sign(&owner, "10-org.toml", "own");
    owner
}

fn sign(owner: &Owner, file: &str, key: &str) {
    let key = fs::read_to_string(owner.confdir.path().join(format!("{key}.key"))).unwrap();
    let text = fs::read(owner.confdir.path().join("policy.d").join(file)).unwrap();
    let signature = SecretKey::parse(&key, Password::None).unwrap().sign(&text, "test").unwrap();
    owner.write(&format!("{file}.sig"), &signature);
}

/// It does not load, for this reason, and grants nothing.
fn refused(owner: &Owner, why: &str) {
    let check = owner.run(&["policy", "check"]);
    assert_eq!(check.status.code(), Some(1), "{why}: {check:?}");
    assert!(check.stdout.contains("50-hq.toml:1") && check.stdout.contains(why), "{why}: {}", check.stdout);
    let (sections, said) = owner.inventory(&[]);
    assert!(said.contains("does not load"), "{why}: {said}");
    assert!(sections.contains("operatingsystem"), "the minimum holds, not the file: {sections:?}");
}

#[test]
fn a_policy_is_not_taken_unsigned_wrongly_signed_or_changed_after_it_was_signed() {
    let owner = owner();
    refused(&owner, "50-hq.toml.sig is missing");
    sign(&owner, "50-hq.toml", "other");
    refused(&owner, "not signed by the keys of the publisher owner");
    owner.write("50-hq.toml.sig", "signed, honestly\n");
    refused(&owner, "not signed by the keys of the publisher owner");
    // Another file's signature; the right one, of the file as it was.
    let organisations = fs::read_to_string(owner.confdir.path().join("policy.d/10-org.toml.sig")).unwrap();
    owner.write("50-hq.toml.sig", &organisations);
    refused(&owner, "not signed by the keys of the publisher owner");
    sign(&owner, "50-hq.toml", "own");
    owner.write("50-hq.toml", &LOCAL.replace("\"hardware\"", "\"hardware\", \"user\""));
    refused(&owner, "not signed by the keys of the publisher owner");
}

#[test]
fn a_signed_policy_loads_and_stays_in_force_when_an_unsigned_one_comes() {
    let owner = owner();
    sign(&owner, "50-hq.toml", "own");
    let check = owner.run(&["policy", "check"]);
    assert!(check.status.success(), "{check:?}");
    let (sections, said) = owner.inventory(&[]);
    assert!(sections.contains("hardware") && !sections.contains("operatingsystem"), "{sections:?} {said}");
    owner.write(
        "50-hq.toml",
        &LOCAL.replace("\"hardware\"", "\"hardware\", \"user\"").replace("serial = 1", "serial = 2"),
    );
    let (sections, said) = owner.inventory(&[]);
    assert!(sections.contains("hardware") && !sections.contains("operatingsystem"), "{sections:?} {said}");
    assert!(said.contains("stays in force"), "{said}");
    sign(&owner, "50-hq.toml", "own");
    let (sections, said) = owner.inventory(&[]);
    assert!(sections.contains("hardware") && !said.contains("in force"), "{sections:?} {said}");
    assert!(owner.run(&["policy", "check"]).status.success());
}

#[test]
fn a_key_that_was_revoked_or_is_for_other_names_signs_no_policy() {
    let owner = owner();
    let key = |name: &str| owner.confdir.path().join(name).display().to_string();
    let trust = owner.run(&["task", "trust", &key("other.pub"), "--name", "owner", "--names", "60-*"]);
    assert!(trust.status.success(), "{trust:?}");
    sign(&owner, "50-hq.toml", "other");
    refused(&owner, "not signed by the keys of the publisher owner");
    sign(&owner, "50-hq.toml", "own");
    assert!(owner.run(&["policy", "check"]).status.success());
    let revoke = owner.run(&["task", "trust", "--revoke", &key("own.pub"), "--reason", "a test"]);
    assert!(revoke.status.success(), "{revoke:?}");
    let check = owner.run(&["policy", "check"]);
    assert_eq!(check.status.code(), Some(1), "{check:?}");
    assert!(check.stdout.contains("revoked"), "{}", check.stdout);
}
