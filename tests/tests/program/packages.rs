//! Signed packages by hand: a publisher signs one, and whoever trusts the key sees whose it is.

use airlock_tests::program::Airlock;
use std::fs;

#[test]
fn a_package_is_signed_and_known_by_its_publisher() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (publisher, owner) = (Airlock::new(), Airlock::new());
    for name in ["acme", "second"] {
        publisher.done(&["task", "keygen", &at(name), "--no-password"]);
    }
    let package = at("acme-agentd-2.5.1.tar.gz");
    fs::write(&package, "what is in it is looked at when it is installed").unwrap();
    let what = ["--name", "acme-agentd", "--version", "2.5.1", "--counter", "7"];
    publisher.done(&[&["package", "sign", &package, "--key", &at("acme.key")], &what[..]].concat());
    publisher.done(&["package", "sign", &package, "--key", &at("second.key"), "--add"]);

    let refused = owner.run(&["package", "verify", &package]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stderr.contains("UNKNOWN_KEY"), "{}", refused.stderr);
    let names = ["--name", "acme", "--names", "acme-*"];
    owner.done(&[&["task", "trust", &at("acme.pub")], &names[..]].concat());
    owner.done(&[&["task", "trust", &at("second.pub"), "--threshold", "2"], &names[..]].concat());
    let verified = owner.json(&["package", "verify", &package, "--json"]);
    assert_eq!((&verified["publisher"], &verified["version"]), (&"acme".into(), &"2.5.1".into()));
    assert_eq!(verified["keys"].as_array().unwrap().len(), 2);

    fs::write(&package, "what was in it was looked at when it was signed").unwrap();
    let refused = owner.run(&["package", "verify", &package]);
    assert!(refused.status.code() == Some(1) && refused.stderr.contains("OTHER_BYTES"), "{}", refused.stderr);
    assert!(owner.done(&["package", "list"]).stdout.contains("no package"));
    assert_eq!(owner.json(&["package", "list", "--json"]), serde_json::json!({}));
}
