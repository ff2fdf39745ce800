//! A stranger's component that comes with an ordinary deployment of an ordinary server: signed, it runs within what the owner
//! grants its signer; the same bytes without that are refused, and the server's operator reads why. With real sockets in a
//! network of the test's own, for no job reaches this machine's own addresses.

use airlock_tests::HOSTILE;
use airlock_tests::fakeglpi::Package;
use airlock_tests::managed::Managed;
use airlock_tests::namespace::{elsewhere, in_namespace};
use airlock_tests::strangers::{Publisher, Release};
use serde_json::json;
use std::fs;
use std::path::Path;

const SERVER: &str = "203.0.113.5";

/// A server whose deployments may fetch files from it, and nothing else; and what acme's task may look at.
fn managed(publisher: &Publisher) -> Managed {
    elsewhere(SERVER);
    let managed = Managed::at(&format!("{SERVER}:8443"), SERVER, "");
    for key in ["acme", "nobody"] {
        publisher.key(&managed.agent.airlock, key);
    }
    managed.agent.airlock.trust(publisher, "acme", "acme", "acme-*");
    let public = fs::read_to_string(publisher.path("acme.pub")).unwrap();
    let key = public.lines().find(|line| line.starts_with("RW")).expect("a minisign key");
    managed.grants(&format!(
        "[publisher.acme]\nkeys = [{key:?}]\nnames = [\"acme-*\"]\n\
         [[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"pkg.fetch\"\norigins = [{:?}]\n\
         max_bytes = 100_000_000\n\
         [[grant]]\nserver = [\"hq\"]\ntask = [\"acme-check\"]\nverb = \"files.stat\"\npaths = [\"{{folder}}/**\"]\n",
        managed.server.url("")
    ));
    fs::write(managed.path("there"), "x").unwrap();
    managed
}

/// A job with the files of a release that runs it: it looks at a file that acme may look at, and at one that it may not.
fn job(managed: &Managed, uuid: &str, release: &Path) -> Package {
    let mut package = Package::new(uuid);
    for ending in [".wasm", ".manifest.toml", ".manifest.toml.minisig"] {
        if let Ok(bytes) = fs::read(release.join(format!("task{ending}"))) {
            package = package.file(&format!("acme-check{ending}"), &bytes);
        }
    }
    let line = format!("airlock task run acme-check.wasm visit {} /etc/passwd", managed.text("there"));
    package.action(json!({"cmd": {"exec": line, "logLineLimit": 20}}))
}

#[test]
fn a_strangers_component_runs_within_its_signers_grants_and_unsigned_it_is_refused_in_words() {
    let name = "nested::a_strangers_component_runs_within_its_signers_grants_and_unsigned_it_is_refused_in_words";
    in_namespace(name, &[], || {
        let publisher = Publisher::new();
        let managed = managed(&publisher);
        let release = Release { worlds: &["everything"], ..Release::new("acme-check", "1.0.0", 1, HOSTILE) };
        let signed = publisher.publish("signed", &release, &["acme"]);
        let unsigned = publisher.publish("unsigned", &release, &[]);
        let strange = publisher.publish("strange", &release, &["nobody"]);
        let bare = publisher.publish("bare", &release, &["acme"]);
        fs::remove_file(bare.join("task.manifest.toml")).unwrap();
        let mut told = Vec::new();
        for (number, release) in [&signed, &unsigned, &strange, &bare].into_iter().enumerate() {
            managed.server.deploys(&job(&managed, &format!("6b02e835e4c9{number}"), release));
            let before = managed.server.told().len();
            managed.round();
            told.push(managed.server.told().split_off(before).join("\n"));
        }
        let [ran, refused @ ..] = told.as_slice() else { unreachable!() };
        // What it is granted it sees, what it is not it does not, and that is no failure of the job.
        assert!(ran.contains(&format!("{}: Some(Kind::File)", managed.text("there"))), "{ran}");
        assert!(ran.contains("/etc/passwd: ") && !ran.contains("/etc/passwd: Some"), "{ran}");
        assert!(ran.ends_with("ok: job successfully completed"), "{ran}");
        let runs = managed.agent.airlock.events("task.nested");
        assert_eq!(runs.iter().filter(|run| run["decision"] == "allow").count(), 1, "{runs:?}");
        for (told, why) in refused.iter().zip([
            "not signed",
            "no trusted key signed",
            "acme-check.manifest.toml is not there: not signed",
        ]) {
            assert!(told.contains(&format!("refused: acme-check.wasm: {why}")), "{told}");
            assert!(!told.contains("Some("), "{told}");
            assert!(told.lines().last().unwrap().contains(" ko: "), "{told}");
        }
    });
}
