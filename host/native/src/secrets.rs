//! The owner's secrets, from where a policy says that they are (`[credential.NAME] source`): a file, or a credential that
//! systemd hands to a service (systemd.exec(5), `LoadCredential=`).
//!
//! A file that others could have read, or put there, is no secret: it is refused with what to do. Nothing is read from the
//! environment, and nothing but the secret itself comes out of a file: its first line, or all of it where it is PEM (a
//! certificate with its key).

use crate::{system, who_can_write};
pub use airlock_net::server::Secret;
use std::fs::OpenOptions;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A chain of certificates with its key has some 10 kB.
const LARGEST: u64 = 64 << 10;
/// In a file of the owner's.
const MODE: u32 = 0o600;
/// In systemd's folder, where the group's bits are what a list of access adds for the service's own user.
const MODE_OF_SYSTEMD: u32 = 0o440;

/// Why a secret is not used; in these words it is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct SecretError {
    place: String,
    why: String,
}

impl SecretError {
    fn new(place: impl std::fmt::Display, why: impl std::fmt::Display) -> Self {
        Self { place: place.to_string(), why: why.to_string() }
    }
}

/// The secret that `file:/absolute/path` or `systemd:NAME` names.
pub fn read_secret(source: &str) -> Result<Secret, SecretError> {
    match source.split_once(':') {
        Some(("file", path)) => read(Path::new(path), MODE),
        Some(("systemd", name)) => {
            let folder = system::variable("CREDENTIALS_DIRECTORY").map(PathBuf::from);
            of_systemd(folder.as_deref(), name)
        }
        _ => Err(SecretError::new(source, "this version reads secrets from file: and systemd: alone")),
    }
}

fn of_systemd(folder: Option<&Path>, name: &str) -> Result<Secret, SecretError> {
    let at = |why: &str| SecretError::new(format!("systemd:{name}"), why);
    if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
        return Err(at("the name of a credential is no path"));
    }
    let folder = folder.filter(|folder| folder.is_absolute()).ok_or_else(|| {
        at("systemd has given this process no credentials (LoadCredential= in the unit, and started by it); by hand, use file:")
    })?;
    read(&folder.join(name), MODE_OF_SYSTEMD)
}

fn read(path: &Path, mode: u32) -> Result<Secret, SecretError> {
    let at = |why: &dyn std::fmt::Display| SecretError::new(path.display(), why);
    if !path.is_absolute() {
        return Err(at(&"not an absolute path"));
    }
    if let Some(why) = who_can_write::ways(path).into_iter().next() {
        return Err(at(&format!("others could have put it there: {why}")));
    }
    let flags = nix::fcntl::OFlag::O_NOFOLLOW | nix::fcntl::OFlag::O_NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits()).open(path).map_err(|error| at(&error))?;
    let metadata = file.metadata().map_err(|error| at(&error))?;
    if !metadata.is_file() {
        return Err(at(&"not an ordinary file"));
    }
    if let Some(why) = who_can_write::file(path, &metadata, mode).into_iter().next() {
        return Err(at(&format!(
            "no secret, or not its owner's: {why}; it has to belong to root or to the user that runs this, for that user alone (chmod 600)"
        )));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| at(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(at(&format!("more than {LARGEST} bytes are no secret")));
    }
    let text = String::from_utf8(bytes).map_err(|_not_text| at(&"not UTF-8 text"))?;
    let first = text.lines().next().unwrap_or_default();
    let secret = if first.starts_with("-----BEGIN ") { text.as_str() } else { first };
    if secret.is_empty() || secret.contains('\0') {
        return Err(at(&"its first line is to be the secret, and is empty or no text"));
    }
    Ok(Secret::new(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    struct Scene(tempfile::TempDir);

    impl Scene {
        fn new(text: &str) -> Self {
            let scene = Self(tempfile::tempdir().unwrap());
            fs::write(scene.path("x"), text).unwrap();
            scene.chmod("x", 0o600);
            scene
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn chmod(&self, name: &str, mode: u32) {
            fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
        }

        fn read(&self, name: &str) -> Result<String, String> {
            let read = read_secret(&format!("file:{}", self.path(name).display()));
            read.map(|secret| secret.expose().to_owned()).map_err(|error| error.to_string())
        }
    }

    #[test]
    fn the_first_line_is_the_secret_and_pem_is_whole() {
        assert_eq!(Scene::new("s3cret word \r\nnot this\n").read("x").unwrap(), "s3cret word ");
        assert_eq!(Scene::new("s3cret").read("x").unwrap(), "s3cret");
        let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nBBBB\n";
        assert_eq!(Scene::new(pem).read("x").unwrap(), pem);
        for wrong in ["", "\nsecond", "a\0b"] {
            assert!(Scene::new(wrong).read("x").unwrap_err().contains("first line"), "{wrong:?}");
        }
    }

    #[test]
    fn what_others_could_have_read_or_written_is_refused() {
        let scene = Scene::new("s3cret");
        for mode in [0o640, 0o604, 0o620, 0o644, 0o666, 0o4600] {
            scene.chmod("x", mode);
            let why = scene.read("x").unwrap_err();
            assert!(why.contains(&format!("mode {mode:o}")) && why.contains("chmod 600"), "{why}");
        }
        scene.chmod("x", 0o400);
        assert_eq!(scene.read("x").unwrap(), "s3cret");
        fs::create_dir(scene.path("open")).unwrap();
        fs::write(scene.path("open/x"), "s3cret").unwrap();
        scene.chmod("open/x", 0o600);
        scene.chmod("open", 0o777);
        assert!(scene.read("open/x").unwrap_err().contains("written by others"));
        fs::hard_link(scene.path("x"), scene.path("twin")).unwrap();
        assert!(scene.read("x").unwrap_err().contains("hard link"));
    }

    #[test]
    fn another_users_file_is_refused() {
        if !system::is_root() {
            eprintln!("NOT TESTED: only root can give a file to another user");
            return;
        }
        let scene = Scene::new("s3cret");
        std::os::unix::fs::chown(scene.path("x"), Some(12345), None).unwrap();
        assert!(scene.read("x").unwrap_err().contains("belongs to user 12345"));
    }

    #[test]
    fn a_link_a_pipe_a_folder_and_a_large_file_are_refused() {
        let scene = Scene::new("s3cret");
        symlink("x", scene.path("link")).unwrap();
        assert!(scene.read("link").unwrap_err().contains("is a link"));
        nix::unistd::mkfifo(&scene.path("pipe"), nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
        assert!(scene.read("pipe").unwrap_err().contains("ordinary file"));
        fs::create_dir(scene.path("folder")).unwrap();
        assert!(scene.read("folder").is_err());
        assert!(scene.read("missing").is_err());
        fs::write(scene.path("x"), "x".repeat(65_537)).unwrap();
        assert!(scene.read("x").unwrap_err().contains("65536"));
        assert!(read_secret("file:relative/x").unwrap_err().to_string().contains("absolute"));
    }

    #[test]
    fn systemd_hands_over_credentials_by_name() {
        let scene = Scene::new("s3cret\n");
        scene.chmod("x", 0o440);
        assert_eq!(of_systemd(Some(scene.0.path()), "x").unwrap().expose(), "s3cret");
        let why = of_systemd(None, "x").unwrap_err().to_string();
        assert!(why.contains("LoadCredential="), "{why}");
        for name in ["", ".", "..", "../x", "/x", "a/b"] {
            assert!(of_systemd(Some(scene.0.path()), name).is_err(), "{name}");
        }
    }

    #[test]
    fn other_sources_are_said_to_have_no_effect() {
        for source in ["tpm:x", "keyring:x", "dpapi:x", "s3cret"] {
            assert!(read_secret(source).unwrap_err().to_string().contains("file: and systemd:"), "{source}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let scene = Scene::new("s3cret");
        let secret = read_secret(&format!("file:{}", scene.path("x").display())).unwrap();
        assert!(!format!("{secret:?}").contains("s3cret"));
    }
}
