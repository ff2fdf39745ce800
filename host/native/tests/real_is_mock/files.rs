//! Files, folders, links and pipes of a folder that was thought up, with every call that there is.

use super::both::Both;
use airlock_gate::Native;
use airlock_gate::calls::{FileHash, FileList, FileMkdir, FileRead, FileRemove, FileStat, FileWrite, Stat};
use airlock_native::{MachineFiles, OwnFiles};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;

/// A folder as a test may find it, here and as a mock has it. `ROOT` is where it is.
fn furnish(root: &Path) -> String {
    let at = |name: &str| root.join(name);
    for folder in ["data/empty", "data/full", "agent", "outside"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    fs::write(at("data/version"), "2.5.1").unwrap();
    fs::write(at("data/full/a"), "a").unwrap();
    fs::write(at("data/suid"), "x").unwrap();
    fs::set_permissions(at("data/suid"), fs::Permissions::from_mode(0o4755)).unwrap();
    fs::write(at("agent/key"), "secret").unwrap();
    fs::write(at("outside/secret"), "secret").unwrap();
    symlink(at("outside"), at("data/out")).unwrap();
    symlink("version", at("data/self")).unwrap();
    symlink("nowhere", at("data/dangling")).unwrap();
    symlink("data", at("current")).unwrap();
    fs::hard_link(at("agent/key"), at("data/twin")).unwrap();
    fs::write(at("outside/shared"), "s").unwrap();
    fs::hard_link(at("outside/shared"), at("data/shared")).unwrap();
    nix::unistd::mkfifo(&at("data/pipe"), nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    r#"
mock_version = 1
own = { paths = ["ROOT/agent"] }
[files]
"ROOT/data/empty" = { folder = true }
"ROOT/data/full/a" = { text = "a" }
"ROOT/data/version" = { text = "2.5.1" }
"ROOT/data/suid" = { text = "x", mode = "4755" }
"ROOT/agent/key" = { text = "secret" }
"ROOT/outside/secret" = { text = "secret" }
"ROOT/data/out" = { link = "ROOT/outside" }
"ROOT/data/self" = { link = "version" }
"ROOT/data/dangling" = { link = "nowhere" }
"ROOT/current" = { link = "data" }
"ROOT/data/twin" = { same_as = "ROOT/agent/key" }
"ROOT/outside/shared" = { text = "s" }
"ROOT/data/shared" = { same_as = "ROOT/outside/shared" }
"ROOT/data/pipe" = { special = true }
"#
    .replace("ROOT", root.to_str().unwrap())
}

fn policy(root: &Path) -> String {
    r#"
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.read"
paths = ["ROOT/data/**", "ROOT/current/**", "ROOT/agent/**"]
max_bytes = 1000
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.stat"
paths = ["ROOT/data/**"]
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.find"
paths = ["ROOT/data/**"]
max_results = 100
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.hash"
paths = ["ROOT/data/*"]
max_bytes = 4
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.write"
paths = ["ROOT/data/**"]
max_bytes = 100
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.mkdir"
paths = ["ROOT/data/**"]
[[grant]]
server = ["owner"]
task = ["t"]
verb = "files.delete"
paths = ["ROOT/data/**"]
[[forbid]]
verb = "files.read"
paths = ["ROOT/data/full/**"]
"#
    .replace("ROOT", root.to_str().unwrap())
}

#[tokio::test]
async fn files_are_decided_on_and_answered_alike() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let mock = furnish(&root);
    let own = Arc::new(OwnFiles::new(vec![root.join("agent")]));
    let real = |none| Native { files: Arc::new(MachineFiles::new(own)), ..none };
    let mut both = Both::new(real, &mock, &policy(&root));
    let names = [
        "data",
        "data/version",
        "data/none",
        "data/none/x",
        "data/version/x",
        "data/empty",
        "data/full",
        "data/full/a",
        "data/out",
        "data/out/secret",
        "data/self",
        "data/dangling",
        "data/dangling/x",
        "data/twin",
        "data/shared",
        "data/pipe",
        "data/suid",
        "agent",
        "agent/key",
        "outside/secret",
        "current",
        "current/version",
        "current/out/x",
        "data/../outside/secret",
        "data//version",
        "data/./version",
        "",
        "data/ä",
        "data/a b",
    ];
    let mut answers = Vec::new();
    for name in names {
        let path = || format!("{}/{name}", root.display());
        for (offset, length) in [(0, 99), (2, 2), (99, 2), (999, 2), (u64::MAX, 9)] {
            answers.push(both.call(FileRead { path: path(), offset, length }).await);
        }
        // The time of a file is the machine's own affair.
        let timeless = |stat: Option<Stat>| stat.map(|stat| Stat { modified: 0, ..stat });
        answers.push(both.but_for(FileStat { path: path() }, timeless).await);
        answers.push(both.call(FileList { path: path() }).await);
        for algorithm in ["sha256", "sha512", "md5"] {
            answers.push(both.call(FileHash { path: path(), algorithm: algorithm.to_owned() }).await);
        }
    }
    // Changes, in the order of a task that tries them all.
    for name in names {
        let path = || format!("{}/{name}", root.display());
        answers.push(both.call(FileMkdir { path: path() }).await);
        for (offset, data) in [(0, "hello"), (3, "!"), (50, "far"), (98, "too far")] {
            answers.push(both.call(FileWrite { path: path(), offset, data: data.into() }).await);
        }
        answers.push(both.call(FileRead { path: path(), offset: 0, length: 99 }).await);
        answers.push(both.call(FileRemove { path: path() }).await);
        answers.push(both.call(FileList { path: format!("{}/data", root.display()) }).await);
    }
    assert!(both.seen > 400, "{}", both.seen);
    // They were not all refused, and what leads outside was left alone.
    for expected in ["2.5.1", "denied files.read", "failed", "NotFound", "Invalid"] {
        let shown = format!("{:?}", expected.as_bytes());
        assert!(
            answers.iter().any(|a| a.contains(expected) || a.contains(shown.trim_matches(['[', ']']))),
            "{expected}"
        );
    }
    let codes = both.codes();
    for code in ["LINK", "AGENT_PATH", "FORBIDDEN", "NO_GRANT"] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
    assert_eq!(fs::read_to_string(root.join("outside/secret")).unwrap(), "secret");
    assert_eq!(fs::read_to_string(root.join("agent/key")).unwrap(), "secret");
    assert_eq!(fs::read_to_string(root.join("outside/shared")).unwrap(), "s");
}
