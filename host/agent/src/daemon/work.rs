//! What a worker is told, and what it does: the only part of managed mode that talks to servers and runs tasks.

use crate::config::{LocalFormat, LocalSettings, Settings};
use crate::policies::Places;
use crate::round::{Round, TargetOutcome, Wanted};
use airlock_native::{Folders, Worker, run_worker};
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A round with several servers that all do what they can to hold it up ends long before.
const LONGEST: Duration = Duration::from_secs(2 * 3600);

/// What a worker is told on its standard input.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WorkOrder {
    settings: Settings,
    wanted: Wanted,
    /// Not a round, but the inventory of this machine as XML on standard output.
    document: bool,
}

impl WorkOrder {
    pub(super) fn round(settings: &Settings, targets: Vec<String>, partial: Vec<String>) -> Self {
        let force = !partial.is_empty();
        let wanted = Wanted { targets, lazy: false, force, partial };
        Self { settings: settings.clone(), wanted, document: false }
    }

    pub(super) fn document(settings: &Settings) -> Self {
        let mut settings = settings.clone();
        settings.servers.clear();
        settings.locals = vec![LocalSettings { path: "-".into(), format: LocalFormat::Xml }];
        Self { settings, wanted: Wanted::default(), document: true }
    }
}

/// The worker for an order, with the owner's places as its command line.
pub(super) fn worker(places: &Places, order: &WorkOrder) -> anyhow::Result<Worker> {
    let mut arguments = vec!["worker".to_owned()];
    for (option, path) in [("--vardir", &places.vardir), ("--confdir", &places.confdir), ("--policy", &places.policy)] {
        if let Some(path) = path {
            arguments.push(format!("{option}={}", path.to_str().context("a path that is no UTF-8 text")?));
        }
    }
    let transports = order.settings.servers.iter().filter_map(|server| server.transport.as_ref());
    let with_proxies = transports.chain([&order.settings.transport]).any(|t| t.proxy.as_deref() == Some("environment"));
    Ok(Worker { arguments, input: serde_json::to_vec(order)?, deadline: LONGEST, with_proxies })
}

/// Runs a worker to its end; gives what it says.
pub(super) async fn run(worker: anyhow::Result<Worker>) -> anyhow::Result<Vec<u8>> {
    let ended = run_worker(worker?).await?;
    if !ended.success {
        bail!("{}", ended.how);
    }
    Ok(ended.output)
}

/// In the worker: does what it is told.
pub(crate) fn work(places: &Places, order: &[u8]) -> anyhow::Result<Vec<TargetOutcome>> {
    let order: WorkOrder = serde_json::from_slice(order).context("what this worker is to do")?;
    crate::logging::serve(&order.settings.log)?;
    let folders = Folders::new(places.vardir())?;
    let outcomes = Round::new(places, &folders, &order.settings, &order.wanted)?.run();
    for outcome in &outcomes {
        match outcome.ok {
            true => tracing::info!("{}: {}", outcome.target, outcome.what),
            false => tracing::error!("{}: {}", outcome.target, outcome.what),
        }
    }
    Ok(if order.document { Vec::new() } else { outcomes })
}
