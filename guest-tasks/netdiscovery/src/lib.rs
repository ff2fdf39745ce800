//! The network discovery task: who is at one address, by SNMP and by what anybody may ask of a neighbour.
//!
//! It is thin: what a device is, airlock-mib says; what of it is reported, [`found`] says. The unit's target is the address,
//! perhaps with a port for SNMP. Nobody there is no failure: it is the usual answer, and no row.

pub mod found;
pub mod job;

use airlock_mib::identify;
use airlock_mib::session::{Asked, address_of};
use airlock_task::{Denial, Description, Error, Failure, Row, Task, Unit, probe, run, words};
use found::Neighbour;

struct NetDiscovery;

airlock_task::task!(NetDiscovery);

impl Task for NetDiscovery {
    fn describe() -> Description {
        Description {
            name: "netdiscovery".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "who is at an address, and what kind of device it is".to_owned(),
        }
    }

    fn execute(unit: Unit) -> Result<(), Failure> {
        job::parse(&unit.job).map_err(Failure::BadJob)?;
        let address = address_of(&unit.target);
        // Asked while the device is: an address where nobody is costs one timeout and not two. A refusal comes with the answer.
        let _ = probe::expect(address);
        let device = by_snmp(&unit.target);
        let neighbour = by_probe(address);
        match (device, neighbour) {
            // Of two refusals one is told: both are in the owner's audit.
            (Err(denial), Err(_)) => Err(Failure::Denied(denial)),
            (device, neighbour) => {
                let row = found::row(address, device.ok().flatten(), neighbour.ok().flatten());
                Ok(run::emit("discovered_device", row.into_iter().collect())?)
            }
        }
    }
}

/// What a device says by SNMP. An address where nobody answers to any credential is not worth a word; a device that stops
/// in the midst is.
fn by_snmp(target: &str) -> Result<Option<Row>, Denial> {
    let device = match Asked::open(target) {
        Ok(device) => device,
        Err(Error::Denied(denial)) => return Err(denial),
        Err(error) => {
            run::log(run::Level::Debug, &format!("{target}: SNMP: {}", words(&error)));
            return Ok(None);
        }
    };
    match identify::discover(&device, device.address()) {
        Ok(row) => Ok(Some(row)),
        Err(gone) => {
            run::log(run::Level::Warn, &format!("{target}: answered by SNMP and then no more: {gone}"));
            Ok(None)
        }
    }
}

fn by_probe(address: &str) -> Result<Option<Neighbour>, Denial> {
    match probe::reach(address) {
        Ok(answer) => Ok(answer.map(|answer| Neighbour {
            mac: answer.mac,
            name: answer.dns_name,
            echoes: answer.answers_echo || answer.answers_timestamp,
            netbios_name: answer.netbios_name,
            workgroup: answer.workgroup,
            user_session: answer.user_session,
        })),
        Err(Error::Denied(denial)) => Err(denial),
        Err(error) => {
            run::log(run::Level::Warn, &format!("{address}: could not be probed: {}", words(&error)));
            Ok(None)
        }
    }
}
