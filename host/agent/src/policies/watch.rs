//! The policy while a run goes on: looked at before every call, by the marks of its files; read only when they changed.

use super::{Loaded, Policies};
use airlock_gate::guards::Current;
use airlock_gate::{Asker, Policy};
use airlock_native::Fingerprint;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) struct Watch {
    policies: Policies,
    asker: Asker,
    seen: Mutex<Seen>,
}

struct Seen {
    fingerprint: Fingerprint,
    loaded: Arc<Loaded>,
    changed: Option<Arc<Policy>>,
}

impl Watch {
    pub(super) fn new(policies: Policies, asker: Asker) -> Self {
        let seen =
            Seen { fingerprint: policies.fingerprint.clone(), loaded: Arc::clone(&policies.loaded), changed: None };
        Self { policies, asker, seen: Mutex::new(seen) }
    }

    fn look<R>(&self, then: impl FnOnce(&Seen) -> R) -> R {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let fingerprint = self.policies.folder.fingerprint();
        if fingerprint != seen.fingerprint {
            let loaded = self.policies.load();
            loaded.say(self.policies.folder.path());
            let (policy, _) = self.policies.rights_under(&loaded, &self.asker);
            *seen = Seen { fingerprint, loaded: Arc::new(loaded), changed: Some(Arc::new(policy)) };
        }
        then(&seen)
    }
}

impl Current for Watch {
    fn changed(&self) -> Option<Arc<Policy>> {
        self.look(|seen| seen.changed.clone())
    }

    fn unsafe_because(&self) -> Option<String> {
        self.look(|seen| seen.loaded.unsafe_because())
    }
}
