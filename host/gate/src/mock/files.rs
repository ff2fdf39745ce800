//! Files of the mocked machine, by the rules of a real one.

use super::Mock;
use super::tree::{Node, What};
use crate::calls::{Bytes, FileHash, FileList, FileMkdir, FileRead, FileRemove, FileStat, FileWrite, Kind, Stat};
use crate::ports::{Answer, Files};
use crate::{CallError, Code, Scope};
use sha2::{Digest, Sha256, Sha512};
use std::fmt::Write;

/// The largest file that a task may make here.
const LARGEST: u64 = 256 << 20;

impl Mock {
    fn way(&self, path: &str, scope: &Scope) -> Result<String, CallError> {
        self.lock().tree.way(path, scope.root.as_deref())
    }

    /// A regular file that may be read.
    fn file(&self, path: &str, scope: &Scope) -> Result<Node, CallError> {
        let path = self.way(path, scope)?;
        let state = self.lock();
        let node = state.tree.get(&path).ok_or(CallError::NotFound)?;
        if node.kind() != Kind::File {
            return Err(failed("not a regular file"));
        }
        if node.mode & 0o444 == 0 {
            return Err(failed("permission denied"));
        }
        Ok(node.clone())
    }

    /// The bytes of a file that `sha256` of a template is about.
    pub(super) fn program(&self, path: &str) -> Option<String> {
        let state = self.lock();
        state.tree.get(path).filter(|node| node.kind() == Kind::File).map(digest::<Sha256>)
    }

    /// A word of a command that has to be below a folder: no link on the way, and there, if that was asked.
    pub(super) fn is_under(&self, path: &str, root: &str, exists: bool) -> Result<(), CallError> {
        let state = self.lock();
        let way = state.tree.way(path, Some(root))?;
        if exists && state.tree.get(&way).is_none() { Err(CallError::NotFound) } else { Ok(()) }
    }
}

pub(super) fn failed(why: &str) -> CallError {
    CallError::Failed(why.to_owned())
}

pub(super) fn digest<D: Digest>(node: &Node) -> String {
    let mut hasher = D::new();
    match &node.what {
        What::File(bytes) => hasher.update(bytes),
        _ => {
            let zeros = [0; 4096];
            let mut left = usize::try_from(node.size()).unwrap_or(0);
            while left > 0 {
                let part = zeros.get(..left.min(zeros.len())).unwrap_or(&zeros);
                hasher.update(part);
                left -= part.len();
            }
        }
    }
    hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Files for Mock {
    fn stat<'a>(&'a self, call: FileStat, scope: &'a Scope) -> Answer<'a, Option<Stat>> {
        Box::pin(async move {
            let path = match self.way(&call.path, scope) {
                Err(CallError::NotFound) => return Ok(None),
                other => other?,
            };
            let state = self.lock();
            let stat = |node: &Node| Stat { kind: node.kind(), size: node.size(), modified: node.modified };
            Ok(state.tree.get(&path).map(stat))
        })
    }

    fn list<'a>(&'a self, call: FileList, scope: &'a Scope) -> Answer<'a, Vec<String>> {
        Box::pin(async move {
            let path = self.way(&call.path, scope)?;
            let state = self.lock();
            match state.tree.get(&path).map(Node::kind) {
                None => Err(CallError::NotFound),
                Some(Kind::Dir) => Ok(state.tree.names(&path).map(str::to_owned).collect()),
                Some(_) => Err(failed("not a folder")),
            }
        })
    }

    fn read<'a>(&'a self, call: FileRead, scope: &'a Scope) -> Answer<'a, Bytes> {
        Box::pin(async move {
            let node = self.file(&call.path, scope)?;
            let end = call.offset.saturating_add(call.length.into()).min(node.size());
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            let (from, to) = (place(call.offset.min(end)), place(end));
            Ok(Bytes(match &node.what {
                What::File(bytes) => bytes.get(from..to).unwrap_or_default().to_vec(),
                _ => vec![0; to.saturating_sub(from)],
            }))
        })
    }

    fn hash<'a>(&'a self, call: FileHash, scope: &'a Scope) -> Answer<'a, String> {
        Box::pin(async move {
            let node = self.file(&call.path, scope)?;
            if scope.max_bytes.is_some_and(|most| node.size() > most) {
                return Err(failed("the file is larger than is granted"));
            }
            match call.algorithm.as_str() {
                "sha256" => Ok(digest::<Sha256>(&node)),
                "sha512" => Ok(digest::<Sha512>(&node)),
                other => Err(CallError::Invalid(format!("{other:.40?} is neither sha256 nor sha512"))),
            }
        })
    }

    fn write<'a>(&'a self, call: FileWrite, scope: &'a Scope) -> Answer<'a, ()> {
        Box::pin(async move {
            let path = self.way(&call.path, scope)?;
            let mut state = self.lock();
            let mut bytes = match state.tree.get(&path) {
                None if state.tree.has_folder_of(&path) => Vec::new(),
                None => return Err(CallError::NotFound),
                Some(node) if node.kind() != Kind::File => return Err(failed("not a regular file")),
                // What is written here would change another file too.
                Some(node) if node.names > 1 => return Err(CallError::Refused(Code::Link)),
                Some(node) if node.mode & 0o6000 != 0 => {
                    return Err(failed("runs with the rights of its owner or group, and is not written"));
                }
                Some(node) if node.mode & 0o222 == 0 => return Err(failed("permission denied")),
                Some(_) if call.offset == 0 => Vec::new(),
                Some(Node { what: What::File(bytes), .. }) => bytes.clone(),
                Some(node) => vec![0; usize::try_from(node.size().min(LARGEST)).unwrap_or(0)],
            };
            let end = call.offset.saturating_add(call.data.len() as u64);
            let from = usize::try_from(call.offset).ok().filter(|_| end <= LARGEST);
            let from = from.ok_or_else(|| failed("no space left on the device"))?;
            // Writing nothing makes no file longer (pwrite(2)).
            if !call.data.is_empty() && bytes.len() < from + call.data.len() {
                bytes.resize(from + call.data.len(), 0);
            }
            if let Some(part) = bytes.get_mut(from..from + call.data.len()) {
                part.copy_from_slice(&call.data);
            }
            let now = state.now;
            state.tree.put(&path, What::File(bytes), now);
            let place = if call.offset == 0 { String::new() } else { format!(" from byte {}", call.offset) };
            state.changes.push(format!("wrote {path} ({} bytes{place})", call.data.len()));
            Ok(())
        })
    }

    fn mkdir<'a>(&'a self, call: FileMkdir, scope: &'a Scope) -> Answer<'a, ()> {
        Box::pin(async move {
            let path = self.way(&call.path, scope)?;
            let mut state = self.lock();
            if state.tree.get(&path).is_some() {
                return Err(failed("there is something of that name"));
            }
            if !state.tree.has_folder_of(&path) {
                return Err(CallError::NotFound);
            }
            let now = state.now;
            state.tree.put(&path, What::Folder, now);
            state.changes.push(format!("made the folder {path}"));
            Ok(())
        })
    }

    fn remove<'a>(&'a self, call: FileRemove, scope: &'a Scope) -> Answer<'a, ()> {
        Box::pin(async move {
            let path = self.way(&call.path, scope)?;
            let mut state = self.lock();
            match state.tree.get(&path).map(Node::kind) {
                None => return Err(CallError::NotFound),
                Some(_) if scope.root.as_deref() == Some(call.path.as_str()) => {
                    return Err(failed("what a grant names is not removed"));
                }
                Some(Kind::Other) => return Err(failed("neither a regular file nor a folder")),
                Some(Kind::Dir) if state.tree.names(&path).next().is_some() => {
                    return Err(failed("the folder is not empty"));
                }
                Some(_) => {}
            }
            state.tree.remove(&path);
            state.changes.push(format!("removed {path}"));
            Ok(())
        })
    }
}
