//! The grant that comes nearest to covering a call: the one of whose arguments most do.

use crate::policy::args::{Arg, ArgKey, Test};
use crate::policy::decide::{Asked, Circumstances, Policy, below_oid, fitting, is_covered, is_granted_to};
use crate::policy::file::LayerName;
use crate::policy::rule::Rule;
use crate::policy::rules::Rules;
use crate::{Ask, Asker};
use serde::Serialize;
use std::collections::BTreeSet;

/// What makes a machine known to inventories, or a grant one for it.
pub(in crate::policy) const HOW_TO_KNOW: &str =
    "have its network looked at (netdiscovery, netinventory), or name it (macs)";

/// The nearest grant, and where it ends.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nearest {
    /// `50-hq.toml:31 "scan the office"`
    pub rule: String,
    /// `cidr = ["10.1.0.0/16"]`
    pub argument: String,
    /// `10.2.0.14 is outside`
    pub outside: String,
}

/// The grants of a layer that are for this run and have the call's verb.
pub(super) fn grants<'r>(
    rules: &'r Rules,
    layer: LayerName,
    asker: &'r Asker,
    ask: &'r Ask,
) -> impl Iterator<Item = &'r Rule> {
    rules.grants.iter().filter(move |rule| rule.layer == layer && rule.verb == ask.verb && is_granted_to(rule, asker))
}

/// Whether some grant of this layer covers the call.
pub(super) fn is_granted(
    rules: &Rules,
    layer: LayerName,
    asker: &Asker,
    circumstances: &Circumstances,
    ask: &Ask,
) -> bool {
    Policy::grants_alone(rules, layer, asker, circumstances, ask)
}

pub(super) fn nearest<'r>(
    rules: &'r Rules,
    layer: LayerName,
    asker: &'r Asker,
    macs: &BTreeSet<String>,
    ask: &'r Ask,
) -> Option<(&'r Rule, Vec<&'r Arg>)> {
    let asked = Asked::new(ask, ask.verb?);
    let rule = grants(rules, layer, asker, ask).max_by_key(|rule| {
        let fits = fitting(rule, &asked, macs) + usize::from(shows(rule, ask));
        (fits, std::cmp::Reverse(rule.args.len()), std::cmp::Reverse(rule.id()))
    })?;
    let covers = |arg: &Arg| {
        if arg.key == ArgKey::Categories { shows(rule, ask) } else { is_covered(rule, arg, &asked, macs) }
    };
    Some((rule, rule.args.iter().filter(|arg| !covers(arg)).collect()))
}

/// Whether a grant of the inventory shows what is asked for.
fn shows(rule: &Rule, ask: &Ask) -> bool {
    let view = rule.view();
    let section =
        |name: &String| airlock_model::schema::section(name).is_some_and(|section| view.shows_some_of(section));
    ask.sections.iter().all(section) && ask.categories.iter().all(|category| view.has_category(category))
}

pub(super) fn find(
    rules: &Rules,
    layer: LayerName,
    asker: &Asker,
    circumstances: &Circumstances,
    ask: &Ask,
) -> Option<Nearest> {
    let (rule, failing) = nearest(rules, layer, asker, &circumstances.known_macs, ask)?;
    let first = failing.first()?;
    let argument = format!("{} = {}", first.key.name(), one_line(&first.written));
    Some(Nearest { rule: rule.label(), argument, outside: outside(first, ask) })
}

/// A value as it is written, on one line, and not longer than one.
fn one_line(written: &str) -> String {
    let words: Vec<&str> = written.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn outside(arg: &Arg, ask: &Ask) -> String {
    let is_outside = |value: &Option<String>| match value {
        Some(value) => format!("{value} is outside"),
        None => format!("the call does not say its {}", singular(arg.key)),
    };
    match (&arg.test, arg.key) {
        (Test::Nets(nets), _) => {
            let outside = ask
                .addresses
                .iter()
                .map(std::net::IpAddr::to_canonical)
                .find(|a| !nets.iter().any(|net| net.contains(a)));
            is_outside(&outside.map(|address| address.to_string()))
        }
        (_, ArgKey::Paths) => is_outside(&ask.path),
        (_, ArgKey::FromInventory) => match &ask.mac {
            Some(mac) => format!("no inventory has seen {mac:.17}: {HOW_TO_KNOW}"),
            None => is_outside(&None),
        },
        (_, ArgKey::Into) => is_outside(&ask.into),
        (_, ArgKey::Hosts) => is_outside(&ask.host),
        (_, ArgKey::Origins) => is_outside(&ask.origin),
        (Test::Oids(roots), _) => {
            let covered = |oid: &&String| roots.iter().any(|root| below_oid(oid, root));
            is_outside(&ask.oids.iter().find(|oid| !covered(oid)).cloned())
        }
        (_, ArgKey::Oids) => is_outside(&ask.oids.first().cloned()),
        (_, ArgKey::Keys) => is_outside(&ask.key),
        (_, ArgKey::Ports) => is_outside(&ask.port.map(|port| port.to_string())),
        (_, ArgKey::MaxBytes) => format!("{} bytes are more", ask.bytes.unwrap_or_default()),
        (_, ArgKey::MaxResults) => format!("{} are more", ask.results.unwrap_or_default()),
        (_, ArgKey::Categories) => {
            let names = ask.sections.iter().chain(&ask.categories).cloned().collect::<Vec<_>>();
            format!("{} is not all in it", names.join(", "))
        }
        (_, ArgKey::Credentials) => is_outside(&ask.credential),
        (_, ArgKey::Templates) => is_outside(&ask.template),
        (_, ArgKey::Publishers) => is_outside(&ask.publisher),
        (_, ArgKey::Names | ArgKey::MinVersion) => match (&ask.name, &ask.version) {
            (Some(name), Some(version)) => format!("{name} {version} is outside"),
            (name, _) => is_outside(name),
        },
        (_, ArgKey::Methods) => is_outside(&ask.method),
        (_, ArgKey::Macs) => is_outside(&ask.mac),
        (_, ArgKey::Classes) => is_outside(&ask.class),
        (_, ArgKey::Properties) => is_outside(&ask.properties.first().cloned()),
        (_, ArgKey::BytesPerSecond) => "it is as fast as this".to_owned(),
        (_, ArgKey::Cidr) => is_outside(&None),
    }
}

fn singular(key: ArgKey) -> &'static str {
    match key {
        ArgKey::Cidr => "address",
        ArgKey::Properties => "properties",
        key => key.name().strip_suffix('s').unwrap_or(key.name()),
    }
}
