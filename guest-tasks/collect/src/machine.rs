//! What a question is asked of: the host, or a machine that a test thought up.

use crate::job::Find;
use airlock_task::collect::{self, FileQuery};
use airlock_task::{Error, run, status};

/// Names and values.
pub type Fields = Vec<(String, String)>;

pub trait Machine {
    /// Paths and their sizes in bytes.
    fn find_files(&mut self, find: &Find) -> Result<Vec<(String, u64)>, Error>;

    /// Values by their names.
    fn registry(&mut self, path: &str) -> Result<Fields, Error>;

    /// Properties of each instance.
    fn wmi(&mut self, class: &str, properties: &[String]) -> Result<Vec<Fields>, Error>;

    /// Hands one result to the server.
    fn answer(&mut self, fields: &Fields) -> Result<(), Error>;

    /// For the owner's log.
    fn warn(&mut self, what: &str);
}

/// Who answers to a component.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Host;

impl Machine for Host {
    fn find_files(&mut self, find: &Find) -> Result<Vec<(String, u64)>, Error> {
        let find = find.clone();
        let found = collect::find_files(&FileQuery {
            root: find.root,
            recursive: find.recursive,
            is_file: find.is_file,
            is_dir: find.is_dir,
            name: find.name,
            iname: find.iname,
            regex: find.regex,
            size_equals: find.size_equals,
            size_greater: find.size_greater,
            size_lower: find.size_lower,
            sha512: find.sha512,
            sha256: find.sha256,
            limit: find.limit,
        })?;
        Ok(found.into_iter().map(|found| (found.path, found.size)).collect())
    }

    fn registry(&mut self, path: &str) -> Result<Fields, Error> {
        collect::registry(path)
    }

    fn wmi(&mut self, class: &str, properties: &[String]) -> Result<Vec<Fields>, Error> {
        collect::wmi(class, properties)
    }

    fn answer(&mut self, fields: &Fields) -> Result<(), Error> {
        status::answer(fields)
    }

    fn warn(&mut self, what: &str) {
        run::log(run::Level::Warn, what);
    }
}
