//! One observation of a machine: each section is read once, beside the others, by the deadline of its collector,
//! however many tasks and targets ask for it.

use crate::system::{process_time, thread_time};
use airlock_facts::{Collector, Findings, Machine, collector, collectors};
use airlock_gate::CallError;
use airlock_gate::calls::Reading;
use airlock_gate::ports::{Answer, Facts};
use airlock_model::Incomplete;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Threads at first. Collectors wait for the kernel more than they compute, and each thread costs memory.
const WORKERS: usize = 2;
/// A section that waited this long for a thread gets one of its own: the others may be held up by a dead mount.
const STARVED: Duration = Duration::from_millis(50);

/// How long one collector took.
#[derive(Debug, Clone)]
pub struct Timing {
    pub section: &'static str,
    /// From its start to its end, or to its deadline.
    pub wall: Duration,
    /// The processor's time of its thread; none when it did not end.
    pub cpu: Option<Duration>,
    pub rows: usize,
}

/// What an observation may take. What has been found when something is used up counts, and the rest is said.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// One collector, from its start.
    pub collector: Duration,
    /// Everything, from the first request.
    pub whole: Duration,
    /// The processor's time of this process and of the tools that it runs.
    pub processor: Duration,
}

impl Budget {
    /// The same for each collector as ever, and more for the whole than any machine needs.
    pub fn of_collectors(collector: Duration) -> Self {
        Self { collector, whole: Duration::from_secs(600), processor: Duration::from_secs(120) }
    }
}

/// How often it is looked whether a budget is used up.
const LOOK: Duration = Duration::from_millis(200);

/// A machine, as it was seen at one time.
#[derive(Clone)]
pub struct Observation {
    shared: Arc<Shared>,
    /// The sections that were asked for through this one.
    asked: Arc<Mutex<BTreeSet<&'static str>>>,
}

struct Shared {
    machine: Arc<Machine>,
    budget: Budget,
    /// When the first section was asked for, and what the processor had done by then.
    began: OnceLock<(Instant, Duration)>,
    pool: Mutex<Pool>,
    work: Condvar,
}

#[derive(Default)]
struct Pool {
    slots: BTreeMap<&'static str, Arc<Slot>>,
    queue: VecDeque<Arc<Slot>>,
    workers: usize,
    idle: usize,
    closed: bool,
}

/// One section's reading, from the request to the result.
struct Slot {
    collector: Collector,
    phase: watch::Sender<Phase>,
    started: OnceLock<(Instant, Findings)>,
    result: OnceLock<(Arc<Reading>, Timing)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting,
    Running,
    Done,
}

impl Observation {
    /// Observes `machine` within a budget.
    pub fn new(machine: Arc<Machine>, budget: Budget) -> Self {
        let shared = Shared { machine, budget, began: OnceLock::new(), pool: Mutex::default(), work: Condvar::new() };
        Self { shared: Arc::new(shared), asked: Arc::default() }
    }

    /// The same observation for somebody else, who learns nothing of what others asked for.
    #[must_use]
    pub fn for_another(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), asked: Arc::default() }
    }

    /// What could not be read of the sections that were asked for through this one.
    pub fn incomplete(&self) -> Vec<Incomplete> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let pool = self.shared.lock();
        let read = pool.slots.iter().filter(|(section, _)| asked.contains(*section));
        let read = read.filter_map(|(section, slot)| Some((section, slot.result.get()?)));
        read.flat_map(|(section, (reading, _))| {
            reading.missing.iter().map(|why| Incomplete { section: (*section).to_owned(), why: why.clone() })
        })
        .collect()
    }

    /// What each collector took, longest first.
    pub fn timings(&self) -> Vec<Timing> {
        let pool = self.shared.lock();
        let mut all: Vec<Timing> =
            pool.slots.values().filter_map(|slot| slot.result.get().map(|(_, timing)| timing.clone())).collect();
        all.sort_by_key(|timing| std::cmp::Reverse(timing.wall));
        all
    }

    /// Queues a section unless that was done before.
    fn request(&self, section: &str) -> Option<Arc<Slot>> {
        let collector = collector(section)?;
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(collector.section);
        self.shared.began.get_or_init(|| (Instant::now(), process_time()));
        let mut pool = self.shared.lock();
        if let Some(slot) = pool.slots.get(collector.section) {
            return Some(Arc::clone(slot));
        }
        let slot = Arc::new(Slot {
            collector: *collector,
            phase: watch::Sender::new(Phase::Waiting),
            started: OnceLock::new(),
            result: OnceLock::new(),
        });
        pool.slots.insert(collector.section, Arc::clone(&slot));
        pool.queue.push_back(Arc::clone(&slot));
        if pool.idle == 0 && pool.workers < WORKERS {
            self.hire(&mut pool);
        } else {
            self.shared.work.notify_one();
        }
        Some(slot)
    }

    fn hire(&self, pool: &mut Pool) {
        let shared = Arc::clone(&self.shared);
        let hired = thread::Builder::new().name("collector".into()).spawn(move || shared.work());
        match hired {
            Ok(_) => pool.workers += 1,
            Err(error) => tracing::warn!("no thread for a collector: {error}"),
        }
    }

    async fn wait(&self, slot: &Slot) -> Arc<Reading> {
        let (mut phase, asked) = (slot.phase.subscribe(), Instant::now());
        // Whatever holds the others up may hold up the next thread too: one more each time, until this section has one.
        while tokio::time::timeout(STARVED, phase.wait_for(|p| *p != Phase::Waiting)).await.is_err() {
            if asked.elapsed() >= self.shared.budget.collector || self.shared.used_up().is_some() {
                break;
            }
            self.hire(&mut self.shared.lock());
        }
        let (since, findings) = match slot.started.get() {
            Some((since, findings)) => (*since, findings),
            None => (asked, &Findings::new(asked)),
        };
        let until = since + self.shared.budget.collector;
        while !matches!(*phase.borrow_and_update(), Phase::Done) {
            let left = until.saturating_duration_since(Instant::now());
            let late =
                || format!("not done after {} s: what was found by then", self.shared.budget.collector.as_secs());
            if let Some(why) = self.shared.used_up().or_else(|| left.is_zero().then(late)) {
                findings.stop();
                slot.settle(findings, since, None, Some(why));
                break;
            }
            let _ = tokio::time::timeout(left.min(LOOK), phase.changed()).await;
        }
        slot.result.get().map(|(reading, _)| Arc::clone(reading)).unwrap_or_default()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which budget of the whole is used up, in words.
    fn used_up(&self) -> Option<String> {
        let (began, used) = self.began.get()?;
        if began.elapsed() >= self.budget.whole {
            return Some(format!("left out: the inventory's {} s are over", self.budget.whole.as_secs()));
        }
        if process_time().saturating_sub(*used) >= self.budget.processor {
            let seconds = self.budget.processor.as_secs();
            return Some(format!("left out: the inventory's {seconds} s of the processor's time are used up"));
        }
        None
    }

    /// A worker's life: sections as they are queued, until the observation is over.
    fn work(&self) {
        loop {
            let mut pool = self.lock();
            let slot = loop {
                if let Some(slot) = pool.queue.pop_front() {
                    break slot;
                }
                if pool.closed {
                    return;
                }
                pool.idle += 1;
                pool = self.work.wait(pool).unwrap_or_else(PoisonError::into_inner);
                pool.idle -= 1;
            };
            drop(pool);
            slot.collect(&self.machine, self.budget.collector, self.used_up());
        }
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        // Workers hold the shared part too: the last handle outside them ends them.
        let mut pool = self.shared.lock();
        if Arc::strong_count(&self.shared) <= pool.workers + 1 {
            pool.closed = true;
            self.shared.work.notify_all();
        }
    }
}

impl Slot {
    fn collect(&self, machine: &Machine, timeout: Duration, used_up: Option<String>) {
        let start = Instant::now();
        let cpu = thread_time();
        let (_, findings) = self.started.get_or_init(|| (start, Findings::new(start + timeout)));
        self.phase.send_replace(Phase::Running);
        if used_up.is_some() {
            self.settle(findings, start, None, used_up);
            self.phase.send_replace(Phase::Done);
            return;
        }
        // A defect in one collector must not cost the others.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.collector.collect(machine, findings)));
        let failed = outcome.is_err().then(|| "the collector failed; what was found by then".to_owned());
        self.settle(findings, start, thread_time().checked_sub(cpu), failed);
        self.phase.send_replace(Phase::Done);
    }

    /// Fixes the result; the first to come, worker or deadline, does.
    fn settle(&self, findings: &Findings, since: Instant, cpu: Option<Duration>, trouble: Option<String>) {
        self.result.get_or_init(|| {
            let (rows, mut missing) = findings.take();
            missing.extend(trouble);
            let timing = Timing { section: self.collector.section, wall: since.elapsed(), cpu, rows: rows.len() };
            (Arc::new(Reading { rows, missing }), timing)
        });
    }
}

impl Facts for Observation {
    fn sections(&self) -> Vec<&'static str> {
        collectors().iter().map(|c| c.section).collect()
    }

    fn expect(&self, sections: &[String]) {
        // The long ones are read last by the task and begun first here.
        for section in sections.iter().rev() {
            self.request(section);
        }
    }

    fn read<'a>(&'a self, section: &'a str) -> Answer<'a, Arc<Reading>> {
        Box::pin(async move {
            let slot = self.request(section).ok_or(CallError::NotFound)?;
            Ok(self.wait(&slot).await)
        })
    }
}
