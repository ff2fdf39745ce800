//! `files.find` for many files at once: what is found below a folder, each by its own right. A digest is another right
//! (`files.hash`): it is asked for before anybody looks, and again for each file.

use super::super::files::{LONGEST, MOST_NAMES};
use super::super::{FileHash, Kind};
use super::query::FileQuery;
use crate::call::HostCall;
use crate::{Ask, CallError, Gate, Native, Scope, Verb};
use serde::{Deserialize, Serialize};

/// Looks for files and folders below a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindFiles {
    pub query: FileQuery,
    /// How many are enough; none: all there are, and more than are granted is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What a content has to be, in hexadecimal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests {
    pub sha256: Option<String>,
    pub sha512: Option<String>,
}

/// A file or a folder that was found; the size is in bytes, 0 of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub path: String,
    pub size: u64,
}

/// All that was found, and folders that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundFiles {
    pub found: Vec<Found>,
    #[serde(default)]
    pub unreadable: u32,
}

/// Whether digests may be computed of files below a folder at all. Nothing is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashBelow {
    pub root: String,
}

fn below(verb: Verb, root: &str) -> Result<Ask, CallError> {
    if root.len() > LONGEST {
        return Err(CallError::Invalid(format!("a path of {} bytes; at most {LONGEST}", root.len())));
    }
    Ok(Ask { below: true, ..Ask::path(verb, root) })
}

impl FindFiles {
    /// How many results there may be in this scope; the reply is never longer.
    pub fn most(&self, scope: &Scope) -> usize {
        let granted = scope.max_results.unwrap_or(MOST_NAMES).min(MOST_NAMES);
        let most = self.limit.map_or(granted, |limit| granted.min(limit.into()));
        usize::try_from(most).unwrap_or(usize::MAX)
    }
}

impl HostCall for FindFiles {
    type Reply = FoundFiles;
    const NAME: &'static str = "collect.find-files";

    fn ask(&self) -> Result<Ask, CallError> {
        self.query.filter()?;
        below(Verb::FilesFind, &self.query.root)
    }

    fn size(&self) -> u64 {
        let texts = [&self.query.name, &self.query.iname, &self.query.regex];
        texts.into_iter().flatten().map(|text| text.len() as u64).sum::<u64>() + self.query.root.len() as u64
    }

    fn reply_size(reply: &FoundFiles) -> u64 {
        reply.found.iter().map(|found| found.path.len() as u64 + 8).sum()
    }

    fn outcome(reply: &FoundFiles) -> String {
        let found = format!("{} found", reply.found.len());
        match reply.unreadable {
            0 => found,
            unreadable => format!("{found}, {unreadable} folders could not be read"),
        }
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<FoundFiles, CallError> {
        let most = self.most(scope);
        let mut reply = native.collect.find_files(self, scope).await?;
        // Whoever answers may be a recording: what is granted is held to here.
        let within = scope.below.as_ref();
        reply.found.retain(|found| within.is_some_and(|within| within.shows(&found.path)));
        if reply.found.len() > most {
            return Err(CallError::Failed("there is more than is granted".to_owned()));
        }
        Ok(reply)
    }
}

impl HostCall for HashBelow {
    type Reply = ();
    const NAME: &'static str = "collect.hash-below";

    fn ask(&self) -> Result<Ask, CallError> {
        below(Verb::FilesHash, &self.root)
    }

    async fn run(self, _native: &Native, _scope: &Scope) -> Result<(), CallError> {
        Ok(())
    }
}

impl Digests {
    fn wanted(&self) -> Result<Vec<(&'static str, &str)>, CallError> {
        let both = [("sha256", 64, &self.sha256), ("sha512", 128, &self.sha512)];
        let mut wanted = Vec::new();
        for (algorithm, digits, digest) in both {
            let Some(digest) = digest.as_deref() else { continue };
            if digest.len() != digits || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(CallError::Invalid(format!(
                    "{algorithm}: {digest:.140?} is not {digits} hexadecimal digits"
                )));
            }
            wanted.push((algorithm, digest));
        }
        Ok(wanted)
    }
}

impl Gate {
    /// The first `limit` files that a query finds and that have these digests.
    pub async fn find_files(&self, query: FileQuery, digests: Digests, limit: u32) -> Result<Vec<Found>, CallError> {
        let wanted = match digests.wanted() {
            Ok(wanted) => wanted,
            Err(error) => return Err(self.senseless(FindFiles::NAME, &query, error)),
        };
        if wanted.is_empty() {
            return Ok(self.call(FindFiles { query, limit: Some(limit) }).await?.found);
        }
        self.call(HashBelow { root: query.root.clone() }).await?;
        // Only ordinary files have a content.
        let query = FileQuery { is_file: true, is_dir: false, ..query };
        let mut found = Vec::new();
        for candidate in self.call(FindFiles { query, limit: None }).await?.found {
            if found.len() as u64 >= u64::from(limit) {
                break;
            }
            if self.has(&candidate.path, &wanted).await? {
                found.push(candidate);
            }
        }
        Ok(found)
    }

    /// A file that is not granted, is too large or has gone is not one of those that are looked for.
    async fn has(&self, path: &str, wanted: &[(&'static str, &str)]) -> Result<bool, CallError> {
        for (algorithm, digest) in wanted {
            let call = FileHash { path: path.to_owned(), algorithm: (*algorithm).to_owned() };
            match self.call(call).await {
                Ok(is) if is.eq_ignore_ascii_case(digest) => {}
                Ok(_) | Err(CallError::Denied(_) | CallError::NotFound | CallError::Failed(_)) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

/// What a walk may come across.
impl Found {
    pub fn new(path: String, kind: Kind, size: u64) -> Self {
        Self { path, size: if kind == Kind::File { size } else { 0 } }
    }
}
