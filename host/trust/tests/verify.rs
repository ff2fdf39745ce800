//! Whose a manifest is, with keys made for the test.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a surprise ends the test")]

use airlock_trust::{
    Freshness, Glob, Key, KeyPair, Manifest, Name, Password, SecretKey, TrustError, TrustStore, Verified, authenticate,
    sha256_hex, verify,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::sync::LazyLock;

struct Signing {
    secret: SecretKey,
    key: Key,
}

fn signing() -> Signing {
    let pair = KeyPair::generate("test", Password::None).unwrap();
    let secret = SecretKey::parse(&pair.secret, Password::None).unwrap();
    assert_eq!(Key::parse(&pair.public).unwrap(), secret.public().unwrap());
    Signing { key: secret.public().unwrap(), secret }
}

static KEYS: LazyLock<Vec<Signing>> = LazyLock::new(|| (0..3).map(|_| signing()).collect());

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn manifest(of: &str, version: &str, counter: u64) -> Manifest {
    Manifest {
        name: name(of),
        version: version.parse().unwrap(),
        counter,
        issued: at("2026-01-01T00:00:00Z"),
        expires: at("2026-01-11T00:00:00Z"),
        size: 9,
        sha256: sha256_hex(format!("component{version}").as_bytes()),
        worlds: vec!["inventory".to_owned()],
        imports: vec!["airlock:facts/facts@0.1.0".to_owned()],
        minimum_agent: "0.1.0".parse().unwrap(),
    }
}

fn signed(manifest: &Manifest, by: &[usize]) -> (Vec<u8>, Vec<u8>) {
    let text = manifest.to_toml().unwrap().into_bytes();
    let signatures: String = by.iter().map(|at| KEYS[*at].secret.sign(&text, "test").unwrap()).collect();
    (text, signatures.into_bytes())
}

/// Key 0 and 1 are acme's for `acme-*`, key 2 is other's for `other-*`.
fn store() -> TrustStore {
    let mut store = TrustStore::default();
    let globs = |text: &str| vec![Glob::parse(text).unwrap()];
    store.trust(&name("acme"), KEYS[0].key, globs("acme-*")).unwrap();
    store.trust(&name("acme"), KEYS[1].key, globs("acme-*")).unwrap();
    store.trust(&name("other"), KEYS[2].key, globs("other-*")).unwrap();
    store
}

const NOW: &str = "2026-01-02T00:00:00Z";

fn check(store: &TrustStore, manifest: &Manifest, by: &[usize]) -> Result<Verified, TrustError> {
    let (text, signatures) = signed(manifest, by);
    verify(&text, &signatures, store, at(NOW))
}

fn code(result: Result<Verified, TrustError>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "in")
}

#[test]
fn what_a_trusted_key_signed_comes_in() {
    let verified = check(&store(), &manifest("acme-check", "1.0.0", 1), &[0]).unwrap();
    assert_eq!(verified.publisher, name("acme"));
    assert_eq!(verified.keys, [KEYS[0].key]);
    assert_eq!(verified.freshness, Freshness::Fresh);
}

#[test]
fn unsigned_and_strange_is_refused() {
    let (text, signatures) = signed(&manifest("acme-check", "1.0.0", 1), &[0]);
    let verdict = |text: &[u8], signatures: &[u8]| code(verify(text, signatures, &store(), at(NOW)));
    assert_eq!(verdict(&text, &signatures), "in");
    assert_eq!(verdict(&text, b""), "UNSIGNED");
    assert_eq!(verdict(&text, b"\n \n"), "UNSIGNED");
    assert_eq!(verdict(&text, b"nonsense"), "BAD_SIGNATURE");
    assert_eq!(verdict(&text, &signatures[..signatures.len() / 2]), "BAD_SIGNATURE");
    assert_eq!(verdict(&text, &signatures.repeat(17)), "BAD_SIGNATURE");
    assert_eq!(verdict(&text, &[b'\n'; 20_000]), "BAD_SIGNATURE");
    assert_eq!(code(verify(&text, &signatures, &TrustStore::default(), at(NOW))), "UNKNOWN_KEY");
    let mut changed = text.clone();
    changed.push(b'\n');
    assert_eq!(verdict(&changed, &signatures), "UNKNOWN_KEY");
    assert_eq!(verdict(b"", &signatures), "UNKNOWN_KEY");
}

#[test]
fn a_key_signs_its_own_names_only() {
    assert_eq!(code(check(&store(), &manifest("other-check", "1.0.0", 1), &[0])), "NOT_DELEGATED");
    assert_eq!(code(check(&store(), &manifest("acmecheck", "1.0.0", 1), &[0])), "NOT_DELEGATED");
    assert_eq!(code(check(&store(), &manifest("inventory", "1.0.0", 1), &[0, 1, 2])), "NOT_DELEGATED");
    assert_eq!(code(check(&store(), &manifest("other-check", "1.0.0", 1), &[2])), "in");
    // Signed by both: whose key may sign the name.
    let verified = check(&store(), &manifest("other-check", "1.0.0", 1), &[0, 2]).unwrap();
    assert_eq!(verified.publisher, name("other"));
}

#[test]
fn a_threshold_counts_keys_and_not_signatures() {
    let mut store = store();
    store.set_threshold(&name("acme"), 2).unwrap();
    let manifest = manifest("acme-check", "1.0.0", 1);
    assert_eq!(code(check(&store, &manifest, &[0])), "THRESHOLD");
    assert_eq!(code(check(&store, &manifest, &[0, 0, 0])), "THRESHOLD");
    assert_eq!(code(check(&store, &manifest, &[0, 2])), "THRESHOLD");
    assert_eq!(code(check(&store, &manifest, &[1, 0])), "in");
    // One key under two ids is one key.
    let again = Key::parse(&KEYS[0].key.to_string()).unwrap();
    store.trust(&name("acme"), again, vec![Glob::parse("acme-*").unwrap()]).unwrap();
    assert_eq!(code(check(&store, &manifest, &[0])), "THRESHOLD");
    // A revoked one counts no longer.
    store.revoke(KEYS[1].key, at(NOW), "");
    assert_eq!(code(check(&store, &manifest, &[0, 1])), "THRESHOLD");
    assert!(store.set_threshold(&name("acme"), 0).is_err());
}

#[test]
fn a_revoked_key_signs_nothing_any_longer() {
    let mut store = store();
    let manifest = manifest("acme-check", "1.0.0", 1);
    store.revoke(KEYS[0].key, at(NOW), "stolen");
    assert_eq!(code(check(&store, &manifest, &[0])), "REVOKED_KEY");
    assert_eq!(code(check(&store, &manifest, &[1])), "in");
    assert_eq!(code(check(&store, &manifest, &[0, 1])), "in");
    assert!(store.trust(&name("acme"), KEYS[0].key, vec![Glob::parse("*").unwrap()]).is_err());
    assert!(store.trust(&name("new"), KEYS[0].key, vec![Glob::parse("*").unwrap()]).is_err());
    // And one that was never trusted.
    let mut store = TrustStore::default();
    store.revoke(KEYS[0].key, at(NOW), "");
    assert_eq!(code(check(&store, &manifest, &[0])), "REVOKED_KEY");
}

#[test]
fn a_key_belongs_to_one_publisher() {
    assert!(store().trust(&name("other"), KEYS[0].key, vec![Glob::parse("*").unwrap()]).is_err());
}

#[test]
fn versions_and_counters_never_go_back() {
    let mut store = store();
    store.raise_mark(&check(&store, &manifest("acme-check", "1.3.0", 7), &[0]).unwrap());
    let verdict = |version, counter| code(check(&store, &manifest("acme-check", version, counter), &[0]));
    assert_eq!(verdict("1.3.0", 7), "in");
    assert_eq!(verdict("1.3.0", 8), "in");
    assert_eq!(verdict("1.10.0", 8), "in");
    assert_eq!(verdict("1.3.0", 6), "ROLLBACK");
    assert_eq!(verdict("1.4.0", 6), "ROLLBACK");
    assert_eq!(verdict("1.4.0", 7), "ROLLBACK");
    assert_eq!(verdict("1.0.0", 8), "ROLLBACK");
    assert_eq!(verdict("1.3.0-rc.1", 8), "ROLLBACK");
    assert_eq!(verdict("1.4.0-rc.1", 8), "in");
    // Another name, another publisher: marks of their own.
    assert_eq!(code(check(&store, &manifest("acme-other", "0.1.0", 1), &[0])), "in");
    assert_eq!(code(check(&store, &manifest("other-check", "0.1.0", 1), &[2])), "in");
    // What the owner lets in nevertheless does not lower the mark.
    let (text, signatures) = signed(&manifest("acme-check", "1.0.0", 1), &[0]);
    let old = authenticate(&text, &signatures, &store, at(NOW)).unwrap();
    store.raise_mark(&old);
    assert_eq!(code(check(&store, &manifest("acme-check", "1.2.0", 6), &[0])), "ROLLBACK");
}

#[test]
fn what_expired_is_said_and_what_expired_long_ago_changes_nothing_any_longer() {
    let (text, signatures) = signed(&manifest("acme-check", "1.0.0", 1), &[0]);
    // Issued on the 1st, expires on the 11th, frozen after the 21st.
    for (now, freshness) in [
        ("2025-01-01T00:00:00Z", Freshness::Fresh),
        ("2026-01-11T00:00:00Z", Freshness::Fresh),
        ("2026-01-11T00:00:01Z", Freshness::Expired),
        ("2026-01-21T00:00:00Z", Freshness::Expired),
        ("2026-01-21T00:00:01Z", Freshness::Frozen),
        ("2036-01-01T00:00:00Z", Freshness::Frozen),
    ] {
        let verified = verify(&text, &signatures, &store(), at(now)).unwrap();
        assert_eq!(verified.freshness, freshness, "{now}");
        assert_eq!(verified.warning().is_none(), freshness == Freshness::Fresh);
        assert!(verified.check_run(false).is_ok());
        assert_eq!(verified.check_run(true).is_err(), freshness == Freshness::Frozen, "{now}");
    }
}

#[test]
fn a_clock_that_was_set_back_makes_nothing_fresh_again() {
    let mut store = store();
    let mut newer = manifest("acme-check", "1.1.0", 2);
    (newer.issued, newer.expires) = (at("2027-01-01T00:00:00Z"), at("2027-02-01T00:00:00Z"));
    store.raise_mark(&check(&store, &newer, &[0]).unwrap());
    let (text, signatures) = signed(&manifest("acme-check", "1.0.0", 1), &[0]);
    assert_eq!(authenticate(&text, &signatures, &store, at(NOW)).unwrap().freshness, Freshness::Frozen);
}

#[test]
fn a_component_is_held_to_what_was_signed() {
    let mut signed_for = manifest("acme-check", "1.0.0", 1);
    let component = b"component1.0.0";
    signed_for.size = component.len() as u64;
    let verified = check(&store(), &signed_for, &[0]).unwrap();
    assert!(verified.check_bytes(component).is_ok());
    assert!(verified.check_bytes(b"component1.1.0").is_err());
    assert!(verified.check_bytes(b"component1.0.0 ").is_err());
    assert!(verified.check_bytes(b"").is_err());
    let has = |world: &str, import: &str| world == "inventory" && !import.contains("process");
    let imports = |list: &[&str]| list.iter().map(|i| (*i).to_owned()).collect::<Vec<_>>();
    let facts = "airlock:facts/facts@0.1.0";
    assert!(verified.check_declared(&imports(&[facts]), has).is_ok());
    assert!(verified.check_declared(&imports(&[]), has).is_err());
    assert!(verified.check_declared(&imports(&["airlock:facts/facts@0.2.0"]), has).is_err());
    assert!(verified.check_declared(&imports(&[facts, "airlock:process/process@0.1.0"]), has).is_err());
    assert!(verified.check_declared(&imports(&[facts]), |_, _| false).is_err());
    assert!(verified.check_agent(&"0.1.0".parse().unwrap()).is_ok());
    assert!(verified.check_agent(&"0.0.9".parse().unwrap()).is_err());
}

#[test]
fn a_store_survives_being_written() {
    let mut store = store();
    store.revoke(KEYS[1].key, at(NOW), "lost");
    store.raise_mark(&check(&store, &manifest("acme-check", "1.3.0", 7), &[0]).unwrap());
    let text = serde_json::to_string(&store).unwrap();
    assert_eq!(serde_json::from_str::<TrustStore>(&text).unwrap(), store);
}

#[test]
fn a_secret_key_with_a_password_asks_for_it() {
    let pair = KeyPair::generate("test", Password::Given("correct horse".to_owned())).unwrap();
    assert!(SecretKey::needs_password(&pair.secret));
    assert!(SecretKey::parse(&pair.secret, Password::None).is_err());
    assert!(SecretKey::parse(&pair.secret, Password::Given("wrong".to_owned())).is_err());
    let secret = SecretKey::parse(&pair.secret, Password::Given("correct horse".to_owned())).unwrap();
    assert_eq!(secret.public().unwrap(), Key::parse(&pair.public).unwrap());
    assert!(!SecretKey::needs_password(&KeyPair::generate("test", Password::None).unwrap().secret));
}

/// What the minisign tool itself made (its documentation's example key and signature).
#[test]
fn signatures_of_the_minisign_tool_are_read() {
    let signature = b"untrusted comment: signature from minisign secret key\n\
        RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n\
        trusted comment: timestamp:1556193335\tfile:test\n\
        y/rUw2y8/hOUYjZU71eHp/Wo1KZ40fGy2VJEDl34XMJM+TX48Ss/17u3IvIfbVR1FkZZSNCisQbuQY+bHwhEBg==\n";
    let mut store = TrustStore::default();
    let key = Key::parse("RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3").unwrap();
    store.trust(&name("tool"), key, vec![Glob::parse("*").unwrap()]).unwrap();
    // The signature fits; what it signs (the word "test") is no manifest.
    assert_eq!(code(verify(b"test", signature, &store, at(NOW))), "BAD_MANIFEST");
    assert_eq!(code(verify(b"Test", signature, &store, at(NOW))), "UNKNOWN_KEY");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_from_outside_panics(manifest in any::<Vec<u8>>(), signatures in any::<Vec<u8>>(), text in any::<String>()) {
        let _ = Manifest::parse(&manifest);
        let _ = Manifest::parse(text.as_bytes());
        let _ = Key::parse(&text);
        let _ = Name::parse(&text);
        let _ = Glob::parse(&text).map(|glob| glob.matches(&text));
        prop_assert!(verify(&manifest, &signatures, &store(), at(NOW)).is_err());
        prop_assert!(verify(text.as_bytes(), text.as_bytes(), &store(), at(NOW)).is_err());
    }

    /// One changed byte anywhere, in the manifest or in the signature: refused.
    #[test]
    fn a_changed_byte_is_refused(place in any::<prop::sample::Index>(), bit in 0_u8..8, in_signature in any::<bool>()) {
        let (mut text, mut signatures) = signed(&manifest("acme-check", "1.0.0", 1), &[0]);
        let bytes = if in_signature { &mut signatures } else { &mut text };
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        // The untrusted comment is not signed, nor are line ends part of what is.
        let comment = signatures.iter().position(|b| *b == b'\n').unwrap_or(0);
        prop_assume!(!in_signature || place > comment);
        let result = verify(&text, &signatures, &store(), at(NOW));
        prop_assume!(!(in_signature && result.is_ok()) || signatures.get(place).is_some_and(u8::is_ascii_whitespace));
        prop_assert!(result.is_err() || in_signature);
    }

    #[test]
    fn marks_only_rise(steps in prop::collection::vec((0_u64..6, 0_u64..6), 1..12)) {
        let mut store = store();
        let mut highest: Option<(u64, u64)> = None;
        for (minor, counter) in steps {
            let offered = check(&store, &manifest("acme-check", &format!("1.{minor}.0"), counter), &[0]);
            if let Some((version, seen)) = highest {
                prop_assert_eq!(offered.is_ok(), minor >= version && (counter > seen || (counter == seen && minor == version)));
            }
            if let Ok(offered) = offered {
                store.raise_mark(&offered);
                highest = Some((minor, counter));
            }
        }
    }

    #[test]
    fn age_only_grows(hours in prop::collection::vec(0_i64..2000, 2..6)) {
        let (text, signatures) = signed(&manifest("acme-check", "1.0.0", 1), &[0]);
        let mut hours = hours;
        hours.sort_unstable();
        let ages: Vec<usize> = hours.iter().map(|h| {
            let now = at(NOW) + SignedDuration::from_hours(*h);
            match verify(&text, &signatures, &store(), now).unwrap().freshness {
                Freshness::Fresh => 0,
                Freshness::Expired => 1,
                Freshness::Frozen => 2,
            }
        }).collect();
        prop_assert!(ages.is_sorted());
    }
}
