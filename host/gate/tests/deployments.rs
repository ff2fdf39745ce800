//! A deployment on a mocked machine: done, and rehearsed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a surprise ends the test")]

mod nobody;

use airlock_gate::calls::{DeployHash, DeployList, DeployStat, JobFile, Outcome, ProcessRun, Sha512Sum};
use airlock_gate::mock::Mock;
use airlock_gate::policy::{Circumstances, Policy, PolicyFile, Rules};
use airlock_gate::{Asker, Audit, CallError, Gate, Limits, NoLog, Plan, Source};
use nobody::Nobody;
use sha2::{Digest, Sha512};
use std::sync::Arc;

const MIRROR: &str = "http://203.0.113.5/p/";
const PART: &[u8] = b"an archive";

fn sum(bytes: &[u8]) -> String {
    Sha512Sum::new(Sha512::digest(bytes).into()).to_string()
}

fn mock() -> Arc<Mock> {
    let part = sum(PART);
    let text = format!(
        r#"
mock_version = 1
free_mb = 1234
[files]
"/opt/acme/old/a" = {{ text = "old" }}
"/opt/acme/link" = {{ link = "/etc" }}
[archives."acme.tgz"]
files = {{ "bin/run" = "run", "conf" = "conf" }}
[[process]]
program = "/usr/bin/dpkg"
argv = ["-i", "/work/acme.tgz"]
stdout = "done"
[[http]]
url = "{MIRROR}{}/{}/{part}"
body = "an archive"
"#,
        &part[..1],
        &part[..2]
    );
    Arc::new(Mock::parse(&text).unwrap_or_else(|error| panic!("{error}")))
}

fn policy(more: &str) -> Arc<Policy> {
    let grant = |verb: &str, rest: &str| {
        format!("[[grant]]\nserver = [\"owner\"]\ntask = [\"t\"]\nverb = \"{verb}\"\n{rest}\n")
    };
    let head = "policy_version = 1\nid = \"t\"\nserial = 1\nlayer = \"local\"\nmode = \"enforce\"\n";
    let files = ["files.stat", "files.find", "files.hash", "files.read", "files.write", "files.mkdir", "files.delete"];
    let text = [
        head.to_owned(),
        files.map(|verb| grant(verb, "paths = [\"/opt/acme\"]")).concat(),
        grant("pkg.fetch", "origins = [\"http://203.0.113.5\"]"),
        grant("exec.template", "templates = [\"dpkg\"]"),
        "[template.dpkg]\nprogram = \"/usr/bin/dpkg\"\nargv = [\"-i\", \"{deb}\"]\ncwd = \"work\"\n\
         recognise = [\"dpkg -i {deb}\"]\nargs = { deb = { type = \"work-file\" } }\n"
            .to_owned(),
        more.to_owned(),
    ]
    .concat();
    let rules = Rules::parse(&[PolicyFile::new("t.toml", text)]).unwrap_or_else(|problems| panic!("{problems:?}"));
    let asker = Asker { task: "t".to_owned(), ..Asker::default() };
    Arc::new(rules.for_run(&asker, &Circumstances::default()))
}

fn gate(more: &str, source: Source) -> Gate {
    let audit = Audit::new(Box::new(NoLog), "r".to_owned(), "t@0".to_owned(), None);
    Gate::new(policy(more), Limits::default(), audit, source)
}

fn package() -> JobFile {
    let parts = vec![sum(PART)];
    JobFile { name: "acme.tgz".into(), sha512: sum(PART), parts, retention_minutes: 0, shared: false }
}

/// A whole job.
async fn deploy(gate: &Gate) -> Result<Outcome, CallError> {
    gate.deploy_fetch(MIRROR, &sum(PART), &package()).await?;
    gate.deploy_assemble(package()).await?;
    gate.deploy_unpack("work:acme.tgz".into(), "work:".into()).await?;
    gate.deploy_make_dir("/opt/acme/new/1.0").await?;
    gate.deploy_copy("work:bin", "/opt/acme/new/1.0/bin").await?;
    gate.deploy_move("/opt/acme/new/1.0", "/opt/acme/current").await?;
    gate.deploy_remove("/opt/acme/old").await?;
    let found = gate.deploy_recognise("dpkg -i acme.tgz").await?;
    gate.call(ProcessRun::new(found.template, found.args)).await
}

async fn names(gate: &Gate, at: &str) -> Vec<String> {
    gate.call(DeployList { at: at.to_owned() }).await.unwrap()
}

#[tokio::test]
async fn a_job_is_done() {
    let mock = mock();
    let gate = gate("", Source::Live(mock.native(Arc::new(Nobody))));
    assert_eq!(deploy(&gate).await.unwrap().stdout, b"done");
    assert_eq!(names(&gate, "/opt/acme").await, ["current", "link", "new"]);
    assert_eq!(names(&gate, "/opt/acme/current/bin").await, ["run"]);
    let hash = gate.call(DeployHash { at: "/opt/acme/current/bin/run".into() }).await;
    assert_eq!(hash, Ok(sum(b"run")));
    assert!(mock.changes().contains(&"ran /usr/bin/dpkg -i /work/acme.tgz".to_owned()), "{:?}", mock.changes());
}

#[tokio::test]
async fn a_rehearsal_goes_the_whole_way_and_the_machine_stays_as_it_is() {
    let mock = mock();
    let plan = Arc::new(Plan::default());
    let gate = gate("", Source::rehearsal(mock.native(Arc::new(Nobody)), Arc::clone(&plan), true));
    deploy(&gate).await.unwrap();
    // What comes later sees what came before.
    assert_eq!(names(&gate, "/opt/acme").await, ["current", "link", "new"]);
    assert_eq!(names(&gate, "/opt/acme/current/bin").await, ["run"]);
    assert_eq!(gate.call(DeployHash { at: "/opt/acme/current/bin/run".into() }).await, Ok(sum(b"run")));
    assert_eq!(gate.call(DeployStat { at: "/opt/acme/old/a".into() }).await, Ok(None));
    assert!(matches!(gate.deploy_copy("work:conf", "/opt/acme/link/x").await, Err(CallError::Denied(_))));
    let part = sum(PART);
    assert_eq!(
        plan.steps(),
        [
            &format!("fetch {MIRROR}{}/{}/{part} (10 bytes)", &part[..1], &part[..2]),
            "make the folder /opt/acme/new/1.0",
            "create /opt/acme/new/1.0/bin (1 file, 3 bytes)",
            "create /opt/acme/current (1 file, 3 bytes)",
            "remove /opt/acme/new/1.0 (1 file, 3 bytes)",
            "remove /opt/acme/old (1 file, 3 bytes)",
            "run /usr/bin/dpkg -i work:acme.tgz (template dpkg)",
        ]
    );
    assert!(mock.changes().is_empty(), "{:?}", mock.changes());
}

#[tokio::test]
async fn a_rehearsal_without_downloads_goes_on_and_says_what_is_known_then() {
    let mock = mock();
    let plan = Arc::new(Plan::default());
    let gate = gate("", Source::rehearsal(mock.native(Arc::new(Nobody)), Arc::clone(&plan), false));
    deploy(&gate).await.unwrap();
    assert_eq!(
        plan.steps()[1..],
        [
            "after download: unpack work:acme.tgz",
            "make the folder /opt/acme/new/1.0",
            "after download: create /opt/acme/new/1.0/bin",
            "after download: create /opt/acme/current (of 2 files)",
            "remove /opt/acme/new/1.0 (1 file, 0 bytes)",
            "remove /opt/acme/old (1 file, 3 bytes)",
            "run /usr/bin/dpkg -i work:acme.tgz (template dpkg)",
        ]
    );
    let unknown = gate.call(DeployHash { at: "/opt/acme/current/bin".into() }).await;
    assert!(matches!(&unknown, Err(CallError::Failed(why)) if why.contains("not downloaded")), "{unknown:?}");
    assert!(mock.changes().is_empty(), "{:?}", mock.changes());
}

#[tokio::test]
async fn what_a_run_may_write_is_counted_as_it_comes() {
    let limited = "[limits]\ndisk_mb = 1\n";
    let mock = mock();
    let gate = gate(limited, Source::Live(mock.native(Arc::new(Nobody))));
    gate.deploy_fetch(MIRROR, &sum(PART), &package()).await.unwrap();
    let whole = vec![0; 2_000_000];
    let other = JobFile { sha512: sum(&whole), ..package() };
    assert!(gate.deploy_assemble(other).await.is_err());
    assert_eq!(gate.deploy_assemble(package()).await, Ok(10));
}

#[tokio::test]
async fn a_command_that_no_template_recognises_is_refused() {
    let gate = gate("", Source::Live(mock().native(Arc::new(Nobody))));
    for line in ["dpkg -i acme.tgz; id", "dpkg -r acme", "dpkg -i ../x", "dpkg -i $(id)", ""] {
        assert!(matches!(gate.deploy_recognise(line).await, Err(CallError::Denied(_))), "{line:?}");
    }
}
