//! The world of a unit: the network, or walks that stand for devices.

use super::credentials::Secrets;
use super::scan::{Costly, MakeNative};
use crate::run::Kept;
use airlock_facts::{Machine, Roots};
use airlock_gate::Native;
use airlock_gate::mock::Mock;
use airlock_native::snmp::{MachineSnmp, SnmpSettings};
use airlock_native::{MachineClock, MachineProbe, MachineSysobjects, PROBE_TIMEOUT, system};
use anyhow::anyhow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Sockets of 256 devices, each asked in several ways, and what the program has open itself.
const MOST_OPEN: u64 = 2048;

/// How patiently devices are asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking {
    /// For an answer.
    pub(crate) timeout: Duration,
    /// How often a question is asked again.
    pub(crate) retries: u32,
}

/// A device that a walk describes.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    pub(crate) text: String,
}

/// The network, with these credentials.
pub(crate) fn live(secrets: Secrets, asking: Asking) -> Arc<MakeNative> {
    let machine = Arc::new(Machine::new(Roots::live()));
    let files = system::open_files(MOST_OPEN);
    if files < MOST_OPEN {
        tracing::debug!(
            "{files} sockets and files may be open at the same time here, of {MOST_OPEN} that a scan may want"
        );
    }
    let settings = SnmpSettings { timeout: asking.timeout, retries: asking.retries, ..SnmpSettings::default() };
    let snmp = MachineSnmp::new(Arc::new(secrets), settings);
    let probe = Arc::new(MachineProbe::new(asking.timeout.min(PROBE_TIMEOUT)));
    let sysobjects = Arc::new(MachineSysobjects::default());
    Arc::new(move |kept: Arc<Kept>, costly: Costly| Native {
        clock: Arc::new(MachineClock(Arc::clone(&machine))),
        // Each unit has sockets and allowances of its own, and shares the keys.
        snmp: Arc::new(snmp.afresh().telling(costly)),
        probe: Arc::clone(&probe) as _,
        sysobjects: Arc::clone(&sysobjects) as _,
        ..Native::none(kept)
    })
}

/// Devices as their walks describe them, each answering to all of these credentials.
pub(crate) fn of_walks(walks: &[Walk], credentials: &[String]) -> anyhow::Result<Arc<MakeNative>> {
    let mut description = "mock_version = 1\n".to_owned();
    for (walk, credential) in walks.iter().flat_map(|walk| credentials.iter().map(move |name| (walk, name))) {
        let (address, port) = (quoted(&walk.address.to_string()), walk.port);
        let (credential, text) = (quoted(credential), quoted(&walk.text));
        description.push_str(&format!(
            "[[snmp]]\naddress = {address}\nport = {port}\ncredential = {credential}\nwalk = {text}\n"
        ));
    }
    let mock = Mock::parse(&description).map_err(|error| anyhow!("the walk: {error}"))?;
    let mock = Arc::new(mock);
    // What the owner knows of devices is known of those in files too.
    let sysobjects = Arc::new(MachineSysobjects::default());
    Ok(Arc::new(move |kept: Arc<Kept>, _costly: Costly| Native {
        sysobjects: Arc::clone(&sysobjects) as _,
        ..mock.native(kept)
    }))
}

/// A text as TOML has it: as JSON has it, apart from one character.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
