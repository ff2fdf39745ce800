//! Why a job is refused before anything of it is done, in words for the server's operator.

use crate::place::shown;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    Nothing,
    NotJson(String),
    NotAnObject(&'static str),
    Missing {
        member: &'static str,
        of: &'static str,
    },
    NotAList(&'static str),
    TooMany {
        what: &'static str,
        most: usize,
    },
    Uuid(String),
    Digest(String),
    /// An associated file that the server's answer does not describe.
    UnknownFile(String),
    FileName(String),
    SameName(String),
    /// An action is an object with one key.
    NotOneKey,
    UnknownAction(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("there is no job"),
            Self::NotJson(why) => write!(f, "not JSON: {why}"),
            Self::NotAnObject(what) => write!(f, "{what}: expected an object"),
            Self::Missing { member, of } => write!(f, "{of}: {member} is missing"),
            Self::NotAList(what) => write!(f, "{what}: expected a list"),
            Self::TooMany { what, most } => write!(f, "{what}: more than {most}"),
            Self::Uuid(uuid) => {
                write!(f, "uuid {:?}: expected 8 to 64 of the digits 0-9, a-f and -", shown(uuid))
            }
            Self::Digest(digest) => write!(f, "{:?}: expected a SHA-512, 128 hexadecimal digits", shown(digest)),
            Self::UnknownFile(digest) => {
                write!(f, "the associated file {:?} is not among the files of the server's answer", shown(digest))
            }
            Self::FileName(name) => write!(
                f,
                "the file name {:?}: expected one name of at most 128 letters, digits and . _ + -",
                shown(name)
            ),
            Self::SameName(name) => write!(f, "two associated files are called {name}"),
            Self::NotOneKey => f.write_str("an action is an object with one key"),
            Self::UnknownAction(name) => {
                write!(f, "unknown action {:?}: cmd, copy, delete, mkdir and move are known", shown(name))
            }
        }
    }
}
