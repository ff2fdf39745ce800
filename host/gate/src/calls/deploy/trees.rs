//! Files and trees that are copied or removed as a whole.

use super::place::{At, Place};
use crate::approvals::Approvable;
use crate::call::HostCall;
use crate::calls::{Kind, plain};
use crate::policy::at_or_below;
use crate::{Ask, CallError, Effect, Native, Scope, Verb};
use serde::{Deserialize, Serialize};

/// Files and folders of one tree.
pub const MOST_ENTRIES: usize = 50_000;

/// A file or a folder of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeEntry {
    /// Below the tree's root, plain and without a separator in front; empty for the root.
    pub path: String,
    /// A file or a folder: a tree with anything else is refused.
    pub kind: Kind,
    pub size: u64,
    /// Of a copy: whether this folder may be made where there is none.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub may_be_made: bool,
    /// In a rehearsal: it is not downloaded yet, so its size is not known.
    #[serde(default, skip_serializing_if = "is_not")]
    pub is_awaited: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde wants")]
fn is_not(value: &bool) -> bool {
    !value
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde wants")]
fn is_yes(value: &bool) -> bool {
    *value
}

/// What is at a place, folders before what is in them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    /// On the machine: the folder below which it was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    pub entries: Vec<TreeEntry>,
}

impl Tree {
    pub fn files(&self) -> impl Iterator<Item = &TreeEntry> {
        self.entries.iter().filter(|entry| entry.kind == Kind::File)
    }
}

/// What for a tree is looked at, or one of its files is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// `files.read`
    Copied,
    /// `files.delete`
    Removed,
    /// `files.write`: nothing is looked at.
    Written,
}

impl Wanted {
    pub(crate) fn verb(self) -> Verb {
        match self {
            Wanted::Copied => Verb::FilesRead,
            Wanted::Removed => Verb::FilesDelete,
            Wanted::Written => Verb::FilesWrite,
        }
    }
}

/// What there is to be copied or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployTree {
    pub at: String,
    pub wanted: Wanted,
    /// Of a file that is asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// Copies these files and folders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployCopy {
    /// What was granted by a call of its own.
    pub from: Place,
    pub entries: Vec<TreeEntry>,
    pub to: String,
}

/// Removes these files and folders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployRemove {
    pub at: String,
    pub entries: Vec<TreeEntry>,
}

impl HostCall for DeployTree {
    type Reply = Tree;
    const NAME: &'static str = "deploy.tree";

    fn ask(&self) -> Result<Ask, CallError> {
        Ok(Ask { bytes: self.bytes, ..At::ask(&self.at, self.wanted.verb())? })
    }

    /// What is changed is asked for by the call that changes it.
    fn approvable(&self, ask: &Ask) -> Option<Approvable> {
        Some(Approvable { is_look: ask.effect() == Effect::Change, ..Approvable::of(ask) })
    }

    /// It looks, whatever for.
    fn effect(&self, ask: &Ask) -> Effect {
        if ask.verb.is_some() { Effect::Read } else { Effect::Run }
    }

    fn size(&self) -> u64 {
        self.at.len() as u64
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<Tree, CallError> {
        let place = At::granted(&self.at, scope)?;
        if self.wanted == Wanted::Written {
            return Ok(Tree { root: scope.root.clone(), entries: vec![] });
        }
        let entries = native.deploy.tree(&place).await?;
        if entries.len() > MOST_ENTRIES {
            return Err(CallError::Failed(format!("{}: more than {MOST_ENTRIES} files and folders", self.at)));
        }
        // Whoever answers may be a mock or a recording.
        entries.iter().try_for_each(|entry| plain(&format!("/{}", entry.path)).map(drop))?;
        let is_folder = entries.first().is_some_and(|entry| entry.kind == Kind::Dir);
        if self.wanted == Wanted::Removed && is_folder && scope.is_named {
            return Err(CallError::Failed(format!("{}: what a grant names is not removed", self.at)));
        }
        let root = if matches!(place, Place::Machine { .. }) { scope.root.clone() } else { None };
        Ok(Tree { root, entries })
    }
}

/// `12 files, 41 MB`, `no file`, `312 bytes`.
pub(crate) fn in_words(entries: &[TreeEntry]) -> String {
    let files: Vec<&TreeEntry> = entries.iter().filter(|entry| entry.kind == Kind::File).collect();
    let bytes = files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.size));
    let size = if bytes < 1_000_000 { format!("{bytes} bytes") } else { format!("{} MB", bytes / 1_000_000) };
    match (files.len(), entries) {
        (1, [_]) => size,
        (0, _) => "no file".to_owned(),
        (1, _) => format!("1 file, {size}"),
        (count, _) => format!("{count} files, {size}"),
    }
}

impl HostCall for DeployCopy {
    type Reply = u32;
    const NAME: &'static str = "deploy.copy";
    const REHEARSED: bool = true;

    fn ask(&self) -> Result<Ask, CallError> {
        let files = || self.entries.iter().filter(|entry| entry.kind == Kind::File);
        let bytes = files().fold(0_u64, |sum, file| sum.saturating_add(file.size));
        let ask = At::ask(&self.to, Verb::FilesWrite)?;
        if ask.verb.is_none() {
            return Ok(ask);
        }
        // A grant of what is in a folder need not be one of the folder: a tree is asked for by its first file.
        let (verb, below) = match files().next() {
            Some(first) => (Verb::FilesWrite, &first.path),
            None => (Verb::FilesMkdir, &String::new()),
        };
        let separator = if below.is_empty() { "" } else { "/" };
        Ok(Ask { bytes: Some(bytes), ..Ask::path(verb, &format!("{}{separator}{below}", self.to)) })
    }

    /// What is not here yet has no size: the path stands for it.
    fn approvable(&self, ask: &Ask) -> Option<Approvable> {
        let sizeless = Ask { bytes: None, ..ask.clone() };
        Some(match self.entries.iter().any(|entry| entry.is_awaited) {
            true => Approvable::of(&sizeless),
            false => Approvable { or: Some(sizeless), ..Approvable::of(ask) },
        })
    }

    fn detail(&self) -> Option<String> {
        Some(format!("{} from {}", in_words(&self.entries), self.from.name()))
    }

    fn planned(&self) -> Option<u32> {
        let files = self.entries.iter().filter(|entry| entry.kind == Kind::File).count();
        matches!(At::parse(&self.to), Ok(At::Machine(_))).then(|| u32::try_from(files).unwrap_or(u32::MAX))
    }

    fn intent(&self, _scope: &Scope) -> String {
        format!("create {} ({})", self.to, in_words(&self.entries))
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<u32, CallError> {
        let to = At::granted(&self.to, scope)?;
        if let Place::Machine { path, root } = &to
            && !at_or_below(path, root)
        {
            return Err(CallError::Failed(format!("{path} is above {root}, which is what is granted")));
        }
        native.deploy.copy(&self.from, &self.entries, &to).await
    }
}

impl HostCall for DeployRemove {
    type Reply = ();
    const NAME: &'static str = "deploy.remove";
    const REHEARSED: bool = true;

    fn ask(&self) -> Result<Ask, CallError> {
        At::ask(&self.at, Verb::FilesDelete)
    }

    fn detail(&self) -> Option<String> {
        Some(in_words(&self.entries))
    }

    fn planned(&self) -> Option<()> {
        matches!(At::parse(&self.at), Ok(At::Machine(_))).then_some(())
    }

    fn intent(&self, _scope: &Scope) -> String {
        format!("remove {} ({})", self.at, in_words(&self.entries))
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<(), CallError> {
        native.deploy.remove(&At::granted(&self.at, scope)?, &self.entries).await
    }
}
