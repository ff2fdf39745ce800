//! The owner's own command: what its words grant, and with which credentials.

use super::credentials::{self, Secrets};
use super::machine::{self, Asking};
use super::scan::MakeNative;
use super::{Kind, Range};
use crate::exit::Usage;
use crate::policies::{Places, Policies};
use crate::run::{Component, Engine, Rights, Units};
use airlock_gate::Policy;
use airlock_gate::policy::{Commanded, Credential};
use airlock_native::read_document;
use anyhow::Context;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A file of credentials, a line each.
const LARGEST_FILE: u64 = 1 << 20;
/// Credentials of one command.
const MOST: usize = 64;

/// Credentials in the order in which they are tried.
#[derive(Default)]
pub(crate) struct Credentials {
    names: Vec<String>,
    secrets: Secrets,
    /// Those that the policy has.
    known: BTreeMap<String, Credential>,
}

impl Credentials {
    /// From the words of a command line and the lines of a file: written out, or names of the policy.
    pub(crate) fn read(words: &[String], file: Option<&Path>, places: &Places) -> anyhow::Result<Self> {
        let mut own = Self::default();
        if words.iter().any(|word| credentials::is_written_out(word) && credentials::hidden(word).is_some()) {
            tracing::warn!(
                "a secret on a command line can be read by everybody on this machine while the command begins; \
                 --credentials-file, or a [credential.NAME] of the policy, keeps it"
            );
        }
        for word in words {
            own.add(word, places).map_err(|why| Usage(format!("--credentials: {why}")))?;
        }
        if let Some(path) = file {
            let at = || path.display().to_string();
            let text = String::from_utf8(read_document(path, LARGEST_FILE).with_context(at)?).with_context(at)?;
            let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
            for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
                own.add(line, places).map_err(|why| Usage(format!("{}, line {number}: {why}", path.display())))?;
            }
        }
        Ok(own)
    }

    fn add(&mut self, word: &str, places: &Places) -> Result<(), String> {
        if self.names.len() == MOST {
            return Err(format!("more than {MOST} credentials"));
        }
        if credentials::is_written_out(word) {
            return credentials::written_out(word).map(|secret| self.push(secret));
        }
        let policies = Policies::open(places, None).map_err(|error| format!("{error:#}"))?;
        let all = policies.loaded.rules.as_deref().map(|rules| &rules.credentials);
        let Some(credential) = all.and_then(|all| all.get(word)) else {
            let hint = airlock_gate::near::hint(word, all.into_iter().flatten().map(|(name, _)| name.as_str()));
            return Err(format!(
                "{word:.100?}: the policy has no [credential] of that name{hint}; written out, a credential is like version:2c,community:public"
            ));
        };
        self.secrets.insert(word.to_owned(), credentials::of_policy(word, credential)?);
        self.known.insert(word.to_owned(), credential.clone());
        self.names.push(word.to_owned());
        Ok(())
    }

    /// One that was made elsewhere; its name is its number.
    pub(crate) fn push(&mut self, secret: airlock_native::snmp::SnmpSecret) {
        let name = (self.names.len() + 1).to_string();
        self.secrets.insert(name.clone(), secret);
        self.names.push(name);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// What a credential is called in results: its place among them, from 1.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name).map(|index| index + 1)
    }
}

/// What a command asks for.
pub(crate) struct Command<'a> {
    pub(crate) kind: Kind,
    pub(crate) places: &'a Places,
    pub(crate) ranges: &'a [Range],
    pub(crate) ports: &'a [u16],
    pub(crate) credentials: &'a Credentials,
    pub(crate) asking: Asking,
    /// For one device.
    pub(crate) deadline: Duration,
    /// Walks in place of devices, by address.
    pub(crate) walks: &'a [machine::Walk],
}

impl Command<'_> {
    /// What the units of the command have in common, and the world that each of them gets.
    pub(crate) fn begin(&self, engine: &Engine<'_>) -> anyhow::Result<(Arc<Units>, Arc<MakeNative>)> {
        let component = Component::builtin(self.kind.task()?)?;
        let task = engine.load(&component)?;
        let asker = component.asker(None);
        let credentials = self.credentials;
        let named = Commanded {
            nets: self.ranges.iter().flat_map(|range| range.nets()).collect(),
            ports: self.ports.to_vec(),
            credentials: credentials
                .names
                .iter()
                .filter(|name| !credentials.known.contains_key(*name))
                .cloned()
                .collect(),
            known: credentials.known.clone(),
        };
        let rights = Rights::owners(asker, self.places, Policy::owners_scan(&named), self.deadline);
        let native = match self.walks {
            [] => machine::live(self.credentials.secrets.clone(), self.asking),
            walks => machine::of_walks(walks, &credentials.names)?,
        };
        Ok((Arc::new(engine.units(&task, rights)), native))
    }
}

/// `161`, `161,1161`.
pub(crate) fn ports(words: &[String]) -> Result<Vec<u16>, Usage> {
    let mut ports = Vec::new();
    for word in words.iter().flat_map(|word| word.split(',')).map(str::trim) {
        match word.parse::<u16>() {
            Ok(port) if port != 0 => {
                if !ports.contains(&port) {
                    ports.push(port);
                }
            }
            _ => return Err(Usage(format!("--port {word:.40?}: expected a number from 1 to 65535"))),
        }
    }
    Ok(ports)
}

/// A walk in a file.
pub(crate) fn walk(path: &Path) -> anyhow::Result<String> {
    const LARGEST: u64 = 256 << 20;
    let bytes = read_document(path, LARGEST).with_context(|| path.display().to_string())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
