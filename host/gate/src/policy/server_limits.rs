//! The limits of a server's contacts and jobs: those of the machine and its own together, the stricter of each.

use super::decide::is_for;
use super::limits::{Limit, LimitKey, LimitSet};
use super::rules::Rules;
use crate::jobs::REPLAY_MEMORY;
use crate::terms::{Allowance, Counted, Period, Shared};
use crate::{Asker, Effect};

/// What limits one server.
#[derive(Debug, Clone)]
pub struct ServerLimits<'r> {
    server: String,
    sets: Vec<&'r LimitSet>,
}

impl Rules {
    /// Of a server by its local name; of one that the policy does not know, those of the machine.
    pub fn limits_of(&self, server: &str) -> ServerLimits<'_> {
        let own = self.servers.get(server).map(|server| &server.limits);
        ServerLimits { server: server.to_owned(), sets: self.limits.iter().chain(own).collect() }
    }

    /// Whether a job for this asker may run again: some grant for it says `repeatable`, and so does each of them under
    /// which it could change something.
    pub fn is_repeatable(&self, asker: &Asker) -> bool {
        let mut grants = self.grants.iter().filter(|rule| is_for(rule, asker));
        let changes = |effect| matches!(effect, Effect::Change | Effect::Ask);
        let all = grants.clone().all(|rule| rule.repeatable || !rule.verb.is_some_and(|verb| changes(verb.effect())));
        all && grants.any(|rule| rule.repeatable)
    }

    /// Whether some grant for this asker lets the server's own credentials be used.
    pub fn allows_server_credentials(&self, asker: &Asker) -> bool {
        self.grants.iter().any(|rule| is_for(rule, asker) && rule.allow_server_credentials)
    }
}

impl<'r> ServerLimits<'r> {
    /// The time until the next contact, in seconds: what the server wishes, or `usual` where it wishes nothing, within
    /// `contact_interval`. Where two layers leave nothing in common, the longer one holds.
    pub fn next_contact(&self, wish: Option<u64>, usual: u64) -> u64 {
        let at_most = self.sets.iter().filter_map(|set| set.contact_interval?.1).min().unwrap_or(u64::MAX);
        wish.unwrap_or(usual).min(at_most).max(self.at_least())
    }

    fn at_least(&self) -> u64 {
        self.sets.iter().filter_map(|set| set.contact_interval?.0).max().unwrap_or(0)
    }

    /// One contact in the shortest interval, counted over restarts; none where there is no such limit. Drawn on (with
    /// [`crate::counters::Draw::run`]) before a server is contacted, unless the owner asked for it.
    pub fn contact(&self) -> Option<Allowance> {
        let seconds = self.at_least();
        (seconds > 0).then(|| Allowance {
            counted: Counted::Contacts,
            period: Period::Seconds(seconds),
            most: 1,
            shared: Shared::Server(self.server.clone()),
            rule: format!("contact_interval of {}", self.server),
        })
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
    use crate::counters::{Draw, Ledger};
    use crate::policy::{PolicyFile, Rules};

    fn rules(machine: &str, server: &str) -> Rules {
        let text = format!(
            "policy_version = 1\n[limits]\n{machine}\n[server.hq]\norigin = \"https://hq.example\"\n[server.hq.limits]\n{server}\n"
        );
        Rules::parse(&[PolicyFile::new("50-a.toml", text)]).unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    #[test]
    fn a_servers_wish_is_held_within_the_owners_interval() {
        let rules = rules(
            "contact_interval = { min = \"15m\", max = \"24h\" }",
            "contact_interval = { min = \"1h\", max = \"48h\" }",
        );
        let (hq, other) = (rules.limits_of("hq"), rules.limits_of("other"));
        for (wish, next) in [(Some(0), 3_600), (Some(7_200), 7_200), (Some(u64::MAX), 86_400), (None, 80_000)] {
            assert_eq!(hq.next_contact(wish, 80_000), next, "{wish:?}");
        }
        assert_eq!((other.next_contact(Some(0), 1), other.next_contact(None, 5_000)), (900, 5_000));
    }

    #[test]
    fn one_contact_in_the_shortest_interval() {
        let (some, none) = (rules("", "contact_interval = { min = \"1h\" }"), rules("", ""));
        let draws: Vec<Draw> = some.limits_of("hq").contact().iter().map(Draw::run).collect();
        let mut ledger = Ledger::default();
        assert_eq!(ledger.take(&draws, 0), Ok(()));
        let full = ledger.take(&draws, 3_599_999).unwrap_err();
        assert_eq!(full.resets, Some(3_600_000));
        assert!(full.to_string().contains("contact_interval of hq"), "{full}");
        assert_eq!(ledger.take(&draws, 3_600_000), Ok(()));
        assert_eq!(none.limits_of("hq").contact(), None);
    }
}
