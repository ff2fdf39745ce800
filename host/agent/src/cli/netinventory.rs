//! `airlock netinventory`: what network devices are, in full, without any server.

use super::netscan_options::Common;
use crate::exit::Usage;
use crate::netscan::command::{self, Device};
use crate::netscan::hosts::Host;
use crate::netscan::machine::Walk;
use crate::netscan::own::{ports, walk};
use crate::netscan::places::{PORT, places as ways, protocol};
use crate::policies::Places;
use clap::Args;
use std::net::IpAddr;
use std::path::PathBuf;

/// Kinds of devices, as servers know them.
pub(crate) const TYPES: &[&str] = &["COMPUTER", "NETWORKING", "PRINTER", "STORAGE", "POWER", "PHONE", "VIDEO", "KVM"];

#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Only what is named here is asked, with the credentials that are named here: the command line is the grant.

Examples:
  airlock netinventory --host 10.1.0.7 --credentials core
  airlock netinventory --host 10.1.0.7,10.1.0.9 --port 161,1161     the second at port 1161
  airlock netinventory --host 10.1.0.7 --credentials-file /etc/airlock/secrets/snmp --json
  airlock netinventory --host sw1.example,sw2.example --resume      what was not done when it was stopped
  airlock netinventory --file switch.walk                           a walk (snmpwalk -On) in place of a device

A terminal gets a table, everything else messages in XML, as servers read them.
Exit codes: 0 every device answered; 1 one did not, or it was stopped; 2 the command line makes no sense")]
pub(crate) struct Options {
    /// The devices, by their addresses or names; a name is looked up once
    #[arg(long, value_name = "HOST,…", value_delimiter = ',')]
    pub(crate) host: Vec<String>,

    /// Walks in place of devices, the first for the first address
    #[arg(long, value_name = "WALK")]
    pub(crate) file: Vec<PathBuf>,

    /// What they are, whatever they say: COMPUTER, NETWORKING, PRINTER, STORAGE, POWER, PHONE, VIDEO, KVM
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind: Option<String>,

    #[command(flatten)]
    pub(crate) common: Common,
}

const TIMEOUT: u16 = 15;
const DEADLINE: u32 = 300;

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    if options.host.is_empty() && options.file.is_empty() {
        return Err(Usage("which devices? --host 10.1.0.7, or --file with a walk".to_owned()).into());
    }
    if let Some(kind) = options.kind.as_ref().filter(|kind| !TYPES.contains(&kind.as_str())) {
        let hint = airlock_gate::near::hint(kind, TYPES.iter().copied());
        return Err(Usage(format!("--type {kind:.40?}: expected {}{hint}", TYPES.join(", "))).into());
    }
    let common = &options.common;
    let mut wishes = common.wishes(places, TIMEOUT, DEADLINE)?;
    let mut hosts = Vec::new();
    for host in &options.host {
        hosts.push(Host::of("--host", host)?);
    }
    let first = hosts.first().cloned().unwrap_or_else(|| Host::at(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)));
    let count = hosts.len().max(options.file.len());
    hosts.resize(count, first);
    // The n-th port and protocol is the n-th device's; where there are fewer, the first one's is used again.
    let (ports, protocols) = (ports_in_order(&common.port)?, &common.protocol);
    let mut devices = Vec::new();
    for (number, host) in hosts.iter().enumerate() {
        let port = ports.get(number).or(ports.first()).copied().unwrap_or(PORT);
        let words = protocols.get(number).or(protocols.first());
        let ways_of =
            words.map(|word| protocol(word)).transpose().map_err(|why| Usage(format!("--protocol: {why}")))?;
        devices.push(Device {
            host: host.clone(),
            places: host.places(|address| ways(address, &[port], ways_of.as_slice())),
            port,
            kind: options.kind.clone(),
            credentials: None,
        });
    }
    if options.file.is_empty() {
        return command::inventory(&wishes, &devices);
    }
    // Walks may well share an address: each is a machine of its own.
    let mut failed = None;
    for (path, device) in options.file.iter().zip(&devices) {
        wishes.walks = vec![Walk { address: device.host.first, port: device.port, text: walk(path)? }];
        failed = command::inventory(&wishes, std::slice::from_ref(device)).err().or(failed);
    }
    failed.map_or(Ok(()), Err)
}

/// As [`ports`], the same one as often as it is said.
fn ports_in_order(words: &[String]) -> Result<Vec<u16>, Usage> {
    let words = words.iter().flat_map(|word| word.split(','));
    words.map(|word| Ok(ports(&[word.to_owned()])?.first().copied().unwrap_or(PORT))).collect()
}
