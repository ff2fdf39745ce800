//! Managed mode: waits until somebody's turn has come, and has a worker, a process of its own, do what the turn brings. The
//! daemon itself reads small files and waits; it parses nothing that comes from a server and runs no task.

mod lifecycle;
mod sharing;
mod targets;
mod view;
mod work;

pub(crate) use lifecycle::detach;
pub(crate) use targets::statuses as targets;
pub(crate) use view::refused;
use work::WorkOrder;
pub(crate) use work::work;

use crate::config::Settings;
use crate::forced;
use crate::listener::{self, Wake};
use crate::logging;
use crate::policies::Places;
use airlock_native::{Alarm, DaemonLock, Folders};
use anyhow::{Context, bail};
use lifecycle::Service;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use targets::Targets;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use view::View;

/// Workers at a time: one that hangs must not hold up whose turn comes next.
const WORKERS: usize = 4;
/// Requests to wake up that wait to be looked at.
const WAKES: usize = 16;

/// Where settings come from: read at the start, and again when the daemon is told to.
pub(crate) type Reads = Box<dyn Fn() -> anyhow::Result<Settings> + Send>;

/// What a daemon is started with.
pub(crate) struct Start {
    pub(crate) places: Places,
    pub(crate) reads: Reads,
    pub(crate) pid_file: Option<PathBuf>,
}

/// Serves until it is told to end.
pub(crate) fn serve(start: Start) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let settings = (start.reads)()?;
    logging::serve(&settings.log)?;
    let places = start.places.under(&settings);
    let folders = Folders::new(places.vardir())?;
    let _lock = match DaemonLock::take(&folders)? {
        Ok(lock) => lock,
        Err(Some(pid)) => bail!("another airlock daemon runs for this folder of state (process {pid})"),
        Err(None) => bail!("another airlock daemon runs for this folder of state"),
    };
    let service = Service::begin(start.pid_file.as_deref())?;
    let served = runtime.block_on(async {
        let daemon = Daemon::new(places, folders, start.reads, settings)?;
        daemon.serve(&service).await
    });
    // Workers that still run end with the runtime.
    drop(runtime);
    service.end();
    served
}

struct Daemon {
    places: Places,
    folders: Folders,
    reads: Reads,
    settings: Settings,
    targets: Arc<Targets>,
    view: Arc<View>,
    wakes: mpsc::Receiver<Wake>,
    workers: JoinSet<Ended>,
    running: BTreeSet<String>,
    listener: Option<listener::Listener>,
    memory: listener::Memory,
}

/// A worker that ended, and for whom it worked.
struct Ended {
    targets: Vec<String>,
    error: Option<String>,
}

/// What the daemon is told.
struct Signals {
    reload: Signal,
    now: Signal,
    end: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            reload: signal(SignalKind::hangup())?,
            now: signal(SignalKind::user_defined1())?,
            end: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }
}

impl Daemon {
    fn new(places: Places, folders: Folders, reads: Reads, settings: Settings) -> anyhow::Result<Self> {
        let targets = Arc::new(Targets::new(&places, &folders, &settings)?);
        let (tell, wakes) = mpsc::channel(WAKES);
        let view = Arc::new(View::new(&places, &folders, &settings, Arc::clone(&targets), tell)?);
        let (workers, running, memory) = (JoinSet::new(), BTreeSet::new(), listener::Memory::of(&folders));
        Ok(Self { places, folders, reads, settings, targets, view, wakes, workers, running, listener: None, memory })
    }

    async fn serve(mut self, service: &Service) -> anyhow::Result<()> {
        let mut signals = Signals::new()?;
        let alarm = Alarm::new().context("no alarm (timerfd)")?;
        self.listen().await;
        if forced::take(&self.folders) {
            self.targets.all_now("asked for with --set-forcerun")?;
        }
        service.ready(&self.targets.line());
        let mut watchdog = service.watchdog();
        loop {
            self.start_who_is_due();
            service.status(&self.targets.line());
            tokio::select! {
                rang = alarm.at(self.next()) => rang?,
                _ = signals.reload.recv() => self.reload(service).await,
                _ = signals.now.recv() => self.targets.all_now("asked for by a signal (USR1)")?,
                _ = signals.end.recv() => return Ok(()),
                _ = signals.interrupt.recv() => return Ok(()),
                Some(wake) = self.wakes.recv() => self.wake(&wake)?,
                Some(ended) = self.workers.join_next() => self.ended(ended.ok()),
                () = watchdog.tick() => service.alive(),
            }
        }
    }

    /// When something is to be done, as far as it is known.
    fn next(&self) -> Option<i64> {
        let due = if self.workers.len() < WORKERS { self.targets.next(&self.running) } else { None };
        let reload = self.settings.schedule.reload.0.as_secs();
        let reload = (reload > 0).then(|| now().saturating_add(i64::try_from(reload.max(60)).unwrap_or(i64::MAX)));
        due.into_iter().chain(reload).min()
    }

    /// Everybody whose turn it is, in one worker: the machine is read once for all of them.
    fn start_who_is_due(&mut self) {
        if self.workers.len() >= WORKERS {
            return;
        }
        let due = self.targets.due(now(), &self.running);
        if !due.is_empty() {
            self.start(due, Vec::new());
        }
    }

    fn start(&mut self, targets: Vec<String>, partial: Vec<String>) {
        self.running.extend(targets.iter().cloned());
        self.targets.begin(&targets);
        self.view.runs(true);
        let order = WorkOrder::round(&self.settings, targets.clone(), partial);
        let worker = work::worker(&self.places, &order);
        self.workers.spawn(async move {
            let error = match work::run(worker).await {
                Ok(_outcome) => None,
                Err(error) => Some(format!("{error:#}")),
            };
            Ended { targets, error }
        });
    }

    fn ended(&mut self, ended: Option<Ended>) {
        let Some(Ended { targets, error }) = ended else { return };
        for target in &targets {
            self.running.remove(target);
        }
        if let Some(error) = error {
            tracing::error!("the worker for {}: {error}", targets.join(", "));
        }
        // What the worker left is on disk; where it left nothing, the turn comes again, later.
        if let Err(error) = self.targets.reread(&targets) {
            tracing::error!("{error:#}");
        }
        self.view.runs(!self.running.is_empty());
    }

    fn wake(&mut self, wake: &Wake) -> anyhow::Result<()> {
        let named: Vec<String> = match &wake.target {
            Some(target) => vec![target.clone()],
            None => self.targets.names(),
        };
        match &wake.partial {
            None => self.targets.now(&named, "asked for over HTTP (/now)"),
            Some(partial) => {
                let (busy, free): (Vec<String>, Vec<String>) =
                    named.into_iter().partition(|name| self.running.contains(name));
                // Whose turn it is has another one afterwards, with all that is due then.
                self.targets.now(&busy, "asked for over HTTP (/now) while its turn ran")?;
                if !free.is_empty() {
                    self.start(free, partial.categories.clone());
                }
                Ok(())
            }
        }
    }

    /// The files again. Settings that do not read leave those that hold.
    async fn reload(&mut self, service: &Service) {
        service.reloading();
        let read = (self.reads)().and_then(|settings| {
            logging::serve(&settings.log)?;
            self.targets.replace(&self.places, &self.folders, &settings)?;
            Ok(settings)
        });
        match read {
            Ok(settings) => {
                let listens_anew = settings.listener != self.settings.listener;
                self.settings = settings;
                self.view.replace(&self.settings);
                if listens_anew {
                    self.listen().await;
                }
                tracing::info!("the settings were read again");
            }
            Err(error) => tracing::error!("the settings that held go on holding: {error:#}"),
        }
        service.ready(&self.targets.line());
    }

    async fn listen(&mut self) {
        if let Some(before) = self.listener.take() {
            // The port may be the same.
            before.stop().await;
        }
        if !self.settings.listener.enabled {
            return;
        }
        let view: Arc<dyn listener::DaemonView> = Arc::clone(&self.view) as _;
        match listener::start(&self.settings.listener, view, &self.memory).await {
            Ok(listener) => {
                tracing::info!("listening on {}", listener.address());
                self.listener = Some(listener);
            }
            Err(error) => tracing::error!("no HTTP server: {error:#}; everything else goes on"),
        }
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
