//! `airlock policy explain`: why a call is decided as it is, and the smallest line that would allow exactly it.

use crate::exit::Usage;
use crate::policies::{Places, Policies};
use crate::recorded;
use crate::terminal::{self, visible};
use airlock_gate::policy::{Circumstances, call_of, explain};
use airlock_gate::{Ask, Asker};
use airlock_native::{AuditReader, Folders};
use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is run: the policy of now is asked.

Examples:
  airlock policy explain --last-denied
  airlock policy explain --last-denied --server hq
  airlock policy explain --server hq --task netinventory --verb snmp.read address=10.2.0.14 credential=core
  airlock policy explain --server hq --task deploy --verb exec.template template=restart args.unit=ssh.service")]
pub(crate) struct Options {
    /// The refusal that was recorded last
    #[arg(long, conflicts_with_all = ["task", "verb"])]
    last_denied: bool,

    /// For which server, or `neighbours` (who gets the inventory from this machine); without it the owner's own command
    #[arg(long, value_name = "NAME")]
    server: Option<String>,

    /// Which task
    #[arg(long, value_name = "NAME")]
    task: Option<String>,

    /// Which verb of the policy
    #[arg(long, value_name = "VERB")]
    verb: Option<String>,

    /// What the call is about, as in a [[test]]
    #[arg(value_name = "KEY=VALUE")]
    call: Vec<String>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    if options.last_denied {
        let folders = Folders::new(places.vardir())?;
        let reader = AuditReader::new(&folders.audit()?);
        let Some(denied) = reader.last_denied(options.server.as_deref())? else {
            return Ok(terminal::print("No refusal is recorded.\n")?);
        };
        return recorded::explain(&denied, &reader, places, options.json);
    }
    let (Some(task), Some(verb)) = (&options.task, &options.verb) else {
        return Err(Usage("say --last-denied, or --task and --verb (and --server) of a call".to_owned()).into());
    };
    let (asker, ask) = asked(options, task, verb)?;
    let folders = Folders::new(places.vardir()).ok();
    let policies = Policies::open(places, folders.as_ref())?;
    let Some(rules) = &policies.loaded.rules else { bail!("{}", policies.loaded.standing) };
    let circumstances = Circumstances { publisher_is_given: true, ..policies.circumstances(&policies.loaded, &asker) };
    let explanation = explain(rules, &asker, &circumstances, &ask, Some(jiff::Timestamp::now()));
    let text = if options.json {
        format!("{:#}\n", json!(explanation))
    } else {
        visible(&format!("{}\n", explanation.to_string().trim_end()))
    };
    Ok(terminal::print(&text)?)
}

/// The call, as the tests of a policy write it.
fn asked(options: &Options, task: &str, verb: &str) -> anyhow::Result<(Asker, Ask)> {
    let mut call = vec![("task".to_owned(), task.to_owned()), ("verb".to_owned(), verb.to_owned())];
    call.extend(options.server.iter().map(|server| ("server".to_owned(), server.clone())));
    for word in &options.call {
        let (key, value) =
            word.split_once('=').with_context(|| format!("{word:?}: expected KEY=VALUE, such as address=10.1.0.7"))?;
        call.push((key.to_owned(), value.to_owned()));
    }
    call_of(&call).map_err(|why| Usage(why).into())
}
