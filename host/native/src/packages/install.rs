//! Puts a verified package in its folder: unpacked beside it under a name that nobody else has, written through to the
//! disk, and renamed. Whatever happens on the way, the folder of a version is either all of it or not there.

use super::{SignedFiles, of_store};
use crate::beneath::{Mounts, failed, place, step};
use crate::off_thread::Stopped;
use crate::own_files::OwnFiles;
use crate::trust_store::{InstalledPackage, TrustFolder};
use crate::unpack::{Limits, unpack};
use airlock_gate::calls::{DeployInstall, SignedPackage};
use airlock_gate::{CallError, Code};
use airlock_trust::VerifiedPackage;
use cap_std::fs::Dir;
use jiff::Timestamp;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, renameat};
use nix::sys::stat::{Mode, fchmod, fstatat, mkdirat};
use std::fs::File;
use std::os::fd::OwnedFd;

const FOLDER: OFlag = OFlag::O_RDONLY.union(OFlag::O_DIRECTORY).union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);

/// What the policy allowed: a package, into a folder at or below `root`.
pub(crate) struct Allowed<'a> {
    pub(crate) package: &'a SignedPackage,
    pub(crate) into: &'a str,
    pub(crate) root: &'a str,
}

impl<'a> Allowed<'a> {
    /// Of a call, and the folder that its grant names.
    pub(crate) fn of(call: &'a DeployInstall, root: Option<&'a str>) -> Result<Self, CallError> {
        let Some(into) = call.into.as_deref() else {
            return Err(CallError::Invalid(
                "a package is installed into a folder: say which, as the grant does".to_owned(),
            ));
        };
        Ok(Self { package: &call.package, into, root: root.unwrap_or(into) })
    }
}

/// Installs a package; the folder that it is in then.
pub(crate) fn install(
    files: &mut SignedFiles,
    allowed: &Allowed<'_>,
    trust: &TrustFolder,
    own: &OwnFiles,
    stopped: &Stopped,
) -> Result<String, CallError> {
    // Once more: what was asked about is what is installed.
    let verified = files.verify(trust, stopped)?;
    let (name, version) = (verified.manifest.name.to_string(), verified.manifest.version.to_string());
    if (&name, &version) != (&allowed.package.name, &allowed.package.version) {
        return Err(CallError::Failed(format!("{}: was changed after it was allowed", files.name)));
    }
    let folder = open_folder(allowed, own)?;
    let path = format!("{}/{version}", allowed.into.trim_end_matches('/'));
    if is_there(&folder, &version, &path)? {
        let known = trust.installed_package(&path).map_err(of_store)?;
        return match known.is_some_and(|known| known.sha256 == verified.manifest.sha256) {
            true => Ok(path),
            false => Err(CallError::Failed(format!(
                "{path} is there already, and it is not known to be from this package: remove it, or publish another version"
            ))),
        };
    }
    let staging = Staging::make(&folder, &version, &path)?;
    let package = files.package.try_clone().map_err(|error| CallError::Failed(format!("{}: {error}", files.name)))?;
    let limits = Limits { stopped: stopped.clone(), ..Limits::default() };
    unpack(package, &files.name, &staging.fd, &limits)?;
    remember(trust, &verified, &path)?;
    staging.stand(&version, &path)?;
    Ok(path)
}

/// The mark rises before the folder stands: a program that is killed between the two installs the same again, and nothing
/// older.
fn remember(trust: &TrustFolder, verified: &VerifiedPackage, path: &str) -> Result<(), CallError> {
    let manifest = &verified.manifest;
    let installed = InstalledPackage {
        name: manifest.name.clone(),
        version: manifest.version.to_string(),
        publisher: verified.publisher.clone(),
        sha256: manifest.sha256.clone(),
        installed: Timestamp::now().to_string(),
    };
    trust.package_installed(verified, path, installed).map_err(|error| match error {
        crate::trust_store::StoreError::Trust(error) => {
            CallError::Unfit { code: Code::Rollback, why: format!("the package is refused: {error}") }
        }
        error => of_store(error),
    })
}

fn open_folder(allowed: &Allowed<'_>, own: &OwnFiles) -> Result<OwnedFd, CallError> {
    let into = allowed.into;
    let at = match place(into, allowed.root, own) {
        Err(CallError::NotFound) => {
            return Err(CallError::Failed(format!(
                "{into} is not there: packages are installed into a folder that is"
            )));
        }
        place => place?,
    };
    let found = at.look(into, own)?;
    if !found.is_folder() {
        return Err(CallError::Failed(format!("{into}: not a folder")));
    }
    at.open(&found, into, OFlag::O_RDONLY | OFlag::O_DIRECTORY)
}

fn is_there(folder: &OwnedFd, name: &str, path: &str) -> Result<bool, CallError> {
    match fstatat(folder, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
        Ok(_) => Ok(true),
        Err(Errno::ENOENT) => Ok(false),
        Err(error) => Err(failed(path, error)),
    }
}

/// The folder that is unpacked into, until it has its name. It goes with this value.
struct Staging<'a> {
    parent: &'a OwnedFd,
    name: String,
    fd: OwnedFd,
    stands: bool,
}

impl<'a> Staging<'a> {
    fn make(parent: &'a OwnedFd, version: &str, path: &str) -> Result<Self, CallError> {
        let mut chance = [0; 8];
        getrandom::fill(&mut chance).map_err(|error| CallError::Failed(format!("{path}: {error}")))?;
        let chance: String = chance.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!(".{version}.airlock-{chance}");
        // Nobody else looks at half a package.
        mkdirat(parent, name.as_str(), Mode::S_IRWXU).map_err(|error| failed(path, error))?;
        let fd = step(parent, &name, FOLDER, Mode::empty(), Mounts::Refused).map_err(|error| failed(path, error))?;
        Ok(Self { parent, name, fd, stands: false })
    }

    /// Gives it its name.
    fn stand(mut self, version: &str, path: &str) -> Result<(), CallError> {
        let at = |error| failed(path, error);
        fchmod(&self.fd, Mode::from_bits_truncate(0o755)).map_err(at)?;
        #[cfg(target_os = "linux")]
        nix::unistd::syncfs(&self.fd).map_err(at)?;
        renameat(self.parent, self.name.as_str(), self.parent, version).map_err(at)?;
        self.stands = true;
        nix::unistd::fsync(self.parent).map_err(at)
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        if self.stands {
            return;
        }
        let removed = self.parent.try_clone().map(File::from).map(Dir::from_std_file);
        if let Err(error) = removed.and_then(|parent| parent.remove_dir_all(&self.name)) {
            tracing::warn!("{}: half a package could not be removed: {error}", self.name);
        }
    }
}
