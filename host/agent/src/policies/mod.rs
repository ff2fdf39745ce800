//! The owner's policy, from its files to a run: which set of files holds, what it grants to one server's task, and what
//! else guards a run (stops, allowances over time, approvals, a policy that changes).
//!
//! A set of files is taken as a whole or not at all: it is read, parsed and checked, its own tests have to pass, its
//! serials may not go back; only then it takes the place of the one before, with a record in the audit. Otherwise the one
//! before stays in force. Where there is neither, a server gets the built-in minimum: an inventory without anything about
//! people, nothing that changes the machine, nothing that leaves it.

mod guards;
mod load;
mod places;
mod secrets;
mod signatures;
mod watch;

pub(crate) use guards::Run;
use load::Standing;
pub(crate) use load::{Loaded, check, serials};
pub(crate) use places::Places;
pub(crate) use secrets::of_credentials;
pub(crate) use signatures::unsigned;

use crate::events;
use airlock_gate::policy::Circumstances;
use airlock_gate::{Asker, Policy};
use airlock_native::{Fingerprint, Folders, KnownMacs, PolicyFolder, PolicyStore};
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The policies of this machine.
#[derive(Clone)]
pub(crate) struct Policies {
    pub(crate) places: Places,
    pub(crate) folder: PolicyFolder,
    /// None: no state can be kept, and so no policy is remembered.
    store: Option<PolicyStore>,
    folders: Option<Folders>,
    /// How the files looked before they were read.
    fingerprint: Fingerprint,
    pub(crate) loaded: Arc<Loaded>,
}

impl Policies {
    /// Reads the owner's policy, and says aloud what is wrong with it.
    pub(crate) fn open(places: &Places, folders: Option<&Folders>) -> anyhow::Result<Self> {
        let folder = PolicyFolder::new(&places.policy_path()?);
        let state = folders.and_then(|folders| folders.state().ok());
        let fingerprint = folder.fingerprint();
        let mut policies = Self {
            places: places.clone(),
            store: state.as_deref().map(PolicyStore::new),
            folders: folders.cloned(),
            folder,
            fingerprint,
            loaded: Arc::default(),
        };
        policies.loaded = Arc::new(policies.load());
        policies.loaded.say(policies.folder.path());
        Ok(policies)
    }

    /// What one server's task may do, and under what in words for people.
    pub(crate) fn rights(&self, asker: &Asker) -> (Policy, String) {
        self.rights_under(&self.loaded, asker)
    }

    fn rights_under(&self, loaded: &Loaded, asker: &Asker) -> (Policy, String) {
        match &loaded.rules {
            Some(rules) => (rules.for_run(asker, &self.circumstances(loaded, asker)), loaded.standing.to_string()),
            None if loaded.standing == Standing::Missing => (Policy::without_a_policy(), loaded.standing.to_string()),
            None => (Policy::unknown_server(), loaded.standing.to_string()),
        }
    }

    /// What is known of this machine that no rule says.
    pub(crate) fn circumstances(&self, loaded: &Loaded, asker: &Asker) -> Circumstances {
        let usual = loaded.rules.as_ref().map(|rules| rules.usual_circumstances(asker)).unwrap_or_default();
        let mut protected_paths = usual.protected_paths.clone();
        protected_paths.extend(self.places.own_paths(self.folders.as_ref()));
        let asks_who_is_known = loaded.rules.as_ref().is_some_and(|rules| rules.asks_who_is_known());
        Circumstances {
            known_macs: if asks_who_is_known { self.known_macs() } else { Arc::default() },
            publisher_is_given: false,
            own_addresses: airlock_native::own_addresses(),
            broadcast_addresses: airlock_native::own_broadcast_addresses(),
            protected_paths,
            zone: jiff::tz::TimeZone::system(),
            ..usual
        }
    }

    /// Of the machines that inventories have seen: none where nothing can be read.
    fn known_macs(&self) -> Arc<BTreeSet<String>> {
        let Some(state) = self.folders.as_ref().and_then(|folders| folders.state().ok()) else { return Arc::default() };
        let known = KnownMacs::new(&state).all().inspect_err(|error| {
            tracing::warn!("which machines an inventory has seen cannot be read, so none counts as known: {error}");
        });
        Arc::new(known.unwrap_or_default())
    }

    /// Remembers the machines of a report. That they are not remembered is said, and no reason not to send it.
    pub(crate) fn saw(&self, macs: &BTreeSet<String>) {
        let Some(state) = self.folders.as_ref().and_then(|folders| folders.state().ok()) else { return };
        let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0);
        if let Err(error) = KnownMacs::new(&state).learn(macs, now) {
            tracing::warn!("the machines that were seen are not remembered (from_inventory): {error}");
        }
    }

    /// Keeps a record of something that happened to the policy.
    fn note(&self, what: &str, details: impl Serialize) {
        Self::note_in(self.folders.as_ref(), what, details);
    }

    /// Keeps a record of something that happened between this machine and a server.
    pub(crate) fn tell(&self, what: &str, details: impl Serialize) {
        self.note(what, details);
    }

    /// Keeps a record of something that happened outside of any run.
    pub(crate) fn note_in(folders: Option<&Folders>, what: &str, details: impl Serialize) {
        let Some(folders) = folders else { return };
        if let Err(error) = events::record(folders, what, details) {
            tracing::warn!("{what}: there is no audit record of it: {error:#}");
        }
    }
}
