//! What a case of a test may do: what its own policy file says, whatever the owner's policy is.

use super::Component;
use crate::exit::Usage;
use airlock_gate::policy::{Circumstances, PolicyFile, Rules};
use airlock_gate::{Asker, Policy};
use std::sync::Arc;

/// For whom a run is, and under which policy.
pub(crate) struct Alone {
    pub(crate) asker: Asker,
    pub(crate) policy: Arc<Policy>,
    /// In words for people.
    pub(crate) words: String,
}

/// With a policy file: what it grants to the server's tasks, or to the `owner`'s. Without one: a task of the program has
/// the owner's own grant, for whoever runs the command to see; a component from a file, whoever it is from, has nothing
/// but the run itself; a server gets what servers get that no policy speaks of.
///
/// A policy that is for one server alone is for that one, if nobody says otherwise.
pub(crate) fn alone(
    component: &Component,
    server: Option<&str>,
    policy: Option<&PolicyFile>,
    about: impl FnOnce(&mut Circumstances),
) -> anyhow::Result<Alone> {
    if let Some(file) = policy {
        let rules = parse(file)?;
        let only = rules.servers.keys().next().filter(|_| rules.servers.len() == 1).cloned();
        let server = server.map(str::to_owned).or(only);
        let asker = component.asker(server.as_deref());
        let mut circumstances = Circumstances { publisher_is_given: false, ..rules.usual_circumstances(&asker) };
        about(&mut circumstances);
        let policy = Arc::new(rules.for_run(&asker, &circumstances));
        let words = format!("{} for {}", file.name, server.as_deref().unwrap_or("the owner"));
        return Ok(Alone { asker, policy, words });
    }
    let asker = component.asker(server);
    let (policy, words) = match server {
        Some(server) => (Policy::unknown_server(), format!("what a server gets without a policy ({server})")),
        None if component.builtin => (Policy::owners_command(), "the owner's own command".to_owned()),
        None => (Policy::nothing(), "nothing is granted: a component from a file".to_owned()),
    };
    Ok(Alone { asker, policy: Arc::new(policy), words })
}

fn parse(file: &PolicyFile) -> anyhow::Result<Rules> {
    Rules::parse(std::slice::from_ref(file)).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Usage(lines.join("\n")).into()
    })
}
