//! `airlock wakeonlan`: wakes machines up, without any server.

use crate::exit::Failed;
use crate::policies::Places;
use crate::table::table;
use crate::terminal;
use crate::wake::{Woken, addresses, by_hand, methods};
use clap::Args;
use serde_json::json;

#[derive(Debug, Clone, Args)]
#[command(after_help = "\
The magic packet goes out as an Ethernet frame on every interface that is up and has an IPv4 address, which takes root or
CAP_NET_RAW; where no frame could be sent, as a UDP broadcast. Whether a machine woke up, nobody is told.

Examples:
  airlock wakeonlan 00:1b:21:3c:4d:5e
  airlock wakeonlan 00:1b:21:3c:4d:5e 001b213c4d5f --json
  airlock wakeonlan 00-1b-21-3c-4d-5e --methods udp       needs no rights

Exit codes: 0 a packet was sent for each machine; 1 for one of them it was not; 2 the command line makes no sense")]
pub(crate) struct Options {
    /// Hardware addresses of the machines
    #[arg(value_name = "MAC", required = true)]
    macs: Vec<String>,

    /// The ways to send it, in the order in which they are tried
    #[arg(long, value_name = "WAY,…", default_value = "ethernet,udp")]
    methods: String,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let (macs, methods) = (addresses(&options.macs)?, methods(&options.methods)?);
    let woken = by_hand(&macs, methods, places)?;
    terminal::print(&if options.json { as_json(&woken) } else { as_table(&woken) })?;
    if woken.iter().any(|machine| machine.sent.is_err()) {
        return Err(Failed.into());
    }
    Ok(())
}

fn as_json(woken: &[Woken]) -> String {
    let machine = |machine: &Woken| match &machine.sent {
        Ok(sent) => json!({ "mac": machine.mac, "sent": sent }),
        Err(why) => json!({ "mac": machine.mac, "error": why }),
    };
    terminal::json(&json!({ "machines": woken.iter().map(machine).collect::<Vec<_>>() }))
}

fn as_table(woken: &[Woken]) -> String {
    let row = |machine: &Woken| {
        let (did, what) = match &machine.sent {
            Ok(sent) => ("sent", sent),
            Err(why) => ("failed", why),
        };
        // The address is in front already.
        let what = what.strip_prefix(&format!("{}: ", machine.mac)).unwrap_or(what);
        vec![machine.mac.clone(), did.to_owned(), what.to_owned()]
    };
    table(&["machine", "packet", "how"], &woken.iter().map(row).collect::<Vec<_>>())
}
