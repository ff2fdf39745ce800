//! `airlock jobs`: what servers want done on this machine: which jobs there are, what waits for a person, what a job would
//! do, and the person's answer.

mod kept;
mod requests;
mod simulate;
mod steps;

use crate::cli::run::{self, turns};
use crate::policies::Places;
use crate::terminal;
use airlock_native::{CountersFile, Folders, RequestQueue};
use anyhow::anyhow;
use clap::{Args, Parser, Subcommand};
use kept::Kept;

#[derive(Debug, Args)]
#[command(after_help = "\
A grant with `approval` holds its calls until a person approves them: by digest, which is over the job, its files, the
component, the policy and the calls themselves. Change any of it, and it is another request. An approval is good for one
run, and in it for each of the calls as often as it is listed. While a job waits, its server is told so, and it runs at the
next contact after the approval.

All that a job will do is asked for at once: what it downloads, by name and digest, and what it does then. What only a
downloaded file can tell is not covered by that: the job asks again, before anything is changed.

Examples:
  airlock jobs                                what waits for a person
  airlock jobs list                           all jobs that are kept, and how they went
  airlock jobs show j-31                      all of one job: what the server sent, and what it was told
  airlock jobs simulate j-31                  what it would fetch, create, change and run; nothing of it is done
  airlock jobs approve 7c1e0f0a9b3d2c4e       by digest: what was shown is what runs
  airlock jobs approve 7c1e0f0a9b3d2c4e --now and go to its server at once
  airlock jobs refuse 7c1e0f0a9b3d2c4e")]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Option<Command>,

    /// As JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List all jobs that are kept
    List,
    /// Show all of a job, or of a request for approval
    Show(Which),
    /// Say what a job would do, and do nothing
    Simulate(Which),
    /// Approve exactly what has this digest
    Approve(Approve),
    /// Refuse it, for as long as it would have waited
    Refuse(Which),
}

#[derive(Debug, Args)]
struct Which {
    /// A job (j-31), or the digest of a request or its first 16 characters
    #[arg(value_name = "ID|DIGEST")]
    which: String,
}

#[derive(Debug, Args)]
struct Approve {
    /// The digest, or its first 16 characters
    #[arg(value_name = "DIGEST")]
    digest: String,

    /// Go to the job's server now, instead of when its turn comes
    #[arg(long)]
    now: bool,
}

/// `airlock run --target NAME`, for an approval that is to have its effect now.
#[derive(Debug, Parser)]
struct Now {
    #[command(flatten)]
    run: run::Options,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let folders = Folders::new(places.vardir())?;
    let state = folders.state()?;
    let queue = RequestQueue::new(&state, CountersFile::open(&state)?);
    let kept = Kept::read(&folders)?;
    let text = match &options.command {
        None => requests::list(&queue, &kept, options.json)?,
        Some(Command::List) => kept.list(options.json),
        Some(Command::Show(which)) => match kept.find(&which.which)? {
            Some(job) => kept::show(job, &kept, &queue.read()?, options.json),
            None => {
                let all = queue.read()?;
                let request = all.find(&which.which).map_err(|why| anyhow!("{}: {why}", which.which))?;
                requests::show(request, &kept, options.json)
            }
        },
        Some(Command::Simulate(which)) => {
            let job = match kept.find(&which.which)? {
                Some(job) => job,
                None => {
                    let all = queue.read()?;
                    let request = all.find(&which.which).map_err(|why| anyhow!("{}: {why}", which.which))?;
                    let why = "the job that it is for is not kept here any more";
                    kept.of_text(&request.bound.job).ok_or_else(|| anyhow!("{}: {why}", which.which))?
                }
            };
            return simulate::simulate(job, options.json, places, &folders);
        }
        Some(Command::Approve(which)) => {
            let (text, server) = requests::answer(&queue, &folders, &which.digest, true, options.json)?;
            if let (true, Some(server)) = (which.now, server) {
                terminal::print(&text)?;
                return go_now(&server, options.json, places);
            }
            text
        }
        Some(Command::Refuse(which)) => requests::answer(&queue, &folders, &which.which, false, options.json)?.0,
    };
    Ok(terminal::print(&text)?)
}

/// One round with that server alone.
fn go_now(server: &str, json: bool, places: &Places) -> anyhow::Result<()> {
    let settings = crate::config::load(places)?;
    let Now { run: options } = Now::try_parse_from(["airlock", "--target", server])?;
    let outcomes = turns(&options, &settings, places)?;
    if json {
        return Ok(terminal::print(&format!("{}\n", serde_json::to_string_pretty(&outcomes)?))?);
    }
    for outcome in &outcomes {
        terminal::print(&format!("{}: {}\n", terminal::visible(&outcome.target), terminal::visible(&outcome.what)))?;
    }
    if outcomes.iter().any(|outcome| !outcome.ok) { Err(crate::exit::Failed.into()) } else { Ok(()) }
}
