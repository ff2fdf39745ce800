//! What the owner of the machine lets a run do. Deny by default: what no grant covers is refused.
//!
//! Rules here are values; the language in which owners write them (`/etc/airlock/policy.d`) becomes such values.

use crate::{Ask, Code, Scope, Terms, Verb};
use airlock_model::{Field, Section, Sensitivity, schema};

/// What a grant shows of the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The categories that are shown; `None` is all of them.
    pub categories: Option<Vec<String>>,
    /// Nothing more sensitive than this is shown.
    pub ceiling: Sensitivity,
}

impl Default for View {
    /// Nothing.
    fn default() -> Self {
        Self { categories: Some(vec![]), ceiling: Sensitivity::Public }
    }
}

impl View {
    pub fn everything() -> Self {
        Self { categories: None, ceiling: Sensitivity::Secret }
    }

    pub fn shows(&self, field: &Field) -> bool {
        field.sensitivity <= self.ceiling && self.has_category(field.category)
    }

    /// A section that is itself too sensitive is not shown at all: that a field of it is harmless (the name of a
    /// variable) does not make it so.
    pub fn shows_some_of(&self, section: &Section) -> bool {
        section.sensitivity <= self.ceiling && section.fields.iter().any(|field| self.shows(field))
    }

    fn has_category(&self, category: &str) -> bool {
        self.categories.as_ref().is_none_or(|some| some.iter().any(|c| c == category))
    }
}

/// One thing that is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// How people find the rule: its name, and its file and line where it has one.
    pub rule: String,
    pub verb: Verb,
    pub view: View,
}

/// The rules for one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    grants: Vec<Grant>,
    /// What every run sees of the sections that it may ask for.
    run: View,
}

/// A decision, with what is needed to explain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Allow(Box<Allowed>),
    Deny(Refusal),
}

/// The grant that covers a call, and how far it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    pub rule: String,
    pub scope: Scope,
    /// What the gate has to see to: allowances over time, approvals, dry run.
    pub terms: Terms,
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    /// In words for the owner; a task never sees them.
    pub why: String,
}

impl Refusal {
    /// A refusal that its code says all of.
    pub fn of(code: Code) -> Self {
        Self { code, why: code.meaning().to_owned() }
    }
}

impl Policy {
    pub fn new(grants: Vec<Grant>) -> Self {
        let reads = grants.iter().filter(|g| g.verb == Verb::InventoryRead);
        // `facts.sections` lists what some grant shows; each read is decided on its own.
        let run = reads.map(|g| g.view.clone()).reduce(widest).unwrap_or_default();
        Self { grants, run }
    }

    /// The built-in grant of the owner's own command line: the whole inventory of this machine, for whoever runs the
    /// command to see. What that user may not read is not read.
    pub fn owners_command() -> Self {
        Self::new(vec![Grant {
            rule: "built-in: the owner's own command".to_owned(),
            verb: Verb::InventoryRead,
            view: View::everything(),
        }])
    }

    /// What a server gets that no policy file speaks of: an inventory without anything about people and without secrets.
    pub fn unknown_server() -> Self {
        Self::new(vec![Grant {
            rule: "built-in: a server without a policy".to_owned(),
            verb: Verb::InventoryRead,
            view: View { categories: None, ceiling: Sensitivity::Internal },
        }])
    }

    /// Decides on a call. One grant has to cover all that the call is about: grants are never stitched together.
    pub fn decide(&self, ask: &Ask) -> Verdict {
        let allow = |rule: &str, view: &View| {
            let scope = Scope { view: view.clone(), ..Scope::default() };
            Verdict::Allow(Box::new(Allowed { rule: rule.to_owned(), scope, terms: Terms::default() }))
        };
        let Some(verb) = ask.verb else { return allow("built-in: the run itself", &self.run) };
        let sections: Vec<&Section> = ask.sections.iter().filter_map(|name| schema::section(name)).collect();
        let mut nearest = None;
        for grant in self.grants.iter().filter(|g| g.verb == verb) {
            match sections.iter().find(|section| !grant.view.shows_some_of(section)) {
                None => return allow(&grant.rule, &grant.view),
                Some(outside) => nearest = nearest.or(Some((grant, outside))),
            }
        }
        let why = match nearest {
            Some((grant, outside)) => {
                format!("nearest grant: {}, which shows nothing of the section {}", grant.rule, outside.name)
            }
            None => format!("no grant has the verb {verb}"),
        };
        Verdict::Deny(Refusal { code: Code::NoGrant, why })
    }
}

fn widest(a: View, b: View) -> View {
    let categories = match (a.categories, b.categories) {
        (Some(a), Some(b)) => Some(a.into_iter().chain(b).collect()),
        _ => None,
    };
    View { categories, ceiling: a.ceiling.max(b.ceiling) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_model::schema::{SECTIONS, section};

    fn about(names: &[&str]) -> Ask {
        Ask::sections(&names.iter().map(|name| section(name).unwrap()).collect::<Vec<_>>())
    }

    fn allows(policy: &Policy, ask: &Ask) -> bool {
        matches!(policy.decide(ask), Verdict::Allow(_))
    }

    #[test]
    fn without_a_grant_everything_is_refused() {
        let policy = Policy::new(vec![]);
        for section in SECTIONS {
            assert!(!allows(&policy, &about(&[section.name])), "{}", section.name);
        }
        assert!(allows(&policy, &Ask::run()));
    }

    #[test]
    fn the_owner_sees_everything_and_only_that_verb_is_granted() {
        let policy = Policy::owners_command();
        for section in SECTIONS {
            assert!(allows(&policy, &about(&[section.name])), "{}", section.name);
            let other = Ask { verb: Some(Verb::ExecTemplate), ..about(&[section.name]) };
            assert!(!allows(&policy, &other), "{}", section.name);
        }
    }

    #[test]
    fn an_unknown_server_sees_nothing_personal_and_nothing_secret() {
        let policy = Policy::unknown_server();
        for hidden in ["envs", "users", "local_users", "local_groups"] {
            assert!(!allows(&policy, &about(&[hidden])), "{hidden}");
        }
        let Verdict::Allow(allowed) = policy.decide(&about(&["hardware"])) else {
            panic!("hardware is granted");
        };
        let view = allowed.scope.view;
        let hardware = section("hardware").unwrap();
        assert!(view.shows(hardware.field("uuid").unwrap()));
        assert!(!view.shows(hardware.field("lastloggeduser").unwrap()));
    }

    #[test]
    fn grants_are_not_stitched_together() {
        let grant = |category: &str| Grant {
            rule: category.to_owned(),
            verb: Verb::InventoryRead,
            view: View { categories: Some(vec![category.to_owned()]), ceiling: Sensitivity::Secret },
        };
        let policy = Policy::new(vec![grant("cpu"), grant("software")]);
        assert!(allows(&policy, &about(&["cpus"])));
        assert!(allows(&policy, &about(&["softwares"])));
        assert!(!allows(&policy, &about(&["cpus", "softwares"])));
    }

    #[test]
    fn a_refusal_names_the_nearest_grant() {
        let Verdict::Deny(Refusal { code, why }) = Policy::unknown_server().decide(&about(&["envs"])) else {
            panic!("envs is refused");
        };
        assert_eq!(code, Code::NoGrant);
        assert!(why.contains("a server without a policy") && why.contains("envs"), "{why}");
    }
}
