//! A stranger's component in an ordinary deployment: it runs under its signer's grants, and the same bytes unsigned do not.
//! With real downloads, in a network of the test's own.

use airlock_tests::HOSTILE;
use airlock_tests::fakeglpi::Package;
use airlock_tests::managed::Managed;
use airlock_tests::namespace::{elsewhere, in_namespace};
use airlock_tests::strangers::{Publisher, Release};
use serde_json::json;
use std::fs;
use std::path::Path;

const SERVER: &str = "203.0.113.5";

fn job(uuid: &str, folder: &Path, what: &str) -> Package {
    let mut package = Package::new(uuid);
    for (file, name) in [
        ("task.wasm", "acme-tool.wasm"),
        ("task.manifest.toml", "acme-tool.manifest.toml"),
        ("task.manifest.toml.minisig", "acme-tool.manifest.toml.minisig"),
    ] {
        if let Ok(bytes) = fs::read(folder.join(file)) {
            package = package.file(name, &bytes);
        }
    }
    let exec = format!("airlock task run acme-tool.wasm {what}");
    package.action(json!({"cmd": {"exec": exec, "name": "tool", "logLineLimit": 20}}))
}

#[test]
fn a_component_of_a_job_runs_under_its_signers_grants_and_unsigned_it_is_refused() {
    let test = "nested::a_component_of_a_job_runs_under_its_signers_grants_and_unsigned_it_is_refused";
    in_namespace(test, &[], || {
        elsewhere(SERVER);
        let managed = Managed::at(&format!("{SERVER}:4443"), SERVER, "");
        let publisher = Publisher::new();
        publisher.key(&managed.agent.airlock, "acme");
        let public = fs::read_to_string(publisher.path("acme.pub")).unwrap();
        let key = public.lines().last().unwrap();
        managed.grants(&format!(
            "[publisher.acme]\nkeys = [{key:?}]\nnames = [\"acme-*\"]\n\
             [[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"pkg.fetch\"\norigins = [\"{}\"]\n\
             [[grant]]\nserver = [\"hq\"]\ntask = [\"acme-tool\"]\nverb = \"inventory.read\"\ncategories = [\"hardware\"]\n",
            managed.server.url("")
        ));
        let release = Release { worlds: &["everything"], ..Release::new("acme-tool", "1.0.0", 1, HOSTILE) };
        let signed = publisher.publish("signed", &release, &["acme"]);
        let unsigned = publisher.publish("unsigned", &release, &[]);
        let round = |package: &Package| {
            let before = managed.server.told().len();
            managed.server.deploys(package);
            let told = managed.round();
            (managed.server.told().split_off(before), told)
        };
        // Nobody trusts the signer yet.
        let (lines, told) = round(&job("6b02e835e4c90", &signed, "log 3"));
        assert!(lines.iter().any(|line| line.contains("refused: acme-tool.wasm: ")), "{lines:?} {told}");
        managed.agent.airlock.trust(&publisher, "acme", "acme", "acme-*");
        let (lines, told) = round(&job("6b02e835e4c91", &signed, "log 3"));
        assert_eq!(lines.last().map(String::as_str), Some("ok: job successfully completed"), "{lines:?} {told}");
        assert!(lines.iter().filter(|line| line.starts_with("processing: tool: info: ")).count() == 3, "{lines:?}");
        // What its signer is granted, it may read; nothing else.
        let (lines, _) = round(&job("6b02e835e4c92", &signed, "read hardware"));
        assert_eq!(lines.last().map(String::as_str), Some("ok: job successfully completed"), "{lines:?}");
        let (lines, _) = round(&job("6b02e835e4c93", &signed, "read processes"));
        assert!(lines.iter().any(|line| line.contains("inventory.read")), "{lines:?}");
        assert!(lines.last().unwrap().contains("ko: tool, processing failure"), "{lines:?}");
        // The same bytes, unsigned.
        let (lines, _) = round(&job("6b02e835e4c94", &unsigned, "log 3"));
        assert!(
            lines.iter().any(|line| line.contains("refused: acme-tool.wasm: ") && line.contains("sign")),
            "{lines:?}"
        );
        assert!(lines.last().unwrap().contains("ko: tool, processing failure"), "{lines:?}");
        assert_eq!(managed.agent.airlock.installed(), [], "nothing is installed");
        // The work folder is nobody's business.
        assert!(!lines.iter().any(|line| line.contains("/deploy/jobs/")), "{lines:?}");
    });
}
