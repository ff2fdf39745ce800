//! Files and trees: what a tree consists of is looked at first, and every name in it is decided on as if it were asked for
//! alone. So a forbid below a folder, or a folder below it that no grant names, is not gone round by naming what is above.

use crate::calls::{At, DeployCopy, DeployMkdir, DeployRemove, DeployTree, Kind, Place, Tree, TreeEntry, Wanted};
use crate::policy::{Verdict, at_or_below};
use crate::{Ask, CallError, Gate, Verb};

impl Gate {
    /// Copies a file or a tree. How many files.
    pub async fn deploy_copy(&self, from: &str, to: &str) -> Result<u32, CallError> {
        let source = self.tree(from, Wanted::Copied).await?;
        self.copy_tree(from, source, to).await
    }

    /// Copies a file or a tree and removes what was copied.
    pub async fn deploy_move(&self, from: &str, to: &str) -> Result<u32, CallError> {
        let source = self.tree(from, Wanted::Copied).await?;
        if let Ok(At::Machine(_)) = At::parse(from) {
            // Whether it may go is known before anything is copied.
            self.tree(from, Wanted::Removed).await?;
        }
        let entries = source.entries.clone();
        let copied = self.copy_tree(from, source, to).await?;
        self.call(DeployRemove { at: from.to_owned(), entries }).await?;
        Ok(copied)
    }

    /// Removes a file or a tree.
    pub async fn deploy_remove(&self, at: &str) -> Result<(), CallError> {
        let tree = self.tree(at, Wanted::Removed).await?;
        self.call(DeployRemove { at: at.to_owned(), entries: tree.entries }).await
    }

    /// Makes a folder, and those above it as far as they may be made.
    pub async fn deploy_make_dir(&self, at: &str) -> Result<(), CallError> {
        let mut above = 0;
        if let Ok(At::Machine(path)) = At::parse(at) {
            let mut rest = path;
            while let Some((folder, _)) = rest.rsplit_once('/').filter(|(folder, _)| !folder.is_empty()) {
                if !self.is_plainly_allowed(&Ask::path(Verb::FilesMkdir, folder)) {
                    break;
                }
                above += 1;
                rest = folder;
            }
        }
        self.call(DeployMkdir { at: at.to_owned(), above }).await
    }

    /// What is there, if all of it may be copied or removed.
    async fn tree(&self, at: &str, wanted: Wanted) -> Result<Tree, CallError> {
        let tree = self.call(DeployTree { at: at.to_owned(), wanted, bytes: None }).await?;
        if let Ok(At::Machine(_)) = At::parse(at) {
            self.every(wanted, at, &tree.entries).await?;
        }
        Ok(tree)
    }

    async fn copy_tree(&self, from: &str, source: Tree, to: &str) -> Result<u32, CallError> {
        let Tree { root, mut entries } = source;
        let place = match (At::parse(from)?, root) {
            (At::Work(path), _) => Place::Work(path.to_owned()),
            (At::Machine(path), Some(root)) if at_or_below(path, &root) => {
                Place::Machine { path: path.to_owned(), root }
            }
            (At::Machine(_), _) => return Err(CallError::Failed(format!("{from}: no folder was granted"))),
        };
        if let Ok(At::Work(_)) = At::parse(to) {
            self.as_they_came.forget();
        }
        if let Ok(At::Machine(_)) = At::parse(to) {
            self.every(Wanted::Written, to, &entries).await?;
            for entry in entries.iter_mut().filter(|entry| entry.kind == Kind::Dir) {
                entry.may_be_made = self.is_plainly_allowed(&Ask::path(Verb::FilesMkdir, &below(to, &entry.path)));
            }
        }
        if is_inside(from, to) {
            return Err(CallError::Invalid(format!("{to:.200?} is in {from:.200?}, which would have no end")));
        }
        self.call(DeployCopy { from: place, entries, to: to.to_owned() }).await
    }

    /// Decides on every file of a tree (and on every folder, where it is to go). What is not allowed as a matter of course
    /// is asked for as a call of its own, so that the record has it.
    async fn every(&self, wanted: Wanted, base: &str, entries: &[TreeEntry]) -> Result<(), CallError> {
        let concerned = |entry: &&TreeEntry| entry.kind == Kind::File || wanted == Wanted::Removed;
        // Of the tree's own name there is, or will be, a call.
        for entry in entries.iter().filter(concerned).filter(|entry| !entry.path.is_empty()) {
            let at = below(base, &entry.path);
            let bytes = (wanted != Wanted::Removed).then_some(entry.size);
            if !self.is_plainly_allowed(&Ask { bytes, ..Ask::path(wanted.verb(), &at) }) {
                self.call(DeployTree { at, wanted, bytes }).await?;
            }
        }
        Ok(())
    }

    /// Allowed now, by this run's policy and the one of now, without anybody being asked.
    fn is_plainly_allowed(&self, ask: &Ask) -> bool {
        matches!(self.decide(ask), Verdict::Allow(allowed) if allowed.terms.approvals.is_empty())
    }
}

fn below(base: &str, path: &str) -> String {
    match (path.is_empty(), base.ends_with(['/', ':'])) {
        (true, _) => base.to_owned(),
        (false, true) => format!("{base}{path}"),
        (false, false) => format!("{base}/{path}"),
    }
}

/// Whether one place is in another, or is it.
fn is_inside(from: &str, to: &str) -> bool {
    let rest = to.strip_prefix(from);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || from.ends_with(['/', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_not_copied_into_itself() {
        for (from, to) in [("/a", "/a"), ("/a", "/a/b"), ("work:", "work:b"), ("work:a", "work:a/b"), ("/", "/a")] {
            assert!(is_inside(from, to), "{from} {to}");
        }
        for (from, to) in [("/a", "/ab"), ("work:a", "work:ab"), ("/a/b", "/a"), ("work:", "/a")] {
            assert!(!is_inside(from, to), "{from} {to}");
        }
    }
}
