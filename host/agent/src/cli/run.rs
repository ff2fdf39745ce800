//! `airlock run`: each server and folder once, and then the end. For cron and timers: the agent says when, the server what.

use crate::config::{self, LocalFormat, LocalSettings, ServerSettings, Settings, server_name};
use crate::exit::{Failed, Usage};
use crate::policies::Places;
use crate::round::{Round, TargetOutcome, Wanted};
use crate::table::table;
use crate::terminal::{self, visible};
use crate::{categories, forced};
use airlock_native::Folders;
use clap::Args;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  airlock run                            every server and folder of airlock.toml
  airlock run --wait 1800                the same, at a moment within the next half hour: a fleet spreads out
  airlock run --lazy                     only those whose turn it is
  airlock run --server https://glpi.example/front/inventory.php
  airlock run --target hq --force        one of them, with a whole inventory whether it asks for one or not

From cron, without a word when all went well:
  17 * * * *  root  airlock run --lazy --wait 600")]
pub(crate) struct Options {
    /// These targets only, by name (`airlock status` shows them)
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub(crate) target: Vec<String>,

    /// These servers, in place of those of airlock.toml
    #[arg(long, short, value_name = "URL,…", value_delimiter = ',')]
    pub(crate) server: Vec<String>,

    /// These folders or files get an inventory, in place of those of airlock.toml; `-` is standard output
    #[arg(long, short, value_name = "DIR|FILE,…", value_delimiter = ',')]
    pub(crate) local: Vec<PathBuf>,

    /// Begin at a moment within this many seconds, drawn by chance
    #[arg(long, short, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=604_800))]
    pub(crate) wait: Option<u64>,

    /// Leave out whom it is not the turn of
    #[arg(long)]
    pub(crate) lazy: bool,

    /// Make a whole inventory even if the server does not ask for one, and whoever's turn it is
    #[arg(long, short)]
    pub(crate) force: bool,

    /// Only these categories, and what identifies the machine
    #[arg(long, value_name = "CATEGORY,…", value_delimiter = ',')]
    pub(crate) partial: Vec<String>,

    /// Let the next run, or the daemon, take everybody's turn as come; do nothing else
    #[arg(long)]
    pub(crate) set_forcerun: bool,

    /// How servers sort this machine
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) tag: Option<String>,

    /// What became of each target, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let mut settings = config::load(places)?;
    if !options.server.is_empty() {
        settings.servers = options.server.iter().map(|url| named(url)).collect::<Result<_, _>>()?;
        settings.locals.clear();
    }
    if !options.local.is_empty() {
        let local = |path: &PathBuf| LocalSettings { path: path.clone(), format: LocalFormat::Json };
        settings.locals = options.local.iter().map(local).collect();
        if options.server.is_empty() {
            settings.servers.clear();
        }
    }
    settings.tag = options.tag.clone().or(settings.tag);
    let outcomes = turns(options, &settings, places)?;
    show(options, &outcomes)?;
    if outcomes.iter().any(|outcome| !outcome.ok) { Err(Failed.into()) } else { Ok(()) }
}

/// A round under these settings; what went wrong with a target is said, and in its outcome.
pub(crate) fn turns(options: &Options, settings: &Settings, places: &Places) -> anyhow::Result<Vec<TargetOutcome>> {
    categories::check("--partial", &options.partial)?;
    let folders = Folders::new(places.under(settings).vardir())?;
    if options.set_forcerun {
        forced::set(&folders)?;
        return Ok(Vec::new());
    }
    if settings.servers.is_empty() && settings.locals.is_empty() {
        return Err(Usage(
            "no server and no folder: name them in airlock.toml ([[server]], [[local]]), or with --server and --local"
                .to_owned(),
        )
        .into());
    }
    for name in &options.target {
        let known: Vec<String> = crate::round::Planned::of(settings).iter().map(|one| one.name().to_owned()).collect();
        if !known.contains(name) {
            let hint = airlock_gate::near::hint(name, known.iter().map(String::as_str));
            return Err(Usage(format!("--target {name}: no target has that name{hint} ({})", known.join(", "))).into());
        }
    }
    if let Some(most) = options.wait {
        let pause = airlock_protocol::schedule::wait(Duration::from_secs(most), crate::random::number()?);
        tracing::info!("waiting for {} s", pause.as_secs());
        std::thread::sleep(pause);
    }
    let is_forced = forced::take(&folders);
    let wanted = Wanted {
        targets: options.target.clone(),
        lazy: (options.lazy || settings.schedule.lazy) && !is_forced,
        force: options.force,
        partial: options.partial.clone(),
    };
    let outcomes = Round::new(places, &folders, settings, &wanted)?.run();
    for outcome in outcomes.iter().filter(|outcome| !outcome.ok) {
        tracing::error!("{}: {}", outcome.target, outcome.what);
    }
    Ok(outcomes)
}

fn named(url: &str) -> Result<ServerSettings, Usage> {
    // As everywhere: without a scheme it is a host.
    let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Usage(format!("--server {}: https:// or http:// is expected", visible(&url))));
    }
    Ok(ServerSettings { name: server_name(&url), url, ..ServerSettings::default() })
}

fn show(options: &Options, outcomes: &[TargetOutcome]) -> anyhow::Result<()> {
    if options.json {
        return Ok(terminal::print(&format!("{}\n", serde_json::to_string_pretty(outcomes)?))?);
    }
    // A cron job that went well says nothing.
    if !std::io::stdout().is_terminal() || outcomes.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<String>> = outcomes
        .iter()
        .map(|outcome| {
            let how = if outcome.ok { "ok" } else { "failed" };
            let next = outcome.next.clone().unwrap_or_default();
            vec![outcome.target.clone(), how.to_owned(), visible(&outcome.what), next]
        })
        .collect();
    Ok(terminal::print(&table(&["target", "", "what", "next"], &rows))?)
}
