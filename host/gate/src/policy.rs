//! What the owner of the machine lets a run do. Deny by default: what no grant covers is refused.
//!
//! Rules here are values; the language in which owners write them (`/etc/airlock/policy.d`) becomes such values.

use crate::{Reason, Subject};
use airlock_model::{Field, Section, Sensitivity};

/// What a grant shows of the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The categories that are shown; `None` is all of them.
    pub categories: Option<Vec<String>>,
    /// Nothing more sensitive than this is shown.
    pub ceiling: Sensitivity,
}

impl View {
    fn everything() -> Self {
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
    pub verb: String,
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
pub enum Verdict<'a> {
    Allow { rule: &'a str, view: &'a View },
    Deny { reason: Reason, code: &'static str, why: String },
}

impl Policy {
    pub fn new(grants: Vec<Grant>) -> Self {
        let reads = grants.iter().filter(|g| g.verb == "inventory.read");
        // `facts.sections` lists what some grant shows; each read is decided on its own.
        let nothing = View { categories: Some(vec![]), ceiling: Sensitivity::Public };
        let run = reads.map(|g| g.view.clone()).reduce(widest).unwrap_or(nothing);
        Self { grants, run }
    }

    /// The built-in grant of the owner's own command line: the whole inventory of this machine, for whoever runs the
    /// command to see. What that user may not read is not read.
    pub fn owners_command() -> Self {
        Self::new(vec![Grant {
            rule: "built-in: the owner's own command".to_owned(),
            verb: "inventory.read".to_owned(),
            view: View::everything(),
        }])
    }

    /// What a server gets that no policy file speaks of: an inventory without anything about people and without secrets.
    pub fn unknown_server() -> Self {
        Self::new(vec![Grant {
            rule: "built-in: a server without a policy".to_owned(),
            verb: "inventory.read".to_owned(),
            view: View { categories: None, ceiling: Sensitivity::Internal },
        }])
    }

    /// Decides on a call. One grant has to cover all that the call is about: grants are never stitched together.
    pub fn decide(&self, verb: &str, subject: &Subject) -> Verdict<'_> {
        match subject {
            Subject::Run => Verdict::Allow { rule: "built-in: the run itself", view: &self.run },
            Subject::Sections(sections) => self.sections(verb, sections),
        }
    }

    fn sections(&self, verb: &str, sections: &[&'static Section]) -> Verdict<'_> {
        let mut nearest = None;
        for grant in self.grants.iter().filter(|g| g.verb == verb) {
            match sections.iter().find(|section| !grant.view.shows_some_of(section)) {
                None => return Verdict::Allow { rule: &grant.rule, view: &grant.view },
                Some(outside) => nearest = nearest.or(Some((grant, outside))),
            }
        }
        let why = match nearest {
            Some((grant, outside)) => {
                format!("nearest grant: {}, which shows nothing of the section {}", grant.rule, outside.name)
            }
            None => format!("no grant has the verb {verb}"),
        };
        Verdict::Deny { reason: Reason::NotGranted, code: "NO_GRANT", why }
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

    fn about(names: &[&str]) -> Subject {
        Subject::Sections(names.iter().map(|name| section(name).unwrap()).collect())
    }

    fn allows(policy: &Policy, verb: &str, subject: &Subject) -> bool {
        matches!(policy.decide(verb, subject), Verdict::Allow { .. })
    }

    #[test]
    fn without_a_grant_everything_is_refused() {
        let policy = Policy::new(vec![]);
        for section in SECTIONS {
            assert!(!allows(&policy, "inventory.read", &about(&[section.name])), "{}", section.name);
        }
        assert!(allows(&policy, "run.log", &Subject::Run));
    }

    #[test]
    fn the_owner_sees_everything_and_only_that_verb_is_granted() {
        let policy = Policy::owners_command();
        for section in SECTIONS {
            assert!(allows(&policy, "inventory.read", &about(&[section.name])), "{}", section.name);
            assert!(!allows(&policy, "exec.template", &about(&[section.name])), "{}", section.name);
        }
    }

    #[test]
    fn an_unknown_server_sees_nothing_personal_and_nothing_secret() {
        let policy = Policy::unknown_server();
        for hidden in ["envs", "users", "local_users", "local_groups"] {
            assert!(!allows(&policy, "inventory.read", &about(&[hidden])), "{hidden}");
        }
        let Verdict::Allow { view, .. } = policy.decide("inventory.read", &about(&["hardware"])) else {
            panic!("hardware is granted");
        };
        let hardware = section("hardware").unwrap();
        assert!(view.shows(hardware.field("uuid").unwrap()));
        assert!(!view.shows(hardware.field("lastloggeduser").unwrap()));
    }

    #[test]
    fn grants_are_not_stitched_together() {
        let grant = |category: &str| Grant {
            rule: category.to_owned(),
            verb: "inventory.read".to_owned(),
            view: View { categories: Some(vec![category.to_owned()]), ceiling: Sensitivity::Secret },
        };
        let policy = Policy::new(vec![grant("cpu"), grant("software")]);
        assert!(allows(&policy, "inventory.read", &about(&["cpus"])));
        assert!(allows(&policy, "inventory.read", &about(&["softwares"])));
        assert!(!allows(&policy, "inventory.read", &about(&["cpus", "softwares"])));
    }

    #[test]
    fn a_refusal_names_the_nearest_grant() {
        let Verdict::Deny { code, why, .. } = Policy::unknown_server().decide("inventory.read", &about(&["envs"]))
        else {
            panic!("envs is refused");
        };
        assert_eq!(code, "NO_GRANT");
        assert!(why.contains("a server without a policy") && why.contains("envs"), "{why}");
    }
}
