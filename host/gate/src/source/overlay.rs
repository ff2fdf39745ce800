//! Deployments that are only rehearsed: the job's own folder is real, the machine is looked at, and what would change on it is
//! kept beside it, so that what comes later sees what came before. Every change is in the plan in words.

use super::plan::Plan;
use super::planned::{Now, Planned};
use crate::calls::{
    DeployFetch, DeployInstall, JobFile, Kind, MOST_ENTRIES, PartReply, Place, Sha512Sum, SignedPackage, Stat,
    TreeEntry, Unpacked, in_words,
};
use crate::ports::{Answer, Deploy};
use crate::{CallError, Code, Scope};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A machine whose files would change.
pub(super) struct Overlay {
    inner: Arc<dyn Deploy>,
    plan: Arc<Plan>,
    /// Whether parts are really downloaded: what is done with a package is known only then.
    fetches: bool,
    planned: Mutex<Planned>,
}

impl Overlay {
    pub(super) fn new(inner: Arc<dyn Deploy>, plan: Arc<Plan>, fetches: bool) -> Self {
        Self { inner, plan, fetches, planned: Mutex::default() }
    }

    fn planned(&self) -> MutexGuard<'_, Planned> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the bytes of a place are now; nothing for a folder that would be made.
    fn real(&self, at: &Place) -> Result<Option<Place>, CallError> {
        match self.planned().at(&at.name()) {
            Now::Unchanged => Ok(Some(at.clone())),
            Now::File(name) => Ok(Some(Place::Aside(name))),
            Now::Folder => Ok(None),
            Now::Awaited => Err(CallError::Failed(format!("{}: is not downloaded yet", at.name()))),
            Now::Nothing => Err(CallError::NotFound),
        }
    }

    /// Whether a place is that of a file which is not downloaded yet, or may come out of an archive which is not.
    async fn is_awaited(&self, at: &Place) -> Result<bool, CallError> {
        let name = at.name();
        let (now, is_open) = {
            let planned = self.planned();
            (planned.at(&name), matches!(at, Place::Work(_)) && planned.is_open(&name))
        };
        Ok(now == Now::Awaited || (now == Now::Unchanged && is_open && self.inner.stat(at).await?.is_none()))
    }

    async fn is_folder(&self, at: &Place) -> Result<bool, CallError> {
        Ok(self.stat(at).await?.is_some_and(|stat| stat.kind == Kind::Dir))
    }

    /// A folder that is there, or would be made.
    async fn folder(&self, at: &Place, may_be_made: bool) -> Result<bool, CallError> {
        match self.stat(at).await? {
            Some(stat) if stat.kind == Kind::Dir => Ok(false),
            Some(_) => Err(CallError::Failed(format!("{}: is there, and is no folder", at.name()))),
            None if !may_be_made => Err(CallError::Refused(Code::NoGrant)),
            None => {
                self.planned().set(&at.name(), Now::Folder);
                Ok(true)
            }
        }
    }

    /// A file that would be at a place of the machine.
    async fn file(&self, from: &Place, entry: &TreeEntry, to: &Place) -> Result<(), CallError> {
        let Place::Machine { path, root } = to else { return Ok(()) };
        if path == root || self.is_folder(to).await? {
            return Err(CallError::Failed(format!("{path}: is a folder, and no file")));
        }
        let above = path.rsplit_once('/').map_or("/", |(above, _)| if above.is_empty() { "/" } else { above });
        let above = Place::Machine { path: above.to_owned(), root: root.clone() };
        if !self.is_folder(&above).await? {
            return Err(CallError::NotFound);
        }
        if entry.is_awaited {
            self.planned().set(path, Now::Awaited);
            return Ok(());
        }
        let source = self.real(from)?.ok_or(CallError::NotFound)?;
        let name = self.planned().aside();
        let one = [TreeEntry { path: String::new(), ..entry.clone() }];
        self.inner.copy(&source, &one, &Place::Aside(name.clone())).await?;
        self.planned().set(path, Now::File(name));
        Ok(())
    }

    async fn walk(&self, at: &Place) -> Result<Vec<TreeEntry>, CallError> {
        let (mut entries, mut left) = (Vec::new(), vec![String::new()]);
        while let Some(path) = left.pop() {
            let here = at.below(&path);
            let stat = self.stat(&here).await?.ok_or(CallError::NotFound)?;
            if entries.len() >= MOST_ENTRIES {
                return Err(CallError::Failed(format!("{}: more than {MOST_ENTRIES} files and folders", at.name())));
            }
            if stat.kind == Kind::Other {
                return Err(CallError::Failed(format!("{}: neither a regular file nor a folder", here.name())));
            }
            let is_awaited = self.is_awaited(&here).await?;
            let Stat { kind, size, .. } = stat;
            entries.push(TreeEntry { path: path.clone(), kind, size, may_be_made: true, is_awaited });
            if stat.kind == Kind::Dir {
                let names = self.list(&here, MOST_ENTRIES as u64).await?;
                let below = |name: String| if path.is_empty() { name } else { format!("{path}/{name}") };
                left.extend(names.into_iter().rev().map(below));
            }
        }
        Ok(entries)
    }
}

impl Deploy for Overlay {
    fn is_rehearsal(&self) -> bool {
        true
    }

    fn awaits(&self, file: &str) -> bool {
        let name = Place::Work(file.to_owned()).name();
        let planned = self.planned();
        planned.at(&name) == Now::Awaited || planned.is_open(&name)
    }

    fn has_part<'a>(&'a self, part: &'a Sha512Sum) -> Answer<'a, bool> {
        self.inner.has_part(part)
    }

    fn fetch_part<'a>(&'a self, call: DeployFetch, scope: &'a Scope) -> Answer<'a, PartReply> {
        Box::pin(async move {
            let url = call.target.url();
            if !self.fetches || scope.is_awaited {
                self.plan.add(format!("fetch {url}"));
                return Ok(PartReply { status: 200, ..PartReply::default() });
            }
            let reply = self.inner.fetch_part(call, scope).await?;
            if reply.status == 200 {
                self.plan.add(format!("fetch {url} ({} bytes)", reply.bytes));
            }
            Ok(reply)
        })
    }

    fn assemble<'a>(&'a self, file: &'a JobFile, scope: &'a Scope) -> Answer<'a, u64> {
        Box::pin(async move {
            match self.inner.assemble(file, scope).await {
                Err(CallError::NotFound) if !self.fetches || scope.is_awaited => {
                    self.planned().set(&Place::Work(file.name.clone()).name(), Now::Awaited);
                    Ok(0)
                }
                answer => answer,
            }
        })
    }

    fn unpack<'a>(&'a self, archive: &'a Place, into: &'a Place, scope: &'a Scope) -> Answer<'a, Unpacked> {
        Box::pin(async move {
            if !self.is_awaited(archive).await? {
                return self.inner.unpack(archive, into, scope).await;
            }
            self.planned().opens(into.name());
            self.plan.add(format!("after download: unpack {}", archive.name()));
            Ok(Unpacked::default())
        })
    }

    fn package<'a>(&'a self, file: &'a str) -> Answer<'a, SignedPackage> {
        Box::pin(async move {
            match self.is_awaited(&Place::Work(file.to_owned())).await? {
                true => Err(CallError::NotFound),
                false => self.inner.package(file).await,
            }
        })
    }

    fn install<'a>(&'a self, _call: &'a DeployInstall, _scope: &'a Scope) -> Answer<'a, String> {
        Box::pin(async { Err(CallError::Unsupported) })
    }

    fn stat<'a>(&'a self, at: &'a Place) -> Answer<'a, Option<Stat>> {
        Box::pin(async move {
            if self.is_awaited(at).await? {
                return Ok(Some(Stat { kind: Kind::File, size: 0, modified: 0 }));
            }
            match self.real(at) {
                Ok(Some(real)) => self.inner.stat(&real).await,
                Ok(None) => Ok(Some(Stat { kind: Kind::Dir, size: 0, modified: 0 })),
                Err(CallError::NotFound) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn list<'a>(&'a self, at: &'a Place, most: u64) -> Answer<'a, Vec<String>> {
        Box::pin(async move {
            let mut names = match self.real(at)? {
                Some(real) => self.inner.list(&real, most).await?,
                None => Vec::new(),
            };
            for (name, now) in self.planned().names(&at.name()) {
                names.retain(|known| known != name);
                if *now != Now::Nothing {
                    names.push(name.to_owned());
                }
            }
            names.sort_unstable();
            Ok(names)
        })
    }

    fn hash<'a>(&'a self, at: &'a Place, most: Option<u64>) -> Answer<'a, String> {
        Box::pin(async move {
            let real = self.real(at)?.ok_or_else(|| CallError::Failed(format!("{}: not a regular file", at.name())))?;
            self.inner.hash(&real, most).await
        })
    }

    fn free_space<'a>(&'a self, at: &'a Place) -> Answer<'a, u64> {
        Box::pin(async move {
            match (self.real(at)?, at) {
                (Some(real @ Place::Machine { .. }), _) => self.inner.free_space(&real).await,
                (_, Place::Machine { root, .. }) => {
                    let root = Place::Machine { path: root.clone(), root: root.clone() };
                    self.inner.free_space(&root).await
                }
                _ => self.inner.free_space(at).await,
            }
        })
    }

    fn tree<'a>(&'a self, at: &'a Place) -> Answer<'a, Vec<TreeEntry>> {
        Box::pin(async move {
            let is_other = self.planned().touches(&at.name()) || self.is_awaited(at).await?;
            if is_other { self.walk(at).await } else { self.inner.tree(at).await }
        })
    }

    fn copy<'a>(&'a self, from: &'a Place, entries: &'a [TreeEntry], to: &'a Place) -> Answer<'a, u32> {
        Box::pin(async move {
            let mut files = 0;
            for entry in entries {
                let (source, target) = (from.below(&entry.path), to.below(&entry.path));
                match (entry.kind, to) {
                    (Kind::Dir, Place::Machine { .. }) => drop(self.folder(&target, entry.may_be_made).await?),
                    (Kind::Dir, _) => self.inner.make_dir(&target, usize::MAX).await?,
                    (_, Place::Machine { .. }) => self.file(&source, entry, &target).await?,
                    _ if entry.is_awaited => self.planned().set(&target.name(), Now::Awaited),
                    _ => {
                        let source = self.real(&source)?.ok_or(CallError::NotFound)?;
                        let one = [TreeEntry { path: String::new(), ..entry.clone() }];
                        self.inner.copy(&source, &one, &target).await?;
                    }
                }
                files += u32::from(entry.kind == Kind::File);
            }
            if let Place::Machine { path, .. } = to {
                let is_later = entries.iter().any(|entry| entry.is_awaited);
                self.plan.add(match (is_later, entries) {
                    (true, [_]) => format!("after download: create {path}"),
                    (true, _) => format!("after download: create {path} (of {} files)", entries.len()),
                    (false, _) => format!("create {path} ({})", in_words(entries)),
                });
            }
            Ok(files)
        })
    }

    fn make_dir<'a>(&'a self, at: &'a Place, above: usize) -> Answer<'a, ()> {
        Box::pin(async move {
            let Place::Machine { path, root } = at else { return self.inner.make_dir(at, above).await };
            let below = path.strip_prefix(root.as_str()).unwrap_or_default();
            let names: Vec<&str> = below.split('/').filter(|name| !name.is_empty()).collect();
            let base = Place::Machine { path: root.clone(), root: root.clone() };
            let first_made = names.len().saturating_sub(above.saturating_add(1));
            let mut made = false;
            for count in 1..=names.len() {
                let path = names.get(..count).unwrap_or_default().join("/");
                made |= self.folder(&base.below(&path), count > first_made).await?;
            }
            if made {
                self.plan.add(format!("make the folder {path}"));
            }
            Ok(())
        })
    }

    fn remove<'a>(&'a self, at: &'a Place, entries: &'a [TreeEntry]) -> Answer<'a, ()> {
        Box::pin(async move {
            let Place::Machine { path, root } = at else {
                let (later, here): (Vec<_>, Vec<_>) = entries.iter().cloned().partition(|entry| entry.is_awaited);
                for entry in later {
                    self.planned().set(&at.below(&entry.path).name(), Now::Nothing);
                }
                return if here.is_empty() { Ok(()) } else { self.inner.remove(at, &here).await };
            };
            if path == root {
                return Err(CallError::Failed(format!("{path}: what a grant names is not removed")));
            }
            for entry in entries.iter().rev() {
                self.planned().set(&at.below(&entry.path).name(), Now::Nothing);
            }
            self.plan.add(format!("remove {path} ({})", in_words(entries)));
            Ok(())
        })
    }

    fn work_folder(&self) -> Answer<'_, String> {
        self.inner.work_folder()
    }

    fn run_component<'a>(&'a self, _name: &'a str, _arguments: &'a [String]) -> Answer<'a, String> {
        Box::pin(async { Err(CallError::Unsupported) })
    }
}
