//! Which of a server's jobs run: so many in one contact (`jobs_per_run`), and each of them once. A job that was seen is
//! remembered by its digest for `replay_memory`, and does not run again unless the grants that it would run under say
//! `repeatable`: whoever kept an old answer of a server, or got hold of the server, cannot play it again.
//!
//! Pure: airlock-native keeps the memory in a file.

use crate::policy::{Refusal, Rules};
use crate::{Asker, Code};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// For how many seconds a job is remembered where the policy does not say.
pub const REPLAY_MEMORY: u64 = 30 * 86_400;
/// Jobs of one server that are remembered. There is no forgetting to make room: that would be the way to play one again.
const MOST: usize = 20_000;

/// The jobs that were seen: by server, by digest, until when (seconds since 1970).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobMemory(BTreeMap<String, BTreeMap<String, u64>>);

impl JobMemory {
    /// Whether a job was seen before, and is remembered.
    pub fn knows(&self, server: &str, job: &str, now: u64) -> bool {
        self.0.get(server).and_then(|known| known.get(&digest(job))).is_some_and(|until| now < *until)
    }

    /// Lets a job in that may run now, and remembers it. `so_far`: jobs that were let in during this contact.
    pub fn admit(&mut self, rules: &Rules, asker: &Asker, job: &str, so_far: u64, now: u64) -> Result<(), Refusal> {
        let server = asker.server.as_deref().unwrap_or_default();
        let limits = rules.limits_of(server);
        if let Some(limit) = limits.jobs_per_run().filter(|limit| so_far >= limit.most) {
            let why = format!("{}: jobs_per_run = {}, and {so_far} jobs ran in this contact", limit.at, limit.most);
            return Err(Refusal::new(Code::Quota, why));
        }
        let repeatable = rules.is_repeatable(asker);
        let digest = digest(job);
        let known = self.0.entry(server.to_owned()).or_default();
        known.retain(|_, until| now < *until);
        let until = now.saturating_add(limits.replay_memory());
        match known.get(&digest) {
            Some(_) if repeatable => {}
            Some(until) => {
                let why = format!(
                    "job {digest} ran before and is remembered for {} more seconds; a grant with repeatable = true lets it run again",
                    until.saturating_sub(now)
                );
                return Err(Refusal::new(Code::Replayed, why));
            }
            None if known.len() >= MOST => {
                let why = format!("{MOST} jobs of {server} are remembered, and no more can be told from old ones");
                return Err(Refusal::new(Code::Quota, why));
            }
            None => {}
        }
        known.insert(digest, until);
        Ok(())
    }
}

/// `sha256` of a job's text, in hex: what it is known by.
pub fn digest(job: &str) -> String {
    Sha256::digest(job).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::PolicyFile;

    const DAY: u64 = 86_400;

    fn rules(limits: &str, grants: &[&str]) -> Rules {
        let mut text =
            format!("policy_version = 1\n[server.hq]\norigin = \"https://hq.example\"\n[limits]\n{limits}\n");
        text += "[server.lab]\norigin = \"https://lab.example\"\n[server.lab.limits]\njobs_per_run = 1\n";
        for grant in grants {
            text += &format!("[[grant]]\nserver = \"*\"\ntask = \"deploy\"\n{grant}\n");
        }
        Rules::parse(&[PolicyFile::new("50-a.toml", text)]).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    fn asker(server: &str) -> Asker {
        Asker { server: Some(server.into()), task: "deploy".into(), ..Asker::default() }
    }

    const WRITE: &str = "verb = \"files.write\"\npaths = [\"/opt/**\"]";
    const READ: &str = "verb = \"files.read\"\npaths = [\"/opt/**\"]";

    fn code(result: Result<(), Refusal>) -> Option<Code> {
        result.err().map(|refusal| refusal.code)
    }

    #[test]
    fn a_job_runs_once_for_as_long_as_it_is_remembered() {
        for (limits, days) in [("", 30), ("replay_memory = \"90d\"", 90)] {
            let (rules, mut memory) = (rules(limits, &[WRITE, READ]), JobMemory::default());
            let mut admit = |server: &str, job: &str, now| code(memory.admit(&rules, &asker(server), job, 0, now));
            assert_eq!(admit("hq", "a", 0), None);
            assert_eq!(admit("hq", "a", 1), Some(Code::Replayed));
            assert_eq!(admit("hq", "b", 1), None);
            assert_eq!(admit("lab", "a", 1), None, "another server's job is its own");
            assert_eq!(admit("hq", "a", days * DAY - 1), Some(Code::Replayed), "trying does not forget");
            assert_eq!(admit("hq", "a", days * DAY), None);
        }
    }

    #[test]
    fn a_job_is_repeated_only_where_every_grant_that_changes_something_says_so() {
        let again = |grants: &[&str]| {
            let (rules, mut memory) = (rules("", grants), JobMemory::default());
            memory.admit(&rules, &asker("hq"), "a", 0, 0).unwrap();
            code(memory.admit(&rules, &asker("hq"), "a", 0, 1)).is_none()
        };
        let (write, read) = (format!("{WRITE}\nrepeatable = true"), format!("{READ}\nrepeatable = true"));
        assert!(again(&[&write, READ]) && again(&[&read]));
        assert!(!again(&[WRITE, &read]) && !again(&[READ]) && !again(&[]));
    }

    #[test]
    fn so_many_jobs_run_in_one_contact() {
        let (rules, mut memory) = (rules("jobs_per_run = 3", &[WRITE]), JobMemory::default());
        for (server, most) in [("hq", 3), ("lab", 1)] {
            let runs = (0..5).filter(|n| memory.admit(&rules, &asker(server), &format!("{n}"), *n, 0).is_ok()).count();
            assert_eq!(runs, most, "{server}");
        }
    }

    #[test]
    fn a_flood_of_jobs_forgets_none() {
        let (rules, mut memory) = (rules("", &[WRITE]), JobMemory::default());
        let mut known = BTreeMap::new();
        for n in 0..MOST {
            known.insert(n.to_string(), DAY);
        }
        memory.0.insert("hq".into(), known);
        assert_eq!(code(memory.admit(&rules, &asker("hq"), "one more", 0, 0)), Some(Code::Quota));
        assert_eq!(code(memory.admit(&rules, &asker("hq"), "one more", 0, DAY)), None);
    }
}
