//! The rules for one run: those of its server and its task, sorted by what they are about.

use super::allowances::{of_limits, of_runs};
use super::floor::Floor;
use super::index::Index;
use super::shown::{Shown, Shows};
use crate::policy::args::{Arg, ArgKey};
use crate::policy::decision::Refusal;
use crate::policy::file::LayerName;
use crate::policy::limits::{Limit, LimitKey, Window};
use crate::policy::rule::{NEIGHBOURS, OWNER, Rule};
use crate::policy::rules::Rules;
use crate::policy::sameness::Says;
use crate::policy::servers::{AuditSettings, Credential, Publisher};
use crate::policy::template::Template;
use crate::policy::view::View;
use crate::terms::{Allowance, ApprovalRule, Mode, Shared};
use crate::{Asker, Verb};
use airlock_model::Sensitivity;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

/// The tasks that come with the program, and `proxy`: what is passed on for other agents. Nobody else's component gets one
/// of these names.
pub const OWN_TASKS: &[&str] =
    &["inventory", "netdiscovery", "netinventory", "deploy", "collect", "wakeonlan", "esx", "remoteinventory", "proxy"];
/// Where the agent keeps what is its own, unless it is told more.
const PROTECTED: &[&str] = &["/etc/airlock", "/var/lib/airlock", "/var/log/airlock"];

/// What is known of the machine and the connection that no rule says.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// Addresses of the machine itself.
    pub own_addresses: Vec<IpAddr>,
    /// Broadcast addresses of its networks.
    pub broadcast_addresses: Vec<IpAddr>,
    /// Files and folders of the agent: program, configuration, policy, state, keys, audit.
    pub protected_paths: Vec<String>,
    /// The server proved by TLS that it is the one of the policy.
    pub server_proven_by_tls: bool,
    /// The component's publisher is who the asker says: for questions and tests. Of a run it is told by the keys.
    pub publisher_is_given: bool,
    /// Of machines that an inventory has seen, in lower case with colons: for `from_inventory`.
    pub known_macs: Arc<BTreeSet<String>>,
    /// For windows.
    pub zone: TimeZone,
}

impl Default for Circumstances {
    fn default() -> Self {
        Self {
            own_addresses: vec![],
            broadcast_addresses: vec![],
            protected_paths: PROTECTED.iter().map(|path| (*path).to_owned()).collect(),
            server_proven_by_tls: false,
            publisher_is_given: false,
            known_macs: Arc::default(),
            zone: TimeZone::UTC,
        }
    }
}

/// The rules for one run.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(super) layers: Vec<Layer>,
    pub(in crate::policy) floor: Floor,
    /// Everything is refused, for this reason.
    pub(super) stranger: Option<Refusal>,
    /// What every run sees of the sections that it may ask for.
    pub(super) run: View,
    pub(super) credentials: Arc<BTreeMap<String, Credential>>,
    pub(super) templates: Arc<BTreeMap<String, Template>>,
    pub(super) publishers: Arc<BTreeMap<String, Publisher>>,
    /// Windows of the machine and the server: each set has to be open.
    pub(super) windows: Vec<Vec<Window>>,
    limits: Vec<(Shared, Limit)>,
    pub(super) approvals: Arc<BTreeMap<String, ApprovalRule>>,
    pub(super) zone: TimeZone,
    pub(super) mode: Mode,
    pub(super) macs: Arc<BTreeSet<String>>,
    audit: AuditSettings,
    /// The local name of the server that it is for; none: the owner.
    pub(super) server: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub(super) name: LayerName,
    pub(super) grants: HashMap<Verb, Index>,
    pub(super) forbids: HashMap<Verb, Index>,
    /// By the rules' numbers in the index of `inventory.read`.
    pub(super) shown: Vec<Arc<Shown>>,
    /// What is counted for a grant, by its number.
    pub(super) allowances: HashMap<(Verb, usize), Vec<Allowance>>,
    /// Where a grant or a forbid that says this is already, by its number.
    granted: HashMap<(Verb, Says), usize>,
    forbidden: HashSet<(Verb, Says)>,
}

impl Rules {
    /// The rules that are for a run of this task for this server.
    pub fn for_run(&self, asker: &Asker, circumstances: &Circumstances) -> Policy {
        let (asker, stranger) = match self.known(asker, circumstances.publisher_is_given) {
            Ok(known) => (&known.clone(), None),
            Err(refusal) => (asker, Some(refusal)),
        };
        let mut shows = Shows::default();
        let layers = self.layers().into_iter().map(|name| self.layer(name, asker, &mut shows)).collect::<Vec<_>>();
        let server = asker.server.as_deref().and_then(|name| Some((name, self.servers.get(name)?)));
        let mut windows: Vec<Vec<Window>> = self.limits.iter().map(|set| set.windows.clone()).collect();
        let machine = self.limits.iter().flat_map(|set| &set.limits);
        let mut limits: Vec<(Shared, Limit)> = machine.map(|limit| (Shared::Machine, limit.clone())).collect();
        if let Some((name, server)) = server {
            windows.push(server.limits.windows.clone());
            let shared = Shared::Server(name.to_owned());
            limits.extend(server.limits.limits.iter().map(|limit| (shared.clone(), limit.clone())));
        }
        for rule in self.grants.iter().filter(|rule| is_granted_to(rule, asker)) {
            let of_run = rule.limits.limits.iter().filter(|limit| limit.key.bounds_a_run());
            limits.extend(of_run.map(|limit| (Shared::Grant(rule.id().to_owned()), limit.clone())));
        }
        windows.retain(|set| !set.is_empty());
        fn canonical(addresses: &[IpAddr]) -> impl Iterator<Item = IpAddr> {
            addresses.iter().map(IpAddr::to_canonical)
        }
        let floor = Floor {
            is_owner: asker.server.is_none(),
            // What is not encrypted proves nothing.
            server_is_proven: circumstances.server_proven_by_tls && server.is_some_and(|(_, s)| s.is_proven_by_tls()),
            own_addresses: canonical(&circumstances.own_addresses).collect(),
            broadcast_addresses: canonical(&circumstances.broadcast_addresses)
                .chain(layers.iter().flat_map(Layer::broadcasts))
                .collect(),
            protected: circumstances.protected_paths.clone(),
        };
        let mut policy = Policy {
            layers,
            floor,
            stranger,
            run: View::default(),
            credentials: Arc::new(self.credentials.clone()),
            templates: Arc::new(self.templates.clone()),
            publishers: Arc::new(self.publishers.clone()),
            windows,
            limits,
            approvals: Arc::new(self.approvals.iter().map(|(name, a)| (name.clone(), a.rule.clone())).collect()),
            zone: circumstances.zone.clone(),
            mode: self.files.iter().map(|file| file.mode).max().unwrap_or_default(),
            macs: Arc::clone(&circumstances.known_macs),
            audit: self.audit.clone(),
            server: asker.server.clone(),
        };
        policy.run = policy.sees();
        policy
    }

    /// What a test, a question or a comparison takes for granted: that the server and the publisher are who they are.
    pub fn usual_circumstances(&self, asker: &Asker) -> Circumstances {
        let server = asker.server.as_ref().and_then(|name| self.servers.get(name));
        let server_proven_by_tls = server.is_some_and(|server| server.is_proven_by_tls());
        Circumstances { server_proven_by_tls, publisher_is_given: true, ..Circumstances::default() }
    }

    fn layer(&self, name: LayerName, asker: &Asker, shows: &mut Shows) -> Layer {
        let mut layer = Layer::empty(name);
        for rule in self.grants.iter().filter(|rule| rule.layer == name && is_granted_to(rule, asker)) {
            layer.grant(rule, shows);
        }
        for rule in self.forbids.iter().filter(|rule| rule.layer == name && is_for(rule, asker)) {
            let rule = Arc::new(rule.clone());
            let verbs = rule.verb.map_or_else(|| Verb::ALL.to_vec(), |verb| vec![verb]);
            for verb in verbs {
                // A rule for every verb is about those that have its arguments.
                let has = ArgKey::of_forbid(verb);
                let fits = rule.args.iter().all(|arg| has.contains(&arg.key));
                // Of those that say the same, the first is looked at, and named.
                if fits && layer.forbidden.insert((verb, rule.says)) {
                    layer.forbids.entry(verb).or_default().add(&rule);
                }
            }
        }
        layer
    }
}

impl Layer {
    fn empty(name: LayerName) -> Self {
        Layer {
            name,
            grants: HashMap::new(),
            forbids: HashMap::new(),
            shown: vec![],
            allowances: HashMap::new(),
            granted: HashMap::new(),
            forbidden: HashSet::new(),
        }
    }

    /// Of grants that say the same, one is kept: the one that would be named and counted, were all of them looked at.
    fn grant(&mut self, rule: &Rule, shows: &mut Shows) {
        let Some(verb) = rule.verb else { return };
        let index = self.grants.entry(verb).or_default();
        let number = *self.granted.entry((verb, rule.says)).or_insert(index.rules.len());
        match index.rules.get_mut(number) {
            Some(kept) if kept.id() <= rule.id() => return,
            Some(kept) => *kept = Arc::new(rule.clone()),
            None => {
                if verb == Verb::InventoryRead {
                    self.shown.push(shows.of(&rule.view()));
                }
                index.add(&Arc::new(rule.clone()));
            }
        }
        if !rule.limits.limits.is_empty() {
            let shared = Shared::Grant(rule.id().to_owned());
            let limits = rule.limits.limits.iter().filter_map(|limit| of_limits(limit, &shared, verb, &rule.label()));
            self.allowances.insert((verb, number), limits.collect());
        }
    }
}

/// Whether a grant is for this server and this task. A forbid for `*` is for everybody, a grant is not for neighbours.
pub(in crate::policy) fn is_granted_to(rule: &Rule, asker: &Asker) -> bool {
    let is_named = || rule.servers.iter().any(|word| word == NEIGHBOURS);
    is_for(rule, asker) && (asker.server.as_deref() != Some(NEIGHBOURS) || is_named())
}

/// Whether a rule is for this server and this task.
pub(in crate::policy) fn is_for(rule: &Rule, asker: &Asker) -> bool {
    let server = asker.server.as_deref().unwrap_or(OWNER);
    let of_task = |word: &String| match word.split_once(':') {
        Some(("publisher", name)) => asker.publisher.as_deref() == Some(name),
        Some(("sha256", digest)) => asker.digest.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(digest)),
        _ => word == "*" || *word == asker.task,
    };
    rule.servers.iter().any(|word| word == "*" || word == server) && rule.tasks.iter().any(of_task)
}

impl Policy {
    fn built_in(name: &str, ceiling: Sensitivity, is_owner: bool) -> Self {
        let mut shows = Shows::default();
        let layer = Layer::empty(LayerName::Local);
        let mut policy = Policy {
            layers: vec![layer],
            floor: Floor { is_owner, protected: Circumstances::default().protected_paths, ..Floor::default() },
            stranger: None,
            run: View::default(),
            credentials: Arc::default(),
            templates: Arc::default(),
            publishers: Arc::default(),
            windows: vec![],
            limits: vec![],
            approvals: Arc::default(),
            zone: TimeZone::UTC,
            mode: Mode::Enforce,
            macs: Arc::default(),
            audit: AuditSettings::default(),
            server: None,
        };
        for layer in &mut policy.layers {
            layer.grant(&Rule::built_in(name, Verb::InventoryRead, ceiling), &mut shows);
        }
        policy.run = policy.sees();
        policy
    }

    /// What the owner's own command may do, each verb with its arguments.
    pub(super) fn of_owner(
        name: &str,
        grants: impl IntoIterator<Item = (Verb, Vec<Arg>)>,
        credentials: BTreeMap<String, Credential>,
    ) -> Self {
        let mut policy =
            Self { layers: vec![Layer::empty(LayerName::Local)], ..Self::built_in(name, Sensitivity::Public, true) };
        let mut shows = Shows::default();
        for (verb, args) in grants {
            let rule = Rule { args, ..Rule::built_in(name, verb, Sensitivity::Public) };
            for layer in &mut policy.layers {
                layer.grant(&rule, &mut shows);
            }
        }
        policy.credentials = Arc::new(credentials);
        policy.run = policy.sees();
        policy
    }

    /// Nothing is granted but the run itself.
    pub fn nothing() -> Self {
        Rules::default().for_run(&Asker::default(), &Circumstances::default())
    }

    /// The built-in grant of the owner's own command line: the whole inventory of this machine, for whoever runs the
    /// command to see. What that user may not read is not read.
    pub fn owners_command() -> Self {
        Self::built_in("the owner's own command", Sensitivity::Secret, true)
    }

    /// What a server gets that no policy file speaks of: an inventory without anything about people and without secrets.
    pub fn unknown_server() -> Self {
        Self::built_in("a server without a policy", Sensitivity::Internal, false)
    }

    /// The same where the owner never wrote a policy: that inventory may be sent. Once there was one, nothing leaves without
    /// the redaction that it asked for.
    pub fn without_a_policy() -> Self {
        let mut policy = Self::unknown_server();
        let mut shows = Shows::default();
        for layer in &mut policy.layers {
            layer.grant(
                &Rule::built_in("a server without a policy", Verb::ReportSend, Sensitivity::Internal),
                &mut shows,
            );
        }
        policy
    }

    /// How many runs of each installed task are kept as recordings.
    pub fn recordings(&self) -> u64 {
        self.audit.recordings.unwrap_or(AuditSettings::RECORDINGS)
    }

    /// What `facts.sections` lists: what some grant shows, in every layer. Each read is decided on its own.
    fn sees(&self) -> View {
        if self.stranger.is_some() {
            return View::default();
        }
        let of_layer = |layer: &Layer| {
            let grants = layer.grants.get(&Verb::InventoryRead).into_iter().flat_map(|index| &index.rules);
            let seen = grants.map(|rule| rule.view()).reduce(|a, b| a.widened(&b)).unwrap_or_default();
            let hidden = layer.hidden(None);
            if hidden.is_empty() { seen } else { seen.without(&hidden) }
        };
        self.layers.iter().map(of_layer).reduce(|a, b| a.narrowed(&b)).unwrap_or_default()
    }

    /// What a call of this verb is counted against for the machine and its server.
    pub(super) fn allowances(&self, verb: Verb) -> impl Iterator<Item = Allowance> {
        self.limits.iter().filter_map(move |(shared, limit)| of_limits(limit, shared, verb, &limit.at.to_string()))
    }

    /// What the beginning of a run is counted against.
    pub fn runs(&self) -> Vec<Allowance> {
        self.limits.iter().filter_map(|(shared, limit)| of_runs(limit, shared)).collect()
    }

    /// The smallest of the limits of this kind.
    pub fn limit(&self, key: LimitKey) -> Option<&Limit> {
        self.limits.iter().map(|(_, limit)| limit).filter(|limit| limit.key == key).min_by_key(|limit| limit.most)
    }

    /// Where and how often the audit of a run is anchored.
    pub fn audit(&self) -> &AuditSettings {
        &self.audit
    }

    /// Whether some grant of every layer is for one of these verbs: only then is there anything that a task could do.
    pub fn grants_any(&self, verbs: &[Verb]) -> bool {
        let some = |layer: &Layer| verbs.iter().any(|verb| layer.grants.get(verb).is_some_and(|i| !i.rules.is_empty()));
        self.stranger.is_none() && !self.layers.is_empty() && self.layers.iter().all(some)
    }

    /// Whether there is a grant at all, of any of these verbs.
    pub fn grants_any_of(&self, verbs: &[Verb]) -> bool {
        verbs.iter().any(|verb| self.grants_any(std::slice::from_ref(verb)))
    }

    /// All approvals that grants of a verb want.
    pub(crate) fn approvals_of(&self, verb: Verb) -> Vec<ApprovalRule> {
        let rules = self.layers.iter().filter_map(move |layer| layer.grants.get(&verb)).flat_map(|index| &index.rules);
        let names: BTreeSet<&String> = rules.filter_map(|rule| rule.approval.as_ref()).collect();
        let rule = |name: &String| self.approvals.get(name).cloned().unwrap_or_else(|| ApprovalRule::named(name));
        names.into_iter().map(rule).collect()
    }

    /// Whether some grant asks for a person's approval.
    pub fn asks_for_approval(&self) -> bool {
        let grants = self.layers.iter().flat_map(|layer| layer.grants.values());
        grants.flat_map(|index| &index.rules).any(|rule| rule.approval.is_some())
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }
}
