//! Software for this machine: a store of parts by their digests, a folder for each job, and what a job does with files of the
//! machine below what the policy names. Nothing is run from here, and no name that a server gave becomes a path.

mod assemble;
mod fetch;
mod fresh;
mod hashing;
mod job;
mod peers;
mod shared;
mod store;
#[cfg(test)]
mod tests;
mod trees;

use crate::files::{digest, names, stat};
use crate::folders::private;
use crate::off_thread::{Stopped, off_thread};
use crate::own_files::OwnFiles;
use crate::packages::{self, Allowed, SignedFiles};
use crate::trust_store::TrustFolder;
use crate::unpack::{Limits, unpack};
use airlock_gate::calls::{
    DeployFetch, DeployFromPeers, DeployInstall, JobFile, PartReply, Place, Sha512Sum, SignedPackage, Stat, TreeEntry,
    Unpacked,
};
use airlock_gate::ports::{Absent, Answer, Deploy, Nested};
use airlock_gate::{CallError, Scope};
use airlock_net::server::Mirrors;
use job::JobFolder;
use nix::fcntl::OFlag;
use nix::sys::statvfs::fstatvfs;
use peers::Peers;
use sha2::{Digest as _, Sha512};
pub use shared::shared_part;
use std::fs::File;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use store::Store;
use trees::Spot;

/// What deployments need of this machine, for one run.
#[derive(Clone)]
pub struct MachineDeploy {
    own: Arc<OwnFiles>,
    /// The folder of parts and of jobs.
    folder: PathBuf,
    /// Made when something is first asked of them: most runs need neither.
    opened: Arc<Mutex<Opened>>,
    peers: Arc<Mutex<Peers>>,
    nested: Arc<dyn Nested>,
    /// By which keys packages are signed, and which were installed.
    trust: Option<TrustFolder>,
    /// How the mirrors are believed that the job's server names.
    mirrors: Option<Mirrors>,
}

#[derive(Default)]
struct Opened {
    store: Option<Store>,
    job: Option<Arc<JobFolder>>,
}

impl MachineDeploy {
    /// `folder` is the program's own ([`crate::Folders::deploy`]).
    pub fn new(own: Arc<OwnFiles>, folder: PathBuf) -> Self {
        let nested = Arc::new(Absent);
        Self { own, folder, opened: Arc::default(), peers: Arc::default(), nested, trust: None, mirrors: None }
    }

    /// With somebody who runs components that come with a job.
    #[must_use]
    pub fn with_nested(self, nested: Arc<dyn Nested>) -> Self {
        Self { nested, ..self }
    }

    /// With a server whose mirrors are believed as it is itself, where they are of its origin.
    #[must_use]
    pub fn with_mirrors(self, mirrors: Mirrors) -> Self {
        Self { mirrors: Some(mirrors), ..self }
    }

    /// With the keys by which packages are signed. Without them none is installed.
    #[must_use]
    pub fn with_trust(self, trust: TrustFolder) -> Self {
        Self { trust: Some(trust), ..self }
    }

    fn store(&self) -> Result<Store, CallError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = &opened.store {
            return Ok(store.clone());
        }
        private(&self.folder).map_err(|error| CallError::Failed(error.to_string()))?;
        let store = Store::open(&self.folder.join("parts"))?;
        opened.store = Some(store.clone());
        Ok(store)
    }

    fn job(&self) -> Result<Arc<JobFolder>, CallError> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job) = &opened.job {
            return Ok(Arc::clone(job));
        }
        private(&self.folder).map_err(|error| CallError::Failed(error.to_string()))?;
        let job = Arc::new(JobFolder::make(&self.folder.join("jobs"))?);
        opened.job = Some(Arc::clone(&job));
        Ok(job)
    }

    /// A file of the job that is a package or a component: one that is for signed packages alone, or any other.
    pub(crate) fn packed(&self, name: &str) -> Result<Spot, CallError> {
        let sealed = self.inside(&self.job()?.sealed(), name)?;
        match sealed.file() {
            Err(CallError::NotFound) => self.spot(&Place::Work(name.to_owned())),
            _ => Ok(sealed),
        }
    }

    fn inside(&self, folder: &Path, path: &str) -> Result<Spot, CallError> {
        let root = folder.to_str().ok_or_else(|| CallError::Failed("a folder's name is not UTF-8".to_owned()))?;
        let base =
            Spot { root: root.to_owned(), path: root.to_owned(), own: Arc::default(), shown: "work:".to_owned() };
        Ok(base.below(path))
    }

    /// Where a place is. In the job's folder nothing is the agent's own: all of it is the job's.
    fn spot(&self, at: &Place) -> Result<Spot, CallError> {
        match at {
            Place::Work(path) => self.inside(&self.job()?.work(), path),
            Place::Aside(path) => self.inside(&self.job()?.aside(), path),
            Place::Machine { path, root } => {
                Ok(Spot { root: root.clone(), path: path.clone(), own: Arc::clone(&self.own), shown: path.clone() })
            }
        }
    }

    fn at<'a, T: Send + 'static>(
        &self,
        at: &Place,
        work: impl FnOnce(Spot, &Stopped) -> Result<T, CallError> + Send + 'static,
    ) -> Answer<'a, T> {
        let (deploy, at) = (self.clone(), at.clone());
        Box::pin(off_thread(move |stopped| work(deploy.spot(&at)?, stopped)))
    }
}

impl MachineDeploy {
    /// Something about a signed package of the job's folder.
    fn signed<'a, T: Send + 'static>(
        &self,
        file: &str,
        work: impl FnOnce(&Self, &mut SignedFiles, &TrustFolder, &Stopped) -> Result<T, CallError> + Send + 'static,
    ) -> Answer<'a, T> {
        let (deploy, file) = (self.clone(), file.to_owned());
        Box::pin(off_thread(move |stopped| {
            let trust = deploy.trust.as_ref().ok_or(CallError::Unsupported)?;
            let mut files = SignedFiles::open(&file, &|name| match deploy.packed(name)?.file() {
                Err(CallError::NotFound) => Ok(None),
                file => file.map(|(file, _)| Some(file)),
            })?;
            work(&deploy, &mut files, trust, stopped)
        }))
    }
}

impl Deploy for MachineDeploy {
    fn has_part<'a>(&'a self, part: &'a Sha512Sum) -> Answer<'a, bool> {
        let (deploy, part) = (self.clone(), *part);
        Box::pin(off_thread(move |_| Ok(deploy.store()?.has(&part))))
    }

    fn fetch_part<'a>(&'a self, call: DeployFetch, scope: &'a Scope) -> Answer<'a, PartReply> {
        let (deploy, scope) = (self.clone(), scope.clone());
        Box::pin(off_thread(move |stopped| {
            fetch::fetch(&deploy.store()?, &call, &scope, deploy.mirrors.as_ref(), stopped)
        }))
    }

    fn peers(&self) -> Answer<'_, Vec<IpAddr>> {
        let peers = Arc::clone(&self.peers);
        Box::pin(off_thread(move |_| Ok(peers.lock().unwrap_or_else(PoisonError::into_inner).known())))
    }

    fn ask_peers<'a>(&'a self, call: DeployFromPeers, scope: &'a Scope) -> Answer<'a, PartReply> {
        let (deploy, scope) = (self.clone(), scope.clone());
        Box::pin(off_thread(move |stopped| peers::ask_peers(&deploy.store()?, &deploy.peers, &call, &scope, stopped)))
    }

    fn assemble<'a>(&'a self, file: &'a JobFile, scope: &'a Scope) -> Answer<'a, u64> {
        let (deploy, file, scope) = (self.clone(), file.clone(), scope.clone());
        Box::pin(off_thread(move |stopped| {
            assemble::assemble(&deploy.store()?, &file, &*deploy.job()?, &scope, stopped)
        }))
    }

    fn unpack<'a>(&'a self, archive: &'a Place, into: &'a Place, scope: &'a Scope) -> Answer<'a, Unpacked> {
        let (deploy, into) = (self.clone(), into.clone());
        let most = scope.max_bytes.unwrap_or(u64::MAX);
        self.at(archive, move |archive, stopped| {
            let (file, _) = archive.file()?;
            let name = archive.path.rsplit('/').next().unwrap_or_default();
            let into = deploy.spot(&into)?;
            trees::make_dir(&into, usize::MAX)?;
            let (place, found) = into.look()?;
            let folder = place.open(&found, &into.shown, OFlag::O_RDONLY | OFlag::O_DIRECTORY)?;
            let limits = Limits { stopped: stopped.clone(), ..Limits::default() };
            let limits = Limits { bytes: limits.bytes.min(most), ..limits };
            let unpacked = unpack(file, name, &folder, &limits)?;
            Ok(Unpacked { files: u32::try_from(unpacked.files).unwrap_or(u32::MAX), bytes: unpacked.bytes })
        })
    }

    fn package<'a>(&'a self, file: &'a str) -> Answer<'a, SignedPackage> {
        self.signed(file, |_, files, trust, stopped| {
            let verified = files.verify(trust, stopped)?;
            Ok(SignedPackage {
                name: verified.manifest.name.to_string(),
                version: verified.manifest.version.to_string(),
                publisher: None,
                keys: verified.keys.iter().map(ToString::to_string).collect(),
            })
        })
    }

    fn install<'a>(&'a self, call: &'a DeployInstall, scope: &'a Scope) -> Answer<'a, String> {
        let (call, root) = (call.clone(), scope.root.clone());
        let file = call.file.clone();
        self.signed(&file, move |deploy, files, trust, stopped| {
            packages::install(files, &Allowed::of(&call, root.as_deref())?, trust, &deploy.own, stopped)
        })
    }

    fn stat<'a>(&'a self, at: &'a Place) -> Answer<'a, Option<Stat>> {
        let answer = self.at(at, |spot, _| spot.look().map(|(_, found)| stat(&found)));
        Box::pin(async move {
            match answer.await {
                Err(CallError::NotFound) => Ok(None),
                answer => answer.map(Some),
            }
        })
    }

    fn list<'a>(&'a self, at: &'a Place, most: u64) -> Answer<'a, Vec<String>> {
        self.at(at, move |spot, stopped| {
            let (place, found) = spot.look()?;
            if !found.is_folder() {
                return Err(CallError::Failed(format!("{}: not a folder", spot.shown)));
            }
            let folder = place.open(&found, &spot.shown, OFlag::O_RDONLY | OFlag::O_DIRECTORY)?;
            names(File::from(folder), most, &spot.shown, stopped)
        })
    }

    fn hash<'a>(&'a self, at: &'a Place, most: Option<u64>) -> Answer<'a, String> {
        self.at(at, move |spot, stopped| {
            let (file, _) = spot.file()?;
            digest(Sha512::new(), file, most.unwrap_or(u64::MAX), &spot.shown, stopped)
        })
    }

    fn free_space<'a>(&'a self, at: &'a Place) -> Answer<'a, u64> {
        self.at(at, |spot, _| {
            let (place, found) = spot.look()?;
            let fd = if found.is_folder() { found.fd() } else { &place.folder };
            let free = fstatvfs(fd).map_err(|error| CallError::Failed(format!("{}: {error}", spot.shown)))?;
            Ok(free.blocks_available().saturating_mul(free.fragment_size()) / 1024 / 1000)
        })
    }

    fn tree<'a>(&'a self, at: &'a Place) -> Answer<'a, Vec<TreeEntry>> {
        self.at(at, |spot, stopped| trees::tree(&spot, stopped))
    }

    fn copy<'a>(&'a self, from: &'a Place, entries: &'a [TreeEntry], to: &'a Place) -> Answer<'a, u32> {
        let (deploy, from, entries) = (self.clone(), from.clone(), entries.to_vec());
        self.at(to, move |to, stopped| trees::copy(&deploy.spot(&from)?, &entries, &to, stopped))
    }

    fn make_dir<'a>(&'a self, at: &'a Place, above: usize) -> Answer<'a, ()> {
        let above = if matches!(at, Place::Machine { .. }) { above } else { usize::MAX };
        self.at(at, move |spot, _| trees::make_dir(&spot, above))
    }

    fn remove<'a>(&'a self, at: &'a Place, entries: &'a [TreeEntry]) -> Answer<'a, ()> {
        let (entries, keeps_root) = (entries.to_vec(), *at == Place::Work(String::new()));
        self.at(at, move |spot, stopped| trees::remove(&spot, &entries, keeps_root, stopped))
    }

    fn work_folder(&self) -> Answer<'_, String> {
        let deploy = self.clone();
        Box::pin(off_thread(move |_| Ok(deploy.spot(&Place::Work(String::new()))?.root)))
    }

    fn run_component<'a>(&'a self, name: &'a str, arguments: &'a [String]) -> Answer<'a, String> {
        Box::pin(async move {
            let (deploy, name) = (self.clone(), name.to_owned());
            let found = off_thread(move |_| {
                let spot = deploy.packed(&name)?;
                spot.file().map(|_| PathBuf::from(spot.path))
            });
            self.nested.run(&found.await?, arguments).await
        })
    }
}
