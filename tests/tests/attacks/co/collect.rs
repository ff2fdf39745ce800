//! Collections: files, the registry, WMI.

use super::scene::{Asked, ask, find, grants, mock, real, real_within};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

const CANARY: &str = "canary-3f0a";
/// Of [`CANARY`].
fn sha512() -> String {
    use sha2::Digest;
    sha2::Sha512::digest(CANARY).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A folder that is granted, a home that is not, and a link from the one to the other: here, and as a mock has it.
struct Place {
    dir: tempfile::TempDir,
    mock: String,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        for file in ["acme/a.lic", "acme/sub/b.lic", "acme/other.txt", "home/.ssh/id_rsa"] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), CANARY).unwrap();
        }
        symlink(root.join("home"), root.join("acme/out")).unwrap();
        symlink(root.join("home/.ssh/id_rsa"), root.join("acme/id_rsa")).unwrap();
        let mock = format!(
            "mock_version = 1\n[files]\n\"ROOT/acme/a.lic\" = {{ text = \"{CANARY}\" }}\n\
             \"ROOT/acme/sub/b.lic\" = {{ text = \"{CANARY}\" }}\n\"ROOT/acme/other.txt\" = {{ text = \"{CANARY}\" }}\n\
             \"ROOT/home/.ssh/id_rsa\" = {{ text = \"{CANARY}\" }}\n\"ROOT/acme/out\" = {{ link = \"ROOT/home\" }}\n\
             \"ROOT/acme/id_rsa\" = {{ link = \"ROOT/home/.ssh/id_rsa\" }}\n"
        );
        Self { mock: mock.replace("ROOT", root.to_str().unwrap()), dir }
    }

    fn path(&self, below: &str) -> std::path::PathBuf {
        self.dir.path().canonicalize().unwrap().join(below)
    }

    /// The same question here and on the mock, with the same answer.
    fn both(&self, policy: &str, job: &Value) -> Asked {
        let policy = policy.replace("ROOT", self.path("").to_str().unwrap().trim_end_matches('/'));
        let (here, there) = (ask(real, &policy, job), ask(mock(&self.mock), &policy, job));
        assert_eq!((&here.answers, &here.codes), (&there.answers, &there.codes), "{here:?}\n{there:?}");
        assert_eq!(here.failed.is_some(), there.failed.is_some(), "{here:?}\n{there:?}");
        here
    }
}

#[test]
fn co_01_files_are_not_hunted_for() {
    let place = Place::new();
    let policy = grants(&[("files.find", "paths = [\"ROOT/acme/**\"]\nmax_results = 100")]);
    let hunt = |root: &Path| find(root, json!({"name": "id_rsa"}));
    for outside in [Path::new("/"), &place.path(""), &place.path("home"), &place.path("acme/../home")] {
        let asked = place.both(&policy, &hunt(outside));
        assert!(asked.answers.is_empty() && asked.failed.is_some(), "{asked:?}");
        assert!(asked.codes.iter().all(|code| ["NO_GRANT", "BAD_NAME"].contains(code)), "{asked:?}");
        assert_eq!(asked.codes.len(), 1, "{asked:?}");
    }
    // In what is granted, links lead nowhere.
    let asked = place.both(&policy, &hunt(&place.path("acme")));
    assert!(asked.answers.is_empty() && asked.failed.is_none(), "{asked:?}");
    place.both(&policy, &hunt(&place.path("acme/out"))).assert_refused("LINK");
    // A server asks for a million: it gets what is granted.
    let few = grants(&[("files.find", "paths = [\"ROOT/acme/**\"]\nmax_results = 1")]);
    assert_eq!(place.both(&few, &find(&place.path("acme"), json!({}))).answers.len(), 1);
    // Names are granted too.
    let licences = grants(&[("files.find", "paths = [\"ROOT/acme/**/*.lic\"]")]);
    let asked = place.both(&licences, &find(&place.path("acme"), json!({})));
    assert!(asked.paths().iter().all(|path| path.ends_with(".lic")) && asked.answers.len() == 2, "{asked:?}");
}

#[test]
fn co_01_twin_what_is_granted_is_found() {
    let place = Place::new();
    let policy = grants(&[("files.find", "paths = [\"ROOT/acme/**\"]")]);
    let asked = place.both(&policy, &find(&place.path("acme"), json!({"regex": "\\.lic$"})));
    let expected = [place.path("acme/a.lic"), place.path("acme/sub/b.lic")];
    assert_eq!(asked.paths(), expected.iter().map(|path| path.to_str().unwrap()).collect::<Vec<_>>());
    assert_eq!(asked.answers[0][1], ("size".to_owned(), CANARY.len().to_string()));
    assert_eq!(asked.failed, None);
}

#[test]
fn co_02_what_is_in_a_file_is_not_confirmed_without_a_grant() {
    let place = Place::new();
    let policy = grants(&[("files.find", "paths = [\"ROOT/**\"]")]);
    for digest in [sha512(), "0".repeat(128)] {
        let asked = place.both(&policy, &find(&place.path("home"), json!({"checkSumSHA512": digest})));
        // The same whether there is such a file or not.
        asked.assert_refused("NO_GRANT");
        assert_eq!(asked.calls, 1, "{asked:?}");
    }
    // A grant for one folder says nothing of another.
    let acme = grants(&[("files.find", "paths = [\"ROOT/**\"]"), ("files.hash", "paths = [\"ROOT/acme/**\"]")]);
    place.both(&acme, &find(&place.path("home"), json!({"checkSumSHA512": sha512()}))).assert_refused("NO_GRANT");
}

#[test]
fn co_02_twin_a_digest_that_is_granted_finds_its_files() {
    let place = Place::new();
    let policy = grants(&[
        ("files.find", "paths = [\"ROOT/**\"]"),
        ("files.hash", "paths = [\"ROOT/acme/*\"]\nmax_bytes = 1000"),
    ]);
    let asked = place.both(&policy, &find(&place.path("acme"), json!({"checkSumSHA512": sha512()})));
    // What is deeper has a name that is granted, and no digest.
    assert_eq!(asked.paths().len(), 2, "{asked:?}");
    assert!(asked.paths().iter().all(|path| !path.contains("/sub/")), "{asked:?}");
}

#[test]
fn co_03_a_walk_without_an_end_has_one() {
    let dir = tempfile::tempdir().unwrap();
    for folder in 0..20 {
        let folder = dir.path().join(folder.to_string());
        fs::create_dir(&folder).unwrap();
        for file in 0..500 {
            fs::File::create(folder.join(file.to_string())).unwrap();
        }
    }
    let policy = grants(&[("files.find", &format!("paths = [{:?}]", dir.path()))]);
    let job = find(dir.path(), json!({"regex": "(x+x+)+y$"}));
    let asked = ask(real_within(5_000), &policy, &job);
    let why = asked.failed.unwrap();
    assert!(why.contains("budget exceeded") && asked.answers.is_empty(), "{why}");
    assert!(asked.took < Duration::from_secs(20), "{:?}", asked.took);
    // The twin of the budget: the same walk within it.
    let asked = ask(real_within(20_000), &policy, &job);
    assert_eq!((asked.failed, asked.answers.len()), (None, 0));
}

#[test]
fn co_03_twin_a_walk_of_a_large_folder_finds_its_file() {
    let dir = tempfile::tempdir().unwrap();
    for file in 0..2_000 {
        fs::File::create(dir.path().join(file.to_string())).unwrap();
    }
    let policy = grants(&[("files.find", &format!("paths = [{:?}]", dir.path()))]);
    let asked = ask(real, &policy, &find(dir.path(), json!({"name": "1999"})));
    assert_eq!((asked.paths().len(), asked.failed), (1, None));
}

#[test]
fn co_04_what_the_kernel_makes_up_is_not_read() {
    let everything = grants(&[("files.find", "paths = [\"/\"]"), ("files.hash", "paths = [\"/\"]")]);
    for root in ["/proc", "/proc/self", "/sys/kernel", "/dev", "/dev/zero"] {
        for filter in [json!({}), json!({"checkSumSHA512": sha512()})] {
            let job = find(Path::new(root), filter);
            for asked in [ask(real, &everything, &job), ask(mock("mock_version = 1"), &everything, &job)] {
                asked.assert_refused("DEVICE_PATH");
                assert!(asked.took < Duration::from_secs(20), "{root}: {:?}", asked.took);
            }
        }
    }
    // What would wait for ever, or never end, in a folder that is granted.
    let dir = tempfile::tempdir().unwrap();
    nix::unistd::mkfifo(&dir.path().join("pipe"), nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    symlink("/dev/zero", dir.path().join("zero")).unwrap();
    symlink("/proc/kcore", dir.path().join("kcore")).unwrap();
    let asked = ask(real, &everything, &find(dir.path(), json!({"checkSumSHA512": sha512()})));
    assert!(asked.answers.is_empty() && asked.failed.is_none(), "{asked:?}");
    assert!(asked.took < Duration::from_secs(20), "{:?}", asked.took);
}

#[test]
fn co_04_twin_an_ordinary_file_beside_them_is_found() {
    let dir = tempfile::tempdir().unwrap();
    nix::unistd::mkfifo(&dir.path().join("pipe"), nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    fs::write(dir.path().join("plain"), CANARY).unwrap();
    let here = format!("paths = [{:?}]", dir.path());
    let policy = grants(&[("files.find", &here), ("files.hash", &here)]);
    let asked = ask(real, &policy, &find(dir.path(), json!({"checkSumSHA512": sha512()})));
    assert_eq!(asked.paths().len(), 1, "{asked:?}");
}

const WINDOWS: &str = r#"
mock_version = 1
[registry."HKEY_LOCAL_MACHINE/SAM/SAM/Domains/Account"]
F = "canary-3f0a"
[registry."HKEY_LOCAL_MACHINE/SECURITY/Policy/Secrets"]
x = "canary-3f0a"
[registry."HKEY_LOCAL_MACHINE/SYSTEM/CurrentControlSet/Control/Lsa/Data"]
Pattern = "canary-3f0a"
[registry."HKEY_LOCAL_MACHINE/SOFTWARE/Microsoft/Windows NT/CurrentVersion/Winlogon"]
DefaultPassword = "canary-3f0a"
Shell = "explorer.exe"
[registry."HKEY_LOCAL_MACHINE/SOFTWARE/Acme"]
Version = "2.5"
Seats = 12
[[wmi.Win32_Keyboard]]
Name = "Standard"
Secret = "canary-3f0a"
"#;

fn registry(path: &str) -> Value {
    json!({"function": "getFromRegistry", "uuid": "6b02e835e1519", "_sid": 9, "path": path})
}

#[test]
fn co_05_the_registrys_secrets_are_not_read_however_much_is_granted() {
    let everything = grants(&[("registry.read", "keys = [\"HKEY_LOCAL_MACHINE\"]")]);
    for path in [
        "HKEY_LOCAL_MACHINE/SAM/SAM/Domains/Account/*",
        "HKLM\\sam\\SAM\\Domains\\Account\\F",
        "HKEY_LOCAL_MACHINE//SAM//SAM/Domains/Account/F",
        "HKEY_LOCAL_MACHINE/SECURITY/Policy/Secrets/*",
        "HKEY_LOCAL_MACHINE/SYSTEM/CurrentControlSet/Control/Lsa/Data/*",
        "HKEY_LOCAL_MACHINE/SYSTEM/ControlSet001/Control/Lsa/Data/*",
        "HKEY_LOCAL_MACHINE/SOFTWARE/Microsoft/Windows NT/CurrentVersion/Winlogon/DefaultPassword",
        "HKEY_LOCAL_MACHINE/SOFTWARE/Microsoft/Windows NT/CurrentVersion/Winlogon/*",
        "hklm/software/microsoft/windows nt/currentversion/WINLOGON/defaultpassword",
    ] {
        for machine in [WINDOWS, "mock_version = 1"] {
            ask(mock(machine), &everything, &registry(path)).assert_refused("SECRET_HIVE");
        }
        ask(real, &everything, &registry(path)).assert_refused("SECRET_HIVE");
    }
    let little = grants(&[("registry.read", "keys = [\"HKLM/SOFTWARE/Acme/*\"]")]);
    for path in ["HKEY_LOCAL_MACHINE/SOFTWARE/*", "HKEY_LOCAL_MACHINE/SOFTWARE/Acme2/*", "HKCU/SOFTWARE/Acme/*"] {
        ask(mock(WINDOWS), &little, &registry(path)).assert_refused("NO_GRANT");
    }
}

#[test]
fn co_05_twin_a_key_that_is_granted_is_read() {
    let policy = grants(&[("registry.read", "keys = [\"HKLM/SOFTWARE/Acme/*\"]")]);
    let asked = ask(mock(WINDOWS), &policy, &registry("HKEY_LOCAL_MACHINE/SOFTWARE/Acme/*"));
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(asked.answers, [vec![field("Seats", "0x0000000c"), field("Version", "2.5")]], "{asked:?}");
    let asked = ask(mock(WINDOWS), &policy, &registry("HKEY_LOCAL_MACHINE/SOFTWARE/Acme/version"));
    assert_eq!(asked.answers, [vec![field("Version", "2.5")]]);
    // Where there is no registry, the answer is empty.
    let asked = ask(real, &policy, &registry("HKEY_LOCAL_MACHINE/SOFTWARE/Acme/*"));
    assert_eq!((asked.failed, asked.answers.len()), (None, 0));
}

fn wmi(class: &str, properties: Value) -> Value {
    json!({"function": "getFromWMI", "uuid": "6b02e835e3440", "_sid": 9, "class": class, "properties": properties})
}

#[test]
fn co_06_wmi_takes_names_and_nothing_else() {
    let everything = grants(&[("wmi.read", "classes = [\"X\", \"Win32_Keyboard\"]")]);
    for (word, value) in [
        ("moniker", "script:http://evil.test/x.sct"),
        ("query", "select * from Win32_Process"),
        ("method", "Create"),
        ("params", "calc.exe"),
    ] {
        let mut job = wmi("X", json!(["a"]));
        job[word] = value.into();
        let asked = ask(mock(WINDOWS), &everything, &job);
        let why = asked.failed.clone().unwrap();
        assert!(why.contains(word) && asked.answers.is_empty() && asked.calls == 0, "{asked:?}");
    }
    for (class, property) in [
        ("script:http://evil.test/x.sct", "a"),
        ("root\\cimv2:Win32_Keyboard", "Name"),
        ("Win32_Keyboard where 1=1", "Name"),
        ("Win32_Keyboard", "Name from Win32_Process;"),
        ("Win32_Keyboard", "*"),
    ] {
        let asked = ask(mock(WINDOWS), &everything, &wmi(class, json!([property, "Name"])));
        assert!(asked.answers.is_empty() && asked.failed.is_some(), "{class} {property}: {asked:?}");
    }
    let little = grants(&[("wmi.read", "classes = [\"Win32_Keyboard\"]\nproperties = [\"Name\"]")]);
    ask(mock(WINDOWS), &little, &wmi("Win32_Process", json!(["Name"]))).assert_refused("NO_GRANT");
    ask(mock(WINDOWS), &little, &wmi("Win32_Keyboard", json!(["Name", "Secret"]))).assert_refused("NO_GRANT");
}

#[test]
fn co_06_twin_a_class_that_is_granted_is_read() {
    let policy = grants(&[("wmi.read", "classes = [\"Win32_Keyboard\"]\nproperties = [\"Name\"]")]);
    let asked = ask(mock(WINDOWS), &policy, &wmi("Win32_Keyboard", json!(["Name"])));
    assert_eq!(asked.answers, [vec![("Name".to_owned(), "Standard".to_owned())]], "{asked:?}");
}
