//! The limits of a server's contacts and jobs: those of the machine and its own together, the stricter of each.

use super::args::ArgKey;
use super::decide::is_granted_to;
use super::limits::{Limit, LimitKey, LimitSet};
use super::rules::Rules;
use crate::jobs::REPLAY_MEMORY;
use crate::{Asker, Effect};

/// What limits one server.
#[derive(Debug, Clone)]
pub struct ServerLimits<'r> {
    sets: Vec<&'r LimitSet>,
}

impl Rules {
    /// Of a server by its local name; of one that the policy does not know, those of the machine.
    pub fn limits_of(&self, server: &str) -> ServerLimits<'_> {
        let own = self.servers.get(server).map(|server| &server.limits);
        ServerLimits { sets: self.limits.iter().chain(own).collect() }
    }

    /// Whether a job for this asker may run again: some grant for it says `repeatable`, and so does each of them under
    /// which it could change something.
    pub fn is_repeatable(&self, asker: &Asker) -> bool {
        let mut grants = self.grants.iter().filter(|rule| is_granted_to(rule, asker));
        let changes = |effect| matches!(effect, Effect::Change | Effect::Ask);
        let all = grants.clone().all(|rule| rule.repeatable || !rule.verb.is_some_and(|verb| changes(verb.effect())));
        all && grants.any(|rule| rule.repeatable)
    }

    /// Whether some grant is for machines that an inventory has seen.
    pub fn asks_who_is_known(&self) -> bool {
        self.grants.iter().any(|rule| rule.arg(ArgKey::FromInventory).is_some())
    }

    /// Whether some grant for this asker lets the server's own credentials be used.
    pub fn allows_server_credentials(&self, asker: &Asker) -> bool {
        self.grants.iter().any(|rule| is_granted_to(rule, asker) && rule.allow_server_credentials)
    }
}

impl<'r> ServerLimits<'r> {
    /// `contact_interval`: the least and the most seconds between two contacts, as far as they are said. Where two layers
    /// leave nothing in common, the longer one holds.
    pub fn contact_interval(&self) -> (Option<u64>, Option<u64>) {
        let said = || self.sets.iter().filter_map(|set| set.contact_interval);
        let least = said().filter_map(|(min, _)| min).max();
        let most = said().filter_map(|(_, max)| max).min();
        (least, most.map(|most| most.max(least.unwrap_or(0))))
    }

    /// The smallest `jobs_per_run`.
    pub fn jobs_per_run(&self) -> Option<&'r Limit> {
        let all = self.sets.iter().flat_map(|set| &set.limits);
        all.filter(|limit| limit.key == LimitKey::JobsPerRun).min_by_key(|limit| limit.most)
    }

    /// Seconds for which a job is remembered: the longest.
    pub fn replay_memory(&self) -> u64 {
        self.sets.iter().filter_map(|set| set.replay_memory).max().unwrap_or(REPLAY_MEMORY)
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::{PolicyFile, Rules};

    fn rules(machine: &str, server: &str) -> Rules {
        let text = format!(
            "policy_version = 1\n[limits]\n{machine}\n[server.hq]\norigin = \"https://hq.example\"\n[server.hq.limits]\n{server}\n"
        );
        Rules::parse(&[PolicyFile::new("50-a.toml", text)]).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    #[test]
    fn of_two_windows_for_contacts_the_narrower_holds() {
        let both = rules(
            "contact_interval = { min = \"15m\", max = \"24h\" }",
            "contact_interval = { min = \"1h\", max = \"48h\" }",
        );
        assert_eq!(both.limits_of("hq").contact_interval(), (Some(3_600), Some(86_400)));
        assert_eq!(both.limits_of("other").contact_interval(), (Some(900), Some(86_400)));
        let apart = rules("contact_interval = { max = \"1h\" }", "contact_interval = { min = \"2h\" }");
        assert_eq!(apart.limits_of("hq").contact_interval(), (Some(7_200), Some(7_200)));
        assert_eq!(rules("", "").limits_of("hq").contact_interval(), (None, None));
    }
}
