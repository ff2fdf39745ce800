//! `files.*`: files below the folders that the policy names. Paths are absolute and plain: no `.`, no `..`, nothing
//! empty between two separators; a path that is not is refused before the policy is asked.

use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope, Verb};
use serde::{Deserialize, Serialize};

/// The longest path, in bytes (`PATH_MAX`).
pub(super) const LONGEST: usize = 4096;
/// Bytes of one read or write: a message between a task and the host has a bound of its own.
pub const LARGEST_PART: u32 = 1 << 20;
/// Names in one answer when no grant says less.
pub(super) const MOST_NAMES: u64 = 10_000;
/// The longest name (`NAME_MAX`).
const LONGEST_NAME: usize = 255;

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
    if path.contains(|c: char| c.is_control() || c == '\\') {
        return invalid("has a character that no path here has");
    }
    if !below.is_empty() && below.split('/').any(|name| matches!(name, "" | "." | "..")) {
        return invalid("is not plain: it has an empty part, `.` or `..`");
    }
    if below.split('/').any(|name| name.len() > LONGEST_NAME) {
        return invalid("has a name of more than 255 bytes");
    }
    Ok(path)
}

macro_rules! file_call {
    ($call:ident, $name:literal, $verb:ident, $reply:ty, $method:ident) => {
        impl HostCall for $call {
            type Reply = $reply;
            const NAME: &'static str = $name;

            fn ask(&self) -> Result<Ask, CallError> {
                // What a path may look like is the floor's to say, so that its code is in the record.
                if self.path.len() > LONGEST {
                    return Err(CallError::Invalid(format!("a path of {} bytes; at most {LONGEST}", self.path.len())));
                }
                self.check()?;
                let ask = Ask::path(Verb::$verb, &self.path);
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
                plain(&self.path)?;
                let most = self.most(scope);
                let reply = native.files.$method(self, scope).await?;
                // Whoever answers may be a mock or a recording: what is granted is held to here.
                if reply.weight() > most {
                    return Err(CallError::Failed("there is more than is granted".to_owned()));
                }
                Ok(reply)
            }
        }
    };
}

/// What a call asks for and carries, and what its answer may come to at most.
trait Asks {
    fn check(&self) -> Result<(), CallError> {
        Ok(())
    }

    fn bytes_asked(&self) -> Option<u64> {
        None
    }

    fn carried(&self) -> u64 {
        0
    }

    /// In bytes, or in names.
    fn most(&self, _scope: &Scope) -> u64 {
        u64::MAX
    }

    /// What a change would do.
    fn in_words(&self) -> String {
        String::new()
    }
}

/// What a reply comes to: bytes that cross the boundary, and what is held against [`Asks::most`].
trait Weighs {
    fn carried(&self) -> u64 {
        0
    }

    fn weight(&self) -> u64 {
        self.carried()
    }
}

fn part(length: usize) -> Result<(), CallError> {
    if u32::try_from(length).is_ok_and(|length| length <= LARGEST_PART) {
        return Ok(());
    }
    Err(CallError::Invalid(format!("a part of {length} bytes; at most {LARGEST_PART} at once")))
}

impl Asks for FileStat {}
impl Asks for FileMkdir {
    fn in_words(&self) -> String {
        format!("make the folder {}", self.path)
    }
}
impl Asks for FileRemove {
    fn in_words(&self) -> String {
        format!("remove {}", self.path)
    }
}
impl Asks for FileList {
    fn most(&self, scope: &Scope) -> u64 {
        scope.max_results.unwrap_or(MOST_NAMES).min(MOST_NAMES)
    }
}
impl Asks for FileHash {
    fn check(&self) -> Result<(), CallError> {
        match self.algorithm.as_str() {
            "sha256" | "sha512" => Ok(()),
            other => Err(CallError::Invalid(format!("{other:.40?} is neither sha256 nor sha512"))),
        }
    }
}
impl Asks for FileRead {
    fn check(&self) -> Result<(), CallError> {
        part(usize::try_from(self.length).unwrap_or(usize::MAX))
    }

    fn bytes_asked(&self) -> Option<u64> {
        Some(self.offset.saturating_add(self.length.into()))
    }

    fn most(&self, _scope: &Scope) -> u64 {
        self.length.into()
    }
}
impl Asks for FileWrite {
    fn check(&self) -> Result<(), CallError> {
        part(self.data.len())
    }

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

impl Weighs for () {}
impl Weighs for Option<Stat> {}
impl Weighs for Bytes {
    fn carried(&self) -> u64 {
        self.0.len() as u64
    }
}
impl Weighs for String {
    fn carried(&self) -> u64 {
        self.len() as u64
    }
}
impl Weighs for Vec<String> {
    fn carried(&self) -> u64 {
        self.iter().map(|name| name.len() as u64 + 8).sum()
    }

    fn weight(&self) -> u64 {
        self.len() as u64
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

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn plain_paths_are_plain() {
        for path in ["/", "/a", "/opt/acme/a.txt", "/opt/acme/..a/...", "/a b/é"] {
            assert_eq!(plain(path), Ok(path));
        }
        let (long, deep) = (format!("/{}", "a".repeat(256)), "/a".repeat(3000));
        for path in [
            "",
            "a",
            "./a",
            "../a",
            "~/a",
            "/a/",
            "//a",
            "/a//b",
            "/.",
            "/a/./b",
            "/a/..",
            "/a/../../b",
            "/a\\b",
            "/a\0",
            "/a\n",
            "\\\\h\\s",
            "C:/a",
            "file:///a",
            &long,
            &deep,
        ] {
            assert!(plain(path).is_err(), "{path:?}");
        }
    }
}
