//! Calls that wait for a person, in a file.

use crate::CountersFile;
use crate::journal::{Journal, Weight};
use crate::locked_file::{Keep, LockedFile};
use airlock_gate::approvals::{Held, Queue, Standing};
use airlock_gate::guards::Approvals;
use std::io;
use std::path::Path;

/// A queue is bounded by the policy; this is more than the largest that makes sense.
const LARGEST: u64 = 64 << 20;

#[derive(Clone)]
pub struct RequestQueue {
    file: LockedFile,
    clock: CountersFile,
    journal: Journal,
}

impl RequestQueue {
    pub fn new(state: &Path, clock: CountersFile) -> Self {
        Self { file: LockedFile::new(state.join("requests.json"), LARGEST), clock, journal: Journal::default() }
    }

    pub fn read(&self) -> io::Result<Queue> {
        self.file.read()
    }

    /// Approves what has this digest; how many more people have to.
    pub fn approve(&self, digest: &str, who: &str) -> io::Result<Result<u32, String>> {
        self.change(|queue, now| queue.approve(digest, who, now))
    }

    pub fn refuse(&self, digest: &str, who: &str) -> io::Result<Result<(), String>> {
        self.change(|queue, now| queue.refuse(digest, who, now))
    }

    fn change<R>(&self, change: impl FnOnce(&mut Queue, u64) -> R) -> io::Result<R> {
        let now = self.clock.seconds();
        self.file.change(|queue: &mut Queue| (Some(Keep::OnDisk), change(queue, now)))
    }
}

impl RequestQueue {
    /// Best effort: what waits is in the queue, whoever was told.
    fn notify(&self, held: &Held<'_>, digest: &str) {
        let server = held.bound.server.as_deref().unwrap_or("nobody's");
        let (task, name) = (&held.bound.task, &held.rule.name);
        let message = format!(
            "a job of server {server} for the task {task} waits for the approval {name}: airlock jobs show {digest}"
        );
        if let Err(error) = self.journal.tell(Weight::Notice, &message) {
            tracing::warn!("the journal was not told that a request waits: {error}");
        }
    }
}

impl Approvals for RequestQueue {
    fn check(&self, held: Held<'_>) -> Standing {
        let now = self.clock.seconds();
        let mut is_new = false;
        let checked = self.file.change(|queue: &mut Queue| {
            let known = queue.waiting().len();
            let standing = queue.check(held, now);
            is_new = queue.waiting().len() > known;
            // An approval that is used up must not be there again after a crash; a request may be lost in one.
            let is_used = matches!(standing, Standing::Approved { .. }) && !held.lasts();
            let keep = if is_used { Keep::OnDisk } else { Keep::InCache };
            (Some(keep), standing)
        });
        if let Ok(Standing::Held { digest }) = &checked
            && is_new
            && held.rule.notify
        {
            self.notify(&held, digest);
        }
        checked.unwrap_or_else(|error| Standing::TurnedAway(format!("the queue of approvals cannot be used: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_gate::approvals::{Bound, How};
    use airlock_gate::terms::ApprovalRule;
    use airlock_gate::{Ask, Verb};
    use std::fs;

    fn check(queue: &RequestQueue, run: &str) -> Standing {
        let bound = Bound { server: Some("hq".into()), approval: "ops".into(), ..Bound::default() };
        let (rule, ask) = (ApprovalRule::named("ops"), Ask::new(Verb::PkgInstall));
        queue.check(Held { bound: &bound, rule: &rule, job: "{}", ask: &ask, run, or: None, how: How::Now })
    }

    #[test]
    fn an_approval_is_used_once_even_by_several_processes() {
        let folder = tempfile::tempdir().unwrap();
        let open = || RequestQueue::new(folder.path(), CountersFile::open(folder.path()).unwrap());
        let Standing::Held { digest } = check(&open(), "r0") else { panic!("not held") };
        assert_eq!(open().approve(&digest, "root").unwrap(), Ok(0));
        let approved: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|n| scope.spawn(move || matches!(check(&open(), &format!("r{n}")), Standing::Approved { .. })))
                .collect();
            threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum()
        });
        assert_eq!(approved, 1);
    }

    #[test]
    fn what_waits_is_told_to_the_journal_once_where_the_owner_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let socket = std::os::unix::net::UnixDatagram::bind(folder.path().join("log")).unwrap();
        socket.set_nonblocking(true).unwrap();
        let journal = Journal::at(folder.path().join("log"));
        let queue =
            RequestQueue { journal, ..RequestQueue::new(folder.path(), CountersFile::open(folder.path()).unwrap()) };
        let ask = Ask::new(Verb::PkgInstall);
        let told = |job: &str, notify: bool| {
            let bound = Bound {
                server: Some("hq".into()),
                task: "de\u{1b}[2Jploy".into(),
                job: job.into(),
                ..Bound::default()
            };
            let rule = ApprovalRule { notify, ..ApprovalRule::named("ops") };
            let standing =
                queue.check(Held { bound: &bound, rule: &rule, job, ask: &ask, run: "r", or: None, how: How::Now });
            assert!(matches!(standing, Standing::Held { .. }), "{standing:?}");
            let mut bytes = [0; 2000];
            socket.recv(&mut bytes).ok().map(|length| String::from_utf8_lossy(&bytes[..length]).into_owned())
        };
        let text = told("a", true).expect("a message");
        assert!(
            text.starts_with("<85>airlock[") && text.contains("server hq") && text.contains("jobs show "),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'), "{text:?}");
        assert_eq!((told("a", true), told("b", false)), (None, None));
    }

    #[test]
    fn a_damaged_queue_approves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let queue = RequestQueue::new(folder.path(), CountersFile::open(folder.path()).unwrap());
        fs::write(folder.path().join("requests.json"), "[").unwrap();
        assert!(matches!(check(&queue, "r"), Standing::TurnedAway(_)));
    }
}
