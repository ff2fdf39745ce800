//! Whose a component is, for the policy: that of the `[publisher.NAME]` whose keys signed it. What the publisher is called
//! where its key is trusted says nothing here, as what a component says of itself does not.

use super::policy::{OWN_TASKS, Policy};
use crate::policy::decision::Refusal;
use crate::policy::public_key::bytes_of;
use crate::policy::rule::NEIGHBOURS;
use crate::policy::rules::Rules;
use crate::policy::servers::Publisher;
use crate::{Asker, Code};

impl Rules {
    /// The asker under the publisher's name of this policy. An error: why it is nobody that the policy knows.
    pub(super) fn known(&self, asker: &Asker, publisher_is_given: bool) -> Result<Asker, Refusal> {
        let is_known = |name: &String| name == NEIGHBOURS || self.servers.contains_key(name);
        if let Some(server) = asker.server.as_ref().filter(|server| !is_known(server)) {
            return Err(Refusal::new(Code::UnknownServer, format!("no [server.NAME] is called {server:.100?}")));
        }
        let Some(claimed) = &asker.publisher else { return Ok(asker.clone()) };
        let unknown = |why: String| Err(Refusal::new(Code::UnknownTask, why));
        let task = &asker.task;
        let mut found: Vec<(&String, &Publisher)> = match publisher_is_given {
            true => self.publishers.get_key_value(claimed).into_iter().collect(),
            false => self.publishers.iter().filter(|(_, known)| known.has_signed(&asker.publisher_keys)).collect(),
        };
        if found.is_empty() {
            return unknown(match self.publishers.get(claimed) {
                None => format!("no [publisher.NAME] has a key that signed {task:.100?} (trusted as {claimed:.100?})"),
                Some(known) => {
                    let (at, threshold) = (&known.at, known.threshold);
                    format!("{task:.100?} is not signed by {threshold} of the keys of publisher {claimed:.100?} ({at})")
                }
            });
        }
        if OWN_TASKS.contains(&task.as_str()) {
            return unknown(format!("{task:?} is a task of the program's own: no publisher signs it"));
        }
        let first = found.first().copied();
        found.retain(|(_, known)| known.names.iter().any(|glob| glob.matches(task)));
        // Of several with the same key, the one that is called so.
        let one = found.iter().find(|(name, _)| *name == claimed).or(found.first());
        match (one, first) {
            (Some((name, _)), _) => Ok(Asker { publisher: Some((*name).clone()), ..asker.clone() }),
            (None, Some((name, known))) => {
                unknown(format!("publisher {name:?} ({}) may not sign the name {task:.100?}", known.at))
            }
            (None, None) => unknown(format!("no [publisher.NAME] is called {claimed:.100?}")),
        }
    }
}

impl Policy {
    /// The publisher of this policy whose package this is: by the keys that signed it, and the names that it may sign.
    pub(crate) fn publisher_of(&self, name: &str, keys: &[String]) -> Option<&str> {
        let may = |publisher: &Publisher| publisher.names.iter().any(|glob| glob.matches(name));
        let mut found = self.publishers.iter().filter(|(_, known)| known.has_signed(keys) && may(known));
        found.next().map(|(name, _)| name.as_str())
    }
}

impl Publisher {
    /// Whether enough of its keys are among those that signed.
    fn has_signed(&self, signed: &[String]) -> bool {
        let signed: Vec<_> = signed.iter().filter_map(|key| bytes_of(key)).collect();
        let mut own: Vec<_> =
            self.keys.iter().filter_map(|key| bytes_of(key)).filter(|key| signed.contains(key)).collect();
        own.sort_unstable();
        own.dedup();
        own.len() as u64 >= self.threshold.max(1)
    }
}
