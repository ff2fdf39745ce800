//! Rules that say nothing: twice the same, within another one, never true; and grants without a limit.

use super::servers::size;
use super::{Found, called};
use crate::Verb;
use crate::policy::args::{Arg, ArgKey, Test};
use crate::policy::matching::{at_or_below, never_reached};
use crate::policy::rule::{NEIGHBOURS, Rule};
use crate::policy::rules::Rules;
use ipnet::IpNet;
use std::collections::BTreeMap;

/// Of so many rules of a verb each is compared with each.
const COMPARED: usize = 500;

pub(super) fn check(rules: &Rules, found: &mut Found<'_>) {
    for all in [&rules.grants, &rules.forbids] {
        let mut by_verb: BTreeMap<Option<Verb>, Vec<&Rule>> = BTreeMap::new();
        for rule in all {
            by_verb.entry(rule.verb).or_default().push(rule);
        }
        for rules in by_verb.values().filter(|rules| rules.len() <= COMPARED) {
            within(rules, found);
        }
    }
    for rule in &rules.grants {
        never(rules, rule, found);
        unlimited(rule, found);
    }
}

fn within(rules: &[&Rule], found: &mut Found<'_>) {
    for (number, rule) in rules.iter().enumerate() {
        for (other_number, other) in rules.iter().enumerate().filter(|(other, _)| *other != number) {
            if !is_within(rule, other) {
                continue;
            }
            let same = is_within(other, rule);
            if same && other_number > number {
                continue;
            }
            let (code, word) = if same { ("W401", "is the same as") } else { ("W402", "says nothing beside") };
            found.rule(code, rule, format!("{} {word} {}", called(rule), other.label()));
            break;
        }
    }
}

/// Whether all that one rule is about, another one is about too, on the same terms.
fn is_within(rule: &Rule, other: &Rule) -> bool {
    let all =
        |some: &[String], of: &[String]| of.iter().any(|one| one == "*") || some.iter().all(|one| of.contains(one));
    let terms = |rule: &Rule| {
        (rule.layer, rule.when.clone(), rule.approval.clone(), rule.redact.clone(), rule.allow_server_credentials)
    };
    let limited = |rule: &Rule| !rule.limits.limits.is_empty() || !rule.limits.windows.is_empty();
    // `*` is every server; neighbours are none.
    let is_within = |server: &String| other.servers.contains(server) || server != NEIGHBOURS;
    all(&rule.servers, &other.servers)
        && rule.servers.iter().all(is_within)
        && all(&rule.tasks, &other.tasks)
        && terms(rule) == terms(other)
        && (!limited(other) || rule.limits.says_the_same(&other.limits))
        && other.args.iter().all(|wide| rule.arg(wide.key).is_some_and(|narrow| is_narrower(narrow, wide)))
}

fn is_narrower(narrow: &Arg, wide: &Arg) -> bool {
    match (&narrow.test, &wide.test) {
        (_, Test::Any) => true,
        (Test::Words(some), Test::Words(of)) | (Test::AnyCase(some), Test::AnyCase(of)) => {
            some.iter().all(|one| of.contains(one))
        }
        (Test::Nets(some), Test::Nets(of)) => some.iter().all(|one| of.iter().any(|net: &IpNet| net.contains(one))),
        (Test::Ports(some), Test::Ports(of)) => some.iter().all(|one| of.contains(one)),
        (Test::Paths(some), Test::Paths(of)) => some.iter().all(|one| of.contains(one)),
        (Test::Number(a), Test::Number(b)) => a <= b,
        (a, b) => a == b,
    }
}

fn never(rules: &Rules, rule: &Rule, found: &mut Found<'_>) {
    let why = match rule.verb {
        Some(verb) if verb.effect().is_mutating() => {
            let all_http =
                rule.servers.iter().all(|name| rules.servers.get(name).is_some_and(|s| !s.is_proven_by_tls()));
            all_http.then(|| "nothing is changed for a server whose identity no TLS proves".to_owned())
        }
        _ => None,
    };
    let why = why.or_else(|| {
        let Some(Test::Nets(nets)) = rule.arg(ArgKey::Cidr).map(|arg| &arg.test) else { return None };
        let hidden = |net: &IpNet| {
            never_reached(net.network()).is_some() && never_reached(net.broadcast()).is_some() && size(net) < 1 << 120
        };
        let net = nets.iter().find(|net| hidden(net))?;
        Some(format!("{net} is never reached"))
    });
    let why = why.or_else(|| {
        let Some(Test::Paths(paths)) = rule.arg(ArgKey::Paths).map(|arg| &arg.test) else { return None };
        let own = ["/etc/airlock", "/var/lib/airlock", "/var/log/airlock", "/dev"];
        let path = paths.iter().find(|path| own.iter().any(|own| at_or_below(path.root(), own)))?;
        Some(format!("{path} is never touched"))
    });
    let why = why.or_else(|| {
        let always = rules.forbids.iter().filter(|forbid| forbid.when.is_none() && forbid.args.is_empty());
        let all =
            |some: &[String], of: &[String]| of.iter().any(|one| one == "*") || some.iter().all(|one| of.contains(one));
        let mut covering = always.filter(|forbid| {
            (forbid.verb.is_none() || forbid.verb == rule.verb)
                && all(&rule.servers, &forbid.servers)
                && all(&rule.tasks, &forbid.tasks)
        });
        covering.next().map(|forbid| format!("{} forbids all of it", forbid.label()))
    });
    if let Some(why) = why {
        found.rule("W403", rule, format!("grant {} never holds: {why}", called(rule)));
    }
}

fn unlimited(rule: &Rule, found: &mut Found<'_>) {
    let without = match rule.verb {
        Some(Verb::NetProbe) if rule.limits.limits.is_empty() => "pps and max_hosts_per_day",
        Some(Verb::FilesRead | Verb::FilesWrite | Verb::HttpFetch | Verb::PkgFetch)
            if rule.arg(ArgKey::MaxBytes).is_none() =>
        {
            "max_bytes"
        }
        Some(Verb::InventoryRead) if rule.arg(ArgKey::Categories).is_none() => "categories: it is for all of them",
        _ => return,
    };
    found.rule("W404", rule, format!("grant {} has no {without}", called(rule)));
}
