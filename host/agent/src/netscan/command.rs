//! What `airlock netdiscovery` and `airlock netinventory` do once their words are understood.

use super::hosts::Host;
use super::machine::{Asking, Walk};
use super::output::{About, Form, Output};
use super::own::{Command, Credentials};
use super::places::places;
use super::ranges::{Range, count};
use super::{How, Kind, Noted, Scanned, Target, scan};
use crate::exit::Failed;
use crate::policies::Places;
use crate::progress::Bar;
use crate::run::Engine;
use airlock_facts::{Machine, Roots};
use airlock_gate::jobs::digest;
use airlock_native::{Folders, ScanJournal, device_id};
use airlock_protocol::jobs::Protocol;
use airlock_protocol::requests::NetworkMessage;
use anyhow::bail;
use serde_json::json;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Scans that were cut short are remembered, so many.
const MOST_LEFT: usize = 32;

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
    /// What the same command did before it was cut short is not done again.
    pub(crate) resumes: bool,
}

/// Where to look.
pub(crate) struct Where<'a> {
    pub(crate) ranges: &'a [Range],
    pub(crate) hosts: &'a [Host],
    pub(crate) ports: &'a [u16],
    pub(crate) protocols: &'a [Protocol],
}

/// A device that is to be inventoried.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) host: Host,
    pub(crate) places: Vec<String>,
    /// Of its places.
    pub(crate) port: u16,
    pub(crate) kind: Option<String>,
    /// The names of the credentials; none: all.
    pub(crate) credentials: Option<Vec<String>>,
}

/// Looks through ranges; with `inventory`, makes an inventory of each device that answers by SNMP.
pub(crate) fn discover(wishes: &Wishes<'_>, place: &Where<'_>, inventory: bool) -> anyhow::Result<()> {
    let Where { ranges, hosts, ports, protocols } = *place;
    let granted: Vec<Range> = ranges.iter().copied().chain(hosts.iter().flat_map(Host::ranges)).collect();
    count(&granted).map_err(crate::exit::Usage)?;
    let total = count(ranges).map_err(crate::exit::Usage)?.saturating_add(hosts.len() as u64);
    let folders = crate::cli::folders(wishes.places.vardir());
    let engine = Engine::new(folders.as_ref())?;
    let (units, native) = wishes.command(Kind::Discovery, &granted, ports).begin(&engine)?;
    let what = json!([words_of(&granted), ports, format!("{protocols:?}"), inventory]);
    let mut noted = wishes.noted(Kind::Discovery, folders.as_ref(), &what)?;
    let mut output = wishes.output(Kind::Discovery, folders.as_ref())?;
    if wishes.control && !noted.is_told() {
        output.control(NetworkMessage::Start { agent_version: env!("CARGO_PKG_VERSION").to_owned() })?;
        output.control(NetworkMessage::Addresses(total))?;
    }
    noted.tell();
    let names = wishes.credentials.names();
    let addresses = ranges.iter().flat_map(|range| range.iter()).map(|address| (address, vec![address]));
    let of_hosts = hosts.iter().map(|host| (host.first, host.addresses().collect()));
    let targets = addresses.map(|one| (0, one)).chain((1..).zip(of_hosts));
    let targets = (0..).zip(targets).map(|(unit, (number, (address, all)))| Target {
        unit,
        number,
        address,
        places: all.into_iter().flat_map(|address| places(address, ports, protocols)).collect(),
        job: "{}".to_owned(),
        credentials: Some(names.to_vec()),
    });
    let bar = Bar::start("netdiscovery");
    let total_shown = u32::try_from(total).unwrap_or(u32::MAX);
    let how = How { parallel: wishes.at_once, done: noted.done(), minds_signals: true };
    let mut done = u32::try_from(how.done.count()).unwrap_or(u32::MAX);
    let mut found = Vec::new();
    let scanned = scan(&units, &native, targets, how, |looked| {
        done = done.saturating_add(1);
        bar.progress(done, total_shown);
        let host = looked.target.number.checked_sub(1).and_then(|index| hosts.get(index));
        let about =
            About { host: host.and_then(|host| host.name.clone()), ..wishes.about(looked.credential.as_deref()) };
        let is_shown = output.device(&looked, &about)?;
        let Some(credential) = looked.credential.filter(|_| inventory) else {
            if is_shown {
                noted.note(looked.target.unit)
            } else {
                noted.later(looked.target.unit)
            }
            return Ok(ControlFlow::Continue(()));
        };
        let row = looked.report.rows("discovered_device").first().cloned().unwrap_or_default();
        let device = Device {
            host: host.cloned().unwrap_or_else(|| Host::at(looked.target.address)),
            places: vec![looked.place],
            port: 0,
            kind: row.text("type").map(str::to_owned),
            credentials: Some(vec![credential]),
        };
        found.push((device, looked.target.unit));
        Ok(ControlFlow::Continue(()))
    })?;
    drop(bar);
    wishes.ended(&output, scanned)?;
    output.end(total)?;
    noted.shown();
    if scanned == Scanned::Stopped {
        bail!("stopped after {done} of {total} addresses; the same command with --resume goes on");
    }
    if inventory && !found.is_empty() {
        found.sort_by_key(|(device, _)| device.host.first);
        let (devices, units): (Vec<Device>, Vec<u64>) = found.into_iter().unzip();
        // A device is done with its inventory, and not before.
        let output = take_inventory(wishes, &devices, &granted, ports, &mut noted, |at| units.get(at).copied())?;
        output.end(devices.len() as u64)?;
    }
    Ok(noted.end()?)
}

/// Makes an inventory of each device. Fails when one did not answer.
pub(crate) fn inventory(wishes: &Wishes<'_>, devices: &[Device]) -> anyhow::Result<()> {
    let ranges: Vec<Range> = devices.iter().flat_map(|device| device.host.ranges()).collect();
    let mut ports: Vec<u16> = devices.iter().map(|device| device.port).collect();
    ports.sort_unstable();
    ports.dedup();
    let places: Vec<&Vec<String>> = devices.iter().map(|device| &device.places).collect();
    let folders = crate::cli::folders(wishes.places.vardir());
    let mut noted = wishes.noted(Kind::Inventory, folders.as_ref(), &json!(places))?;
    let output = take_inventory(wishes, devices, &ranges, &ports, &mut noted, |at| u64::try_from(at).ok())?;
    output.end(devices.len() as u64)?;
    noted.end()?;
    if output.failed > 0 {
        return Err(Failed.into());
    }
    Ok(())
}

/// Hands back what is still to be shown; `unit` is under what a device is noted.
fn take_inventory(
    wishes: &Wishes<'_>,
    devices: &[Device],
    ranges: &[Range],
    ports: &[u16],
    noted: &mut Noted,
    unit: impl Fn(usize) -> Option<u64>,
) -> anyhow::Result<Output> {
    let folders = crate::cli::folders(wishes.places.vardir());
    let engine = Engine::new(folders.as_ref())?;
    let (units, native) = wishes.command(Kind::Inventory, ranges, ports).begin(&engine)?;
    let mut output = wishes.output(Kind::Inventory, folders.as_ref())?;
    if wishes.control && noted.done().count() == 0 {
        output.control(NetworkMessage::Start { agent_version: env!("CARGO_PKG_VERSION").to_owned() })?;
    }
    let names = wishes.credentials.names();
    let before = noted.done();
    let is_left = |number: usize| unit(number).is_some_and(|unit| !before.contains(unit));
    let targets =
        (0..).zip(devices).enumerate().filter(|(number, _)| is_left(*number)).map(|(number, (unit, device))| Target {
            unit,
            number,
            address: device.host.first,
            places: device.places.clone(),
            job: json!({ "type": device.kind }).to_string(),
            credentials: Some(device.credentials.clone().unwrap_or_else(|| names.to_vec())),
        });
    let targets: Vec<Target> = targets.collect();
    let bar = Bar::start("netinventory");
    let total = u32::try_from(devices.len()).unwrap_or(u32::MAX);
    let mut done = total.saturating_sub(u32::try_from(targets.len()).unwrap_or(0));
    let how = How { parallel: wishes.at_once, minds_signals: true, ..How::default() };
    let scanned = scan(&units, &native, targets.into_iter(), how, |looked| {
        done = done.saturating_add(1);
        bar.progress(done, total);
        let device = devices.get(looked.target.number);
        let about = About {
            kind: device.and_then(|device| device.kind.clone()),
            host: device.and_then(|device| device.host.name.clone()),
            ..wishes.about(looked.credential.as_deref())
        };
        let is_shown = output.device(&looked, &about)?;
        if let Some(unit) = unit(looked.target.number) {
            if is_shown { noted.note(unit) } else { noted.later(unit) }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    drop(bar);
    wishes.ended(&output, scanned)?;
    if scanned == Scanned::Stopped {
        output.end(u64::from(total))?;
        noted.shown();
        bail!("stopped after {done} of {total} devices; the same command with --resume goes on");
    }
    Ok(output)
}

fn words_of(ranges: &[Range]) -> Vec<String> {
    ranges.iter().map(ToString::to_string).collect()
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

    /// What keeps count of a scan that is made up of these words. Devices in files are asked again as quickly as looked up.
    fn noted(&self, kind: Kind, folders: Option<&Folders>, what: &serde_json::Value) -> anyhow::Result<Noted> {
        let Some(folders) = folders.filter(|_| self.walks.is_empty()) else {
            return if self.resumes {
                Err(crate::exit::Usage("--resume: nothing is kept of such a scan".to_owned()).into())
            } else {
                Ok(Noted::default())
            };
        };
        let name = digest(&json!([kind.name(), what, self.credentials.names(), self.entity]).to_string());
        match self.journal(folders, &name) {
            Ok(journal) => Ok(Noted::of(journal)),
            Err(error) if self.resumes => Err(error.context("--resume")),
            Err(error) => {
                tracing::debug!("--resume will not know of this scan: {error:#}");
                Ok(Noted::default())
            }
        }
    }

    fn journal(&self, folders: &Folders, name: &str) -> anyhow::Result<ScanJournal> {
        let folder = folders.scans()?;
        ScanJournal::prune(&folder, MOST_LEFT);
        let path = folder.join(format!("{}.scan", name.get(..16).unwrap_or(name)));
        if self.resumes && !ScanJournal::is_left(&path, name) {
            tracing::warn!("--resume: no such scan was cut short; all of it is done");
        }
        Ok(ScanJournal::open(&path, name, self.resumes)?)
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
