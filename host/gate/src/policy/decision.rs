//! What comes of a call.

use crate::near::hint;
use crate::terms::Mode;
use crate::{Code, Scope, Terms};
use std::fmt;

/// A decision, with what is needed to explain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Allow(Box<Allowed>),
    Deny(Refusal),
}

/// The grant that covers a call, and how far it goes. Where layers narrow each other, what holds in all of them.
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

impl Allowed {
    pub(super) fn by(rule: impl Into<String>, scope: Scope) -> Self {
        Self { rule: rule.into(), scope, terms: Terms::default() }
    }

    /// A dry run of what would change the machine, use the network or ask a person.
    pub fn is_planned(&self) -> bool {
        self.terms.mode == Mode::DryRun
    }
}

impl Refusal {
    /// A refusal that its code says all of.
    pub fn of(code: Code) -> Self {
        Self::new(code, code.meaning())
    }

    pub fn new(code: Code, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}

/// What a test expects, in the words in which decisions are written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    Allow,
    /// Of any code, or of this one.
    Deny(Option<Code>),
    /// Of any approval, or of this one.
    Hold(Option<String>),
    Simulate,
}

impl Expected {
    /// Why it is none, as a hint.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        match (word, rest) {
            ("allow", "") => Ok(Expected::Allow),
            ("deny", "") => Ok(Expected::Deny(None)),
            ("deny", code) => match Code::by_name(code) {
                Some(code) => Ok(Expected::Deny(Some(code))),
                None => Err(format!("{code} is no code{}", hint(code, Code::ALL.iter().map(|code| code.name())))),
            },
            ("hold", "") => Ok(Expected::Hold(None)),
            ("hold", name) => Ok(Expected::Hold(Some(name.to_owned()))),
            ("simulate", "" | "WOULD_ALLOW") => Ok(Expected::Simulate),
            _ => Err("expected allow, deny CODE, hold NAME or simulate".to_owned()),
        }
    }

    pub fn holds(&self, verdict: &Verdict) -> bool {
        match (self, verdict) {
            (Expected::Allow, Verdict::Allow(allowed)) => allowed.terms.approvals.is_empty() && !allowed.is_planned(),
            (Expected::Deny(code), Verdict::Deny(refusal)) => code.is_none_or(|code| code == refusal.code),
            (Expected::Hold(None), Verdict::Allow(allowed)) => {
                !allowed.is_planned() && !allowed.terms.approvals.is_empty()
            }
            (Expected::Hold(Some(name)), Verdict::Allow(allowed)) => {
                !allowed.is_planned() && allowed.terms.approvals.iter().any(|rule| rule.name == *name)
            }
            (Expected::Simulate, Verdict::Allow(allowed)) => allowed.is_planned(),
            _ => false,
        }
    }
}

/// `allow`, `deny NO_GRANT`, `hold ops`, `simulate WOULD_ALLOW`.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Deny(refusal) => write!(f, "deny {}", refusal.code),
            Verdict::Allow(allowed) if allowed.is_planned() => f.write_str("simulate WOULD_ALLOW"),
            Verdict::Allow(allowed) if allowed.terms.approvals.is_empty() => f.write_str("allow"),
            Verdict::Allow(allowed) => {
                let names: Vec<&str> = allowed.terms.approvals.iter().map(|rule| rule.name.as_str()).collect();
                write!(f, "hold {}", names.join(" "))
            }
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Allow => f.write_str("allow"),
            Expected::Deny(None) => f.write_str("deny"),
            Expected::Deny(Some(code)) => write!(f, "deny {code}"),
            Expected::Hold(None) => f.write_str("hold"),
            Expected::Hold(Some(name)) => write!(f, "hold {name}"),
            Expected::Simulate => f.write_str("simulate WOULD_ALLOW"),
        }
    }
}
