//! What a person or a program gets of a scan: messages as servers read them, a line of JSON for each device, or a table.

use super::{Claims, Kind, Looked};
use crate::run::sections;
use crate::table::{counted, table};
use crate::terminal::{self, visible};
use airlock_model::{Report, Value as Fact};
use airlock_native::{make_folder, write_document};
use airlock_protocol::requests::{NetworkMessage, device_error};
use anyhow::Context;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Table,
    Xml,
    Json,
}

/// What is said of a device besides what was found of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    /// The credential, as results number it, and by name.
    pub(crate) credential: Option<usize>,
    pub(crate) name: Option<String>,
    pub(crate) entity: Option<String>,
    /// What was asked for, where it has to be repeated when there is no answer.
    pub(crate) id: Option<String>,
    pub(crate) kind: Option<String>,
    /// The name under which it was asked for.
    pub(crate) host: Option<String>,
}

/// Takes the results of one task.
pub(crate) struct Output {
    pub(crate) kind: Kind,
    pub(crate) form: Form,
    /// A folder that gets a file for each device, in a folder of the task's name.
    pub(crate) save: Option<PathBuf>,
    pub(crate) deviceid: String,
    claims: Claims,
    rows: Vec<Vec<String>>,
    pub(crate) found: usize,
    pub(crate) failed: usize,
}

/// Under which number a job of nobody's reports.
const PID: &str = "1";

impl Output {
    pub(crate) fn new(kind: Kind, form: Form, save: Option<PathBuf>, deviceid: String) -> anyhow::Result<Self> {
        if let Some(folder) = &save {
            let folder = folder.join(kind.name());
            make_folder(&folder).with_context(|| folder.display().to_string())?;
        }
        Ok(Self { kind, form, save, deviceid, claims: Claims::new(), rows: Vec::new(), found: 0, failed: 0 })
    }

    /// A message about the job itself, where such are asked for.
    pub(crate) fn control(&self, what: NetworkMessage) -> anyhow::Result<()> {
        if self.form == Form::Xml {
            terminal::print(&self.kind.message(&self.deviceid, PID, what)?)?;
        }
        Ok(())
    }

    /// What came of one device. Nothing is said of an address at which nobody is; a device that was to be inventoried and
    /// was not is a failure. False: it is shown at the end, with all others.
    pub(crate) fn device(&mut self, looked: &Looked, about: &About) -> anyhow::Result<bool> {
        let address = looked.target.address;
        let called = about.host.as_ref().map_or_else(|| address.to_string(), |host| format!("{host} ({address})"));
        for line in &looked.log {
            tracing::debug!("{address}: {}", visible(line));
        }
        for refused in &looked.refused {
            tracing::info!("{address}: refused: {}", visible(&refused.to_string()));
        }
        for what in looked.incomplete.iter().chain(&looked.report.incomplete) {
            tracing::warn!("{address}: incomplete: {}", visible(&what.to_string()));
        }
        let claims = self.claims.of(looked);
        for claim in &claims {
            tracing::warn!("{called}: says that it is this machine: it has {}", visible(claim));
        }
        let (mut device, beside) = self.kind.device(&looked.report);
        let error = match &looked.outcome {
            Err(why) => Some(why.clone()),
            Ok(()) if device.is_empty() && self.kind == Kind::Inventory => Some("no answer".to_owned()),
            Ok(()) => None,
        };
        if let Some(why) = &error {
            // In a range most addresses are silent, and a failure is news; so it is for a device that was named.
            tracing::warn!("{called}: {}", visible(why));
            self.failed += 1;
        }
        if device.is_empty() && self.kind == Kind::Discovery {
            return Ok(true);
        }
        if let Some(why) = error.as_ref().filter(|_| device.is_empty()) {
            device = device_error(about.id.as_deref(), about.kind.as_deref(), why);
        } else {
            self.found += 1;
            name_credential(self.kind, &mut device, about);
        }
        let message = NetworkMessage::Device { device, beside };
        if let Some(folder) = &self.save {
            let path = folder.join(self.kind.name()).join(format!("{address}.xml"));
            let text = self.kind.message(&self.deviceid, PID, message.clone())?;
            write_document(&path, text.as_bytes()).with_context(|| path.display().to_string())?;
        }
        match self.form {
            Form::Xml if self.save.is_none() => {
                terminal::print(&self.kind.message(&self.deviceid, PID, message)?)?;
            }
            Form::Json => terminal::print(&json_line(looked, about, error.as_deref(), &claims))?,
            Form::Table => self.rows.push(row(self.kind, looked, about, error.as_deref())),
            Form::Xml => {}
        }
        Ok(self.form != Form::Table)
    }

    /// At the end: the table, where it is one.
    pub(crate) fn end(&self, of: u64) -> anyhow::Result<()> {
        if self.form != Form::Table {
            return Ok(());
        }
        let mut rows = self.rows.clone();
        let address = |text: &String| text.split(' ').next()?.parse::<std::net::IpAddr>().ok();
        rows.sort_by_key(|row| row.first().and_then(address));
        let mut text = String::new();
        if !rows.is_empty() {
            text += &table(&["address", "type", "name", "maker", "model", "serial", "credential"], &rows);
        }
        let of = usize::try_from(of).unwrap_or(usize::MAX);
        text += &format!("{} at {}\n", counted(self.found, "device"), addresses(of));
        Ok(terminal::print(&text)?)
    }
}

fn addresses(count: usize) -> String {
    format!("{count} address{}", if count == 1 { "" } else { "es" })
}

/// What the host knows of a device and the task does not: with which credential it answered, and whose it is.
pub(crate) fn name_credential(kind: Kind, device: &mut Map<String, Value>, about: &About) {
    if kind != Kind::Discovery {
        return;
    }
    if let Some(number) = about.credential {
        device.insert("AUTHSNMP".to_owned(), number.to_string().into());
    }
    if let Some(entity) = &about.entity {
        device.insert("ENTITY".to_owned(), entity.as_str().into());
    }
    if let Some(host) = &about.host {
        device.entry("DNSHOSTNAME").or_insert_with(|| host.as_str().into());
    }
}

/// `{"address":"10.1.0.7","credential":"core","sections":{…}}`
fn json_line(looked: &Looked, about: &About, error: Option<&str>, claims: &[String]) -> String {
    let incomplete: Vec<String> =
        looked.incomplete.iter().chain(&looked.report.incomplete).map(ToString::to_string).collect();
    let mut line = Map::new();
    line.insert("address".to_owned(), json!(looked.target.address));
    let members = [
        ("host", about.host.as_ref().map(|host| json!(host))),
        ("place", (looked.place != looked.target.address.to_string()).then(|| json!(looked.place))),
        ("credential", about.name.as_ref().map(|name| json!(name))),
        ("entity", about.entity.as_ref().map(|entity| json!(entity))),
        ("id", about.id.as_ref().map(|id| json!(id))),
        ("error", error.map(|error| json!(error))),
        // Of this very machine: what it would be taken for.
        ("claims", Some(json!(claims)).filter(|_| !claims.is_empty())),
        ("incomplete", Some(json!(incomplete)).filter(|_| !incomplete.is_empty())),
        (
            "sections",
            Some(sections(&looked.report)).filter(|sections| sections.as_object().is_some_and(|s| !s.is_empty())),
        ),
    ];
    line.extend(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    format!("{}\n", Value::Object(line))
}

fn row(kind: Kind, looked: &Looked, about: &About, error: Option<&str>) -> Vec<String> {
    let section = match kind {
        Kind::Discovery => "discovered_device",
        Kind::Inventory => "network_device",
    };
    let of = |names: &[&str]| names.iter().find_map(|name| text(&looked.report, section, name)).unwrap_or_default();
    let name = match error {
        Some(why) if looked.report.rows(section).is_empty() => format!("({why})"),
        _ => of(&["snmphostname", "netbiosname", "dnshostname", "name"]),
    };
    let credential = about.name.clone().unwrap_or_default();
    let mut address = looked.target.address.to_string();
    if let Some(host) = &about.host {
        address += &format!(" ({host})");
    }
    vec![address, of(&["type"]), name, of(&["manufacturer"]), of(&["model"]), of(&["serial"]), credential]
}

fn text(report: &Report, section: &str, name: &str) -> Option<String> {
    match report.rows(section).first()?.get(name)? {
        Fact::Text(text) => Some(text.clone()),
        other => Some(other.to_text()),
    }
}
