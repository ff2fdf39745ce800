//! The smallest change to a policy that would let exactly one call through. It is tried before it is told: a suggestion
//! after which the call is still refused is none.

use super::nearest::{is_granted, nearest};
use crate::policy::args::{Arg, ArgKey, Test};
use crate::policy::decide::Circumstances;
use crate::policy::decision::{Refusal, Verdict};
use crate::policy::edit::{Edit, apply};
use crate::policy::file::LayerName;
use crate::policy::matching::host_of;
use crate::policy::rule::Rule;
use crate::policy::rules::Rules;
use crate::policy::testcase::quoted;
use crate::policy::write::{Values, grant, net_of, values_of};
use crate::{Ask, Asker, Code};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

/// What would let the call through.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// The line of the nearest grant, with what is missing added: `cidr = ["10.1.0.0/16", "10.2.0.14/32"]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// What the line would let through besides: none when it is exact.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wider: Vec<String>,
    /// What has to be extended too: `credential.core.use_for`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// A grant of its own, where the line is none or lets more through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// The changes that let exactly this call through.
    pub edits: Vec<Edit>,
}

/// Changes are tried at most so often: a grant in each layer, and a credential's binding.
const STEPS: usize = 4;

pub(super) fn find(
    rules: &Rules,
    asker: &Asker,
    circumstances: &Circumstances,
    ask: &Ask,
    at: Option<Timestamp>,
    code: Code,
) -> Option<Suggestion> {
    let mut suggestion = Suggestion { line: None, wider: vec![], also: vec![], grant: None, edits: vec![] };
    if code == Code::NoGrant {
        for layer in rules.layers() {
            if !is_granted(rules, layer, asker, circumstances, ask) {
                add_grant(rules, layer, asker, circumstances, ask, &mut suggestion)?;
            }
        }
    } else if code != Code::CredentialBinding {
        return None;
    }
    let mut bound = false;
    for _ in 0..STEPS {
        let changed = Rules::parse(&apply(&rules.texts, &suggestion.edits)).ok()?;
        match changed.for_run(asker, circumstances).decide_at(ask, at) {
            Verdict::Allow(_) => return Some(suggestion),
            Verdict::Deny(Refusal { code: Code::CredentialBinding, .. }) if !bound => {
                bound = true;
                bind(rules, ask, &mut suggestion)?;
            }
            // Outside a window a grant is a grant all the same.
            Verdict::Deny(Refusal { code: Code::Window, .. }) => return Some(suggestion),
            Verdict::Deny(_) => return None,
        }
    }
    None
}

fn add_grant(
    rules: &Rules,
    layer: LayerName,
    asker: &Asker,
    circumstances: &Circumstances,
    ask: &Ask,
    suggestion: &mut Suggestion,
) -> Option<()> {
    let verb = ask.verb?;
    let values = values_of(ask)?;
    if let Some((rule, failing)) = nearest(rules, layer, asker, &circumstances.known_macs, ask)
        && let [arg] = failing.as_slice()
        && let Some(extended) = extended(arg, &values)
    {
        let line = format!("{} = {extended}", arg.key.name());
        let wider = wider(rule, arg, asker, &values);
        let is_exact = wider.is_empty();
        if suggestion.line.is_none() {
            suggestion.line = Some(line);
            suggestion.wider = wider;
        }
        if is_exact {
            let edit = Edit { file: arg.at.file.to_string(), start: arg.span.start, end: arg.span.end, text: extended };
            suggestion.edits.push(edit);
            return Some(());
        }
    }
    // In a file of that layer; the last, which is the one that its owner added last.
    let name = &rules.files.iter().rfind(|file| file.layer == layer)?.name;
    let end = rules.texts.iter().find(|file| file.name == *name)?.text.len();
    let text = grant(asker.server.as_deref(), std::slice::from_ref(&asker.task), verb, &values);
    suggestion.edits.push(Edit { file: name.clone(), start: end, end, text: format!("\n{text}") });
    suggestion.grant = Some(text);
    Some(())
}

/// An argument's value with what the call needs added.
fn extended(arg: &Arg, values: &Values) -> Option<String> {
    let (_, needed) = values.iter().find(|(key, _)| *key == arg.key)?;
    if matches!(arg.test, Test::Number(_)) {
        return needed.first().cloned();
    }
    if matches!(arg.test, Test::Folder(_) | Test::Versions(_) | Test::Flag(_)) {
        return None;
    }
    let written = arg.written.trim();
    let inside = match written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inside) => inside.trim().trim_end_matches(',').trim_end(),
        // One value without brackets.
        None => written,
    };
    let missing: Vec<&str> = needed.iter().map(String::as_str).filter(|value| !holds(arg, value)).collect();
    // A comment in a list would swallow what comes behind it.
    if inside.contains('#') || missing.is_empty() {
        return None;
    }
    let comma = if inside.is_empty() { "" } else { ", " };
    Some(format!("[{inside}{comma}{}]", missing.join(", ")))
}

/// Whether a list has the value already, letter by letter, or an address in one of its networks.
fn holds(arg: &Arg, value: &str) -> bool {
    let bare = value.trim_matches('"');
    match &arg.test {
        Test::Words(words) | Test::AnyCase(words) => words.iter().any(|word| word == bare),
        Test::Nets(nets) => bare.parse::<ipnet::IpNet>().is_ok_and(|asked| nets.iter().any(|net| net.contains(&asked))),
        _ => false,
    }
}

/// What a grant lets through besides this call when one of its arguments is extended.
fn wider(rule: &Rule, extended: &Arg, asker: &Asker, values: &Values) -> Vec<String> {
    let mut wider = vec![];
    let server = asker.server.as_deref().unwrap_or(crate::policy::rule::OWNER);
    let others =
        |all: &[String], own: &str| all.iter().filter(|one| *one != own).cloned().collect::<Vec<_>>().join(", ");
    for (what, all, own) in [("server", &rule.servers, server), ("task", &rule.tasks, &asker.task)] {
        let others = others(all, own);
        if !others.is_empty() {
            wider.push(format!("{what} {others}"));
        }
    }
    let Some(verb) = rule.verb else { return wider };
    for key in ArgKey::of(verb).iter().filter(|key| **key != extended.key) {
        let Some((_, own)) = values.iter().find(|(k, _)| k == key) else { continue };
        match rule.arg(*key) {
            None => wider.push(format!("any {}", key.name())),
            Some(arg) if is_exactly(arg, own) => {}
            Some(arg) => {
                wider.push(format!("{} = {}", key.name(), arg.written.split_whitespace().collect::<Vec<_>>().join(" ")))
            }
        }
    }
    wider
}

/// Whether an argument is for these values and nothing else.
fn is_exactly(arg: &Arg, own: &BTreeSet<String>) -> bool {
    let is_literal = match &arg.test {
        Test::Words(_) | Test::Ports(_) | Test::AnyCase(_) => true,
        Test::Nets(nets) => nets.iter().all(|net| net.prefix_len() == net.max_prefix_len()),
        Test::Origins(origins) => origins.iter().all(|origin| origin.exact_host().is_some()),
        // Of numbers the limit stays what it was.
        Test::Number(_) => return true,
        _ => false,
    };
    let values: BTreeSet<String> = arg
        .written
        .trim_matches(['[', ']'])
        .split(',')
        .map(|v| v.trim().to_owned())
        .filter(|v| !v.is_empty())
        .collect();
    is_literal && values == *own
}

/// The binding of the call's credential, extended.
fn bind(rules: &Rules, ask: &Ask, suggestion: &mut Suggestion) -> Option<()> {
    let name = ask.credential.as_ref()?;
    let credential = rules.credentials.get(name)?;
    let targets = ask.addresses.iter().map(|address| quoted(&net_of(*address)));
    let targets = targets.chain(ask.origin.iter().map(|origin| quoted(origin)));
    let host = ask.host.iter().filter(|_| ask.addresses.is_empty()).map(|host| quoted(host_of(host)));
    let written = credential.use_for_written.trim();
    let inside = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(written);
    if inside.contains('#') {
        return None;
    }
    let inside = inside.trim().trim_end_matches(',').trim_end();
    let added: Vec<String> = std::iter::once(inside.to_owned()).chain(targets).chain(host).collect();
    let text = format!("[{}]", added.join(", "));
    let (file, span) = (credential.use_for_at.file.to_string(), &credential.use_for_span);
    if suggestion.line.is_none() && suggestion.grant.is_none() {
        suggestion.line = Some(format!("credential.{name}.use_for = {text}"));
    } else {
        suggestion.also.push(format!("credential.{name}.use_for"));
    }
    suggestion.edits.push(Edit { file, start: span.start, end: span.end, text });
    Some(())
}
