//! What a worker is told, and what it does: the only part of managed mode that talks to servers and runs tasks.

use crate::config::Settings;
use crate::policies::Places;
use crate::round::{Round, TargetOutcome, Wanted};
use crate::terminal;
use airlock_native::{Folders, Worker, run_worker};
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Duration;

/// A round with several servers that all do what they can to hold it up ends long before.
const LONGEST: Duration = Duration::from_secs(2 * 3600);

/// What a worker is told on its standard input.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WorkOrder {
    settings: Settings,
    wanted: Wanted,
    /// Not a round, but the inventory of this machine as XML on standard output, for this neighbour.
    neighbour: Option<IpAddr>,
}

impl WorkOrder {
    pub(super) fn round(settings: &Settings, targets: Vec<String>, partial: Vec<String>) -> Self {
        let force = !partial.is_empty();
        let wanted = Wanted { targets, lazy: false, force, partial };
        Self { settings: settings.clone(), wanted, neighbour: None }
    }

    pub(super) fn for_neighbour(settings: &Settings, address: IpAddr) -> Self {
        Self { settings: settings.clone(), wanted: Wanted::default(), neighbour: Some(address) }
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
    let round = Round::new(places, &folders, &order.settings, &order.wanted)?;
    if let Some(address) = order.neighbour {
        terminal::print(&round.for_neighbour(address)?)?;
        return Ok(Vec::new());
    }
    let outcomes = round.run();
    for outcome in &outcomes {
        match outcome.ok {
            true => tracing::info!("{}: {}", outcome.target, outcome.what),
            false => tracing::error!("{}: {}", outcome.target, outcome.what),
        }
    }
    Ok(outcomes)
}
