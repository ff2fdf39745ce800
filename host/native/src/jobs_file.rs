//! The jobs that servers have sent, in a file: a restart of the program does not make an old job a new one.

use crate::CountersFile;
use crate::locked_file::{Keep, LockedFile};
use airlock_gate::jobs::JobMemory;
use airlock_gate::policy::{Refusal, Rules};
use airlock_gate::{Asker, Code};
use std::path::Path;

/// Some hundred servers, each with all the jobs that are remembered of one.
const LARGEST: u64 = 256 << 20;

#[derive(Clone)]
pub struct JobsFile {
    file: LockedFile,
    clock: CountersFile,
}

impl JobsFile {
    /// In the folder of the program's state.
    pub fn new(state: &Path, clock: CountersFile) -> Self {
        Self { file: LockedFile::new(state.join("jobs.json"), LARGEST), clock }
    }

    /// Whether this job of a server was seen before. What is not known for certain was.
    pub fn knows(&self, server: &str, job: &str) -> bool {
        let now = self.clock.seconds();
        self.file.read::<JobMemory>().map_or(true, |memory| memory.knows(server, job, now))
    }

    /// As [`Self::admit`], and nothing is remembered.
    pub fn would_admit(&self, rules: &Rules, asker: &Asker, job: &str, so_far: u64) -> Result<(), Refusal> {
        let now = self.clock.seconds();
        let admitted = self.file.read::<JobMemory>().map(|mut memory| memory.admit(rules, asker, job, so_far, now));
        let unknown = |error| Refusal::new(Code::Replayed, format!("which jobs ran before is not known: {error}"));
        admitted.map_err(unknown)?
    }

    /// Lets a job of a server in, if it may run now (`jobs_per_run`, `replay_memory`, `repeatable`), and remembers it
    /// before it runs. `job` is its text as it came; `so_far` are the jobs let in during this contact.
    pub fn admit(&self, rules: &Rules, asker: &Asker, job: &str, so_far: u64) -> Result<(), Refusal> {
        let now = self.clock.seconds();
        let admitted = self.file.change(|memory: &mut JobMemory| {
            let admitted = memory.admit(rules, asker, job, so_far, now);
            (admitted.is_ok().then_some(Keep::OnDisk), admitted)
        });
        let unknown = |error| Refusal::new(Code::Replayed, format!("which jobs ran before is not known: {error}"));
        admitted.map_err(unknown)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_gate::policy::PolicyFile;
    use std::fs;

    #[test]
    fn a_job_is_remembered_by_the_next_program_and_a_damaged_memory_lets_none_in() {
        let folder = tempfile::tempdir().unwrap();
        let text = "policy_version = 1\n[server.hq]\norigin = \"https://hq.example\"\n";
        let rules = Rules::parse(&[PolicyFile::new("50-hq.toml", text)]).unwrap();
        let asker = Asker { server: Some("hq".into()), task: "deploy".into(), ..Asker::default() };
        let admit = |job: &str| {
            let jobs = JobsFile::new(folder.path(), CountersFile::open(folder.path()).unwrap());
            jobs.admit(&rules, &asker, job, 0).map_err(|refusal| refusal.code)
        };
        assert_eq!((admit("a"), admit("b")), (Ok(()), Ok(())));
        assert_eq!(admit("a"), Err(Code::Replayed));
        fs::write(folder.path().join("jobs.json"), "{").unwrap();
        assert_eq!(admit("c"), Err(Code::Replayed));
    }
}
