//! The decision: deny by default, a forbid over any grant, one grant for all of a call, and no layer without one.
//! Bounded in time, and without looking at anything but its arguments.

mod allowances;
mod asked;
mod below;
mod commanded;
mod fits;
mod floor;
mod index;
mod networks;
mod policy;
mod publisher;
mod shown;

pub(super) use allowances::is_counted;
pub(super) use asked::Asked;
pub use below::Below;
pub use commanded::Commanded;
pub(crate) use fits::compare_versions;
pub(super) use fits::{Touch, below_oid, covers, touches};
pub(super) use policy::is_granted_to;
pub use policy::{Circumstances, OWN_TASKS, Policy};

use super::args::{ArgKey, Test};
use super::decision::{Allowed, Refusal, Verdict};
use super::explain::nearest::HOW_TO_KNOW;
use super::file::LayerName;
use super::limits::{open, opens};
use super::rule::Rule;
use super::rules::Rules;
use super::servers::Binding;
use super::template::Template;
use super::view::View;
use crate::calls::Recognised;
use crate::terms::{ApprovalRule, Mode};
use crate::{Ask, Asker, Code, Command, Effect, Scope, Verb};
use airlock_model::schema;
use index::Index;
use jiff::Timestamp;
use policy::Layer;
use shown::Shown;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Up to so many grants of a verb, a refusal names the nearest; for more, `explain` does.
const FEW: usize = 8;

/// The grants of a layer that cover a call: the most permissive, and what any of them redacts.
struct Granted<'p> {
    best: Matching<'p>,
    redact: Vec<&'p String>,
    /// All of them, for a call that is about what is below a path.
    rules: Vec<&'p Arc<Rule>>,
}

/// A grant that covers the call.
struct Matching<'p> {
    rule: &'p Arc<Rule>,
    number: usize,
    /// For `inventory.read`.
    shown: Option<&'p Arc<Shown>>,
    /// What is left of that beside the categories that are forbidden.
    left: Option<View>,
    is_open: bool,
}

impl Policy {
    /// Decides on a call at a moment.
    pub fn decide(&self, ask: &Ask, at: Timestamp) -> Verdict {
        self.decide_at(ask, Some(at))
    }

    /// Decides on a call; without a moment every window is open, and what holds for a time does not.
    pub fn decide_at(&self, ask: &Ask, at: Option<Timestamp>) -> Verdict {
        let Some(verb) = ask.verb else {
            let scope = Scope { view: self.run.clone(), ..Scope::default() };
            return Verdict::Allow(Box::new(Allowed::by("built-in: the run itself", scope)));
        };
        match self.judge(ask, verb, at) {
            Ok(allowed) => Verdict::Allow(Box::new(allowed)),
            Err(refusal) => Verdict::Deny(refusal),
        }
    }

    fn judge(&self, ask: &Ask, verb: Verb, at: Option<Timestamp>) -> Result<Allowed, Refusal> {
        if let Some(refusal) = &self.stranger {
            return Err(refusal.clone());
        }
        let asked = Asked::new(ask, verb);
        if let Some(refusal) = self.floor.refuses(&asked) {
            return Err(refusal);
        }
        for layer in &self.layers {
            layer.forbidden(&asked, at)?;
        }
        let mut all = vec![];
        for layer in &self.layers {
            all.push((layer, self.granted(layer, &asked, at)?));
        }
        if all.is_empty() {
            return Err(Refusal::of(Code::NoGrant));
        }
        self.binding(&asked)?;
        let command = self.command(&asked)?;
        let mut allowed = Allowed::by("", Scope { command, ..Scope::default() });
        for (layer, granted) in &all {
            self.narrow(&mut allowed, layer, granted, &asked);
            if asked.ask.below {
                let below = allowed.scope.below.get_or_insert_with(|| Below::new(verb));
                below.narrow(granted.best.rule, &granted.rules, layer.forbids.get(&verb), at);
            }
        }
        if verb == Verb::UiAsk {
            allowed.scope.asked_by.clone_from(&self.server);
        }
        self.windows(verb, at, &all)?;
        allowed.terms.allowances.extend(self.allowances(verb));
        let planned = matches!(verb.effect(), Effect::Change | Effect::Network | Effect::Ask);
        allowed.terms.mode = if self.mode == Mode::DryRun && !planned { Mode::Enforce } else { self.mode };
        Ok(allowed)
    }

    /// What the grants of a layer that cover the call say together.
    fn granted<'p>(&'p self, layer: &'p Layer, asked: &Asked, at: Option<Timestamp>) -> Result<Granted<'p>, Refusal> {
        let index = layer.grants.get(&asked.verb);
        let hidden = if asked.verb == Verb::InventoryRead { layer.hidden(at) } else { vec![] };
        let mut found: Option<Granted<'p>> = None;
        let mut is_covered = false;
        for number in index.map(|index| index.candidates(asked, false)).unwrap_or_default() {
            let Some(rule) = index.and_then(|index| index.rules.get(number)) else { continue };
            let shown = if asked.verb == Verb::InventoryRead { layer.shown.get(number) } else { None };
            if !self.grant_covers(rule, shown, asked) {
                continue;
            }
            is_covered = true;
            let left = shown.filter(|_| !hidden.is_empty()).map(|shown| shown.view.without(&hidden));
            if left.as_ref().is_some_and(|view| !shows_all(view, asked)) {
                continue;
            }
            let windows = &rule.limits.windows;
            let is_open =
                windows.is_empty() || at.is_none_or(|at| open(windows, asked.verb, &at.to_zoned(self.zone.clone())));
            let one = Matching { rule, number, shown, left, is_open };
            match &mut found {
                None => found = Some(Granted { redact: rule.redact.iter().collect(), best: one, rules: vec![rule] }),
                Some(found) => {
                    found.redact.extend(&rule.redact);
                    found.rules.push(rule);
                    if rank(&one) < rank(&found.best) {
                        found.best = one;
                    }
                }
            }
        }
        match found {
            Some(found) => Ok(found),
            None if is_covered => Err(layer.nothing_left()),
            None => Err(self.no_grant(layer.name, index, asked)),
        }
    }

    fn grant_covers(&self, rule: &Rule, shown: Option<&Arc<Shown>>, asked: &Asked) -> bool {
        let sections = match (shown, &asked.sections) {
            (Some(shown), Some(sections)) => shown.all(sections),
            (_, sections) => sections.as_ref().is_some_and(Vec::is_empty),
        };
        sections && grant_fits(rule, asked, &self.macs)
    }

    /// Takes one layer's grants into account: the one that is named is the most permissive of those that cover the call,
    /// what is redacted is what any of them says.
    fn narrow(&self, allowed: &mut Allowed, layer: &Layer, granted: &Granted<'_>, asked: &Asked) {
        let best = &granted.best;
        let rule = best.rule;
        let first = allowed.rule.is_empty();
        allowed.rule = if first { rule.label() } else { format!("{} and {}", allowed.rule, rule.label()) };
        let terms = &mut allowed.terms;
        if let Some(name) = rule.approval.as_ref().filter(|name| !terms.approvals.iter().any(|a| a.name == **name)) {
            terms.approvals.push(self.approvals.get(name).cloned().unwrap_or_else(|| ApprovalRule::named(name)));
        }
        let counted = layer.allowances.get(&(asked.verb, best.number));
        terms.allowances.extend(counted.into_iter().flatten().cloned());
        let scope = &mut allowed.scope;
        for profile in &granted.redact {
            if !scope.redact.contains(profile) {
                scope.redact.push((*profile).clone());
            }
        }
        scope.redact.sort_unstable();
        if let Some(view) = best.view() {
            scope.view = if first { view.clone() } else { scope.view.narrowed(view) };
        }
        let smaller = |old: Option<u64>, key| match (old, number_of(rule, key)) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        scope.max_bytes = smaller(scope.max_bytes, ArgKey::MaxBytes);
        scope.max_results = smaller(scope.max_results, ArgKey::MaxResults);
        scope.bytes_per_second = smaller(scope.bytes_per_second, ArgKey::BytesPerSecond);
        if let Some(root) = root_of(rule, asked)
            && scope.root.as_ref().is_none_or(|old| old.len() < root.len())
        {
            scope.root = Some(root.to_owned());
        }
        scope.is_named |= is_named(rule, asked);
        scope.is_sealed |= asked.verb == Verb::PkgFetch && rule.arg(ArgKey::Publishers).is_some();
    }

    fn windows(&self, verb: Verb, at: Option<Timestamp>, all: &[(&Layer, Granted<'_>)]) -> Result<(), Refusal> {
        let Some(at) = at else { return Ok(()) };
        let closed = all.iter().map(|(_, granted)| &granted.best).find(|best| !best.is_open);
        if self.windows.is_empty() && closed.is_none() {
            return Ok(());
        }
        let now = at.to_zoned(self.zone.clone());
        let shut = self.windows.iter().find(|windows| !open(windows, verb, &now));
        if shut.is_none() && closed.is_none() {
            return Ok(());
        }
        let mut sets: Vec<_> = self.windows.iter().map(Vec::as_slice).collect();
        sets.extend(closed.map(|one| one.rule.limits.windows.as_slice()));
        let again = opens(&sets, verb, at, &self.zone);
        let place = shut.and_then(|windows| windows.iter().find(|window| window.is_for(verb))).map(|window| &window.at);
        let rule = closed.map(|one| one.rule.label());
        let rule = place.map(ToString::to_string).or(rule);
        let opens = again.map_or_else(|| "it does not open soon".to_owned(), |at| format!("it opens at {at}"));
        let why = format!("{}: window {}; {opens}", Code::Window.meaning(), rule.unwrap_or_default());
        Err(Refusal::new(Code::Window, why))
    }

    /// A credential is used with what it is bound to, and with nothing else.
    fn binding(&self, asked: &Asked) -> Result<(), Refusal> {
        let Some(name) = &asked.ask.credential else { return Ok(()) };
        if name.starts_with(SERVERS_OWN) {
            return Ok(());
        }
        let refuse = |why: String| Err(Refusal::new(Code::CredentialBinding, why));
        let Some(credential) = self.credentials.get(name) else {
            return refuse(format!("there is no credential {name:.100?}"));
        };
        let targets =
            asked.addresses.len() + usize::from(asked.ask.host.is_some()) + usize::from(asked.ask.origin.is_some());
        let in_net =
            |address| credential.use_for.iter().any(|b| matches!(b, Binding::Net(net) if net.contains(address)));
        if let Some(outside) = asked.addresses.iter().find(|address| !in_net(*address)) {
            // A host that is bound by its name may have any address.
            if asked.host.is_none() || crate::policy::matching::in_disguise(asked.host.unwrap_or_default()).is_some() {
                return refuse(format!("credential {name:?} ({}) is not for {outside}", credential.use_for_at));
            }
        }
        let bound = |holds: &dyn Fn(&Binding) -> bool| credential.use_for.iter().any(holds);
        let host = asked.ask.host.as_ref().filter(|host| {
            !bound(&|binding| matches!(binding, Binding::Host(pattern) if pattern.matches(host)))
                && asked.addresses.is_empty()
        });
        let origin =
            asked.ask.origin.as_ref().filter(|origin| {
                !bound(&|binding| matches!(binding, Binding::Origin(pattern) if pattern.matches(origin)))
            });
        match host.or(origin) {
            Some(outside) => {
                refuse(format!("credential {name:?} ({}) is not for {outside:.200}", credential.use_for_at))
            }
            None if targets == 0 => refuse(format!("credential {name:?}: the call does not say what for")),
            None => Ok(()),
        }
    }

    /// What a free command line may mean: by the templates that recognise just these words, in the order of their names.
    pub(crate) fn recognised(&self, line: &str) -> Vec<Recognised> {
        let meant = |template: &Template| {
            let args = template.recognise(line)?;
            Some(Recognised { template: template.name.clone(), args })
        };
        self.templates.values().filter_map(meant).collect()
    }

    fn command(&self, asked: &Asked) -> Result<Option<Command>, Refusal> {
        if asked.verb != Verb::ExecTemplate {
            return Ok(None);
        }
        let template = asked.ask.template.as_ref().and_then(|name| self.templates.get(name));
        let Some(template) = template else { return Err(Refusal::of(Code::NoGrant)) };
        let none = std::collections::BTreeMap::new();
        match template.expand(asked.ask.args.as_ref().unwrap_or(&none)) {
            Ok(command) => Ok(Some(command)),
            Err(why) => Err(Refusal::new(Code::ArgType, format!("{why} ({})", template.at))),
        }
    }

    fn no_grant(&self, layer: LayerName, index: Option<&Index>, asked: &Asked) -> Refusal {
        let verb = asked.verb;
        let rules = index.map(|index| index.rules.as_slice()).unwrap_or_default();
        let why = match rules.len() {
            0 => format!("no grant has the verb {verb}"),
            1..=FEW => match rules.iter().rev().max_by_key(|rule| fitting(rule, asked, &self.macs)) {
                // Of several that are as near, the first.
                Some(nearest) => format!("nearest grant: {}, {}", nearest.label(), outside(nearest, asked, &self.macs)),
                None => String::new(),
            },
            many => format!("none of {many} grants of {verb} covers it"),
        };
        Refusal::new(Code::NoGrant, format!("{why} (layer {layer})"))
    }

    /// Whether some grant of one layer covers a call, whatever else there is.
    pub(super) fn grants_alone(rules: &Rules, layer: LayerName, asker: &Asker, c: &Circumstances, ask: &Ask) -> bool {
        let policy = rules.for_run(asker, c);
        let Some(verb) = ask.verb else { return true };
        let layer = policy.layers.iter().find(|known| known.name == layer);
        layer.is_some_and(|layer| policy.granted(layer, &Asked::new(ask, verb), None).is_ok())
    }

    /// The names of the credentials with which a call would be allowed, in the order in which a grant lists them.
    pub fn credentials_for(&self, ask: &Ask, at: Timestamp) -> Vec<String> {
        let mut names = self.usable(self.credentials.keys(), ask, at);
        if let (true, Some(verb)) = (names.len() > 1, ask.verb) {
            let asked = Asked::new(ask, verb);
            names.sort_by_cached_key(|name| self.place_of(name, &asked));
        }
        names
    }

    /// Of these credentials, in their order, those with which a call would be allowed.
    pub fn usable<'n>(&self, names: impl IntoIterator<Item = &'n String>, ask: &Ask, at: Timestamp) -> Vec<String> {
        let allowed = |name: &&String| {
            let ask = Ask { credential: Some((*name).clone()), ..ask.clone() };
            matches!(self.decide(&ask, at), Verdict::Allow(_))
        };
        names.into_iter().filter(allowed).cloned().collect()
    }

    /// Where the grants that may cover a call list a credential; last where they list none.
    fn place_of(&self, name: &str, asked: &Asked) -> usize {
        let indexes = self.layers.iter().filter_map(|layer| layer.grants.get(&asked.verb));
        let rules = indexes.flat_map(|index| index.candidates(asked, false).into_iter().map(|n| index.rules.get(n)));
        let place = |rule: &Arc<Rule>| match &rule.arg(ArgKey::Credentials)?.test {
            Test::Words(words) => words.iter().position(|word| word == name),
            _ => None,
        };
        rules.flatten().filter_map(place).min().unwrap_or(usize::MAX)
    }
}

/// How a credential is called that came with a server's job.
pub const SERVERS_OWN: &str = "server:";

/// Whether every argument of a grant covers the call.
pub(super) fn grant_fits(rule: &Rule, asked: &Asked, macs: &BTreeSet<String>) -> bool {
    credential_fits(rule, asked)
        && port_fits(rule, asked)
        && rule.args.iter().all(|arg| is_covered(rule, arg, asked, macs))
}

pub(super) fn is_covered(rule: &Rule, arg: &super::args::Arg, asked: &Asked, macs: &BTreeSet<String>) -> bool {
    // Names of the server's own stand in no list of the owner's.
    let servers_own = arg.key == ArgKey::Credentials && is_servers_own(asked);
    if servers_own { rule.allow_server_credentials } else { covers(arg, asked, macs) }
}

fn is_servers_own(asked: &Asked) -> bool {
    asked.ask.credential.as_ref().is_some_and(|name| name.starts_with(SERVERS_OWN))
}

/// A grant that names no ports is for SNMP's own (RFC 3417, 3.1).
fn port_fits(rule: &Rule, asked: &Asked) -> bool {
    let is_named = asked.verb != Verb::SnmpRead || rule.arg(ArgKey::Ports).is_some();
    is_named || asked.ask.port.is_none_or(|port| port == SNMP)
}

const SNMP: u16 = 161;

fn credential_fits(rule: &Rule, asked: &Asked) -> bool {
    rule.allow_server_credentials || !is_servers_own(asked)
}

/// How many arguments of a grant cover the call.
pub(super) fn fitting(rule: &Rule, asked: &Asked, macs: &BTreeSet<String>) -> usize {
    rule.args.iter().filter(|arg| is_covered(rule, arg, asked, macs)).count()
}

/// The first argument of a grant that does not cover the call, in words.
fn outside(rule: &Rule, asked: &Asked, macs: &BTreeSet<String>) -> String {
    let arg = rule.args.iter().find(|arg| !is_covered(rule, arg, asked, macs));
    if let Some(mac) = asked.ask.mac.as_ref().filter(|_| arg.is_some_and(|arg| arg.key == ArgKey::FromInventory)) {
        return format!("which is for machines that an inventory has seen, and none has seen {mac:.17}: {HOW_TO_KNOW}");
    }
    if let Some(arg) = arg.filter(|arg| arg.key != ArgKey::Categories) {
        return format!("whose {} does not cover it", arg.key.name());
    }
    let view = rule.view();
    let hidden = asked
        .ask
        .sections
        .iter()
        .find(|name| airlock_model::schema::section(name).is_none_or(|section| !view.shows_some_of(section)));
    match (hidden, asked.ask.categories.iter().find(|category| !view.has_category(category))) {
        (Some(section), _) => format!("which shows nothing of the section {section:.100}"),
        (None, Some(category)) => format!("which does not show the category {category:.100}"),
        (None, None) if !port_fits(rule, asked) => {
            format!("which names no ports and so is for {SNMP} alone (ports = [{}])", asked.ask.port.unwrap_or(SNMP))
        }
        (None, None) => "which does not cover it".to_owned(),
    }
}

/// Grants without approval go first, then open ones, then the wider; what is left is decided by what the rule is, never
/// by where it stands.
fn rank<'m>(one: &'m Matching<'_>) -> (bool, bool, bool, usize, u64, u64, u64, &'m str) {
    let shows = one.view().and_then(|view| view.categories.as_ref()).map_or(usize::MAX, Vec::len);
    let wide = |key| u64::MAX - number_of(one.rule, key).unwrap_or(u64::MAX);
    (
        !one.is_open,
        one.rule.approval.is_some(),
        one.rule.verb == Some(Verb::PkgFetch) && one.rule.arg(ArgKey::Publishers).is_some(),
        usize::MAX - shows,
        wide(ArgKey::MaxBytes),
        wide(ArgKey::MaxResults),
        wide(ArgKey::BytesPerSecond),
        one.rule.id(),
    )
}

fn number_of(rule: &Rule, key: ArgKey) -> Option<u64> {
    match rule.arg(key).map(|arg| &arg.test) {
        Some(Test::Number(number)) => Some(*number),
        _ => None,
    }
}

/// The folder that the owner named, below which the path was granted; of several the deepest.
fn root_of<'a>(rule: &'a Rule, asked: &'a Asked) -> Option<&'a str> {
    if let Some(Test::Folder(folder)) = rule.arg(ArgKey::Into).map(|arg| &arg.test) {
        return Some(folder);
    }
    let Some(Test::Paths(paths)) = rule.arg(ArgKey::Paths).map(|arg| &arg.test) else { return None };
    let path = asked.ask.path.as_deref()?;
    let covering = paths.iter().filter(|pattern| asked.is_covered_by(pattern, path));
    covering.map(|pattern| pattern.root_of(path)).max_by_key(|root| root.len())
}

/// Whether the owner wrote just this path.
fn is_named(rule: &Rule, asked: &Asked) -> bool {
    let Some(Test::Paths(paths)) = rule.arg(ArgKey::Paths).map(|arg| &arg.test) else { return false };
    asked.ask.path.as_deref().is_some_and(|path| paths.iter().any(|pattern| pattern.root() == path))
}

/// Whether something is shown of each section that is asked for.
fn shows_all(view: &View, asked: &Asked) -> bool {
    let sections = asked.sections.iter().flatten().filter_map(|number| schema::SECTIONS.get(*number));
    sections.into_iter().all(|section| view.shows_some_of(section))
}

impl Matching<'_> {
    /// What a grant of the inventory shows.
    fn view(&self) -> Option<&View> {
        self.left.as_ref().or_else(|| self.shown.map(|shown| &shown.view))
    }
}

impl Layer {
    /// The categories that forbids of this layer hide: at this moment, or without one those that are always hidden.
    fn hidden(&self, at: Option<Timestamp>) -> Vec<&str> {
        let Some(index) = self.forbids.get(&Verb::InventoryRead) else { return vec![] };
        let rules = index.rules.iter().filter(|rule| is_active(rule, at));
        let words = rules.filter_map(|rule| match rule.arg(ArgKey::Categories).map(|arg| &arg.test) {
            Some(Test::Words(words)) => Some(words.iter().map(String::as_str)),
            _ => None,
        });
        words.flatten().collect()
    }

    /// A section of which nothing is left once the forbidden categories are taken out is forbidden.
    fn nothing_left(&self) -> Refusal {
        let rules = self.forbids.get(&Verb::InventoryRead).map(|index| index.rules.as_slice()).unwrap_or_default();
        let rule = rules.iter().find(|rule| rule.arg(ArgKey::Categories).is_some());
        let label = rule.map(|rule| rule.label()).unwrap_or_default();
        let why = format!("forbidden by {label} (layer {}): nothing is left of what is asked for", self.name);
        Refusal::new(Code::Forbidden, why)
    }

    fn forbidden(&self, asked: &Asked, at: Option<Timestamp>) -> Result<(), Refusal> {
        let Some(index) = self.forbids.get(&asked.verb) else { return Ok(()) };
        let mut unknown = None;
        for number in index.candidates(asked, true) {
            let Some(rule) = index.rules.get(number).filter(|rule| is_active(rule, at)) else { continue };
            match forbid_touches(rule, asked) {
                Touch::No => {}
                Touch::Unknown => unknown = unknown.or(Some(rule)),
                Touch::Yes => {
                    let why = format!("forbidden by {} (layer {})", rule.label(), self.name);
                    return Err(Refusal::new(Code::Forbidden, why));
                }
            }
        }
        let Some(rule) = unknown else { return Ok(()) };
        Err(Refusal::new(Code::ForbidError, format!("{}: {}", Code::ForbidError.meaning(), rule.label())))
    }
}

/// Without a moment, what holds for a time does not.
pub(super) fn is_active(rule: &Rule, at: Option<Timestamp>) -> bool {
    match (&rule.when, at) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(when), Some(at)) => when.holds(at),
    }
}

/// A forbid holds when each of its arguments touches the call; one that cannot be told, and none that does not, is not
/// known.
pub(super) fn forbid_touches(rule: &Rule, asked: &Asked) -> Touch {
    let all_categories = rule.arg(ArgKey::Categories).map(|arg| &arg.test);
    if let Some(test) = all_categories {
        let named = |words: &Vec<String>| asked.ask.categories.iter().any(|category| words.contains(category));
        return match test {
            Test::Any => Touch::Yes,
            // What sections show of these categories is taken out of the grants' views.
            Test::Words(words) if named(words) => Touch::Yes,
            _ => Touch::No,
        };
    }
    let mut touch = Touch::Yes;
    for arg in &rule.args {
        match touches(arg, asked) {
            Touch::No => return Touch::No,
            Touch::Unknown => touch = Touch::Unknown,
            Touch::Yes => {}
        }
    }
    touch
}
