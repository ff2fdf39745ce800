//! Packages: whose they are, and that they do not go back, with keys made for the test.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a surprise ends the test")]

use airlock_trust::{
    Glob, Key, KeyPair, Manifest, Name, PackageManifest, Password, SecretKey, TrustError, TrustStore, VerifiedPackage,
    authenticate, authenticate_package, sha256_hex,
};
use jiff::Timestamp;

struct Signing {
    secret: SecretKey,
    key: Key,
}

fn signing() -> Signing {
    let pair = KeyPair::generate("test", Password::None).unwrap();
    let secret = SecretKey::parse(&pair.secret, Password::None).unwrap();
    Signing { key: secret.public().unwrap(), secret }
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const NOW: &str = "2026-01-02T00:00:00Z";

fn manifest(version: &str, counter: u64) -> PackageManifest {
    PackageManifest {
        name: name("acme-agentd"),
        version: version.parse().unwrap(),
        counter,
        issued: at("2026-01-01T00:00:00Z"),
        expires: at("2026-01-11T00:00:00Z"),
        size: 9,
        sha256: sha256_hex(version.as_bytes()),
    }
}

fn check(
    store: &TrustStore,
    manifest: &PackageManifest,
    by: &[&Signing],
    now: &str,
) -> Result<VerifiedPackage, TrustError> {
    let text = manifest.to_toml().unwrap();
    let signatures: String = by.iter().map(|key| key.secret.sign(text.as_bytes(), "test").unwrap()).collect();
    let verified = authenticate_package(text.as_bytes(), signatures.as_bytes(), store, at(now))?;
    store.check_package(&verified).map(|()| verified)
}

fn trusting(keys: &[&Signing], names: &str) -> TrustStore {
    let mut store = TrustStore::default();
    for key in keys {
        store.trust(&name("acme"), key.key, vec![Glob::parse(names).unwrap()]).unwrap();
    }
    store
}

#[test]
fn a_package_is_whose_keys_signed_it_for_its_name() {
    let (first, second, stranger) = (signing(), signing(), signing());
    let mut store = trusting(&[&first, &second], "acme-*");
    let good = manifest("2.5.1", 7);
    let verified = check(&store, &good, &[&first], NOW).unwrap();
    assert_eq!((verified.publisher.as_str(), verified.keys.as_slice()), ("acme", [first.key].as_slice()));
    assert_eq!(PackageManifest::parse(good.to_toml().unwrap().as_bytes()).unwrap(), good);
    verified.check_bytes(9, &sha256_hex(b"2.5.1")).unwrap();
    assert_eq!(verified.check_bytes(8, &good.sha256).unwrap_err().code(), "OTHER_BYTES");
    assert_eq!(verified.check_bytes(9, &sha256_hex(b"x")).unwrap_err().code(), "OTHER_BYTES");

    let code = |store: &TrustStore, by: &[&Signing], now| check(store, &good, by, now).unwrap_err().code();
    assert_eq!(code(&store, &[&stranger], NOW), "UNKNOWN_KEY");
    assert_eq!(code(&store, &[], NOW), "UNSIGNED");
    assert_eq!(code(&trusting(&[&first], "other-*"), &[&first], NOW), "NOT_DELEGATED");
    assert_eq!(code(&store, &[&first], "2026-01-12T00:00:00Z"), "EXPIRED");
    store.set_threshold(&name("acme"), 2).unwrap();
    assert_eq!(code(&store, &[&first], NOW), "THRESHOLD");
    assert_eq!(code(&store, &[&first, &first], NOW), "THRESHOLD");
    check(&store, &good, &[&first, &second], NOW).unwrap();
    store.revoke(second.key, at(NOW), "lost");
    assert_eq!(code(&store, &[&first, &second], NOW), "THRESHOLD");
    assert_eq!(code(&store, &[&second], NOW), "REVOKED_KEY");
}

#[test]
fn a_package_never_goes_back() {
    let key = signing();
    let mut store = trusting(&[&key], "acme-*");
    store.raise_package(&check(&store, &manifest("1.4.0", 14), &[&key], NOW).unwrap());
    for (version, counter) in [("1.0.0", 10), ("1.0.0", 15), ("1.5.0", 13), ("1.4.1", 14)] {
        let code = check(&store, &manifest(version, counter), &[&key], NOW).unwrap_err().code();
        assert_eq!(code, "ROLLBACK", "{version} {counter}");
    }
    // The same again, and what is newer.
    check(&store, &manifest("1.4.0", 14), &[&key], NOW).unwrap();
    store.raise_package(&check(&store, &manifest("1.5.0", 15), &[&key], NOW).unwrap());
    assert_eq!(check(&store, &manifest("1.4.0", 14), &[&key], NOW).unwrap_err().code(), "ROLLBACK");
    // A component of the same name is something else.
    assert!(store.mark(&name("acme"), &name("acme-agentd")).is_none());
    let kept = serde_json::to_string(&store).unwrap();
    assert_eq!(serde_json::from_str::<TrustStore>(&kept).unwrap(), store);
}

#[test]
fn a_component_is_no_package_and_a_package_no_component() {
    let key = signing();
    let store = trusting(&[&key], "acme-*");
    let package = manifest("1.0.0", 1).to_toml().unwrap();
    let component = Manifest {
        name: name("acme-check"),
        version: "1.0.0".parse().unwrap(),
        counter: 1,
        issued: at("2026-01-01T00:00:00Z"),
        expires: at("2026-01-11T00:00:00Z"),
        size: 9,
        sha256: sha256_hex(b"x"),
        worlds: vec!["inventory".to_owned()],
        imports: vec![],
        minimum_agent: "0.1.0".parse().unwrap(),
    };
    let component = component.to_toml().unwrap();
    let sign = |text: &str| key.secret.sign(text.as_bytes(), "test").unwrap().into_bytes();
    let bad = "BAD_MANIFEST";
    assert_eq!(authenticate(package.as_bytes(), &sign(&package), &store, at(NOW)).unwrap_err().code(), bad);
    assert_eq!(authenticate_package(component.as_bytes(), &sign(&component), &store, at(NOW)).unwrap_err().code(), bad);
    for (old, new) in [("package", "component"), ("size = 9", "size = 0"), ("counter = 1", "counter = 1\nworlds = []")]
    {
        let changed = package.replace(old, new);
        assert_ne!(changed, package);
        assert!(PackageManifest::parse(changed.as_bytes()).is_err(), "{new}");
    }
}
