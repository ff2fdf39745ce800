//! Units beside each other: so many at a time, each result handed over as soon as it is there.
//!
//! The units run on a thread of their own, so that whoever takes the results (a file, a terminal, a server far away) keeps
//! no device waiting; when the results are taken more slowly than they come, fewer units are begun.

use super::slots::Slots;
use crate::run::{Kept, Units, words};
use airlock_gate::{Native, Refused, Source};
use airlock_model::{Incomplete, Report};
use airlock_native::ScanDone;
use airlock_sandbox::{RunError, Unit};
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::{JoinSet, LocalSet};

/// Results that wait to be taken before no further unit is begun.
const BEHIND: usize = 512;

/// One device that is looked at.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Its place among all that are to be looked at, those that were looked at before included.
    pub(crate) unit: u64,
    /// What it is to whoever made it.
    pub(crate) number: usize,
    pub(crate) address: IpAddr,
    /// How it is reached, in the order in which that is tried: `10.1.0.7`, `10.1.0.7:1161`, `tcp:10.1.0.7`.
    pub(crate) places: Vec<String>,
    /// The job, as JSON.
    pub(crate) job: String,
    /// The names of the credentials that are tried, in their order; none: all that are granted.
    pub(crate) credentials: Option<Vec<String>>,
}

/// What came of a target.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) target: Target,
    /// The error in words for people.
    pub(crate) outcome: Result<(), String>,
    /// Empty when nobody is there.
    pub(crate) report: Report,
    /// Where it answered, and to which credential.
    pub(crate) place: String,
    pub(crate) credential: Option<String>,
    pub(crate) refused: Vec<Refused>,
    pub(crate) incomplete: Vec<Incomplete>,
    pub(crate) log: Vec<String>,
    is_stopped: bool,
}

/// How a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scanned {
    All,
    /// By the owner (the kill switch, Ctrl-C) or by whoever took the results.
    Stopped,
}

/// Is called when a device turns out to cost much.
pub(crate) type Costly = Box<dyn Fn() + Send + Sync>;

/// The world of one unit, whose report goes there.
pub(crate) type MakeNative = dyn Fn(Arc<Kept>, Costly) -> Native + Send + Sync;

/// How a scan is done.
#[derive(Debug, Clone, Default)]
pub(crate) struct How {
    /// Devices at a time.
    pub(crate) parallel: usize,
    /// Units that are left out: they were done before.
    pub(crate) done: ScanDone,
    /// Ctrl-C and SIGTERM end the scan and not the program.
    pub(crate) minds_signals: bool,
}

/// Looks at all targets. `each` gets every result; what it breaks off is ended at once.
pub(crate) fn scan(
    units: &Arc<Units>,
    native: &Arc<MakeNative>,
    targets: impl Iterator<Item = Target> + Send,
    how: How,
    mut each: impl FnMut(Looked) -> anyhow::Result<ControlFlow<()>>,
) -> anyhow::Result<Scanned> {
    let (results, taken) = channel();
    let (end, behind) = (Notify::new(), AtomicUsize::new(0));
    let How { parallel, done, minds_signals } = how;
    let work = Work { units, native, parallel: parallel.max(1), minds_signals, end: &end, behind: &behind };
    let targets = targets.filter(move |target| !done.contains(target.unit));
    std::thread::scope(|scope| {
        let scanner = scope.spawn(move || work.all(targets, &results));
        let mut failed = None;
        for looked in &taken {
            behind.fetch_sub(1, Ordering::Relaxed);
            match each(looked) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => break,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        // At the end of all units there is nobody to be told.
        end.notify_one();
        drop(taken);
        let scanned = scanner.join().map_err(|_panic| anyhow::anyhow!("a defect of this program; please report it"))?;
        let how = match &scanned {
            Ok(Scanned::All) if failed.is_none() => "ok",
            Ok(_) => "stopped",
            Err(_) => "failed",
        };
        units.end(how);
        match failed {
            Some(error) => Err(error),
            None => Ok(scanned?),
        }
    })
}

#[derive(Clone, Copy)]
struct Work<'a> {
    units: &'a Arc<Units>,
    native: &'a Arc<MakeNative>,
    parallel: usize,
    minds_signals: bool,
    end: &'a Notify,
    behind: &'a AtomicUsize,
}

impl Work<'_> {
    fn all(self, targets: impl Iterator<Item = Target>, results: &Sender<Looked>) -> std::io::Result<Scanned> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let _inside = runtime.enter();
        let mut signals = self.minds_signals.then(Signals::new).transpose()?;
        Ok(runtime.block_on(LocalSet::new().run_until(async {
            tokio::select! {
                biased;
                () = Signals::any(&mut signals) => Scanned::Stopped,
                scanned = self.run(targets, results) => scanned,
            }
        })))
    }

    async fn run(self, targets: impl Iterator<Item = Target>, results: &Sender<Looked>) -> Scanned {
        let mut targets = targets.fuse();
        let mut running = JoinSet::new();
        let mut slots = Slots::new(self.parallel);
        let (tell, mut costly) = unbounded_channel();
        loop {
            while slots.is_free(Instant::now()) && self.behind.load(Ordering::Relaxed) < BEHIND {
                let Some(target) = targets.next() else { break };
                slots.taken(target.unit, Instant::now());
                running.spawn_local(look(Arc::clone(self.units), Arc::clone(self.native), target, tell.clone()));
            }
            let looked = tokio::select! {
                biased;
                () = self.end.notified() => return Scanned::Stopped,
                looked = running.join_next() => looked,
                Some(unit) = costly.recv() => {
                    slots.costs_much(unit);
                    continue;
                }
                () = slots.next() => continue,
            };
            if let Some(Ok(looked)) = &looked {
                slots.left(looked.target.unit, Instant::now());
            }
            match looked {
                None if self.behind.load(Ordering::Relaxed) < BEHIND => return Scanned::All,
                // All that was begun is done, and waits to be taken.
                None => tokio::time::sleep(Duration::from_millis(5)).await,
                Some(Ok(looked)) => {
                    let is_stopped = looked.is_stopped;
                    self.behind.fetch_add(1, Ordering::Relaxed);
                    if results.send(looked).is_err() || is_stopped {
                        return Scanned::Stopped;
                    }
                }
                Some(Err(error)) => tracing::error!("a unit was lost, a defect of this program: {error}"),
            }
        }
    }
}

struct Signals {
    interrupt: Signal,
    end: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, end: signal(SignalKind::terminate())? })
    }

    /// When one of them comes; where none is minded, never.
    async fn any(signals: &mut Option<Self>) {
        match signals {
            None => std::future::pending().await,
            Some(Self { interrupt, end }) => tokio::select! {
                _ = interrupt.recv() => {}
                _ = end.recv() => {}
            },
        }
    }
}

/// Looks at one device, in one way after the other until it answers. `tell` gets the unit when its device costs much.
async fn look(units: Arc<Units>, native: Arc<MakeNative>, target: Target, tell: UnboundedSender<u64>) -> Looked {
    let mut last = None;
    for place in &target.places {
        let kept = Arc::new(Kept::default());
        let unit = Unit { target: place.clone(), job: target.job.clone() };
        let (tell, number) = (tell.clone(), target.unit);
        // Where nobody listens any more, the scan is at its end.
        let costly = Box::new(move || {
            let _ = tell.send(number);
        });
        let source = Source::Live(native(Arc::clone(&kept), costly));
        let (outcome, gate) = units.run(unit, source, target.credentials.clone()).await;
        let is_stopped = matches!(outcome, Err(RunError::Stopped(_)));
        let found = Looked {
            target: target.clone(),
            outcome: outcome.map_err(|error| words(&error)),
            report: kept.report(),
            place: place.clone(),
            credential: gate.answered(),
            refused: gate.refused(),
            incomplete: gate.incomplete(),
            log: kept.lines(),
            is_stopped,
        };
        if found.credential.is_some() || is_stopped {
            return found;
        }
        // Of several ways without an answer, the first tells most: what is there without SNMP is there in each.
        last = last.or(Some(found));
    }
    last.unwrap_or_else(|| Looked {
        outcome: Err("there is no way to reach it: no port that is granted".to_owned()),
        report: Report::default(),
        place: String::new(),
        credential: None,
        refused: Vec::new(),
        incomplete: Vec::new(),
        log: Vec::new(),
        is_stopped: false,
        target,
    })
}
