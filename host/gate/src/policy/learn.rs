//! A proposal from what was asked: the smallest grants that allow exactly those calls. Values are listed, never
//! generalised: no network around addresses, no folder around paths. A proposal is text for a person to read; it is
//! never a grant by itself.

use super::args::ArgKey;
use super::decide::Asked;
use super::decision::Verdict;
use super::file::PolicyFile;
use super::rule::OWNER;
use super::rules::Rules;
use super::testcase::quoted;
use super::write::{Values, asker_line, call_line, grant, values_of};
use crate::{Ask, Asker, Verb};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// A policy file of its own.
    pub text: String,
    pub grants: usize,
    /// Calls that it does not allow, and why: no policy can, or the call is not one that a grant can speak of.
    pub left_out: Vec<String>,
}

/// One task of one server, and what it is called by whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Who {
    server: Option<String>,
    task: String,
}

/// What is listed first: the values of these differ most.
const LISTED: &[ArgKey] = &[
    ArgKey::Categories,
    ArgKey::Cidr,
    ArgKey::Paths,
    ArgKey::Origins,
    ArgKey::Templates,
    ArgKey::Hosts,
    ArgKey::Keys,
    ArgKey::Oids,
    ArgKey::Names,
    ArgKey::Macs,
    ArgKey::Classes,
];

/// Proposes a policy for what was asked. `known` says what the names stand for that calls use.
pub fn learn(observed: &[(Asker, Ask)], known: &Rules) -> Proposal {
    let mut left_out = BTreeSet::new();
    let mut seen: BTreeMap<(Who, Verb), BTreeSet<Values>> = BTreeMap::new();
    for (asker, ask) in observed {
        let Some(verb) = ask.verb else { continue };
        match (values_of(ask), why_not(asker, ask, verb, known)) {
            (Some(values), None) => {
                let who = Who { server: asker.server.clone(), task: asker.task.clone() };
                seen.entry((who, verb)).or_default().insert(values);
            }
            (_, Some(why)) => drop(left_out.insert(line(asker, ask, &why))),
            (None, None) => drop(left_out.insert(line(asker, ask, "it does not say what a grant has to"))),
        }
    }
    let mut text = head(observed, known);
    let mut grants = 0;
    for ((who, verb), calls) in &seen {
        for values in merged(calls) {
            text += "\n";
            text += &grant(who.server.as_deref(), std::slice::from_ref(&who.task), *verb, &values);
            grants += 1;
        }
    }
    // What the floor refuses is refused by this policy too; that is said, not hidden.
    if let Ok(rules) = Rules::parse(&[PolicyFile::new("proposal", text.clone())]) {
        for (asker, ask) in observed.iter().filter(|(_, ask)| ask.verb.is_some()) {
            let verdict = rules.for_run(asker, &rules.usual_circumstances(asker)).decide_at(ask, None);
            if let Verdict::Deny(refusal) = verdict {
                left_out.insert(line(asker, ask, &refusal.why));
            }
        }
    }
    Proposal { text, grants, left_out: left_out.into_iter().collect() }
}

fn line(asker: &Asker, ask: &Ask, why: &str) -> String {
    format!("{}  call={}: {why}", asker_line(asker), call_line(ask))
}

/// Calls for which no grant is written.
fn why_not(asker: &Asker, ask: &Ask, verb: Verb, known: &Rules) -> Option<String> {
    let unknown = |kind: &str, name: &Option<String>, is_known: &dyn Fn(&String) -> bool| {
        let name = name.as_ref().filter(|name| !is_known(name))?;
        Some(format!("no {kind} is called {name:.100?}"))
    };
    let policy = known.for_run(asker, &known.usual_circumstances(asker));
    let floor = policy.floor.refuses(&Asked::new(ask, verb)).map(|refusal| refusal.why);
    floor
        .or_else(|| unknown("credential", &ask.credential, &|name| known.credentials.contains_key(name)))
        .or_else(|| unknown("template", &ask.template, &|name| known.templates.contains_key(name)))
        .or_else(|| unknown("publisher", &ask.publisher, &|name| known.publishers.contains_key(name)))
        .or_else(|| unknown("publisher", &asker.publisher, &|name| known.publishers.contains_key(name)))
        .or_else(|| unknown("server", &asker.server, &|name| known.servers.contains_key(name)))
        .or_else(|| (!super::template::is_name(&asker.task)).then(|| "the task has no name of its own".to_owned()))
}

/// Calls that differ in one argument alone become one grant that lists it; then the same again with the next. So a grant
/// covers every combination of its values only where each of them was seen.
fn merged(calls: &BTreeSet<Values>) -> Vec<Values> {
    let mut all: Vec<Values> = calls.iter().cloned().collect();
    let keys: BTreeSet<ArgKey> = all.iter().flatten().map(|(key, _)| *key).collect();
    let first = LISTED.iter().filter(|key| keys.contains(key));
    let rest = keys.iter().filter(|key| !LISTED.contains(key));
    // Numbers last: of them the largest stands for all.
    let (numbers, rest): (Vec<_>, Vec<_>) = rest.partition(|key| is_number(**key));
    for key in first.chain(rest).chain(numbers) {
        all = merged_by(*key, all);
    }
    all
}

fn is_number(key: ArgKey) -> bool {
    matches!(key, ArgKey::MaxBytes | ArgKey::MaxResults | ArgKey::BytesPerSecond)
}

fn merged_by(key: ArgKey, all: Vec<Values>) -> Vec<Values> {
    // A folder to install into is one, not a list.
    if key == ArgKey::Into {
        return all;
    }
    let mut groups: BTreeMap<(bool, Values), BTreeSet<String>> = BTreeMap::new();
    for values in all {
        let (own, others): (Vec<_>, Vec<_>) = values.into_iter().partition(|(k, _)| *k == key);
        let own: BTreeSet<String> = own.into_iter().flat_map(|(_, values)| values).collect();
        // One without the argument is another grant than one with it.
        groups.entry((own.is_empty(), others)).or_default().extend(own);
    }
    let joined = groups.into_iter().map(|((_, mut values), own)| {
        if !own.is_empty() {
            values.push((key, own));
            values.sort();
        }
        values
    });
    joined.collect()
}

/// What the names stand for that are used.
fn head(observed: &[(Asker, Ask)], known: &Rules) -> String {
    let mut text =
        String::from("# Proposed from what was asked. Nothing of it holds until you put it into policy.d.\n");
    text += "policy_version = 1\nid = \"learned\"\nlayer = \"local\"\nmode = \"enforce\"\n";
    let used = |of: &dyn Fn(&Asker, &Ask) -> Option<String>| {
        observed.iter().filter_map(|(asker, ask)| of(asker, ask)).collect::<BTreeSet<String>>()
    };
    for name in used(&|asker, _| asker.server.clone()).iter().filter(|name| *name != OWNER) {
        let Some(server) = known.servers.get(name) else { continue };
        text += &format!("\n[server.{name}]\norigin = {}\n", quoted(&server.origin));
        let mut tls: Vec<String> = server.tls.ca.iter().map(|ca| format!("ca = {}", quoted(ca))).collect();
        if !server.tls.pin_spki.is_empty() {
            tls.push(format!("pin_spki = {}", list(&server.tls.pin_spki)));
        }
        if !tls.is_empty() {
            text += &format!("tls = {{ {} }}\n", tls.join(", "));
        }
    }
    for name in &used(&|_, ask| ask.credential.clone()) {
        let Some(credential) = known.credentials.get(name) else { continue };
        text += &format!("\n[credential.{name}]\nsource = {}\n", quoted(&credential.source));
        let words = [
            ("kind", credential.kind),
            ("user", credential.user.as_deref()),
            ("auth", credential.auth),
            ("priv", credential.privacy),
            ("level", credential.level),
        ];
        text.extend(words.iter().filter_map(|(key, word)| Some(format!("{key} = {}\n", quoted((*word)?)))));
        text += &format!("use_for = {}\n", credential.use_for_written);
    }
    let publishers = used(&|_, ask| ask.publisher.clone());
    for name in publishers.iter().chain(&used(&|asker, _| asker.publisher.clone())).collect::<BTreeSet<_>>() {
        let Some(publisher) = known.publishers.get(name) else { continue };
        let names: Vec<String> = publisher.names.iter().map(|name| name.pattern().to_owned()).collect();
        let (keys, threshold, names) = (list(&publisher.keys), publisher.threshold, list(&names));
        text += &format!("\n[publisher.{name}]\nkeys = {keys}\nthreshold = {threshold}\nnames = {names}\n");
    }
    for name in &used(&|_, ask| ask.template.clone()) {
        text.extend(known.templates.get(name).map(|template| format!("\n{}", template.written())));
    }
    text
}

fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", values.join(", "))
}
