//! DE-22: signed packages. Whoever has the server may send any package that a publisher ever signed; what was installed does
//! not go back.

use super::machine::{Job, tree};
use airlock_gate::CallError;

#[test]
fn de_22_an_older_package_is_refused() {
    let job = Job::new();
    job.bring_package("acme-agentd", "1.4.0", 14);
    let path = job.install().unwrap();
    assert_eq!(path, job.releases().join("1.4.0").display().to_string());
    let before = tree(&job.releases());
    for (version, counter) in [("1.0.0", 10), ("1.3.9", 15), ("1.5.0", 13)] {
        job.bring_package("acme-agentd", version, counter);
        let error = job.install().unwrap_err();
        assert!(
            matches!(&error, CallError::Failed(why) if why.contains("older") && why.contains("ROLLBACK")),
            "{error}"
        );
    }
    assert_eq!(job.refused(), ["ROLLBACK"; 3]);
    assert_eq!(tree(&job.releases()), before);
}

#[test]
fn de_22_what_is_older_than_the_grant_takes_or_anothers_is_refused() {
    let job = Job::granted("min_version = { \"acme-agentd\" = \"2.4.0\" }");
    job.bring_package("acme-agentd", "2.3.9", 9);
    assert!(matches!(job.install(), Err(CallError::Denied(_))));
    // The key is trusted for the name, and the policy's publisher may not sign it.
    job.bring_package("other-agentd", "9.0.0", 9);
    assert!(matches!(job.install(), Err(CallError::Denied(_))));
    job.bring_package("acme-agentd", "2.4.0", 10);
    job.bring("p.tar.gz.manifest.toml.minisig", b"");
    assert!(matches!(job.install(), Err(CallError::Failed(why)) if why.contains("UNSIGNED")));
    assert_eq!(job.refused(), ["NO_GRANT", "NO_GRANT", "UNSIGNED"]);
    assert!(tree(&job.releases()).is_empty());
}

#[test]
fn de_22_twin_a_newer_package_is_installed_beside_the_old_one() {
    let job = Job::new();
    for (version, counter) in [("1.4.0", 14), ("1.4.0", 14), ("1.10.0", 15)] {
        job.bring_package("acme-agentd", version, counter);
        job.install().unwrap();
    }
    let stands = tree(&job.releases());
    assert_eq!(stands.iter().filter(|name| name.ends_with("agentd 755")).count(), 2, "{stands:?}");
    assert!(job.refused().is_empty());
}
