//! Where something of a deployment is: in the job's own folder, which belongs to the run, or on the machine, where the policy
//! is asked.

use crate::calls::plain;
use crate::{Ask, CallError, Scope, Verb};
use serde::{Deserialize, Serialize};

/// How places in the job's own folder begin.
const WORK: &str = "work:";
/// The longest path, in bytes (`PATH_MAX`).
const LONGEST: usize = 4096;

/// A place as whoever answers a call gets it: every path in it is plain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Below the job's own folder, without a separator in front; empty for the folder itself.
    Work(String),
    /// On the machine: `path` was granted below `root`.
    Machine { path: String, root: String },
    /// Where a rehearsal keeps what it would have written. No task can name it.
    Aside(String),
}

impl Place {
    /// This place, or one below it.
    #[must_use]
    pub fn below(&self, path: &str) -> Self {
        let join = |base: &str| match (base.is_empty() || base.ends_with('/'), path.is_empty()) {
            (_, true) => base.to_owned(),
            (true, false) => format!("{base}{path}"),
            (false, false) => format!("{base}/{path}"),
        };
        match self {
            Place::Work(base) => Place::Work(join(base)),
            Place::Machine { path: base, root } => Place::Machine { path: join(base), root: root.clone() },
            Place::Aside(base) => Place::Aside(join(base)),
        }
    }

    /// As a task names it.
    pub fn name(&self) -> String {
        match self {
            Place::Work(path) => format!("{WORK}{path}"),
            Place::Machine { path, .. } => path.clone(),
            Place::Aside(path) => format!("aside:{path}"),
        }
    }
}

/// A place as a task says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At<'a> {
    Work(&'a str),
    /// What the path may look like is the policy's floor to say, so that its code is in the record.
    Machine(&'a str),
}

impl<'a> At<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, CallError> {
        if text.len() > LONGEST {
            return Err(CallError::Invalid(format!("a place of {} bytes; at most {LONGEST}", text.len())));
        }
        let Some(below) = text.strip_prefix(WORK) else { return Ok(At::Machine(text)) };
        plain(&format!("/{below}"))?;
        Ok(At::Work(below))
    }

    /// What the policy is asked: on the machine the verb, in the job's own folder nothing.
    pub(crate) fn ask(text: &'a str, verb: Verb) -> Result<Ask, CallError> {
        Ok(match Self::parse(text)? {
            At::Work(_) => Ask::run(),
            At::Machine(path) => Ask::path(verb, path),
        })
    }

    /// The place, once it is granted.
    pub(crate) fn granted(text: &'a str, scope: &Scope) -> Result<Place, CallError> {
        match Self::parse(text)? {
            At::Work(below) => Ok(Place::Work(below.to_owned())),
            At::Machine(path) => {
                let root = scope.root.clone().ok_or_else(|| CallError::Failed("no folder was granted".to_owned()))?;
                Ok(Place::Machine { path: plain(path)?.to_owned(), root })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_jobs_folder_stays_there() {
        for (text, path) in [("work:", ""), ("work:a", "a"), ("work:a/b.txt", "a/b.txt"), ("work:..a", "..a")] {
            assert_eq!(At::parse(text), Ok(At::Work(path)), "{text}");
        }
        for text in ["work:/a", "work:..", "work:a/../b", "work:a//b", "work:./a", "work:a/", "work:a\nb", "work:a\\b"]
        {
            assert!(matches!(At::parse(text), Err(CallError::Invalid(_))), "{text:?}");
        }
        assert_eq!(At::parse("/opt/acme"), Ok(At::Machine("/opt/acme")));
        // What does not begin as the job's folder does is the policy's to judge.
        assert_eq!(At::parse("Work:a"), Ok(At::Machine("Work:a")));
    }

    #[test]
    fn below_a_place_is_one_separator_further() {
        assert_eq!(Place::Work(String::new()).below("a/b").name(), "work:a/b");
        assert_eq!(Place::Work("x".into()).below("").name(), "work:x");
        let root = Place::Machine { path: "/".into(), root: "/".into() };
        assert_eq!(root.below("a").name(), "/a");
    }
}
