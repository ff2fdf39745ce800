//! Parts of packages for neighbours (`p2p.serve`): those of files that a server said are shared, in jobs that were let in here,
//! as long as they are kept; to the addresses that the owner's grant for that server names. Whatever is not so is not there.

use crate::policies::{Places, Policies};
use crate::run::Component;
use airlock_gate::calls::Sha512Sum;
use airlock_gate::guards::Stops as _;
use airlock_gate::policy::Verdict;
use airlock_gate::{Ask, Effect, Verb};
use airlock_native::{Fingerprint, Folders, JobJournals, PolicyFolder, shared_part};
use anyhow::Context;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Parts that are shared at once: 2 TB of the usual 10 MB.
const MOST_PARTS: usize = 200_000;

pub(super) struct Sharing {
    places: Places,
    folders: Folders,
    /// Of each part the servers that share it.
    parts: Mutex<BTreeMap<Sha512Sum, BTreeSet<String>>>,
    /// The policy as it was read last, and how its files looked then.
    policies: Mutex<Option<(Fingerprint, Arc<Policies>)>>,
}

impl Sharing {
    pub(super) fn new(places: &Places, folders: &Folders) -> Self {
        Self { places: places.clone(), folders: folders.clone(), parts: Mutex::default(), policies: Mutex::default() }
    }

    /// Looks which parts the jobs that are kept say are shared.
    pub(super) fn look(&self) {
        let parts = shared(&self.folders).unwrap_or_else(|error| {
            tracing::warn!("no part of a package is shared: {error:#}");
            BTreeMap::new()
        });
        *self.parts.lock().unwrap_or_else(PoisonError::into_inner) = parts;
    }

    /// A part for a neighbour, with its bytes. None: it is not for this one, or not here; nobody can tell which.
    pub(super) fn part(&self, part: &Sha512Sum, neighbour: IpAddr) -> anyhow::Result<Option<(File, u64)>> {
        let servers = self.parts.lock().unwrap_or_else(PoisonError::into_inner).get(part).cloned();
        let Some(servers) = servers else { return Ok(None) };
        let policies = self.policies()?;
        for server in servers {
            if !self.is_granted(&policies, &server, neighbour)? {
                continue;
            }
            let Some((file, bytes)) = shared_part(&self.folders.deploy(), part)? else { return Ok(None) };
            let details = json!({
                "server": server, "task": "deploy", "call": "p2p.serve", "verb": Verb::P2pServe.name(),
                "decision": "allow", "neighbour": neighbour, "part": part.to_string(), "bytes": bytes,
            });
            policies.tell("part served", details);
            return Ok(Some((file, bytes)));
        }
        Ok(None)
    }

    fn is_granted(&self, policies: &Policies, server: &str, neighbour: IpAddr) -> anyhow::Result<bool> {
        if self.places.stops().stops().iter().any(|stop| stop.covers(Some(server), Effect::Network)) {
            return Ok(false);
        }
        let builtin = airlock_builtin::task("deploy").context("the program has no task for deployments")?;
        let (policy, _) = policies.rights(&Component::builtin(builtin)?.asker(Some(server)));
        let ask = Ask { addresses: vec![neighbour], ..Ask::new(Verb::P2pServe) };
        Ok(match policy.decide(&ask, Timestamp::now()) {
            // Nobody is there to be asked, and what is only planned is not done.
            Verdict::Allow(allowed) => allowed.terms.approvals.is_empty() && !allowed.is_planned(),
            Verdict::Deny(_) => false,
        })
    }

    /// The policy of now: read again when its files look otherwise.
    fn policies(&self) -> anyhow::Result<Arc<Policies>> {
        let fingerprint = PolicyFolder::new(&self.places.policy_path()?).fingerprint();
        let mut known = self.policies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, policies)) = known.as_ref().filter(|(before, _)| *before == fingerprint) {
            return Ok(Arc::clone(policies));
        }
        let policies = Arc::new(Policies::open(&self.places, Some(&self.folders))?);
        *known = Some((fingerprint, Arc::clone(&policies)));
        Ok(policies)
    }
}

/// Of the files that servers share, in jobs that were let in.
fn shared(folders: &Folders) -> anyhow::Result<BTreeMap<Sha512Sum, BTreeSet<String>>> {
    let mut parts: BTreeMap<Sha512Sum, BTreeSet<String>> = BTreeMap::new();
    for server in folders.servers()? {
        for (job, state) in JobJournals::look_at(folders, &server)? {
            if job.task != "deploy" || !state.admitted {
                continue;
            }
            let document: Value = serde_json::from_str(&job.text).unwrap_or_default();
            let files = document.get("files").and_then(Value::as_object).into_iter().flat_map(|files| files.values());
            for file in files.filter(|file| is_shared(file)) {
                let sums = file.get("multiparts").and_then(Value::as_array).into_iter().flatten();
                for part in sums.filter_map(|sum| Sha512Sum::parse(sum.as_str()?).ok()) {
                    if parts.len() >= MOST_PARTS && !parts.contains_key(&part) {
                        continue;
                    }
                    parts.entry(part).or_default().insert(job.server.clone());
                }
            }
        }
    }
    Ok(parts)
}

/// As servers write it: 1, "1", true.
fn is_shared(file: &Value) -> bool {
    match file.get("p2p") {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::Number(number)) => number.as_i64() != Some(0),
        Some(Value::String(text)) => !matches!(text.as_str(), "" | "0" | "false"),
        _ => false,
    }
}
