//! A machine that a job brings packages to: a folder of releases that is granted, keys that are trusted, and what lies beside
//! it and is nobody's business. What a job brings goes into the store by its digest and is put together in the job's folder.

use airlock_gate::calls::{DeployAssemble, DeployHas, DeployMkdir, DeployUnpack, JobFile, Sha512Sum};
use airlock_gate::{Audit, CallError, Gate, HostCall, Limits, Native, Source};
use airlock_native::trust_store::TrustFolder;
use airlock_native::{Folders, MachineDeploy, OwnFiles};
use airlock_tests::policies::{asker, grant, policy_for};
use airlock_tests::ports::{Given, Keeper, Records, native};
use airlock_trust::{Glob, KeyPair, Name, PackageManifest, Password, SecretKey, sha256_hex};
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha512};
use std::fs::{self, File, FileTimes};
use std::future::Future;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tar::{EntryType, Header};

pub(super) struct Job {
    folder: tempfile::TempDir,
    outside: PathBuf,
    secret: SecretKey,
    gate: Gate,
    records: Records,
    runtime: tokio::runtime::Runtime,
}

impl Job {
    pub(super) fn new() -> Self {
        Self::granted("min_version = { \"acme-agentd\" = \"1.0.0\" }")
    }

    /// With more in the grant to install.
    pub(super) fn granted(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["releases", "outside", "state"] {
            fs::create_dir(at(name)).unwrap();
        }
        fs::write(at("outside/canary"), "canary").unwrap();
        let trust = TrustFolder::open(&Folders::new(Some(&at("var"))).unwrap()).unwrap();
        let pair = KeyPair::generate("acme", Password::None).unwrap();
        let secret = SecretKey::parse(&pair.secret, Password::None).unwrap();
        let key = secret.public().unwrap();
        let acme = Name::parse("acme").unwrap();
        trust.change(|store| store.trust(&acme, key, vec![Glob::parse("*").unwrap()])).unwrap();
        let policy = format!(
            "[publisher.acme]\nkeys = [\"{key}\"]\nthreshold = 1\nnames = [\"acme-*\"]\n{}{}",
            grant("pkg.fetch", "origins = [\"https://mirror.example\"]"),
            grant(
                "pkg.install",
                &format!(
                    "publishers = [\"acme\"]\nnames = [\"acme-*\"]\ninto = \"{}\"\n{more}",
                    at("releases").display()
                )
            )
        );
        let policy = policy_for(&asker("hq", "deploy"), &policy);
        let own = Arc::new(OwnFiles::new(vec![at("state"), at("var")]));
        let deploy = Arc::new(MachineDeploy::new(own, at("state")).with_trust(trust));
        let native = Native { deploy, ..native(Arc::new(Given::machine()), Arc::new(Keeper::default())) };
        let records = Records::default();
        let audit =
            Audit::new(Box::new(records.clone()), "run-1".to_owned(), "deploy@test".to_owned(), Some("hq".to_owned()));
        let gate = Gate::new(Arc::new(policy), Limits::default(), audit, Source::Live(native));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outside = at("outside");
        Self { folder, outside, secret, gate, records, runtime }
    }

    fn now<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    fn call<C: HostCall>(&self, call: C) -> Result<C::Reply, CallError> {
        self.now(self.gate.call(call))
    }

    /// Puts a file into the job's folder.
    pub(super) fn bring(&self, name: &str, bytes: &[u8]) {
        let sha512 = Sha512Sum::new(Sha512::digest(bytes).into()).to_string();
        // The store is made when it is first asked.
        let _ = self.call(DeployHas { part: sha512.clone() }).unwrap();
        let part = self.folder.path().join("state/parts").join(&sha512);
        fs::write(&part, bytes).unwrap();
        let later = SystemTime::now() + Duration::from_secs(600);
        File::open(&part).unwrap().set_times(FileTimes::new().set_modified(later)).unwrap();
        let parts = vec![sha512.clone()];
        let file = JobFile { name: name.to_owned(), sha512, parts, retention_minutes: 5, shared: false };
        assert_eq!(self.call(DeployAssemble { file }), Ok(bytes.len() as u64));
    }

    /// Puts a package into the job's folder, with its manifest and a signature.
    pub(super) fn bring_package(&self, name: &str, version: &str, counter: u64) {
        let bytes = Packed::gzip(&Packed::tar().file("bin/agentd", 0o755, version.as_bytes()).end());
        let now = Timestamp::now();
        let manifest = PackageManifest {
            name: Name::parse(name).unwrap(),
            version: version.parse().unwrap(),
            counter,
            issued: now,
            expires: now + SignedDuration::from_hours(1),
            size: bytes.len() as u64,
            sha256: sha256_hex(&bytes),
        };
        let manifest = manifest.to_toml().unwrap();
        let signature = self.secret.sign(manifest.as_bytes(), "test").unwrap();
        self.bring("p.tar.gz", &bytes);
        self.bring("p.tar.gz.manifest.toml", manifest.as_bytes());
        self.bring("p.tar.gz.manifest.toml.minisig", signature.as_bytes());
    }

    /// Installs it.
    pub(super) fn install(&self) -> Result<String, CallError> {
        let into = self.releases().display().to_string();
        self.now(self.gate.deploy_install("p.tar.gz", Some(into)))
    }

    pub(super) fn releases(&self) -> PathBuf {
        self.folder.path().join("releases")
    }

    /// Unpacks a file of the job's folder into `into` in it.
    pub(super) fn unpack(&self, name: &str) -> Result<u32, CallError> {
        let unpack = DeployUnpack { archive: format!("work:{name}"), into: "work:into".to_owned() };
        self.call(unpack).map(|unpacked| unpacked.files)
    }

    fn work(&self) -> PathBuf {
        let jobs = fs::read_dir(self.folder.path().join("state/jobs")).unwrap();
        let mut works = jobs.map(|entry| entry.unwrap().path().join("work"));
        let work = works.next().unwrap();
        assert!(works.next().is_none());
        work
    }

    /// What stands in `into`, with its rights.
    pub(super) fn unpacked(&self) -> Vec<String> {
        tree(&self.work().join("into"))
    }

    pub(super) fn outside(&self) -> &Path {
        &self.outside
    }

    /// A link in the job's folder that leads elsewhere.
    pub(super) fn plant_link(&self, name: &str, to: &Path) {
        self.call(DeployMkdir { at: "work:made".to_owned(), above: 0 }).unwrap();
        symlink(to, self.work().join(name)).unwrap();
    }

    pub(super) fn is_all_ours(&self) {
        let own = fs::metadata(self.folder.path()).unwrap();
        for name in self.unpacked() {
            let path = self.work().join("into").join(name.split(' ').next().unwrap());
            let meta = fs::symlink_metadata(path).unwrap();
            assert_eq!((meta.uid(), meta.gid()), (own.uid(), own.gid()), "{name}");
        }
    }

    /// The codes of the refusals.
    pub(super) fn refused(&self) -> Vec<String> {
        let all = self.records.all();
        let refused = all.iter().filter(|record| record["decision"] == "deny");
        refused.map(|record| record["code"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Afterwards a good archive is unpacked.
    pub(super) fn goes_on(&self) {
        self.bring("good.tar", &Packed::tar().file("good", 0o644, b"x").end());
        let archive = "work:good.tar".to_owned();
        let unpacked = self.call(DeployUnpack { archive, into: "work:after".to_owned() });
        assert_eq!(unpacked.map(|unpacked| unpacked.files), Ok(1));
    }
}

/// Everything below a folder, with its rights; nothing where there is none.
pub(super) fn tree(folder: &Path) -> Vec<String> {
    fn add(root: &Path, folder: &Path, all: &mut Vec<String>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let meta = fs::symlink_metadata(&path).unwrap();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            all.push(format!("{name} {:o}", meta.permissions().mode() & 0o7777));
            if meta.is_dir() {
                add(root, &path, all);
            }
        }
    }
    let mut all = Vec::new();
    add(folder, folder, &mut all);
    all.sort();
    all
}

/// An archive, with whatever names and types a test wants.
pub(super) struct Packed(Vec<u8>);

impl Packed {
    pub(super) fn tar() -> Self {
        Self(Vec::new())
    }

    pub(super) fn folder(self, name: &str) -> Self {
        self.entry(name, EntryType::Directory, 0o777, b"")
    }

    pub(super) fn file(self, name: &str, mode: u32, content: &[u8]) -> Self {
        self.entry(name, EntryType::Regular, mode, content)
    }

    pub(super) fn link(self, name: &str, to: &str) -> Self {
        self.with(name, EntryType::Symlink, 0o777, 0, b"", to)
    }

    /// A file whose name is in a header of its own.
    pub(super) fn long(self, short: &str, name: &str) -> Self {
        let content = [name.as_bytes(), b"\0"].concat();
        self.entry("././@LongLink", EntryType::GNULongName, 0o644, &content).file(short, 0o644, b"x")
    }

    /// A file that only says how large it is.
    pub(super) fn stating(self, name: &str, size: u64) -> Self {
        self.with(name, EntryType::Regular, 0o644, size, b"x", "")
    }

    pub(super) fn entry(self, name: &str, kind: EntryType, mode: u32, content: &[u8]) -> Self {
        self.with(name, kind, mode, content.len() as u64, content, "")
    }

    fn with(mut self, name: &str, kind: EntryType, mode: u32, size: u64, content: &[u8], link: &str) -> Self {
        let mut header = Header::new_gnu();
        let count = name.len().min(100);
        header.as_mut_bytes()[..count].copy_from_slice(&name.as_bytes()[..count]);
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(size);
        header.set_uid(4242);
        header.set_gid(4242);
        header.set_mtime(1);
        if !link.is_empty() {
            header.set_link_name_literal(link).unwrap();
        }
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub(super) fn end(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        self.0
    }

    pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// So many empty files, packed.
    pub(super) fn flood(count: usize) -> Vec<u8> {
        let tar = (0..count).fold(Self::tar(), |tar, number| tar.file(&format!("{number}"), 0o644, b""));
        Self::gzip(&tar.end())
    }

    /// Names, modes as Unix has them, contents.
    pub(super) fn zip(entries: &[(&str, u32, &[u8])]) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        let two = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
        let four = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        for (name, mode, content) in entries {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(content).unwrap();
            let packed = encoder.finish().unwrap();
            let mut crc = Crc::new();
            crc.update(content);
            let offset = bytes.len();
            let mut same = vec![0, 0, 8, 0, 0, 0, 0x21, 0];
            same.extend_from_slice(&crc.sum().to_le_bytes());
            same.extend_from_slice(&[four(packed.len()), four(content.len())].concat());
            same.extend_from_slice(&[two(name.len()), two(0)].concat());
            bytes.extend_from_slice(b"PK\x03\x04\x14\0");
            bytes.extend_from_slice(&[&same, name.as_bytes(), &packed].concat());
            directory.extend_from_slice(b"PK\x01\x02\x14\x03\x14\0");
            directory.extend_from_slice(&same);
            directory.extend_from_slice(&[0; 6]);
            directory.extend_from_slice(&(mode << 16).to_le_bytes());
            directory.extend_from_slice(&four(offset));
            directory.extend_from_slice(name.as_bytes());
        }
        let (at, size, count) = (four(bytes.len()), four(directory.len()), two(entries.len()));
        bytes.extend_from_slice(&directory);
        bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        bytes.extend_from_slice(&[count, count].concat());
        bytes.extend_from_slice(&[size, at].concat());
        bytes.extend_from_slice(&[0, 0]);
        bytes
    }
}
