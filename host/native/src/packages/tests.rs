//! Packages with keys made for the test, in a job's folder and a folder of releases made for it too.

use super::install::Allowed;
use super::*;
use crate::own_files::OwnFiles;
use crate::{Folders, MANIFEST_ENDING, SIGNATURES_ENDING};
use airlock_gate::calls::SignedPackage;
use airlock_trust::{Glob, KeyPair, Name, PackageManifest, Password, SecretKey, sha256_hex};
use flate2::write::GzEncoder;
use jiff::SignedDuration;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

struct Bench {
    folder: tempfile::TempDir,
    trust: TrustFolder,
    secret: SecretKey,
}

/// A tar.gz with one file.
fn archive(name: &str, content: &str) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(content.len() as u64);
    header.set_mode(0o4755);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    let mut bytes = [header.as_bytes().as_slice(), content.as_bytes()].concat();
    bytes.resize(bytes.len().next_multiple_of(512) + 1024, 0);
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&bytes).unwrap();
    encoder.finish().unwrap()
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["job", "releases"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let trust = TrustFolder::open(&Folders::new(Some(&folder.path().join("var"))).unwrap()).unwrap();
        let pair = KeyPair::generate("test", Password::None).unwrap();
        let secret = SecretKey::parse(&pair.secret, Password::None).unwrap();
        let key = secret.public().unwrap();
        let acme = Name::parse("acme").unwrap();
        trust.change(|store| store.trust(&acme, key, vec![Glob::parse("acme-*").unwrap()])).unwrap();
        Self { folder, trust, secret }
    }

    fn job(&self) -> PathBuf {
        self.folder.path().join("job")
    }

    fn releases(&self) -> PathBuf {
        self.folder.path().join("releases")
    }

    /// A signed package in the job's folder.
    fn bring(&self, version: &str, counter: u64, bytes: &[u8]) {
        let now = Timestamp::now();
        let manifest = PackageManifest {
            name: Name::parse("acme-agentd").unwrap(),
            version: version.parse().unwrap(),
            counter,
            issued: now,
            expires: now + SignedDuration::from_hours(24),
            size: bytes.len() as u64,
            sha256: sha256_hex(bytes),
        };
        let text = manifest.to_toml().unwrap();
        let at = |ending: &str| self.job().join(format!("a.tar.gz{ending}"));
        fs::write(at(""), bytes).unwrap();
        fs::write(at(MANIFEST_ENDING), &text).unwrap();
        fs::write(at(SIGNATURES_ENDING), self.secret.sign(text.as_bytes(), "test").unwrap()).unwrap();
    }

    fn verify(&self) -> Result<SignedPackage, CallError> {
        let folder = OwnedFd::from(File::open(self.job()).unwrap());
        let verified = SignedFiles::in_folder(&folder, "a.tar.gz")?.verify(&self.trust, &Stopped::default())?;
        let (name, version) = (verified.manifest.name.to_string(), verified.manifest.version.to_string());
        Ok(SignedPackage { name, version, ..SignedPackage::default() })
    }

    fn install(&self) -> Result<String, CallError> {
        self.install_into(&self.releases(), &self.verify()?)
    }

    fn install_into(&self, into: &Path, package: &SignedPackage) -> Result<String, CallError> {
        let folder = OwnedFd::from(File::open(self.job()).unwrap());
        let mut files = SignedFiles::in_folder(&folder, "a.tar.gz")?;
        let (into, root) = (into.display().to_string(), self.releases().display().to_string());
        let allowed = Allowed { package, into: &into, root: &root };
        install(&mut files, &allowed, &self.trust, &OwnFiles::default(), &Stopped::default())
    }

    fn stands(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.releases())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

fn code(result: Result<impl std::fmt::Debug, CallError>) -> Code {
    match result {
        Err(CallError::Unfit { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_package_stands_in_the_folder_of_its_version() {
    let bench = Bench::new();
    bench.bring("2.5.1", 7, &archive("bin/agentd", "new"));
    let path = bench.install().unwrap();
    assert_eq!(path, bench.releases().join("2.5.1").display().to_string());
    assert_eq!(fs::read(Path::new(&path).join("bin/agentd")).unwrap(), b"new");
    let mode = |path: &str| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&path), mode(&format!("{path}/bin/agentd"))), (0o755, 0o755));
    assert_eq!(bench.trust.packages().unwrap()[&path].version, "2.5.1");
    // The same again is done already; what came from elsewhere is not taken for it.
    assert_eq!(bench.install().unwrap(), path);
    bench.bring("2.6.0", 8, &archive("bin/agentd", "newer"));
    fs::create_dir(bench.releases().join("2.6.0")).unwrap();
    assert!(matches!(bench.install(), Err(CallError::Failed(why)) if why.contains("already")));
    assert_eq!(bench.stands(), ["2.5.1", "2.6.0"]);
}

#[test]
fn an_older_package_is_refused_by_what_was_installed_before() {
    let bench = Bench::new();
    bench.bring("1.4.0", 14, &archive("a", "new"));
    bench.install().unwrap();
    for (version, counter) in [("1.0.0", 10), ("1.0.0", 20), ("2.0.0", 13)] {
        bench.bring(version, counter, &archive("a", "old"));
        assert_eq!(code(bench.verify()), Code::Rollback);
        // Whoever was allowed something before does not get it now.
        let package = SignedPackage { name: "acme-agentd".into(), version: version.into(), ..SignedPackage::default() };
        assert_eq!(code(bench.install_into(&bench.releases(), &package)), Code::Rollback);
    }
    assert_eq!(bench.stands(), ["1.4.0"]);
    // What was seen stays known when the folder is gone.
    fs::remove_dir_all(bench.releases().join("1.4.0")).unwrap();
    assert_eq!(code(bench.verify()), Code::Rollback);
    bench.bring("1.4.0", 14, &archive("a", "new"));
    bench.install().unwrap();
    bench.bring("1.4.1", 15, &archive("a", "newer"));
    bench.install().unwrap();
    assert_eq!(bench.stands(), ["1.4.0", "1.4.1"]);
}

#[test]
fn what_is_not_signed_as_it_is_does_not_come_in() {
    let bench = Bench::new();
    let at = |ending: &str| bench.job().join(format!("a.tar.gz{ending}"));
    assert!(matches!(bench.verify(), Err(CallError::NotFound)));
    let bytes = archive("a", "x");
    let damage: [&dyn Fn(); 5] = [
        &|| fs::remove_file(at(SIGNATURES_ENDING)).unwrap(),
        &|| fs::remove_file(at(MANIFEST_ENDING)).unwrap(),
        &|| fs::write(at(""), archive("a", "y")).unwrap(),
        &|| fs::write(at(""), [&bytes[..], b"x"].concat()).unwrap(),
        &|| {
            let text = fs::read_to_string(at(MANIFEST_ENDING)).unwrap();
            fs::write(at(MANIFEST_ENDING), text.replace("1.0.0", "9.0.0")).unwrap();
        },
    ];
    for damage in damage {
        bench.bring("1.0.0", 1, &bytes);
        bench.verify().unwrap();
        damage();
        assert_eq!(code(bench.verify()), Code::Unsigned);
    }
    bench.bring("1.0.0", 1, &bytes);
    fs::remove_file(at("")).unwrap();
    symlink("/etc/hostname", at("")).unwrap();
    assert!(matches!(bench.verify(), Err(CallError::Refused(Code::Link))));
}

#[test]
fn nothing_is_left_of_what_cannot_be_installed() {
    let bench = Bench::new();
    bench.bring("1.0.0", 1, &archive("../x", "x"));
    assert_eq!(code(bench.install()), Code::Archive);
    bench.bring("1.0.0", 1, b"no archive");
    assert!(matches!(bench.install(), Err(CallError::Failed(_))));
    assert!(bench.stands().is_empty());
    // It was not installed, so the number of another may still be that one's.
    bench.bring("0.9.0", 1, &archive("a", "x"));
    let package = bench.verify().unwrap();
    let other = SignedPackage { version: "0.8.0".into(), ..package.clone() };
    assert!(
        matches!(bench.install_into(&bench.releases(), &other), Err(CallError::Failed(why)) if why.contains("changed"))
    );
    for into in ["none", "link"] {
        symlink(bench.folder.path(), bench.releases().join("link")).ok();
        assert!(bench.install_into(&bench.releases().join(into), &package).is_err(), "{into}");
    }
    assert!(!bench.folder.path().join("0.9.0").exists());
    bench.install().unwrap();
    assert_eq!(bench.stands(), ["0.9.0", "link"]);
}
