//! `airlock snmp walk`: all that a device says, as numbers, in the form that stands for the device in a mock and in
//! `--file` of the network commands. It is the owner's own command: the device is the one that is named here, and so is the
//! credential.

use crate::exit::{Failed, Usage};
use crate::netscan::credentials::community;
use crate::netscan::own::Credentials;
use crate::policies::Places;
use crate::progress::Bar;
use crate::terminal;
use airlock_gate::calls::{MOST_ROWS, Peer, SnmpOpen, SnmpWalk, VarBind};
use airlock_gate::ports::Snmp as _;
use airlock_gate::{snmp_target, walk};
use airlock_native::snmp::{MachineSnmp, SnmpSettings};
use airlock_native::{read_secret, write_document};
use anyhow::{Context, anyhow};
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{PathBuf, absolute};
use std::sync::Arc;
use std::time::Duration;

/// The parts of the tree that there are, in their order: so it is seen how far the walk is.
const ROOTS: &[&str] =
    &["1.0", "1.1", "1.2", "1.3.6.1.1", "1.3.6.1.2.1", "1.3.6.1.3", "1.3.6.1.4.1", "1.3.6.1.5", "1.3.6.1.6", "1.3.111"];
/// For a large device on a slow line.
const LONGEST: Duration = Duration::from_secs(3600);
const LARGEST: u64 = 256 << 20;

#[derive(Debug, Args)]
#[command(after_help = "\
The walk is numeric, one object a line, as snmpwalk -On writes it. It can stand for the device:

  airlock netinventory --file switch.walk
  mock.toml of a task's case:  [[snmp]] with  walk_file = \"switch.walk\"

What a device says may be confidential: names, addresses, who is connected where. Read it before you pass it on.

Examples:
  airlock snmp walk 10.1.0.7 -o switch.walk --community-file /etc/airlock/secrets/snmp
  airlock snmp walk 10.1.0.7 -o switch.walk --credentials core
  airlock snmp walk 10.1.0.7:1161 --root 1.3.6.1.2.1.1
  airlock snmp walk tcp:10.1.0.7 --json

Without a credential it is the community public. Several are tried in their order. The file of a community belongs to whoever runs this, for them alone (chmod 600).
Exit codes: 0 the whole walk; 1 it failed, or was cut short, which is said (what there was is written); 2 the command line makes
no sense")]
pub(crate) struct Options {
    /// An address, or an address and a port; `tcp:` before it for TCP
    #[arg(value_name = "HOST")]
    host: String,

    /// Write to this file in place of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// A credential of the policy by its name, or one written out, as for netdiscovery; may be repeated
    #[arg(long, value_name = "NAME|KEY:VALUE,…")]
    credentials: Vec<String>,

    /// Credentials from a file, each on a line of its own
    #[arg(long, value_name = "FILE")]
    credentials_file: Option<PathBuf>,

    /// A file with a community in its first line
    #[arg(long, value_name = "FILE")]
    community_file: Option<PathBuf>,

    /// The community itself; others on this machine can see it while the command runs
    #[arg(long, value_name = "TEXT")]
    community: Option<String>,

    /// The community is for SNMP version 1 in place of 2c
    #[arg(long)]
    v1: bool,

    /// Only what is below these, in dotted decimal
    #[arg(long, value_name = "OID,…", value_delimiter = ',')]
    root: Vec<String>,

    /// Seconds to wait for an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=300))]
    timeout: u16,

    /// How often a question is asked again
    #[arg(long, value_name = "NUMBER", default_value_t = 2)]
    retries: u8,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What came of it.
#[derive(Default)]
struct Walked {
    objects: BTreeMap<Vec<u32>, VarBind>,
    /// What is not whole, in words.
    cut: Vec<String>,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let target = snmp_target(&options.host).map_err(|error| Usage(error.to_string()))?;
    let roots = roots(options)?;
    let credentials = credentials(options, places)?;
    let settings = SnmpSettings {
        timeout: Duration::from_secs(options.timeout.into()),
        retries: options.retries.into(),
        device_time: LONGEST,
        walk_time: LONGEST,
        device_bytes: LARGEST,
        walk_bytes: LARGEST,
        ..SnmpSettings::default()
    };
    let snmp = MachineSnmp::new(Arc::new(credentials.secrets().clone()), settings);
    let (address, port, transport) = (target.address, target.port, target.transport);
    let peer = |credential: &String| Peer { address, port, transport, vlan: None, credential: credential.clone() };
    let peers: Vec<Peer> = credentials.names().iter().map(peer).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let walked = runtime.block_on(ask(&snmp, &peers, &roots)).with_context(|| options.host.clone())?;
    let text = match options.json {
        true => {
            let objects: Vec<&VarBind> = walked.objects.values().collect();
            terminal::json(&json!({ "host": options.host, "objects": objects, "cut": walked.cut }))
        }
        false => {
            let lines = walked.objects.values().filter_map(|bind| walk::line(&bind.oid, &bind.value));
            lines.map(|line| line + "\n").collect()
        }
    };
    match &options.output {
        Some(path) => {
            write_document(path, text.as_bytes()).with_context(|| path.display().to_string())?;
            tracing::info!("{} objects in {}", walked.objects.len(), path.display());
        }
        None => terminal::print(&text)?,
    }
    if walked.cut.is_empty() {
        return Ok(());
    }
    for cut in &walked.cut {
        eprintln!("airlock: not all of it: {}", terminal::visible(cut));
    }
    Err(Failed.into())
}

fn roots(options: &Options) -> Result<Vec<String>, Usage> {
    if options.root.is_empty() {
        return Ok(ROOTS.iter().map(|root| (*root).to_owned()).collect());
    }
    let plain = |root: &String| {
        let bare = root.strip_prefix('.').unwrap_or(root);
        let is_oid = bare.split('.').count() > 1 && bare.split('.').all(|part| part.parse::<u32>().is_ok());
        is_oid.then(|| bare.to_owned()).ok_or_else(|| Usage(format!("--root {root:.100?}: expected 1.3.6.1.2.1")))
    };
    options.root.iter().map(plain).collect()
}

fn credentials(options: &Options, places: &Places) -> anyhow::Result<Credentials> {
    let mut all = Credentials::read(&options.credentials, options.credentials_file.as_deref(), places)?;
    if let Some(path) = &options.community_file {
        let path = absolute(path).with_context(|| path.display().to_string())?;
        let word = read_secret(&format!("file:{}", path.display())).map_err(|error| anyhow!("{error}"))?;
        all.push(community(word.expose(), !options.v1));
    }
    if let Some(word) = &options.community {
        tracing::warn!("others on this machine can see a community on the command line; --community-file hides it");
        all.push(community(word, !options.v1));
    }
    if all.is_empty() {
        all.push(community("public", !options.v1));
    }
    Ok(all)
}

async fn ask(snmp: &MachineSnmp, peers: &[Peer], roots: &[String]) -> anyhow::Result<Walked> {
    let mut opened = Err(anyhow!("no credential"));
    for peer in peers {
        opened = snmp.open(&SnmpOpen { peer: peer.clone() }).await.map(|()| peer).map_err(anyhow::Error::from);
        if opened.is_ok() {
            break;
        }
    }
    let peer = opened.context("it does not answer to any of the credentials")?;
    let bar = Bar::start("walk");
    let total = u32::try_from(roots.len()).unwrap_or(u32::MAX);
    let mut walked = Walked::default();
    for (done, root) in (0..).zip(roots) {
        bar.progress(done, total);
        let call = SnmpWalk { peer: peer.clone(), roots: vec![root.clone()], max: MOST_ROWS };
        for table in snmp.walk(&call).await? {
            walked.cut.extend(table.cut);
            for bind in table.binds {
                let numbers = bind.oid.split('.').map(str::parse).collect::<Result<Vec<u32>, _>>();
                walked.objects.insert(numbers.with_context(|| format!("the name {:.100?}", bind.oid))?, bind);
            }
        }
    }
    bar.progress(total, total);
    Ok(walked)
}
