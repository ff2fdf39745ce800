//! What `airlock netdiscovery` and `airlock netinventory` do once their words are understood.

use super::machine::{Asking, Walk};
use super::output::{About, Form, Output};
use super::own::{Command, Credentials};
use super::places::places;
use super::ranges::{Range, count};
use super::{Kind, Scanned, Target, scan};
use crate::exit::Failed;
use crate::policies::Places;
use crate::progress::Bar;
use crate::run::Engine;
use airlock_facts::{Machine, Roots};
use airlock_native::{Folders, device_id};
use airlock_protocol::jobs::Protocol;
use airlock_protocol::requests::NetworkMessage;
use anyhow::bail;
use serde_json::json;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The most devices that are asked at the same time.
pub(crate) const MOST_AT_ONCE: u16 = 256;

/// What both commands have in common.
pub(crate) struct Wishes<'a> {
    pub(crate) places: &'a Places,
    pub(crate) credentials: Credentials,
    pub(crate) asking: Asking,
    /// For one device.
    pub(crate) deadline: Duration,
    pub(crate) at_once: usize,
    pub(crate) control: bool,
    pub(crate) save: Option<PathBuf>,
    pub(crate) form: Form,
    pub(crate) entity: Option<String>,
    pub(crate) walks: Vec<Walk>,
}

/// A device that is to be inventoried.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) address: IpAddr,
    pub(crate) places: Vec<String>,
    /// Of its places.
    pub(crate) port: u16,
    pub(crate) kind: Option<String>,
    /// The names of the credentials; none: all.
    pub(crate) credentials: Option<Vec<String>>,
}

/// Looks through ranges; with `inventory`, makes an inventory of each device that answers by SNMP.
pub(crate) fn discover(
    wishes: &Wishes<'_>,
    ranges: &[Range],
    ports: &[u16],
    protocols: &[Protocol],
    inventory: bool,
) -> anyhow::Result<()> {
    let total = count(ranges).map_err(crate::exit::Usage)?;
    let folders = crate::cli::folders(wishes.places.vardir());
    let engine = Engine::new(folders.as_ref())?;
    let command = wishes.command(Kind::Discovery, ranges, ports);
    let (units, native) = command.begin(&engine)?;
    let mut output = wishes.output(Kind::Discovery, folders.as_ref())?;
    if wishes.control {
        output.control(NetworkMessage::Start { agent_version: env!("CARGO_PKG_VERSION").to_owned() })?;
        output.control(NetworkMessage::Addresses(total))?;
    }
    let addresses = ranges.iter().flat_map(|range| range.iter());
    let names = wishes.credentials.names();
    let targets = addresses.enumerate().map(|(number, address)| Target {
        number,
        address,
        places: places(address, ports, protocols),
        job: "{}".to_owned(),
        credentials: Some(names.to_vec()),
    });
    let bar = Bar::start("netdiscovery");
    let total_shown = u32::try_from(total).unwrap_or(u32::MAX);
    let (mut done, mut found) = (0_u32, Vec::new());
    let scanned = scan(&units, &native, targets, wishes.at_once, |looked| {
        done = done.saturating_add(1);
        bar.progress(done, total_shown);
        let about = wishes.about(looked.credential.as_deref());
        output.device(&looked, &about)?;
        if let Some(credential) = looked.credential.filter(|_| inventory) {
            let row = looked.report.rows("discovered_device").first().cloned().unwrap_or_default();
            found.push(Device {
                address: looked.target.address,
                places: vec![looked.place],
                port: 0,
                kind: row.text("type").map(str::to_owned),
                credentials: Some(vec![credential]),
            });
        }
        Ok(ControlFlow::Continue(()))
    })?;
    drop(bar);
    wishes.ended(&output, scanned)?;
    output.end(total)?;
    if scanned == Scanned::Stopped {
        bail!("stopped after {done} of {total} addresses");
    }
    if inventory && !found.is_empty() {
        found.sort_by_key(|device| device.address);
        take_inventory(wishes, &found, ranges, ports)?;
    }
    Ok(())
}

/// Makes an inventory of each device. Fails when one did not answer.
pub(crate) fn inventory(wishes: &Wishes<'_>, devices: &[Device]) -> anyhow::Result<()> {
    let ranges: Vec<Range> = devices.iter().map(|device| Range::one(device.address)).collect();
    let mut ports: Vec<u16> = devices.iter().map(|device| device.port).collect();
    ports.sort_unstable();
    ports.dedup();
    if take_inventory(wishes, devices, &ranges, &ports)? > 0 {
        return Err(Failed.into());
    }
    Ok(())
}

/// How many devices did not answer.
fn take_inventory(wishes: &Wishes<'_>, devices: &[Device], ranges: &[Range], ports: &[u16]) -> anyhow::Result<usize> {
    let folders = crate::cli::folders(wishes.places.vardir());
    let engine = Engine::new(folders.as_ref())?;
    let (units, native) = wishes.command(Kind::Inventory, ranges, ports).begin(&engine)?;
    let mut output = wishes.output(Kind::Inventory, folders.as_ref())?;
    if wishes.control {
        output.control(NetworkMessage::Start { agent_version: env!("CARGO_PKG_VERSION").to_owned() })?;
    }
    let names = wishes.credentials.names();
    let targets = devices.iter().enumerate().map(|(number, device)| Target {
        number,
        address: device.address,
        places: device.places.clone(),
        job: json!({ "type": device.kind }).to_string(),
        credentials: Some(device.credentials.clone().unwrap_or_else(|| names.to_vec())),
    });
    let bar = Bar::start("netinventory");
    let total = u32::try_from(devices.len()).unwrap_or(u32::MAX);
    let mut done = 0_u32;
    let scanned = scan(&units, &native, targets, wishes.at_once, |looked| {
        done = done.saturating_add(1);
        bar.progress(done, total);
        let kind = devices.get(looked.target.number).and_then(|device| device.kind.clone());
        let about = About { kind, ..wishes.about(looked.credential.as_deref()) };
        output.device(&looked, &about)?;
        Ok(ControlFlow::Continue(()))
    })?;
    drop(bar);
    wishes.ended(&output, scanned)?;
    output.end(u64::from(total))?;
    if scanned == Scanned::Stopped {
        bail!("stopped after {done} of {total} devices");
    }
    Ok(output.failed)
}

impl Wishes<'_> {
    fn command<'c>(&'c self, kind: Kind, ranges: &'c [Range], ports: &'c [u16]) -> Command<'c> {
        Command {
            kind,
            places: self.places,
            ranges,
            ports,
            credentials: &self.credentials,
            asking: self.asking,
            deadline: self.deadline,
            walks: &self.walks,
        }
    }

    fn output(&self, kind: Kind, folders: Option<&Folders>) -> anyhow::Result<Output> {
        let deviceid = device_id(folders, &Arc::new(Machine::new(Roots::live())));
        Output::new(kind, self.form, self.save.clone(), deviceid)
    }

    fn about(&self, credential: Option<&str>) -> About {
        About {
            credential: credential.and_then(|name| self.credentials.number(name)),
            name: credential.map(str::to_owned),
            entity: self.entity.clone(),
            ..About::default()
        }
    }

    /// The messages at the end: twice, as servers have always got it.
    fn ended(&self, output: &Output, scanned: Scanned) -> anyhow::Result<()> {
        match scanned {
            _ if !self.control => Ok(()),
            Scanned::All => {
                output.control(NetworkMessage::End)?;
                output.control(NetworkMessage::End)
            }
            Scanned::Stopped => output.control(NetworkMessage::Exit),
        }
    }
}
