//! Components that crash again and again, in a file: a restart of the program is no way around the wait.

use crate::CountersFile;
use crate::locked_file::{Keep, LockedFile};
use airlock_gate::crashes::{Crashes, Wait};
use std::io;
use std::path::Path;

const LARGEST: u64 = 1 << 20;

#[derive(Clone)]
pub struct CrashesFile {
    file: LockedFile,
    clock: CountersFile,
}

impl CrashesFile {
    pub fn new(state: &Path, clock: CountersFile) -> Self {
        Self { file: LockedFile::new(state.join("crashes.json"), LARGEST), clock }
    }

    /// Notes the run before it begins: one that takes the whole program down counts too.
    pub fn begin(&self, digest: &str) -> io::Result<Result<(), Wait>> {
        let now = self.clock.seconds();
        self.file.change(|crashes: &mut Crashes| (Some(Keep::InCache), crashes.begin(digest, now)))
    }

    /// The run did not crash.
    pub fn ended_well(&self, digest: &str) -> io::Result<()> {
        self.file.change(|crashes: &mut Crashes| {
            crashes.ended_well(digest);
            (Some(Keep::InCache), ())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_remembered_by_the_next_program() {
        let folder = tempfile::tempdir().unwrap();
        let open = || CrashesFile::new(folder.path(), CountersFile::open(folder.path()).unwrap());
        assert_eq!(open().begin("a").unwrap(), Ok(()));
        assert!(matches!(open().begin("a").unwrap(), Err(Wait::BackOff { crashes: 1, .. })));
        assert_eq!(open().begin("b").unwrap(), Ok(()));
        open().ended_well("b").unwrap();
        assert_eq!(open().begin("b").unwrap(), Ok(()));
    }
}
