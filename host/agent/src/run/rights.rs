//! What a run that a person starts may do.

use super::Component;
use airlock_gate::{Asker, Policy};
use std::sync::Arc;

/// For whom a run is, and under which policy.
pub(crate) struct Rights {
    pub(crate) asker: Asker,
    pub(crate) policy: Arc<Policy>,
    /// In words for people.
    pub(crate) words: String,
}

/// With a server: what the owner's policy grants that server's tasks. Without: a task of the program has the owner's own
/// grant, for whoever runs the command to see; a file, whoever it is from, has nothing but the run itself.
pub(crate) fn rights(component: &Component, server: Option<&str>) -> Rights {
    let asker = component.asker(server);
    let (policy, words) = match server {
        Some(server) => (Policy::unknown_server(), format!("the policy for {server}")),
        None if component.builtin => (Policy::owners_command(), "the owner's own command".to_owned()),
        None => (Policy::nothing(), "nothing is granted: a component from a file, and no --server".to_owned()),
    };
    Rights { asker, policy: Arc::new(policy), words }
}
