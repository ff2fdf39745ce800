//! Looking for files below a folder: what is found, what is withheld and what is refused, by the same policy here and in a
//! mock.

use super::both::Both;
use airlock_gate::Native;
use airlock_gate::calls::{Digests, FileQuery, RegistryRead, WmiRead};
use airlock_native::{MachineCollect, MachineFiles, OwnFiles};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

fn furnish(root: &Path) -> String {
    let at = |name: &str| root.join(name);
    for folder in ["data/sub/deeper", "data/closed", "agent", "outside"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    for (file, text) in [
        ("data/a.lic", "aaa"),
        ("data/b.key", "bbbb"),
        ("data/sub/A.LIC", "a"),
        ("data/sub/deeper/c.lic", "ccccc"),
        ("data/closed/d.lic", "d"),
        ("agent/key.lic", "secret"),
        ("outside/e.lic", "e"),
    ] {
        fs::write(at(file), text).unwrap();
    }
    symlink(at("outside"), at("data/out")).unwrap();
    symlink("a.lic", at("data/alias.lic")).unwrap();
    fs::hard_link(at("agent/key.lic"), at("data/twin.lic")).unwrap();
    nix::unistd::mkfifo(&at("data/pipe.lic"), nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    r#"
mock_version = 1
own = { paths = ["ROOT/agent"] }
[files]
"ROOT/data/a.lic" = { text = "aaa" }
"ROOT/data/b.key" = { text = "bbbb" }
"ROOT/data/sub/A.LIC" = { text = "a" }
"ROOT/data/sub/deeper/c.lic" = { text = "ccccc" }
"ROOT/data/closed/d.lic" = { text = "d" }
"ROOT/agent/key.lic" = { text = "secret" }
"ROOT/outside/e.lic" = { text = "e" }
"ROOT/data/out" = { link = "ROOT/outside" }
"ROOT/data/alias.lic" = { link = "a.lic" }
"ROOT/data/twin.lic" = { same_as = "ROOT/agent/key.lic" }
"ROOT/data/pipe.lic" = { special = true }
"#
    .replace("ROOT", root.to_str().unwrap())
}

const POLICY: &str = r#"
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.find"
paths = ["ROOT/data/**", "ROOT/agent"]
max_results = 100
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.hash"
paths = ["ROOT/data/*"]
max_bytes = 4
[[forbid]]
verb = "files.find"
paths = ["ROOT/data/closed"]
"#;

#[tokio::test]
async fn files_are_found_alike() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let mock = furnish(&root);
    let own = Arc::new(OwnFiles::new(vec![root.join("agent")]));
    let collect = Arc::new(MachineCollect::new(Arc::clone(&own)));
    let real = |none| Native { collect, files: Arc::new(MachineFiles::new(own)), ..none };
    let mut both = Both::new(real, &mock, &POLICY.replace("ROOT", root.to_str().unwrap()));
    let at = |name: &str| root.join(name).to_str().unwrap().trim_end_matches('/').to_owned();
    let all = |name: &str| FileQuery { root: at(name), recursive: true, ..FileQuery::default() };
    let hash = |digest: &str| Digests { sha256: Some(digest.to_owned()), sha512: None };
    // Of `bbbb` and of `ccccc`.
    let (b, c) = (
        "81cc5b17018674b401b42f35ba07bb79e211239c23bffe658da1577e3e646877",
        "6304fbfe2b22557c34c42a70056616786a733b3d09fb326308c813d6ab712ec0",
    );
    let none = Digests::default;
    let queries = [
        (all("data"), none(), 50),
        (all("data"), none(), 2),
        (all("data"), none(), 0),
        (FileQuery { recursive: false, ..all("data") }, none(), 50),
        (FileQuery { is_file: true, ..all("data") }, none(), 50),
        (FileQuery { is_dir: true, ..all("data") }, none(), 50),
        (FileQuery { name: Some("a.lic".into()), ..all("data") }, none(), 50),
        (FileQuery { iname: Some("a.lic".into()), ..all("data") }, none(), 50),
        (FileQuery { regex: Some(r"deeper/.*\.lic$".into()), ..all("data") }, none(), 50),
        (FileQuery { size_equals: Some(4), is_file: true, ..all("data") }, none(), 50),
        (FileQuery { size_greater: Some(3), size_lower: Some(4), ..all("data") }, none(), 50),
        (all("data/a.lic"), none(), 50),
        (all("data/closed"), none(), 50),
        (all("data/out"), none(), 50),
        (all("data/none"), none(), 50),
        (all("data/alias.lic"), none(), 50),
        (all("data/twin.lic"), none(), 50),
        (all("agent"), none(), 50),
        (all("outside"), none(), 50),
        (all(""), none(), 50),
        (FileQuery { root: "/proc".into(), ..all("") }, none(), 50),
        (FileQuery { root: "data".into(), ..all("") }, none(), 50),
        (FileQuery { root: at("data/../outside"), ..all("") }, none(), 50),
        (FileQuery { regex: Some("(".into()), ..all("data") }, none(), 50),
        (all("data"), hash(b), 50),
        (all("data"), hash(c), 50),
        (all("data/sub"), hash(b), 50),
        (all("data"), hash("zz"), 50),
    ];
    let mut found = Vec::new();
    for (query, digests, limit) in queries {
        let real = both.real.find_files(query.clone(), digests.clone(), limit).await;
        let mock = both.mock.find_files(query.clone(), digests, limit).await;
        found.push(both.hold(real, mock, &query).matches("Found {").count());
    }
    // A machine that finds nothing would be like any other.
    assert_eq!(found[..12], [7, 2, 0, 4, 4, 3, 1, 2, 1, 1, 2, 1]);
    assert!(found[12..24].iter().all(|count| *count == 0), "{found:?}");
    assert_eq!(found[24..], [1, 0, 0, 0]);
    let codes = both.codes();
    for code in ["NO_GRANT", "FORBIDDEN", "LINK", "AGENT_PATH", "DEVICE_PATH", "BAD_NAME"] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
}

#[tokio::test]
async fn without_a_registry_and_wmi_both_say_so() {
    let grants = r#"
[[grant]]
server = ["owner"]
task = ["t"]
verb = "registry.read"
keys = ["HKLM/SOFTWARE"]
[[grant]]
server = ["owner"]
task = ["t"]
verb = "wmi.read"
classes = ["Win32_BIOS"]
"#;
    let own = Arc::new(OwnFiles::default());
    let real = |none| Native { collect: Arc::new(MachineCollect::new(own)), ..none };
    let mut both = Both::new(real, "mock_version = 1", grants);
    for key in ["HKLM/SOFTWARE/Acme/*", "HKLM/SAM/SAM", "HKLM/SYSTEM/x", "nonsense"] {
        both.call(RegistryRead { key: key.to_owned() }).await;
    }
    for class in ["Win32_BIOS", "Win32_Process", "a b"] {
        both.call(WmiRead { class: class.to_owned(), properties: vec!["x".to_owned()] }).await;
    }
    assert_eq!(both.codes(), ["SECRET_HIVE", "NO_GRANT", "NO_GRANT"]);
}
