//! From files to rules, or to the rules that were good before.

use super::secrets::of_credentials;
use super::{Policies, unsigned};
use airlock_gate::policy::{PolicyFile, Problem, Rules, Severity, lint};
use airlock_gate::redact::Tokens;
use airlock_native::{PolicyFiles, Proposed, policy_digest};
use serde_json::json;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A policy that holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Loaded {
    /// None: there is no policy.
    pub(crate) rules: Option<Arc<Rules>>,
    /// Of the files that hold; `none` where there are none.
    pub(crate) digest: String,
    pub(crate) standing: Standing,
    /// Paths that somebody else could have written.
    pub(crate) unsafe_paths: Vec<String>,
    /// The secrets of its credentials, as far as they can be read: what leaves this machine holds none.
    pub(crate) secrets: Tokens,
}

/// Why it is this policy that holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There are no files.
    #[default]
    Missing,
    /// There are none, and there was a policy before.
    Gone { since: String },
    /// The files that are there.
    Present,
    /// The files that are there do not load; the ones before hold.
    Kept { why: String, since: String },
    /// The files that are there do not load, and there are no others.
    Broken { why: String },
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MINIMUM: &str = "a server gets an inventory without anything about people, and nothing else";
        match self {
            Standing::Missing => write!(f, "there is no policy: {MINIMUM}"),
            Standing::Gone { since } => {
                write!(f, "there is no policy any more (the last was accepted at {since}): {MINIMUM}")
            }
            Standing::Present => f.write_str("the policy as it stands in its files"),
            Standing::Kept { why, since } => {
                write!(f, "the policy does not load, so the one accepted at {since} stays in force: {why}")
            }
            Standing::Broken { why } => {
                write!(f, "the policy does not load, and there is none that did before: {MINIMUM}: {why}")
            }
        }
    }
}

impl Loaded {
    /// Tells the person at the machine what is not as it should be.
    pub(crate) fn say(&self, path: &Path) {
        match &self.standing {
            Standing::Present => {}
            Standing::Missing => tracing::info!("{}: {}", path.display(), self.standing),
            other => tracing::warn!("{}: {other}", path.display()),
        }
        if let Some(why) = self.unsafe_because() {
            tracing::warn!("{why}");
        }
    }

    /// Why nothing may be changed under this policy, if that is so.
    pub(crate) fn unsafe_because(&self) -> Option<String> {
        let paths = &self.unsafe_paths;
        (!paths.is_empty()).then(|| {
            format!(
                "nothing is changed on this machine, others could have written its policy or its settings: {}",
                paths.join("; ")
            )
        })
    }
}

/// Reads rules strictly: what does not parse, what lint calls an error, and what fails its own tests does not load.
pub(crate) fn check(files: &[PolicyFile]) -> Result<Rules, Vec<Problem>> {
    let rules = Rules::parse(files)?;
    let failed = rules.test().into_iter().filter(|outcome| !outcome.passed).map(|outcome| Problem {
        severity: Severity::Error,
        code: "TEST",
        file: outcome.at.file.to_string(),
        line: outcome.at.line,
        column: 1,
        message: format!(
            "this [[test]] expects {:?}, and the policy says {:?}: {}",
            outcome.expected, outcome.decided, outcome.why
        ),
        hint: None,
    });
    let errors = lint(&rules).problems.into_iter().filter(|problem| problem.severity == Severity::Error);
    let problems: Vec<Problem> = errors.chain(failed).collect();
    if problems.is_empty() { Ok(rules) } else { Err(problems) }
}

/// The serial of each policy by its id; one without an id goes by its file's name.
pub(crate) fn serials(rules: &Rules) -> Vec<(String, u64)> {
    rules.files.iter().map(|file| (file.id.clone().unwrap_or_else(|| file.name.clone()), file.serial)).collect()
}

impl Policies {
    /// The policy as it is now. What was accepted before is not checked again.
    pub(super) fn load(&self) -> Loaded {
        let found = match self.folder.read() {
            Ok(found) => found,
            Err(why) => return self.fall_back(why, Vec::new()),
        };
        let mut found = found;
        found.unsafe_paths.extend(self.settings_of_others());
        if found.files.is_empty() {
            let before = self.store.as_ref().and_then(|store| store.last_good().ok().flatten());
            let standing = before.map_or(Standing::Missing, |good| Standing::Gone { since: good.time });
            return Loaded { digest: "none".to_owned(), standing, ..Loaded::default() };
        }
        match self.take(&found) {
            Ok(rules) => Loaded {
                secrets: of_credentials(&rules),
                rules: Some(Arc::new(rules)),
                digest: policy_digest(&found.files),
                standing: Standing::Present,
                unsafe_paths: found.unsafe_paths,
            },
            Err(why) => self.fall_back(why, found.unsafe_paths),
        }
    }

    /// Who can write the settings says to whom this machine talks.
    fn settings_of_others(&self) -> Vec<String> {
        let path = self.places.settings_path();
        let mut found = path.map(|path| airlock_native::others_could_write(&path)).unwrap_or_default();
        found.dedup();
        found
    }

    fn take(&self, found: &PolicyFiles) -> Result<Rules, String> {
        let digest = policy_digest(&found.files);
        let accepted = self.store.as_ref().and_then(|store| store.last_good().ok().flatten());
        if accepted.is_some_and(|good| good.digest == digest) {
            return Rules::parse(&found.files).map_err(|problems| in_short(&problems));
        }
        let rules = check(&found.files).map_err(|problems| in_short(&problems))?;
        let unsigned = unsigned(&rules, found, self.folders.as_ref());
        if !unsigned.is_empty() {
            return Err(in_short(&unsigned));
        }
        let serials = serials(&rules);
        let Some(store) = &self.store else { return Ok(rules) };
        let allow_rollback = self.places.allow_rollback;
        let proposed = Proposed { files: &found.files, serials: &serials, allow_rollback };
        match store.accept(&proposed, &now()) {
            Ok(Ok(change)) => {
                self.note(
                    "policy accepted",
                    json!({"old": change.old, "new": change.new, "rolled_back": change.rolled_back}),
                );
                Ok(rules)
            }
            Ok(Err(lower)) => Err(format!("{lower}; --allow-rollback takes it all the same")),
            Err(error) => Err(format!("it cannot be kept: {error}")),
        }
    }

    fn fall_back(&self, why: String, unsafe_paths: Vec<String>) -> Loaded {
        let good = self.store.as_ref().and_then(|store| match store.last_good() {
            Ok(good) => good,
            Err(error) => {
                tracing::warn!("{error}");
                None
            }
        });
        let parsed = good.and_then(|good| Some((Rules::parse(&good.files()).ok()?, good)));
        let loaded = match parsed {
            Some((rules, good)) => Loaded {
                secrets: of_credentials(&rules),
                rules: Some(Arc::new(rules)),
                digest: good.digest,
                standing: Standing::Kept { why, since: good.time },
                unsafe_paths,
            },
            None => Loaded {
                digest: "none".to_owned(),
                standing: Standing::Broken { why },
                unsafe_paths,
                ..Loaded::default()
            },
        };
        self.note("policy refused", json!({"why": loaded.standing.to_string(), "in force": loaded.digest}));
        loaded
    }
}

fn in_short(problems: &[Problem]) -> String {
    let Some(first) = problems.first() else { return "it does not load".to_owned() };
    let more = problems.len() - 1;
    let more = if more == 0 { String::new() } else { format!(" (and {more} more; airlock policy check)") };
    format!("{}:{}:{}: {}{}{more}", first.file, first.line, first.column, first.message, hint(first))
}

fn hint(problem: &Problem) -> String {
    problem.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default()
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
