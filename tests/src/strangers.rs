//! Components from strangers: made by the byte, signed with keys of the test, and offered to the program.

use crate::program::{Airlock, Output};
use airlock_trust::{Manifest, Password, SecretKey, sha256_hex};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of someone who publishes: keys and releases.
pub struct Publisher {
    folder: tempfile::TempDir,
}

/// What a manifest says where a test does not say otherwise.
pub struct Release<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub counter: u64,
    /// RFC 3339.
    pub issued: String,
    pub expires: String,
    pub worlds: &'a [&'a str],
    pub component: &'a [u8],
}

/// The facts of this machine, as components import them.
pub const FACTS: &str = "airlock:facts/facts@0.1.0";

impl<'a> Release<'a> {
    /// Issued an hour ago, good for thirty days, of the kind `inventory`.
    pub fn new(name: &'a str, version: &'a str, counter: u64, component: &'a [u8]) -> Self {
        let (issued, expires) = (at(-1), at(24 * 30));
        Self { name, version, counter, issued, expires, worlds: &["inventory"], component }
    }

    pub fn manifest(&self) -> Manifest {
        let imports = airlock_sandbox::inspect(self.component).map_or_else(|_| vec![], |inspection| inspection.imports);
        Manifest {
            name: airlock_trust::Name::parse(self.name).unwrap(),
            version: self.version.parse().unwrap(),
            counter: self.counter,
            issued: self.issued.parse().unwrap(),
            expires: self.expires.parse().unwrap(),
            size: self.component.len() as u64,
            sha256: sha256_hex(self.component),
            worlds: self.worlds.iter().map(|world| (*world).to_owned()).collect(),
            imports: imports.into_iter().map(|import| import.name).collect(),
            minimum_agent: "0.1.0".parse().unwrap(),
        }
    }
}

/// A moment, in hours from now.
pub fn at(hours: i64) -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours)).to_string()
}

impl Publisher {
    #[allow(clippy::new_without_default, reason = "it is work, not a value")]
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// A pair of keys: `NAME.key`, `NAME.pub`.
    pub fn key(&self, airlock: &Airlock, name: &str) -> SecretKey {
        airlock.done(&["task", "keygen", "--no-password", &self.text(name)]);
        self.read_key(name)
    }

    fn read_key(&self, name: &str) -> SecretKey {
        SecretKey::parse(&fs::read_to_string(self.path(&format!("{name}.key"))).unwrap(), Password::None).unwrap()
    }

    /// Puts a release into a folder of its own, signed with these keys; the folder.
    pub fn publish(&self, folder: &str, release: &Release<'_>, keys: &[&str]) -> PathBuf {
        self.publish_as(folder, &release.manifest(), release.component, keys)
    }

    /// As [`Self::publish`], with a manifest that says whatever the test wants.
    pub fn publish_as(&self, folder: &str, manifest: &Manifest, component: &[u8], keys: &[&str]) -> PathBuf {
        let text = manifest.to_toml().unwrap();
        let signatures: String =
            keys.iter().map(|key| self.read_key(key).sign(text.as_bytes(), "test").unwrap()).collect();
        let folder = self.path(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("task.wasm"), component).unwrap();
        fs::write(folder.join("task.manifest.toml"), text).unwrap();
        if !keys.is_empty() {
            fs::write(folder.join("task.manifest.toml.minisig"), signatures).unwrap();
        }
        folder
    }
}

/// A component that imports these interfaces and does nothing. Source: `Binary.md` of the component model; `salt` makes
/// two of them different.
pub fn component(imports: &[&str], salt: &str) -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    // An instance type without anything in it.
    section(&mut bytes, 7, &[1, 0x42, 0]);
    let mut body = vec![u8::try_from(imports.len()).unwrap()];
    for import in imports {
        body.extend([0, u8::try_from(import.len()).unwrap()]);
        body.extend(import.as_bytes());
        body.extend([5, 0]);
    }
    section(&mut bytes, 10, &body);
    section(&mut bytes, 0, &[&[4], b"salt".as_slice(), salt.as_bytes()].concat());
    bytes
}

fn section(bytes: &mut Vec<u8>, kind: u8, body: &[u8]) {
    assert!(body.len() < 16384, "a size of two bytes");
    let (low, high) = (body.len() & 0x7f, body.len() >> 7);
    bytes.extend([kind, u8::try_from(low | 0x80).unwrap(), u8::try_from(high).unwrap()]);
    bytes.extend(body);
}

impl Airlock {
    /// Trusts a publisher's key for the names.
    pub fn trust(&self, publisher: &Publisher, key: &str, name: &str, names: &str) {
        self.done(&["task", "trust", &publisher.text(&format!("{key}.pub")), "--name", name, "--names", names]);
    }

    pub fn install(&self, folder: &Path, options: &[&str]) -> Output {
        let mut arguments = vec!["task", "install", folder.to_str().unwrap()];
        arguments.extend(options);
        self.run(&arguments)
    }

    /// The names and versions of what is installed.
    pub fn installed(&self) -> Vec<(String, String)> {
        let tasks = self.json(&["task", "list", "--json"]);
        let text = |task: &serde_json::Value, what: &str| task[what].as_str().unwrap().to_owned();
        let installed = tasks.as_array().unwrap().iter().filter(|task| task.get("publisher").is_some());
        installed.map(|task| (text(task, "name"), text(task, "version"))).collect()
    }

    /// The records of the audit about something that happened outside of a run.
    pub fn events(&self, what: &str) -> Vec<serde_json::Value> {
        let log = fs::read_to_string(self.vardir().join("log/audit.jsonl")).unwrap_or_default();
        let records = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        records.filter(|record| record["event"] == what).map(|record| record["details"].clone()).collect()
    }
}
