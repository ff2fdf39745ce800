use super::*;
use airlock_gate::Code;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, Instant};

/// A folder that is granted, and one beside it that is not, with a canary.
struct Scene {
    dir: tempfile::TempDir,
    files: MachineFiles,
}

const CANARY: &str = "canary-5f1c";

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["acme/sub", "acme2", "secret", "own/state"] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        for file in ["acme2/x", "secret/shadow", "own/state/key"] {
            fs::write(dir.path().join(file), CANARY).unwrap();
        }
        fs::write(dir.path().join("acme/a.txt"), "hello").unwrap();
        let own = Arc::new(OwnFiles::new(vec![dir.path().join("own"), std::env::current_exe().unwrap()]));
        Self { dir, files: MachineFiles::new(own) }
    }

    fn path(&self, below: &str) -> String {
        self.dir.path().join(below).to_str().unwrap().trim_end_matches('/').to_owned()
    }

    fn link(&self, target: impl AsRef<Path>, below: &str) {
        symlink(target, self.path(below)).unwrap();
    }

    fn scope(&self) -> Scope {
        self.below("acme")
    }

    fn below(&self, root: &str) -> Scope {
        Scope { root: Some(self.path(root)), ..Scope::default() }
    }

    fn read(&self, path: &str) -> Result<String, CallError> {
        self.read_in(&self.path(path), &self.scope())
    }

    fn read_in(&self, path: &str, scope: &Scope) -> Result<String, CallError> {
        let call = FileRead { path: path.to_owned(), offset: 0, length: 100 };
        wait(self.files.read(call, scope)).map(|bytes| String::from_utf8(bytes.0).unwrap())
    }

    fn write(&self, path: &str, offset: u64, data: &str) -> Result<(), CallError> {
        let call = FileWrite { path: self.path(path), offset, data: data.into() };
        wait(self.files.write(call, &self.scope()))
    }

    fn assert_unchanged(&self) {
        for file in ["acme2/x", "secret/shadow", "own/state/key"] {
            assert_eq!(fs::read_to_string(self.path(file)).unwrap(), CANARY, "{file}");
        }
    }
}

fn wait<T>(answer: Answer<'_, T>) -> Result<T, CallError> {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(answer)
}

#[test]
fn what_is_granted_works() {
    let scene = Scene::new();
    assert_eq!(scene.read("acme/a.txt").unwrap(), "hello");
    scene.write("acme/sub/new", 0, "one").unwrap();
    scene.write("acme/sub/new", 3, "two").unwrap();
    assert_eq!(scene.read("acme/sub/new").unwrap(), "onetwo");
    scene.write("acme/sub/new", 0, "x").unwrap();
    assert_eq!(scene.read("acme/sub/new").unwrap(), "x");
    let scope = scene.scope();
    wait(scene.files.mkdir(FileMkdir { path: scene.path("acme/made") }, &scope)).unwrap();
    let names = wait(scene.files.list(FileList { path: scene.path("acme") }, &scope)).unwrap();
    assert_eq!(names, ["a.txt", "made", "sub"]);
    wait(scene.files.remove(FileRemove { path: scene.path("acme/made") }, &scope)).unwrap();
    wait(scene.files.remove(FileRemove { path: scene.path("acme/a.txt") }, &scope)).unwrap();
    assert_eq!(wait(scene.files.stat(FileStat { path: scene.path("acme/a.txt") }, &scope)).unwrap(), None);
    let stat = wait(scene.files.stat(FileStat { path: scene.path("acme/sub/new") }, &scope)).unwrap().unwrap();
    assert_eq!((stat.kind, stat.size), (Kind::File, 1));
    let hash = |algorithm: &str| {
        let call = FileHash { path: scene.path("acme/sub/new"), algorithm: algorithm.to_owned() };
        wait(scene.files.hash(call, &scope)).unwrap()
    };
    assert_eq!(hash("sha256"), "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
    assert_eq!(hash("sha512").len(), 128);
    scene.assert_unchanged();
}

#[test]
fn links_are_refused_wherever_they_stand() {
    let scene = Scene::new();
    scene.link(scene.path("secret"), "acme/folder");
    scene.link("../secret/shadow", "acme/file");
    scene.link("a.txt", "acme/harmless");
    scene.link("/proc/self/root", "acme/magic");
    for path in ["folder/shadow", "folder/none", "file", "harmless", "magic/etc/passwd", "folder"] {
        let path = format!("acme/{path}");
        assert_eq!(scene.read(&path), Err(CallError::Refused(Code::Link)), "{path}");
        assert_eq!(scene.write(&path, 0, "x"), Err(CallError::Refused(Code::Link)), "{path}");
        let (scope, path) = (scene.scope(), scene.path(&path));
        assert_eq!(
            wait(scene.files.stat(FileStat { path: path.clone() }, &scope)),
            Err(CallError::Refused(Code::Link))
        );
        assert_eq!(
            wait(scene.files.list(FileList { path: path.clone() }, &scope)),
            Err(CallError::Refused(Code::Link))
        );
        assert_eq!(
            wait(scene.files.mkdir(FileMkdir { path: path.clone() }, &scope)),
            Err(CallError::Refused(Code::Link))
        );
        assert_eq!(wait(scene.files.remove(FileRemove { path }, &scope)), Err(CallError::Refused(Code::Link)));
    }
    scene.assert_unchanged();
}

#[test]
fn the_owners_own_path_may_have_links() {
    let scene = Scene::new();
    scene.link("acme", "opt");
    assert_eq!(scene.read_in(&scene.path("opt/a.txt"), &scene.below("opt")).unwrap(), "hello");
    // A grant of one file.
    assert_eq!(scene.read_in(&scene.path("acme/a.txt"), &scene.below("acme/a.txt")).unwrap(), "hello");
    scene.link("acme/a.txt", "one");
    assert_eq!(scene.read_in(&scene.path("one"), &scene.below("one")).unwrap(), "hello");
}

#[test]
fn a_path_beside_the_root_is_not_below_it() {
    let scene = Scene::new();
    assert!(scene.read("acme2/x").is_err());
    assert!(scene.read_in(&format!("{}/../secret/shadow", scene.path("acme")), &scene.scope()).is_err());
    assert!(scene.read_in(&scene.path("acme/a.txt"), &Scope::default()).is_err());
}

#[test]
fn the_agents_own_files_are_refused_under_any_name() {
    let scene = Scene::new();
    let own = Err(CallError::Refused(Code::AgentPath));
    fs::hard_link(scene.path("own/state/key"), scene.path("acme/key")).unwrap();
    scene.link(scene.path("own"), "out");
    let everything = scene.below("");
    assert_eq!(scene.read_in(&scene.path("own/state/key"), &everything), own);
    assert_eq!(scene.read_in(&scene.path("own/state/key"), &scene.below("own/state")), own);
    assert_eq!(scene.read_in(&scene.path("own/state/key"), &scene.below("own/state/key")), own);
    assert_eq!(scene.read_in(&scene.path("out/state/key"), &scene.below("out")), own);
    assert_eq!(scene.read("acme/key"), own);
    assert_eq!(scene.write("acme/key", 0, "x"), Err(CallError::Refused(Code::AgentPath)));
    let program = std::env::current_exe().unwrap().to_str().unwrap().to_owned();
    assert_eq!(scene.read_in(&program, &Scope { root: Some("/".into()), ..Scope::default() }), own);
    scene.assert_unchanged();
}

#[test]
fn a_second_name_is_read_and_not_written() {
    let scene = Scene::new();
    fs::hard_link(scene.path("secret/shadow"), scene.path("acme/twin")).unwrap();
    assert_eq!(scene.write("acme/twin", 0, "x"), Err(CallError::Refused(Code::Link)));
    assert_eq!(scene.read("acme/twin").unwrap(), CANARY);
    scene.assert_unchanged();
}

#[test]
fn pipes_and_devices_are_not_waited_for() {
    let scene = Scene::new();
    nix::unistd::mkfifo(Path::new(&scene.path("acme/pipe")), Mode::from_bits_truncate(0o600)).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(scene.path("acme/socket")).unwrap();
    let started = Instant::now();
    for name in ["acme/pipe", "acme/socket"] {
        assert!(
            matches!(scene.read(name), Err(CallError::Failed(why)) if why.contains("not a regular file")),
            "{name}"
        );
        assert!(matches!(scene.write(name, 0, "x"), Err(CallError::Failed(_))), "{name}");
    }
    let devices = Scope { root: Some("/dev".into()), ..Scope::default() };
    assert!(scene.read_in("/dev/zero", &devices).is_err());
    assert!(scene.read_in("/dev/fd/0", &devices).is_err());
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn processes_show_nothing_of_the_agent() {
    let scene = Scene::new();
    let processes = Scope { root: Some("/proc".into()), ..Scope::default() };
    assert!(scene.read_in("/proc/meminfo", &processes).unwrap().contains("Mem"));
    let own = std::process::id();
    for path in ["self/environ", "self/root/etc/passwd", "thread-self/environ", "self/fd/0"] {
        let read = scene.read_in(&format!("/proc/{path}"), &processes);
        assert_eq!(read, Err(CallError::Refused(Code::Link)), "{path}");
    }
    for path in ["environ", "root/etc/passwd", "mem", "cwd"] {
        let read = scene.read_in(&format!("/proc/{own}/{path}"), &processes);
        assert_eq!(read, Err(CallError::Refused(Code::AgentPath)), "{path}");
    }
    // Another process is no secret of ours, but its links lead elsewhere.
    let read = scene.read_in("/proc/1/root/etc/passwd", &processes);
    assert!(
        matches!(read, Err(CallError::Refused(Code::Link) | CallError::Failed(_) | CallError::NotFound)),
        "{read:?}"
    );
}

#[test]
fn programs_that_run_as_somebody_else_are_not_written() {
    let scene = Scene::new();
    fs::set_permissions(scene.path("acme/a.txt"), fs::Permissions::from_mode(0o4755)).unwrap();
    assert!(scene.write("acme/a.txt", 0, "x").is_err());
    assert_eq!(scene.read("acme/a.txt").unwrap(), "hello");
}

#[test]
fn limits_hold() {
    let scene = Scene::new();
    for n in 0..20 {
        fs::write(scene.path(&format!("acme/sub/{n}")), "x").unwrap();
    }
    let list = |most| {
        let scope = Scope { max_results: Some(most), ..scene.scope() };
        wait(scene.files.list(FileList { path: scene.path("acme/sub") }, &scope))
    };
    assert_eq!(list(20).unwrap().len(), 20);
    assert!(list(19).is_err());
    let hash = |most| {
        let scope = Scope { max_bytes: Some(most), ..scene.scope() };
        let call = FileHash { path: scene.path("acme/a.txt"), algorithm: "sha256".to_owned() };
        wait(scene.files.hash(call, &scope))
    };
    assert!(hash(5).is_ok());
    assert!(hash(4).is_err());
    assert!(scene.write("acme/none/x", 0, "x").is_err());
    assert!(scene.read("acme/a.txt/x").is_err());
}
