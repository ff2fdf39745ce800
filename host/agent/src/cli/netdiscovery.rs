//! `airlock netdiscovery`: what is on the network, without any server.

use super::netscan_options::Common;
use crate::exit::Usage;
use crate::netscan::command::{self, Where};
use crate::netscan::hosts::Host;
use crate::netscan::machine::Walk;
use crate::netscan::own::{ports, walk};
use crate::netscan::places::{PORT, protocol};
use crate::netscan::ranges::{Range, address};
use crate::policies::Places;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Only what is named here is asked, with the credentials that are named here: the command line is the grant.

Examples:
  airlock netdiscovery --range 10.1.0.0/24
  airlock netdiscovery --first 10.1.0.1 --last 10.1.3.254 --credentials core --credentials version:2c,community:public
  airlock netdiscovery --host 10.1.0.7,10.1.0.9 --credentials-file /etc/airlock/secrets/snmp --inventory --save /tmp/scan
  airlock netdiscovery --range 10.1.0.0/16 --json > devices.jsonl
  airlock netdiscovery --range 10.1.0.0/16 --json --resume >> devices.jsonl     the rest, after a Ctrl-C or a crash
  airlock netdiscovery --host sw1.example
  airlock netdiscovery --file switch.walk                    a walk (snmpwalk -On) in place of a device

A terminal gets a table, everything else messages in XML, as servers read them.
Ctrl-C ends with what was found so far.
Exit codes: 0 the addresses were looked at, whoever was there; 1 it failed or was stopped; 2 the command line makes no sense")]
pub(crate) struct Options {
    /// The first address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) first: Option<String>,

    /// The last address [default: the first]
    #[arg(long, value_name = "ADDRESS", requires = "first")]
    pub(crate) last: Option<String>,

    /// A network, or addresses from one to another (10.1.0.0/24, 10.1.0.1-10.1.0.99)
    #[arg(long, value_name = "RANGE,…", value_delimiter = ',')]
    pub(crate) range: Vec<String>,

    /// Single addresses or names; a name is looked up once
    #[arg(long, value_name = "HOST,…", value_delimiter = ',')]
    pub(crate) host: Vec<String>,

    /// A walk in place of the device at the first address
    #[arg(long, value_name = "WALK")]
    pub(crate) file: Option<PathBuf>,

    /// What results say in ENTITY
    #[arg(long, value_name = "TEXT")]
    pub(crate) entity: Option<String>,

    /// Make an inventory of each device that answers by SNMP
    #[arg(long, short)]
    pub(crate) inventory: bool,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// A network scan waits no longer where nobody says more.
const TIMEOUT: u16 = 1;
const DEADLINE: u32 = 60;
/// Documentation's own network (RFC 5737): where a walk is that nobody gave an address.
const NOWHERE: &str = "192.0.2.1";

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let ranges = ranges(options)?;
    let common = &options.common;
    let ports = ports(&common.port)?;
    let protocols = common.protocol.iter().map(|word| protocol(word)).collect::<Result<Vec<_>, _>>();
    let protocols = protocols.map_err(|why| Usage(format!("--protocol: {why}")))?;
    let ports = if ports.is_empty() { vec![PORT] } else { ports };
    let mut wishes = common.wishes(places, TIMEOUT, DEADLINE)?;
    wishes.entity.clone_from(&options.entity);
    let mut ranges = ranges;
    let mut hosts = options.host.iter().map(|text| Host::of("--host", text)).collect::<Result<Vec<_>, _>>()?;
    if let Some(path) = &options.file {
        let named = ranges.first().map(|range| range.first()).or(hosts.first().map(|host| host.first));
        let first = named.map_or_else(|| address(NOWHERE).map_err(Usage), Ok)?;
        (ranges, hosts) = (vec![Range::one(first)], Vec::new());
        let port = ports.first().copied().unwrap_or(PORT);
        wishes.walks = vec![Walk { address: first, port, text: walk(path)? }];
    }
    let place = Where { ranges: &ranges, hosts: &hosts, ports: &ports, protocols: &protocols };
    command::discover(&wishes, &place, options.inventory)
}

fn ranges(options: &Options) -> Result<Vec<Range>, Usage> {
    let mut ranges = Vec::new();
    if let Some(first) = &options.first {
        let of = |name: &str, text: &str| address(text).map_err(|why| Usage(format!("--{name}: {why}")));
        let from = of("first", first)?;
        let to = options.last.as_deref().map_or(Ok(from), |last| of("last", last))?;
        ranges.push(Range::of(from, to).map_err(|why| Usage(format!("--last: {why}")))?);
    }
    for text in &options.range {
        ranges.push(text.parse().map_err(|why| Usage(format!("--range: {why}")))?);
    }
    if ranges.is_empty() && options.host.is_empty() && options.file.is_none() {
        return Err(Usage("which addresses? --range 10.1.0.0/24, --first and --last, or --host".to_owned()));
    }
    Ok(ranges)
}
