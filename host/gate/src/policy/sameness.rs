//! Which rules say the same, wherever they stand: a name for each rule that its place has no part in, and what two rules
//! have in common that differ in nothing but their names and in whom they are for. For one run, of those only one is kept.

use super::rule::Rule;
use crate::Verb;
use sha2::{Digest, Sha256};

/// What a rule says, apart from its name and from whom it is for: a digest, equal where the content is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Says([u8; 32]);

impl Says {
    pub(super) fn of(rule: &Rule) -> Self {
        let args: Vec<_> = rule.args.iter().map(|arg| (arg.key, &arg.test)).collect();
        let flags = (rule.allow_server_credentials, rule.repeatable, rule.ceiling);
        let content = (rule.verb, args, rule.limits.content(), &rule.redact, &rule.approval, &rule.when, flags);
        Self(Sha256::digest(format!("{content:?}")).into())
    }
}

/// What tells a rule from all others: its name, or what it is.
pub(super) fn id(rule: &Rule) -> String {
    if let Some(name) = &rule.name {
        return name.clone();
    }
    let args: Vec<_> = rule.args.iter().map(|arg| (arg.key, &arg.test)).collect();
    let limits: Vec<_> = rule.limits.limits.iter().map(|limit| (limit.key, limit.most)).collect();
    let content = format!(
        "{:?}",
        (rule.layer, &rule.servers, &rule.tasks, rule.verb, args, limits, &rule.redact, &rule.approval)
    );
    let digest = Sha256::digest(content.as_bytes());
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{}#{hex}", rule.verb.map_or("*", Verb::name))
}
