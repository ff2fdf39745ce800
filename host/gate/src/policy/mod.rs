//! What the owner of the machine lets a run do. Deny by default: what no grant covers is refused.
//!
//! Owners write policies as files (`/etc/airlock/policy.d`); [`Rules::parse`] reads them strictly, [`Rules::for_run`]
//! takes from them what is for one server and one task, [`Policy::decide`] decides on each call. Nothing here looks at
//! the machine, waits or asks.

mod args;
mod compare;
mod decide;
mod decision;
mod edit;
mod explain;
mod file;
mod learn;
mod limits;
mod lint;
mod matching;
mod problem;
mod public_key;
mod read;
mod rule;
mod rules;
mod sameness;
mod server_limits;
mod servers;
mod template;
mod testcase;
mod tested;
mod view;
mod write;

pub use args::{Arg, ArgKey, Test};
pub use compare::{Change, diff};
pub(crate) use decide::compare_versions;
pub use decide::{Below, Circumstances, Commanded, OWN_TASKS, Policy, SERVERS_OWN};
pub use decision::{Allowed, Expected, Refusal, Verdict};
pub use edit::{Edit, apply};
pub use explain::{Explanation, Nearest, Suggestion, explain};
pub use file::{FileHead, LayerName, PolicyFile};
pub use learn::{Proposal, learn};
pub use limits::{Limit, LimitKey, LimitSet, Window};
pub use lint::{Lint, Score, lint};
pub(crate) use matching::at_or_below;
pub use matching::{HostPattern, OriginPattern, PathPattern, never_reached};
pub use problem::{CODES, NO_EFFECT, Problem, Severity};
pub use rule::{NEIGHBOURS, OWNER, Rule, When, is_reserved};
pub use rules::Rules;
pub use server_limits::ServerLimits;
pub use servers::{Approval, AuditSettings, Auth, Binding, Credential, Publisher, Server, Tls};
pub use template::{ArgType, Piece, Template, Word};
pub use testcase::{TestCase, call_of, quoted};
pub use tested::Outcome;
pub use view::View;
pub use write::{asker_line, call_line};

#[cfg(test)]
mod tests;
