//! DE-07 to DE-11 and DE-22 on a mock of the machine: what is decided is the same as on a real one ([`super::archives`],
//! [`super::packages`]), by the same rules for names and versions.

use super::job::{Job, MIRROR, file, sum};
use airlock_gate::CallError;
use airlock_gate::calls::{DeployAssemble, DeployStat, DeployUnpack};
use airlock_tests::policies::grant;
use airlock_tests::roads::Road;
use airlock_trust::{KeyPair, Password, SecretKey};
use serde_json::json;

const INSTALL: &str = "publishers = [\"acme\"]\nnames = [\"acme-*\"]\ninto = \"/opt/acme\"";

/// A mock with these files in the job's folder, of which `about` says what they are.
fn brought(names: &[&str], about: &str, install: &str) -> Job {
    let mut text = String::from("\n");
    for name in names {
        let part = sum(name.as_bytes());
        let url = format!("{MIRROR}{}/{}/{part}", &part[..1], &part[..2]);
        text += &format!("[[http]]\nurl = \"{url}\"\nbody = \"{name}\"\n");
    }
    let pair = KeyPair::generate("acme", Password::None).unwrap();
    let key = SecretKey::parse(&pair.secret, Password::None).unwrap().public().unwrap();
    let policy = format!(
        "[publisher.acme]\nkeys = [\"{key}\"]\nnames = [\"acme-*\"]\n{}{}",
        grant("pkg.fetch", "origins = [\"http://203.0.113.5:8080\"]"),
        grant("pkg.install", install)
    );
    let job = Job::on(&Road::mock(&format!("{text}{about}")), &policy);
    for name in names {
        let of = file(name, name.as_bytes(), &[name.as_bytes()]);
        job.now(job.gate.deploy_fetch(MIRROR, &sum(name.as_bytes()), &of)).unwrap();
        job.now(job.gate.call(DeployAssemble { file: of })).unwrap();
    }
    job
}

/// Unpacks it. Nothing stands where it is refused.
fn unpacked(archive: &str) -> Result<u32, (String, Vec<String>)> {
    let job = brought(&["a.tar"], &format!("[archives.\"a.tar\"]\n{archive}\n"), INSTALL);
    let call = DeployUnpack { archive: "work:a.tar".to_owned(), into: "work:into".to_owned() };
    let there = |job: &Job| job.now(job.gate.call(DeployStat { at: "work:into".to_owned() })).unwrap();
    match job.now(job.gate.call(call)) {
        Ok(unpacked) => Ok(unpacked.files),
        Err(CallError::Failed(why)) => {
            assert!(there(&job).is_none(), "{why}");
            Err((why, job.codes()))
        }
        Err(other) => panic!("{other:?}"),
    }
}

fn refused(archive: &str) {
    let (why, codes) = unpacked(archive).unwrap_err();
    assert!(why.contains("refused as a whole"), "{why}");
    assert_eq!(codes, ["ARCHIVE"], "{why}");
}

fn files(names: &[String]) -> String {
    let all: Vec<String> = names.iter().map(|name| format!("{} = \"x\"", json!(name))).collect();
    format!("files = {{ {} }}", all.join(", "))
}

#[test]
fn de_07_names_that_lead_outside_refuse_the_archive_on_a_mock_too() {
    for name in ["../../x", "/etc/x", "a/b/../../../x", "..", "./../x", "a\\..\\x", "C:\\x", "a\nb"] {
        refused(&files(&["good".to_owned(), name.to_owned()]));
    }
}

#[test]
fn de_08_links_refuse_the_archive_on_a_mock_too() {
    for what in ["a symbolic link", "a hard link"] {
        refused(&format!("others = {{ d = \"{what}\" }}\nfiles = {{ \"d/passwd\" = \"x\" }}"));
    }
}

#[test]
fn de_09_what_is_neither_file_nor_folder_refuses_the_archive_on_a_mock_too() {
    for what in ["a device", "a pipe", "a file with holes"] {
        refused(&format!("others = {{ odd = \"{what}\" }}\nfiles = {{ good = \"x\" }}"));
    }
}

#[test]
fn de_10_floods_of_entries_and_folders_end_at_a_bound_on_a_mock_too() {
    let flood: Vec<String> = (0..100_001).map(|number| number.to_string()).collect();
    refused(&files(&flood));
    refused(&files(&[["d"; 40].join("/")]));
}

#[test]
fn de_11_a_bomb_is_refused_on_a_mock_too() {
    refused("refused = \"it becomes 900 times as many bytes\"");
}

#[test]
fn de_07_to_11_twin_what_is_unpacked_on_a_machine_is_on_a_mock() {
    assert_eq!(unpacked(&files(&["./bin/agentd".to_owned(), "share/a..b".to_owned()])), Ok(2));
    assert_eq!(unpacked(&files(&["d/passwd".to_owned()])), Ok(1));
    assert_eq!(unpacked(&files(&(0..1000).map(|number| number.to_string()).collect::<Vec<_>>())), Ok(1000));
    assert_eq!(unpacked(&files(&[["d"; 10].join("/")])), Ok(1));
}

/// Signed packages by these files.
fn packages(of: &[(&str, &str, &str, bool)]) -> String {
    let one = |(file, name, version, is_signed): &(&str, &str, &str, bool)| {
        let publisher = if name.starts_with("acme-") { "publisher = \"acme\"\n" } else { "" };
        format!(
            "[packages.{}]\nname = \"{name}\"\nversion = \"{version}\"\n{publisher}signed = {is_signed}\n",
            json!(file)
        )
    };
    of.iter().map(one).collect()
}

#[test]
fn de_22_older_strange_and_unsigned_packages_are_refused_on_a_mock_too() {
    let about = packages(&[("new", "acme-agentd", "1.4.0", true), ("old", "acme-agentd", "1.0.0", true)]);
    let job = brought(&["new", "old"], &about, INSTALL);
    let install = |job: &Job, name: &str| job.now(job.gate.deploy_install(name, Some("/opt/acme".to_owned())));
    assert_eq!(install(&job, "new"), Ok("/opt/acme/1.4.0".to_owned()));
    let error = install(&job, "old").unwrap_err();
    assert!(matches!(&error, CallError::Failed(why) if why.contains("older") && why.contains("ROLLBACK")), "{error}");
    assert_eq!(job.codes(), ["ROLLBACK"]);

    let about = packages(&[
        ("low", "acme-agentd", "2.3.9", true),
        ("other", "other-agentd", "9.0.0", true),
        ("bare", "acme-agentd", "2.4.0", false),
    ]);
    let least = format!("{INSTALL}\nmin_version = {{ \"acme-agentd\" = \"2.4.0\" }}");
    let job = brought(&["low", "other", "bare"], &about, &least);
    assert!(matches!(install(&job, "low"), Err(CallError::Denied(_))));
    assert!(matches!(install(&job, "other"), Err(CallError::Denied(_))));
    assert!(matches!(install(&job, "bare"), Err(CallError::Failed(why)) if why.contains("UNSIGNED")));
    assert_eq!(job.codes(), ["NO_GRANT", "NO_GRANT", "UNSIGNED"]);
}

#[test]
fn de_22_twin_a_newer_package_is_installed_on_a_mock_too() {
    let about = packages(&[("a", "acme-agentd", "1.4.0", true), ("b", "acme-agentd", "1.10.0", true)]);
    let job = brought(&["a", "b"], &about, INSTALL);
    for (file, version) in [("a", "1.4.0"), ("a", "1.4.0"), ("b", "1.10.0")] {
        let installed = job.now(job.gate.deploy_install(file, Some("/opt/acme".to_owned())));
        assert_eq!(installed, Ok(format!("/opt/acme/{version}")));
    }
    assert!(job.codes().is_empty());
}
