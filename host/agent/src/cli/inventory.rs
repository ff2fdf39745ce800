//! `airlock inventory`: the inventory of this machine, without any server.

use super::explain;
use crate::categories;
use crate::document::{self, CLIENT, Format};
use crate::exit::Usage;
use crate::outgoing;
use crate::policies::Places;
use crate::policies::Policies;
use crate::progress::Bar;
use crate::run::{Observed, Request, observe};
use crate::terminal::{self, visible};
use crate::timings::Phases;
use airlock_facts::{Machine, Roots};
use airlock_gate::Asker;
use airlock_model::Report;
use airlock_native::{Budget, Folders, Observation, Sent, device_id, is_folder};
use airlock_protocol::Envelope;
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  airlock inventory                              the whole inventory, as GLPI's JSON
  airlock inventory --xml -o /tmp/host.xml       for older servers and importers
  airlock inventory --html -o inventory.html     a page for people
  airlock inventory --no-category process,environment
  airlock inventory --partial software           only that, and what identifies the machine
  airlock inventory --server hq -o hq.json       what the server hq would get, and what was withheld")]
pub(crate) struct Options {
    /// GLPI's JSON (the default)
    #[arg(long, group = "format")]
    json: bool,

    /// FusionInventory's XML
    #[arg(long, group = "format")]
    xml: bool,

    /// A page for people
    #[arg(long, group = "format")]
    html: bool,

    /// Write there; an existing folder gets a file named after the device [default: standard output]
    ///
    /// A new file is readable for its owner alone: an inventory may hold secrets (environment, command lines).
    #[arg(long, short, value_name = "FILE|DIR")]
    output: Option<PathBuf>,

    /// Leave these categories out
    #[arg(long, value_name = "CATEGORY,…", value_delimiter = ',')]
    no_category: Vec<String>,

    /// Only these categories, and what identifies the machine: a partial inventory, as JSON
    #[arg(long, value_name = "CATEGORY,…", value_delimiter = ',', conflicts_with_all = ["xml", "html"])]
    partial: Vec<String>,

    /// List the categories and what they hold
    #[arg(long)]
    list_categories: bool,

    /// Add what this file says (.json or .xml)
    #[arg(long, value_name = "FILE")]
    additional_content: Option<PathBuf>,

    /// Look into users' homes too, for what each has installed
    #[arg(long)]
    scan_homedirs: bool,

    /// The tag by which a server sorts this machine
    #[arg(long, short, value_name = "TEXT")]
    tag: Option<String>,

    /// What one source of facts may take, in seconds; what it has found by then is reported
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    backend_collect_timeout: u64,

    /// What the whole inventory may take, in seconds; what does not fit is left out, and said
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    time_budget: u64,

    /// What the whole inventory may use of the processor's time, tools included, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    cpu_budget: u64,

    /// Describe the machine whose files are in this folder, instead of this one
    #[arg(long, value_name = "DIR")]
    machine: Option<PathBuf>,

    /// Print where the values of one field come from, instead of the inventory: `bios.ssn`, `memories.capacity`
    #[arg(long, value_name = "SECTION.FIELD", conflicts_with_all = ["xml", "html", "output", "partial", "no_category", "tag", "additional_content", "timings"])]
    explain: Option<String>,

    /// Make the document that this server would get: what the owner's policy shows it, redacted, and written down as sent
    ///
    /// What was withheld, and by which line, is said on standard error. `airlock sent` has the document afterwards.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["explain", "list_categories"])]
    server: Option<String>,

    /// Only to look at: nothing is used up, nothing is written down as sent
    #[arg(skip)]
    preview: bool,

    /// Show on standard error where the time went
    #[arg(long)]
    timings: bool,
}

impl Options {
    /// The document that a server would get, as `airlock policy preview` asks for it.
    pub(crate) fn preview(server: &str, output: Option<&Path>, xml: bool) -> anyhow::Result<Self> {
        #[derive(Debug, clap::Parser)]
        struct Words {
            #[command(flatten)]
            options: Options,
        }
        let server = format!("--server={server}");
        let mut words = vec![OsString::from("inventory"), server.into()];
        words.extend(xml.then(|| OsString::from("--xml")));
        if let Some(path) = output {
            words.extend([OsString::from("--output"), path.as_os_str().to_owned()]);
        }
        let parsed: Words = clap::Parser::try_parse_from(words)?;
        Ok(Self { preview: true, ..parsed.options })
    }
}

pub(crate) fn run(options: &Options, places: &Places, started: Instant) -> anyhow::Result<()> {
    if options.list_categories {
        return Ok(terminal::print(&categories::listing())?);
    }
    categories::check("--no-category", &options.no_category)?;
    categories::check("--partial", &options.partial)?;
    let mut phases = Phases::new(started);
    let budget = Budget {
        collector: Duration::from_secs(options.backend_collect_timeout),
        whole: Duration::from_secs(options.time_budget),
        processor: Duration::from_secs(options.cpu_budget),
    };
    if let Some(path) = &options.explain {
        let folders = folders(places.vardir());
        let (roots, homes, as_json) = (roots(options)?, options.scan_homedirs, options.json);
        return explain::run(explain::Question {
            path,
            roots,
            homes,
            budget,
            folders: folders.as_ref(),
            places,
            as_json,
        });
    }
    let machine = Arc::new(Machine::new(roots(options)?).with_homes(options.scan_homedirs));
    let folders = folders(places.vardir());
    phases.mark("start");
    let Observed { mut report, observation } = observe(
        Request {
            task: airlock_builtin::task("inventory").context("the program was built without its inventory task")?,
            job: job(options),
            machine: Arc::clone(&machine),
            budget,
            folders: folders.as_ref(),
            watch: Bar::start("inventory"),
            server: options.server.as_deref(),
            stands_in: options.machine.is_some() || options.preview,
            places,
        },
        &mut phases,
    )?;
    if let Some(path) = &options.additional_content {
        document::add_content(&mut report, path)?;
    }
    for what in &report.incomplete {
        tracing::warn!("incomplete: {}", visible(&what.to_string()));
    }
    if options.server.is_none() {
        document::sign(&mut report, phases.elapsed());
    }
    for note in report.loose_ends() {
        tracing::warn!("{note}");
    }
    let kept = folders.as_ref().filter(|_| options.machine.is_none());
    let envelope = Envelope {
        tag: options.tag.clone(),
        partial: !options.partial.is_empty(),
        ..Envelope::computer(device_id(kept, &machine), CLIENT)
    };
    let format = format(options);
    let text = match &options.server {
        None => document::encode(&report, &envelope, format),
        Some(server) => {
            let folders =
                folders.as_ref().context("a document for a server needs a folder for its state (--vardir)")?;
            let took = phases.elapsed();
            for_server(options, server, Source { places, folders, observation: &observation }, report, &envelope, took)?
        }
    };
    phases.mark("document");
    document::write(options.output.as_deref(), &text, &envelope.deviceid, format)?;
    phases.mark("write");
    if options.timings {
        eprint!("{}", phases.show(&observation.timings()));
    }
    Ok(())
}

/// Where a server's document comes from.
struct Source<'a> {
    places: &'a Places,
    folders: &'a Folders,
    observation: &'a Observation,
}

/// What remains of a report for a server, written down before it is handed over.
fn for_server(
    options: &Options,
    server: &str,
    source: Source<'_>,
    report: Report,
    envelope: &Envelope,
    took: Duration,
) -> anyhow::Result<String> {
    let policies = Policies::open(source.places, Some(source.folders))?;
    let asker = Asker { server: Some(server.to_owned()), task: "inventory".to_owned(), ..Asker::default() };
    let (policy, _) = policies.rights(&asker);
    let tokens = outgoing::tokens(source.observation, &policies.loaded)?;
    let rules = policies.loaded.rules.as_deref();
    let redactor = outgoing::redactor(rules, &policy, server, source.folders, tokens)?;
    let sent = outgoing::preview(report, envelope, &redactor, took, format(options));
    let to = options.output.as_deref().map_or("standard output".to_owned(), |path| path.display().to_string());
    if options.preview {
        eprint!("{}", outgoing::in_words(&sent.withheld));
        return Ok(sent.document);
    }
    Sent::new(source.folders).record(server, "inventory", &to, sent.document.as_bytes())?;
    eprint!("{}", outgoing::in_words(&sent.withheld));
    Ok(sent.document)
}

/// The program's own folders; without them a run goes on, and it is said.
pub(crate) fn folders(vardir: Option<&Path>) -> Option<Folders> {
    Folders::new(vardir).inspect_err(|error| tracing::warn!("{error}")).ok()
}

fn roots(options: &Options) -> anyhow::Result<Roots> {
    match &options.machine {
        None => Ok(Roots::live()),
        Some(folder) if is_folder(folder) => Ok(Roots::folder(folder)),
        Some(folder) => Err(Usage(format!("--machine {}: not a folder", folder.display())).into()),
    }
}

fn job(options: &Options) -> String {
    let partial = (!options.partial.is_empty()).then_some(&options.partial);
    json!({ "no_category": options.no_category, "partial": partial }).to_string()
}

fn format(options: &Options) -> Format {
    match (options.xml, options.html) {
        (true, _) => Format::Xml,
        (_, true) => Format::Html,
        _ => Format::Json,
    }
}
