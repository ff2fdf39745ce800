//! Deployments on the mocked machine: parts come from what its network answers, files are those of its tree, and the job's
//! own folder is a tree beside it. What is never done on a real machine is not done here, for the same reason.

use super::files::{digest, failed};
use super::tree::{Node, Tree, What};
use super::{Mock, State};
use crate::archive_entry::{EntryBounds, entry_components};
use crate::calls::{
    DeployFetch, DeployFromPeers, DeployInstall, JobFile, Kind, MOST_ENTRIES, PEER_PORT, PartReply, Place, Sha512Sum,
    SignedPackage, Stat, Target, TreeEntry, Unpacked, peer_path,
};
use crate::policy::compare_versions;
use crate::ports::{Answer, Deploy};
use crate::{CallError, Code, Scope};
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha512};
use std::cmp::Ordering;
use std::io::Read;
use std::net::IpAddr;

/// Bytes of a file that is put together, where no grant says less.
const LARGEST: u64 = 256 << 20;
/// How gzip begins (RFC 1952, 2.3.1).
const GZIP: &[u8] = &[0x1f, 0x8b];
/// Where the job's folder is, for commands.
const FOLDER: &str = "/work";

/// A tree, a path in it, and the folder below which that was granted.
fn parts_of(at: &Place) -> (String, String) {
    match at {
        Place::Work(path) | Place::Aside(path) => (format!("/{path}"), "/".to_owned()),
        Place::Machine { path, root } => (path.clone(), root.clone()),
    }
}

impl State {
    fn tree(&self, at: &Place) -> &Tree {
        match at {
            Place::Work(_) => &self.work,
            Place::Aside(_) => &self.aside,
            Place::Machine { .. } => &self.tree,
        }
    }

    fn tree_mut(&mut self, at: &Place) -> &mut Tree {
        match at {
            Place::Work(_) => &mut self.work,
            Place::Aside(_) => &mut self.aside,
            Place::Machine { .. } => &mut self.tree,
        }
    }

    fn way(&self, at: &Place) -> Result<String, CallError> {
        let (path, root) = parts_of(at);
        self.tree(at).way(&path, Some(&root))
    }

    /// What is there.
    fn node(&self, at: &Place) -> Result<&Node, CallError> {
        let path = self.way(at)?;
        let node = self.tree(at).get(&path).ok_or(CallError::NotFound)?;
        if matches!(node.what, What::Link(_)) { Err(CallError::Refused(Code::Link)) } else { Ok(node) }
    }

    fn walk(&self, at: &Place, path: &str, entries: &mut Vec<TreeEntry>) -> Result<(), CallError> {
        let here = at.below(path);
        let node = self.node(&here)?;
        if entries.len() >= MOST_ENTRIES {
            return Err(failed("more files and folders than one tree has"));
        }
        match node.kind() {
            Kind::Other => {
                return Err(CallError::Failed(format!("{}: neither a regular file nor a folder", here.name())));
            }
            kind => entries.push(TreeEntry {
                path: path.to_owned(),
                kind,
                size: node.size(),
                may_be_made: true,
                is_awaited: false,
            }),
        }
        if node.kind() == Kind::Dir {
            let folder = self.way(&here)?;
            for name in self.tree(at).names(&folder) {
                let below = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
                self.walk(at, &below, entries)?;
            }
        }
        Ok(())
    }

    fn folder(&mut self, at: &Place, may_be_made: bool) -> Result<bool, CallError> {
        match self.node(at).map(Node::kind) {
            Ok(Kind::Dir) => Ok(false),
            Ok(_) => Err(CallError::Failed(format!("{}: is there, and is no folder", at.name()))),
            Err(CallError::NotFound) if !may_be_made => Err(CallError::Refused(Code::NoGrant)),
            Err(CallError::NotFound) => {
                let (path, now) = (self.way(at)?, self.now);
                if !self.tree(at).has_folder_of(&path) {
                    return Err(CallError::NotFound);
                }
                self.tree_mut(at).put(&path, What::Folder, now);
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    /// With those above it.
    fn folders(&mut self, at: &Place, above: usize) -> Result<bool, CallError> {
        let (path, root) = parts_of(at);
        let base = match at {
            Place::Work(_) => Place::Work(String::new()),
            Place::Aside(_) => Place::Aside(String::new()),
            Place::Machine { .. } => Place::Machine { path: root.clone(), root: root.clone() },
        };
        let below = path.strip_prefix(root.as_str()).unwrap_or_default();
        let names: Vec<&str> = below.split('/').filter(|name| !name.is_empty()).collect();
        let first_made = names.len().saturating_sub(above.saturating_add(1));
        let mut made = false;
        for count in 1..=names.len() {
            let path = names.get(..count).unwrap_or_default().join("/");
            made |= self.folder(&base.below(&path), count > first_made)?;
        }
        Ok(made)
    }

    fn copy_file(&mut self, from: &Place, size: u64, to: &Place) -> Result<(), CallError> {
        let node = self.node(from)?;
        if node.kind() != Kind::File || node.size() != size {
            return Err(CallError::Failed(format!("{}: changed while it was copied", from.name())));
        }
        let (what, mode) = (node.what.clone(), if node.mode & 0o100 == 0 { 0o644 } else { 0o755 });
        match self.node(to) {
            Ok(there) if there.kind() != Kind::File => {
                return Err(CallError::Failed(format!("{}: not a regular file", to.name())));
            }
            // What is written here would change another file too.
            Ok(there) if there.names > 1 => return Err(CallError::Refused(Code::Link)),
            Ok(there) if there.mode & 0o6000 != 0 => {
                return Err(failed("runs with the rights of its owner or group, and is not written"));
            }
            Ok(_) | Err(CallError::NotFound) => {}
            Err(error) => return Err(error),
        }
        let (path, now) = (self.way(to)?, self.now);
        if !self.tree(to).has_folder_of(&path) {
            return Err(CallError::NotFound);
        }
        self.tree_mut(to).put_file(&path, what, mode, now);
        Ok(())
    }

    fn remove_entry(&mut self, at: &Place, entry: &TreeEntry) -> Result<(), CallError> {
        let here = at.below(&entry.path);
        let kind = match self.node(&here).map(Node::kind) {
            Err(CallError::NotFound) => return Ok(()),
            kind => kind?,
        };
        let (path, (said, root)) = (self.way(&here)?, parts_of(&here));
        if said == root {
            return Err(failed("what a grant names is not removed"));
        }
        if kind != entry.kind {
            return Err(CallError::Failed(format!("{}: has become something else", here.name())));
        }
        if kind == Kind::Dir && self.tree(at).names(&path).next().is_some() {
            return Err(failed("the folder is not empty"));
        }
        self.tree_mut(at).remove(&path);
        Ok(())
    }
}

/// The parts together, each uncompressed where it is gzip, if that is asked for.
fn joined<'p>(parts: impl Iterator<Item = &'p Vec<u8>>, unzip: bool, most: u64) -> Result<Vec<u8>, CallError> {
    let mut whole = Vec::new();
    for part in parts {
        let left = most.saturating_sub(whole.len() as u64).saturating_add(1);
        let read = if unzip && part.starts_with(GZIP) {
            MultiGzDecoder::new(part.as_slice()).take(left).read_to_end(&mut whole)
        } else {
            part.as_slice().take(left).read_to_end(&mut whole)
        };
        read.map_err(|error| CallError::Failed(format!("a part: {error}")))?;
        if whole.len() as u64 > most {
            return Err(CallError::Failed(format!("there is more than the {most} bytes that are granted")));
        }
    }
    Ok(whole)
}

impl Mock {
    /// What the file says of something in the job's folder, which has to be there.
    fn described<'m, T>(&'m self, all: &'m super::describe::Names<T>, file: &str) -> Result<&'m T, CallError> {
        let state = self.lock();
        let sealed = state.sealed.get(&format!("/{file}")).map(Node::kind);
        let is = sealed.map_or_else(|| state.node(&Place::Work(file.to_owned())).map(Node::kind), Ok)?;
        drop(state);
        if is != Kind::File {
            return Err(CallError::Failed(format!("work:{file}: not a regular file")));
        }
        let known = all.iter().find(|(name, _)| name.get_ref() == file).map(|(_, what)| what);
        known.ok_or_else(|| CallError::Failed(format!("the mocked machine does not say what is in {file}")))
    }
}

/// Answers at once.
fn now<'a, T: Send + 'a>(answer: Result<T, CallError>) -> Answer<'a, T> {
    Box::pin(std::future::ready(answer))
}

impl Deploy for Mock {
    fn has_part<'a>(&'a self, part: &'a Sha512Sum) -> Answer<'a, bool> {
        let state = self.lock();
        now(Ok(state.parts.contains_key(part) || state.sealed_parts.contains_key(part)))
    }

    fn fetch_part<'a>(&'a self, call: DeployFetch, scope: &'a Scope) -> Answer<'a, PartReply> {
        now((|| {
            let (part, reply) = (Sha512Sum::parse(&call.part)?, self.answer("GET", &call.target, 0, scope.max_bytes)?);
            if reply.status != 200 {
                let location = reply.headers.into_iter().find(|(name, _)| name == "location").map(|(_, value)| value);
                return Ok(PartReply { status: reply.status, location, bytes: 0 });
            }
            if Sha512Sum::new(Sha512::digest(&reply.body).into()) != part {
                let origin = call.target.origin();
                return Err(CallError::Failed(format!("{origin}: what came is not the part: its digest is another")));
            }
            let bytes = reply.body.len() as u64;
            let mut state = self.lock();
            let parts = if scope.is_sealed { &mut state.sealed_parts } else { &mut state.parts };
            parts.insert(part, reply.body);
            Ok(PartReply { status: 200, location: None, bytes })
        })())
    }

    fn peers(&self) -> Answer<'_, Vec<IpAddr>> {
        let state = self.lock();
        now(Ok(self.about.peers.iter().copied().filter(|peer| !state.banned.contains(peer)).collect()))
    }

    fn ask_peers<'a>(&'a self, call: DeployFromPeers, scope: &'a Scope) -> Answer<'a, PartReply> {
        now((|| {
            let part = Sha512Sum::parse(&call.part)?;
            for address in &call.addresses {
                let host = address.to_string();
                let target = Target { scheme: "http".to_owned(), host, port: PEER_PORT, path: peer_path(&part) };
                let body = match self.answer("GET", &target, 0, scope.max_bytes) {
                    Ok(reply) if reply.status == 404 => continue,
                    Ok(reply) if reply.status == 200 => Some(reply.body),
                    _ => None,
                };
                let is_it = |body: &Vec<u8>| Sha512Sum::new(Sha512::digest(body).into()) == part;
                let mut state = self.lock();
                let Some(body) = body.filter(is_it) else {
                    state.banned.push(*address);
                    continue;
                };
                let bytes = body.len() as u64;
                let parts = if scope.is_sealed { &mut state.sealed_parts } else { &mut state.parts };
                parts.insert(part, body);
                return Ok(PartReply { status: 200, location: None, bytes });
            }
            Ok(PartReply { status: 404, ..PartReply::default() })
        })())
    }

    fn assemble<'a>(&'a self, file: &'a JobFile, scope: &'a Scope) -> Answer<'a, u64> {
        now((|| {
            let wanted = Sha512Sum::parse(&file.sha512)?;
            let mut state = self.lock();
            // With one sealed part all of it is.
            let mut is_sealed = scope.is_sealed;
            let parts = file.parts.iter().map(|part| {
                let part = Sha512Sum::parse(part)?;
                is_sealed |= !state.parts.contains_key(&part);
                state.parts.get(&part).or_else(|| state.sealed_parts.get(&part)).ok_or(CallError::NotFound)
            });
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            let most = scope.max_bytes.unwrap_or(LARGEST).min(LARGEST);
            let mut whole = joined(parts.iter().copied(), true, most);
            if whole.as_ref().map_or(true, |whole| Sha512::digest(whole).as_slice() != wanted.bytes()) {
                // Parts that only look like gzip are the file's own bytes.
                let plain = joined(parts.iter().copied(), false, most)?;
                if Sha512::digest(&plain).as_slice() == wanted.bytes() {
                    whole = Ok(plain);
                } else if whole.is_ok() {
                    let name = &file.name;
                    whole = Err(CallError::Failed(format!(
                        "{name}: the parts together are not the file: its digest is another"
                    )));
                }
            }
            let (whole, now) = (whole?, state.now);
            let bytes = whole.len() as u64;
            let folder = if is_sealed { &mut state.sealed } else { &mut state.work };
            folder.put_file(&format!("/{}", file.name), What::File(whole), 0o644, now);
            Ok(bytes)
        })())
    }

    fn unpack<'a>(&'a self, archive: &'a Place, into: &'a Place, scope: &'a Scope) -> Answer<'a, Unpacked> {
        now((|| {
            let name = archive.name();
            let name = name.strip_prefix("work:").unwrap_or(&name);
            self.lock().node(archive)?;
            let is = self.described(&self.about.archives, name)?;
            if let Some(why) = &is.refused {
                let why = format!("the archive is refused as a whole: {why}");
                return Err(CallError::Unfit { code: Code::Archive, why });
            }
            let unfit = |entry: &str, why: &str| {
                let why = format!("the archive is refused as a whole: entry {entry:.120?}: {why}");
                CallError::Unfit { code: Code::Archive, why }
            };
            if let Some((entry, what)) = is.others.iter().next() {
                return Err(unfit(entry, what));
            }
            let bounds = EntryBounds::default();
            if is.files.len() as u64 > bounds.entries {
                return Err(unfit("", &format!("more than {} entries", bounds.entries)));
            }
            // All of it or nothing.
            let names = is.files.iter().map(|(name, text)| match entry_components(name.as_bytes(), &bounds) {
                Ok(components) => Ok((components.join("/"), text)),
                Err(why) => Err(unfit(name, &why)),
            });
            let files = names.collect::<Result<Vec<_>, _>>()?;
            let bytes = files.iter().map(|(_, text)| text.len() as u64).sum();
            if scope.max_bytes.is_some_and(|most| bytes > most) {
                return Err(unfit("", &format!("{bytes} bytes are more than may be written")));
            }
            let mut state = self.lock();
            state.folders(into, usize::MAX)?;
            for (path, text) in &files {
                let at = into.below(path);
                if let Some((above, _)) = path.rsplit_once('/') {
                    state.folders(&into.below(above), usize::MAX)?;
                }
                let (path, now) = (state.way(&at)?, state.now);
                state.tree_mut(&at).put_file(&path, What::File(text.as_bytes().to_vec()), 0o644, now);
            }
            Ok(Unpacked { files: u32::try_from(is.files.len()).unwrap_or(u32::MAX), bytes })
        })())
    }

    fn package<'a>(&'a self, file: &'a str) -> Answer<'a, SignedPackage> {
        now(self.described(&self.about.packages, file).and_then(|package| match package.is_signed {
            true => Ok(SignedPackage {
                name: package.name.clone(),
                version: package.version.clone(),
                publisher: package.publisher.clone(),
                ..SignedPackage::default()
            }),
            false => {
                let why = format!("{file}: nobody's signature is good for it (UNSIGNED)");
                Err(CallError::Unfit { code: Code::Unsigned, why })
            }
        }))
    }

    fn install<'a>(&'a self, call: &'a DeployInstall, _scope: &'a Scope) -> Answer<'a, String> {
        now((|| {
            let SignedPackage { name, version, .. } = &call.package;
            let into = call.into.as_ref().ok_or_else(|| failed("no folder to install into"))?;
            if let Some(installed) = self
                .lock()
                .installed
                .get(name)
                .filter(|installed| compare_versions(version, installed) == Ordering::Less)
            {
                let why = format!("{name} {version} is older than {installed}, which was installed before (ROLLBACK)");
                return Err(CallError::Unfit { code: Code::Rollback, why });
            }
            let folder = format!("{}/{version}", into.trim_end_matches('/'));
            let mut state = self.lock();
            let at = Place::Machine { path: folder.clone(), root: into.clone() };
            state.folders(&at, usize::MAX)?;
            state.changes.push(format!("installed {name} {version} in {folder}"));
            state.installed.insert(name.clone(), version.clone());
            Ok(folder)
        })())
    }

    fn stat<'a>(&'a self, at: &'a Place) -> Answer<'a, Option<Stat>> {
        let state = self.lock();
        let stat = |node: &Node| Stat { kind: node.kind(), size: node.size(), modified: node.modified };
        now(match state.node(at).map(stat) {
            Err(CallError::NotFound) => Ok(None),
            stat => stat.map(Some),
        })
    }

    fn list<'a>(&'a self, at: &'a Place, most: u64) -> Answer<'a, Vec<String>> {
        now((|| {
            let state = self.lock();
            if state.node(at)?.kind() != Kind::Dir {
                return Err(failed("not a folder"));
            }
            let folder = state.way(at)?;
            let names: Vec<String> = state.tree(at).names(&folder).map(str::to_owned).collect();
            if names.len() as u64 > most {
                return Err(failed("more names than are granted"));
            }
            Ok(names)
        })())
    }

    fn hash<'a>(&'a self, at: &'a Place, most: Option<u64>) -> Answer<'a, String> {
        now((|| {
            let state = self.lock();
            let node = state.node(at)?;
            match node.kind() {
                Kind::File if most.is_some_and(|most| node.size() > most) => {
                    Err(failed("the file is larger than is granted"))
                }
                Kind::File => Ok(digest::<Sha512>(node)),
                _ => Err(failed("not a regular file")),
            }
        })())
    }

    fn free_space<'a>(&'a self, at: &'a Place) -> Answer<'a, u64> {
        now(self.lock().node(at).map(|_| self.about.free_mb))
    }

    fn tree<'a>(&'a self, at: &'a Place) -> Answer<'a, Vec<TreeEntry>> {
        now((|| {
            let mut entries = Vec::new();
            self.lock().walk(at, "", &mut entries)?;
            Ok(entries)
        })())
    }

    fn copy<'a>(&'a self, from: &'a Place, entries: &'a [TreeEntry], to: &'a Place) -> Answer<'a, u32> {
        now((|| {
            let (mut state, mut files) = (self.lock(), 0);
            for entry in entries {
                let (source, target) = (from.below(&entry.path), to.below(&entry.path));
                match entry.kind {
                    Kind::Dir => drop(state.folder(&target, entry.may_be_made)?),
                    _ => {
                        state.copy_file(&source, entry.size, &target)?;
                        files += 1;
                    }
                }
            }
            if let Place::Machine { path, .. } = to {
                let what = crate::calls::in_words(entries);
                state.changes.push(format!("copied {} to {path} ({what})", from.name()));
            }
            Ok(files)
        })())
    }

    fn make_dir<'a>(&'a self, at: &'a Place, above: usize) -> Answer<'a, ()> {
        now((|| {
            let mut state = self.lock();
            let above = if matches!(at, Place::Machine { .. }) { above } else { usize::MAX };
            if let (true, Place::Machine { path, .. }) = (state.folders(at, above)?, at) {
                state.changes.push(format!("made the folder {path}"));
            }
            Ok(())
        })())
    }

    fn remove<'a>(&'a self, at: &'a Place, entries: &'a [TreeEntry]) -> Answer<'a, ()> {
        now((|| {
            let mut state = self.lock();
            let keeps_root = *at == Place::Work(String::new());
            for entry in entries.iter().rev().filter(|entry| !(keeps_root && entry.path.is_empty())) {
                state.remove_entry(at, entry)?;
            }
            if let Place::Machine { path, .. } = at {
                state.changes.push(format!("removed {path} ({})", crate::calls::in_words(entries)));
            }
            Ok(())
        })())
    }

    fn work_folder(&self) -> Answer<'_, String> {
        now(Ok(FOLDER.to_owned()))
    }

    fn run_component<'a>(&'a self, name: &'a str, arguments: &'a [String]) -> Answer<'a, String> {
        now(self.described(&self.about.components, name).and_then(|component| {
            if let Some(why) = &component.fails {
                return Err(CallError::Failed(why.clone()));
            }
            self.changed(format!("ran the component {name} {}", arguments.join(" ")).trim_end().to_owned());
            Ok(component.says.clone())
        }))
    }
}
