//! How much a server may, in one number out of ten: what it would cost if it fell into the wrong hands.

use crate::policy::args::{ArgKey, Test};
use crate::policy::problem::{Problem, Severity};
use crate::policy::rule::Rule;
use crate::policy::rules::Rules;
use crate::{Effect, Verb};
use serde::Serialize;
use std::fmt;

/// The points, in tenths, and what they were taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Score {
    /// From 0 to 100.
    pub tenths: u32,
    pub reasons: Vec<String>,
}

impl Score {
    fn take(&mut self, tenths: u32, reason: impl Into<String>) {
        self.tenths = self.tenths.saturating_sub(tenths);
        self.reasons.push(format!("-{}.{}  {}", tenths / 10, tenths % 10, reason.into()));
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tenths % 10 {
            0 => write!(f, "{}/10", self.tenths / 10),
            tenth => write!(f, "{}.{tenth}/10", self.tenths / 10),
        }
    }
}

pub(super) fn of(rules: &Rules, name: &str, problems: &[Problem]) -> Score {
    let mut score = Score { tenths: 100, reasons: vec![] };
    let Some(server) = rules.servers.get(name) else { return score };
    if !server.is_proven_by_tls() {
        score.take(40, "its identity is not proven: http");
    } else if server.tls.pin_spki.is_empty() && server.tls.ca.as_deref().is_none_or(|ca| ca == "system") {
        score.take(5, "any authority of the system vouches for it: no ca of your own and no pin_spki");
    }
    let grants: Vec<&Rule> =
        rules.grants.iter().filter(|rule| rule.servers.iter().any(|s| s == "*" || s == name)).collect();
    let changes: Vec<&&Rule> =
        grants.iter().filter(|rule| rule.verb.is_some_and(|verb| verb.effect() == Effect::Change)).collect();
    for (verb, tenths) in
        [(Verb::ExecTemplate, 10), (Verb::FilesWrite, 10), (Verb::FilesDelete, 10), (Verb::PkgInstall, 5)]
    {
        if changes.iter().any(|rule| rule.verb == Some(verb)) {
            score.take(tenths, format!("it may {} ({verb})", verb.meaning()));
        }
    }
    if changes.iter().any(|rule| rule.approval.is_none()) {
        score.take(5, "nobody here approves what it changes");
        let windows = rules.limits.iter().any(|set| !set.windows.is_empty()) || !server.limits.windows.is_empty();
        if !windows {
            score.take(5, "it may change things at any time: no windows");
        }
    }
    if changes.iter().any(|rule| rule.tasks.iter().any(|task| task == "*")) {
        score.take(5, "any task may change things");
    }
    for rule in &grants {
        let all = matches!(rule.arg(ArgKey::Categories).map(|arg| &arg.test), None | Some(Test::Any));
        if rule.verb == Some(Verb::InventoryRead) && all {
            score.take(5, "it sees every category, people and secrets included");
        }
        if rule.verb == Some(Verb::ReportSend) && rule.redact.is_empty() {
            score.take(5, "what is sent to it is not redacted");
        }
        if rule.allow_server_credentials {
            score.take(15, "it may bring credentials of its own");
        }
        if let Some(Test::Nets(nets)) = rule.arg(ArgKey::Cidr).map(|arg| &arg.test)
            && nets.iter().any(|net| net.max_prefix_len() - net.prefix_len() > 16)
        {
            score.take(10, "it reaches more than 65 536 addresses");
        }
    }
    let of_rules = |problem: &&Problem| grants.iter().any(|r| *r.at.file == problem.file && r.at.line == problem.line);
    for problem in problems.iter().filter(of_rules) {
        match (problem.severity, problem.code) {
            (Severity::Error, code) => score.take(30, format!("{code} {}", problem.message)),
            (_, "W301" | "W302") => score.take(10, problem.message.clone()),
            _ => {}
        }
    }
    if problems.iter().any(|problem| problem.severity == Severity::Error) && score.tenths > 50 {
        score.take(30, "there are errors");
    }
    score
}
