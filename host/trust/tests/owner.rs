//! Files of the owner's own, signed with the owner's keys.

#![allow(clippy::unwrap_used, reason = "a surprise ends the test")]

use airlock_trust::{Glob, Key, KeyPair, Name, OWNER, Password, SecretKey, TrustError, TrustStore, signed_by_owner};
use std::sync::LazyLock;

const FILE: &[u8] = b"policy_version = 1\n";
const NAME: &str = "50-hq.toml";

static KEYS: LazyLock<Vec<SecretKey>> = LazyLock::new(|| {
    let pairs = (0..3).map(|_| KeyPair::generate("test", Password::None).unwrap());
    pairs.map(|pair| SecretKey::parse(&pair.secret, Password::None).unwrap()).collect()
});

fn key(at: usize) -> Key {
    KEYS.get(at).unwrap().public().unwrap()
}

fn signed(bytes: &[u8], by: &[usize]) -> Vec<u8> {
    let one = |at: &usize| KEYS.get(*at).unwrap().sign(bytes, "test").unwrap();
    by.iter().map(one).collect::<Vec<_>>().join("\n").into_bytes()
}

/// Keys 0 and 1 are the owner's, 0 for every policy and 1 for those of the organisation; key 2 is a publisher's.
fn store() -> TrustStore {
    let mut store = TrustStore::default();
    let (owner, acme) = (Name::parse(OWNER).unwrap(), Name::parse("acme").unwrap());
    for (name, at, names) in [(&owner, 0, "*.toml"), (&owner, 1, "10-*"), (&acme, 2, "*")] {
        store.trust(name, key(at), vec![Glob::parse(names).unwrap()]).unwrap();
    }
    store
}

fn check(bytes: &[u8], signatures: &[u8], name: &str, store: &TrustStore) -> Result<Vec<Key>, &'static str> {
    signed_by_owner(bytes, signatures, name, store).map_err(|error: TrustError| error.code())
}

#[test]
fn what_the_owner_signed_is_the_owners() {
    assert_eq!(check(FILE, &signed(FILE, &[0]), NAME, &store()), Ok(vec![key(0)]));
    // Another signature beside it takes nothing away.
    assert_eq!(check(FILE, &signed(FILE, &[2, 0]), NAME, &store()), Ok(vec![key(0)]));
    assert_eq!(check(FILE, &signed(FILE, &[1]), "10-org.toml", &store()), Ok(vec![key(1)]));
}

#[test]
fn unsigned_changed_or_signed_by_somebody_else_is_not() {
    for nonsense in [b"".as_slice(), b"signed, honestly\n", b"\xff\xfe"] {
        assert!(check(FILE, nonsense, NAME, &store()).is_err());
    }
    assert_eq!(check(FILE, &signed(FILE, &[2]), NAME, &store()), Err("UNKNOWN_KEY"));
    assert_eq!(check(FILE, &signed(b"policy_version = 2\n", &[0]), NAME, &store()), Err("UNKNOWN_KEY"));
    assert_eq!(check(FILE, &signed(FILE, &[0]), NAME, &TrustStore::default()), Err("UNKNOWN_KEY"));
}

#[test]
fn a_key_for_other_names_a_revoked_one_and_too_few_sign_nothing() {
    assert_eq!(check(FILE, &signed(FILE, &[1]), NAME, &store()), Err("NOT_DELEGATED"));
    let mut revoked = store();
    revoked.revoke(key(0), "2026-01-01T00:00:00Z".parse().unwrap(), "stolen");
    assert_eq!(check(FILE, &signed(FILE, &[0]), NAME, &revoked), Err("REVOKED_KEY"));
    let mut two = store();
    two.publishers.get_mut(&Name::parse(OWNER).unwrap()).unwrap().threshold = 2;
    assert_eq!(check(FILE, &signed(FILE, &[0]), "10-org.toml", &two), Err("THRESHOLD"));
    assert!(check(FILE, &signed(FILE, &[0, 1]), "10-org.toml", &two).is_ok());
}
