//! One way through an archive's entries: holds each to the limits, and passes it on to the folder that is unpacked into, if
//! there is one. The first way through goes without: whatever is wrong with the archive is known before anything stands.

use super::error::{UnpackError, shown};
use super::limits::Limits;
use super::name::components;
use super::target::Target;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{Read, Write};

/// What was unpacked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Unpacked {
    pub(crate) files: u64,
    /// With those that only appear in the names of files.
    pub(crate) folders: u64,
    pub(crate) bytes: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Thing {
    File,
    Folder,
}

pub(super) struct Walk<'a> {
    limits: &'a Limits,
    /// Bytes of the archive.
    packed: u64,
    /// Bytes that came out of it, whatever they were.
    came: u64,
    headers: u64,
    /// What each path is, by a digest of it: names may be long, and there may be many.
    seen: HashMap<[u8; 16], Thing>,
    target: Option<Target<'a>>,
    chunk: Vec<u8>,
    pub(super) done: Unpacked,
}

impl<'a> Walk<'a> {
    pub(super) fn new(limits: &'a Limits, packed: u64, target: Option<Target<'a>>) -> Self {
        let chunk = vec![0; 64 << 10];
        let (seen, done) = (HashMap::new(), Unpacked::default());
        Self { limits, packed, came: 0, headers: 0, seen, target, chunk, done }
    }

    /// A header, whatever it is of: most archives have one an entry, none has more than three.
    pub(super) fn header(&mut self) -> Result<(), UnpackError> {
        self.headers += 1;
        match self.headers > self.limits.entries.saturating_mul(3) {
            true => Err(self.too_many()),
            false => Ok(()),
        }
    }

    pub(super) fn folder(&mut self, name: &[u8]) -> Result<(), UnpackError> {
        let path = components(name, self.limits)?;
        self.folders(name, &path)?;
        match &mut self.target {
            Some(target) => target.folder(&path),
            None => Ok(()),
        }
    }

    /// A file. `stated`: its size, where the archive says it; it is held to it. Returns the size.
    pub(super) fn file(
        &mut self,
        name: &[u8],
        executable: bool,
        stated: Option<u64>,
        content: &mut dyn Read,
    ) -> Result<u64, UnpackError> {
        if name.ends_with(b"/") {
            return Err(UnpackError::entry(name, "a file with the name of a folder"));
        }
        let path = components(name, self.limits)?;
        let Some((last, folders)) = path.split_last() else {
            return Err(UnpackError::entry(name, "a file without a name"));
        };
        self.folders(name, folders)?;
        if self.seen.insert(digest(&path), Thing::File).is_some() {
            return Err(UnpackError::entry(name, "it stands in the archive twice"));
        }
        self.done.files += 1;
        self.check_entries()?;
        self.room_for(stated.unwrap_or(0))?;
        let mut file = match &mut self.target {
            Some(target) => Some(target.create(folders, last, executable)?),
            None => None,
        };
        let mut size = 0_u64;
        let mut content = content.take(stated.map_or(u64::MAX, |stated| stated.saturating_add(1)));
        loop {
            let count = self.read(&mut content)?;
            if count == 0 {
                break;
            }
            size = size.saturating_add(count as u64);
            if let Some(file) = &mut file {
                file.write_all(self.chunk.get(..count).unwrap_or_default())
                    .map_err(|error| UnpackError::target(&path.join("/"), error.to_string()))?;
            }
        }
        if let Some(stated) = stated.filter(|stated| *stated != size) {
            let which = if size > stated { "more" } else { "fewer" };
            let name = shown(name);
            return Err(UnpackError::Damaged(format!("\"{name}\" has {which} bytes than the {stated} it should have")));
        }
        self.done.bytes = self.done.bytes.saturating_add(size);
        Ok(size)
    }

    /// Reads to the end what comes behind the entries: a decoder compares its checksum there.
    pub(super) fn rest(&mut self, rest: &mut dyn Read) -> Result<(), UnpackError> {
        while self.read(rest)? > 0 {}
        Ok(())
    }

    fn read(&mut self, content: &mut dyn Read) -> Result<usize, UnpackError> {
        loop {
            if self.limits.stopped.is_stopped() {
                return Err(UnpackError::Stopped);
            }
            match content.read(&mut self.chunk) {
                Ok(count) => {
                    self.came = self.came.saturating_add(count as u64);
                    self.room_for(0)?;
                    return Ok(count);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(UnpackError::reading(error)),
            }
        }
    }

    fn room_for(&self, more: u64) -> Result<(), UnpackError> {
        let (limits, bytes) = (self.limits, self.came.saturating_add(more));
        if bytes > limits.bytes {
            return Err(UnpackError::Archive(format!("it holds more than {} bytes, which is the most", limits.bytes)));
        }
        if bytes > limits.ratio_from && bytes > self.packed.saturating_mul(limits.ratio) {
            let ratio = limits.ratio;
            return Err(UnpackError::Archive(format!("it holds more than {ratio} times as many bytes as it has")));
        }
        Ok(())
    }

    /// Folders on the way to an entry, each once.
    fn folders(&mut self, name: &[u8], path: &[String]) -> Result<(), UnpackError> {
        for depth in 1..=path.len() {
            let path = path.get(..depth).unwrap_or_default();
            match self.seen.insert(digest(path), Thing::Folder) {
                Some(Thing::Folder) => {}
                Some(Thing::File) => {
                    return Err(UnpackError::entry(name, "below what is a file in the same archive"));
                }
                None => {
                    self.done.folders += 1;
                    self.check_entries()?;
                }
            }
        }
        Ok(())
    }

    fn check_entries(&self) -> Result<(), UnpackError> {
        match self.seen.len() as u64 > self.limits.entries {
            true => Err(self.too_many()),
            false => Ok(()),
        }
    }

    fn too_many(&self) -> UnpackError {
        UnpackError::Archive(format!("it has more than {} entries, which is the most", self.limits.entries))
    }
}

fn digest(path: &[String]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for name in path {
        hasher.update(name.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().first_chunk().copied().unwrap_or_default()
}
