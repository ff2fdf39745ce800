//! `files.*`: files below the folders that the policy names. Paths are absolute and plain: no `.`, no `..`, nothing
//! empty between two separators; a path that is not is refused before the policy is asked.

use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope, Verb};
use serde::{Deserialize, Serialize};

/// The longest path, in bytes (`PATH_MAX`).
const LONGEST: usize = 4096;
/// Bytes of one read or write: a message between a task and the host has a bound of its own.
pub const LARGEST_PART: u32 = 1 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    File,
    Dir,
    Other,
}

/// What is there. `modified` is in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    pub kind: Kind,
    pub size: u64,
    pub modified: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStat {
    pub path: String,
}

/// The names in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileList {
    pub path: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRead {
    pub path: String,
    pub offset: u64,
    pub length: u32,
}

/// The digest of a file in hex; the algorithm is `sha256` or `sha512`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHash {
    pub path: String,
    pub algorithm: String,
}

/// Writes a part of a file, which is made if it is not there. At offset 0 what was there goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileWrite {
    pub path: String,
    pub offset: u64,
    #[serde(with = "super::bytes")]
    pub data: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMkdir {
    pub path: String,
}

/// Removes a file or an empty folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRemove {
    pub path: String,
}

/// Bytes of a file, as they cross the boundary and as a recording has them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytes(#[serde(with = "super::bytes")] pub Vec<u8>);

/// A path that says what it means.
pub(crate) fn plain(path: &str) -> Result<&str, CallError> {
    let invalid = |why: &str| Err(CallError::Invalid(format!("the path {path:.200?} {why}")));
    if path.len() > LONGEST {
        return Err(CallError::Invalid(format!("a path of {} bytes; at most {LONGEST}", path.len())));
    }
    let Some(below) = path.strip_prefix('/') else { return invalid("is not absolute") };
    if path.contains('\0') || path.contains('\\') {
        return invalid("has a character that no path here has");
    }
    if !below.is_empty() && below.split('/').any(|name| matches!(name, "" | "." | "..")) {
        return invalid("is not plain: it has an empty part, `.` or `..`");
    }
    Ok(path)
}

macro_rules! file_call {
    ($call:ident, $name:literal, $verb:ident, $reply:ty, $method:ident) => {
        impl HostCall for $call {
            type Reply = $reply;
            const NAME: &'static str = $name;

            fn ask(&self) -> Result<Ask, CallError> {
                let ask = Ask::path(Verb::$verb, plain(&self.path)?);
                Ok(Ask { bytes: self.bytes_asked(), ..ask })
            }

            fn size(&self) -> u64 {
                self.path.len() as u64 + self.carried()
            }

            fn reply_size(reply: &Self::Reply) -> u64 {
                reply.carried()
            }

            fn planned(&self) -> Option<Self::Reply> {
                Verb::$verb.effect().is_mutating().then(Default::default)
            }

            fn intent(&self, _scope: &Scope) -> String {
                self.in_words()
            }

            async fn run(self, native: &Native, scope: &Scope) -> Result<Self::Reply, CallError> {
                native.files.$method(self, scope).await
            }
        }
    };
}

/// Bytes that a call asks for and carries, a reply carries.
trait Carries {
    fn bytes_asked(&self) -> Option<u64> {
        None
    }

    fn carried(&self) -> u64 {
        0
    }

    /// What a change would do.
    fn in_words(&self) -> String {
        String::new()
    }
}

impl Carries for FileStat {}
impl Carries for FileList {}
impl Carries for FileHash {}
impl Carries for FileMkdir {
    fn in_words(&self) -> String {
        format!("make the folder {}", self.path)
    }
}
impl Carries for FileRemove {
    fn in_words(&self) -> String {
        format!("remove {}", self.path)
    }
}
impl Carries for () {}
impl Carries for Option<Stat> {}
impl Carries for FileRead {
    fn bytes_asked(&self) -> Option<u64> {
        Some(self.offset.saturating_add(self.length.into()))
    }
}
impl Carries for FileWrite {
    fn bytes_asked(&self) -> Option<u64> {
        Some(self.offset.saturating_add(self.data.len() as u64))
    }

    fn carried(&self) -> u64 {
        self.data.len() as u64
    }

    fn in_words(&self) -> String {
        let place = if self.offset == 0 { String::new() } else { format!(" from byte {}", self.offset) };
        format!("write {} ({} bytes{place})", self.path, self.data.len())
    }
}
impl Carries for Bytes {
    fn carried(&self) -> u64 {
        self.0.len() as u64
    }
}
impl Carries for String {
    fn carried(&self) -> u64 {
        self.len() as u64
    }
}
impl Carries for Vec<String> {
    fn carried(&self) -> u64 {
        self.iter().map(|name| name.len() as u64 + 8).sum()
    }
}
// `None`: nothing is there, which is an answer to who may look.
file_call!(FileStat, "files.stat", FilesStat, Option<Stat>, stat);
file_call!(FileList, "files.list", FilesFind, Vec<String>, list);
file_call!(FileRead, "files.read", FilesRead, Bytes, read);
file_call!(FileHash, "files.hash", FilesHash, String, hash);
file_call!(FileWrite, "files.write", FilesWrite, (), write);
file_call!(FileMkdir, "files.mkdir", FilesMkdir, (), mkdir);
file_call!(FileRemove, "files.remove", FilesDelete, (), remove);
