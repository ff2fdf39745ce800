//! One grant or one forbid, as it is written.

use super::args::{Arg, ArgKey, Test};
use super::file::LayerName;
use super::limits::{LimitKey, LimitSet, limit};
use super::matching::{HostPattern, OriginPattern, PathPattern, plain};
use super::problem::{E_ARGUMENT, E_VALUE, E_VERB};
use super::read::{Cursor, Table, Text, number, shown, texts, wrong_type};
use super::sameness::{Says, id};
use super::view::{View, all_categories};
use crate::near::nearest;
use crate::redact::Glob;
use crate::{Location, Verb};
use airlock_model::Sensitivity;
use ipnet::IpNet;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Range;

/// The name under which rules speak of the owner's own command line; no server may be called so.
pub const OWNER: &str = "owner";
/// The name under which rules speak of whoever gets the inventory from this machine itself (`[listener.inventory]`); no
/// server may be called so. A grant to `*` is not for them: they are no server, and have to be named.
pub const NEIGHBOURS: &str = "neighbours";

/// Whether a name is none that a server may have.
pub fn is_reserved(name: &str) -> bool {
    [OWNER, NEIGHBOURS].contains(&name)
}

/// Values of one argument.
const MOST: usize = 20_000;

/// A grant or a forbid.
#[derive(Debug, Clone)]
pub struct Rule {
    pub name: Option<String>,
    pub at: Location,
    pub layer: LayerName,
    /// `*`, or names of servers.
    pub servers: Vec<String>,
    /// `*`, names of tasks, `publisher:NAME`, `sha256:DIGEST`.
    pub tasks: Vec<String>,
    /// None: every verb.
    pub verb: Option<Verb>,
    pub args: Vec<Arg>,
    /// Forbids: when they hold; none of both is always.
    pub when: Option<When>,
    pub approval: Option<String>,
    pub redact: Vec<String>,
    pub limits: LimitSet,
    pub allow_server_credentials: bool,
    /// The same job may run more than once.
    pub repeatable: bool,
    /// What a grant of `inventory.read` shows at most.
    pub(super) ceiling: Sensitivity,
    /// What the rule is, wherever it stands: the same for the same content.
    pub(super) id: String,
    /// What it says, apart from for whom: see [`super::sameness`].
    pub(super) says: Says,
    /// Where its table stands, and its lists of servers and tasks.
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl When {
    pub(super) fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }
}

impl Rule {
    /// A rule that no file has.
    pub(super) fn built_in(name: &str, verb: Verb, ceiling: Sensitivity) -> Rule {
        Rule {
            name: Some(name.to_owned()),
            at: Location::new("built-in", 0),
            layer: LayerName::Local,
            servers: vec!["*".to_owned()],
            tasks: vec!["*".to_owned()],
            verb: Some(verb),
            args: vec![],
            when: None,
            approval: None,
            redact: vec![],
            limits: LimitSet::default(),
            allow_server_credentials: false,
            repeatable: false,
            ceiling,
            id: name.to_owned(),
            says: Says::default(),
            span: 0..0,
        }
    }

    /// `50-hq.toml:31 "scan the office"`
    pub fn label(&self) -> String {
        match (&self.name, self.at.line) {
            (Some(name), 0) => format!("{}: {name}", self.at.file),
            (Some(name), _) => format!("{} {name:?}", self.at),
            (None, _) => self.at.to_string(),
        }
    }

    /// What the rule is, wherever it stands: its quotas are counted under this name.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn arg(&self, key: ArgKey) -> Option<&Arg> {
        self.args.iter().find(|arg| arg.key == key)
    }

    /// What a grant of `inventory.read` shows.
    pub(super) fn view(&self) -> View {
        let categories = match self.arg(ArgKey::Categories).map(|arg| &arg.test) {
            Some(Test::Words(words)) => Some(words.clone()),
            _ => None,
        };
        View { categories, ceiling: self.ceiling }
    }
}

/// The verb that a text names.
pub(super) fn verb(cx: &mut Cursor, text: &Text) -> Option<Verb> {
    let verb = Verb::by_name(&text.value);
    if verb.is_none() {
        let names = Verb::ALL.iter().map(|verb| verb.name());
        cx.unknown(E_VERB, &text.span, format!("there is no verb {}", shown(&text.value)), &text.value, names);
    }
    verb
}

/// What is read of a rule besides the rule: where the names stand that it uses.
pub(super) struct Read {
    pub(super) rule: Rule,
    pub(super) uses: Vec<(Kind, Text)>,
}

/// What a name that is used names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Server,
    Credential,
    Publisher,
    Template,
    Profile,
    Approval,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Server => "server",
            Kind::Credential => "credential",
            Kind::Publisher => "publisher",
            Kind::Template => "template",
            Kind::Profile => "redact",
            Kind::Approval => "approval",
        }
    }
}

pub(super) fn read(cx: &mut Cursor, table: Table<'_, '_>, layer: LayerName, is_grant: bool) -> Option<Read> {
    let at = cx.at(&table.span);
    let span = table.span.clone();
    let mut uses = vec![];
    let name = table.text(cx, "name");
    let servers = subjects(cx, &table, "server", is_grant);
    uses.extend(servers.iter().filter(|s| s.value != "*" && !is_reserved(&s.value)).map(|s| (Kind::Server, s.clone())));
    let tasks = subjects(cx, &table, "task", is_grant);
    for task in &tasks {
        match task.value.split_once(':') {
            Some(("publisher", name)) => {
                uses.push((Kind::Publisher, Text { value: name.to_owned(), span: task.span.clone() }))
            }
            Some(("sha256", digest)) if digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit()) => {}
            None if task.value == "*" || super::template::is_name(&task.value) => {}
            _ => cx.error(E_VALUE, &task.span, "a task is its name, publisher:NAME, sha256:DIGEST or \"*\""),
        }
    }
    let written = table.needs_text(cx, "verb");
    let verb = match &written {
        Some(text) if text.value == "*" && is_grant => {
            cx.error(E_VERB, &text.span, "a grant is for one verb; `*` is for forbids");
            return None;
        }
        Some(text) if text.value == "*" => None,
        Some(text) => Some(verb(cx, text)?),
        None => return None,
    };
    let mut rule = Rule {
        name: name.map(|name| name.value),
        layer,
        servers: values(servers),
        tasks: values(tasks),
        args: vec![],
        ceiling: Sensitivity::Secret,
        at,
        verb,
        when: None,
        approval: None,
        redact: vec![],
        limits: LimitSet::default(),
        allow_server_credentials: false,
        repeatable: false,
        id: String::new(),
        says: Says::default(),
        span,
    };
    let keys: Vec<ArgKey> = match (verb, is_grant) {
        (Some(verb), true) => ArgKey::of(verb).to_vec(),
        (Some(verb), false) => ArgKey::of_forbid(verb),
        (None, _) => ArgKey::ALL
            .iter()
            .copied()
            .filter(|key| Verb::ALL.iter().any(|v| ArgKey::of_forbid(*v).contains(key)))
            .collect(),
    };
    for key in keys {
        rule.args.extend(read_arg(cx, &table, key, &mut uses));
    }
    if is_grant {
        rest_of_grant(cx, &table, &mut rule, &mut uses);
    } else {
        rule.when = table.table(cx, "when").map(|when| read_when(cx, when));
    }
    other_arguments(cx, &table, verb);
    table.finish(cx);
    (rule.id, rule.says) = (id(&rule), Says::of(&rule));
    Some(Read { rule, uses })
}

/// For whom a rule is. A forbid without is for everybody, a grant says it.
fn subjects(cx: &mut Cursor, table: &Table<'_, '_>, key: &'static str, is_grant: bool) -> Vec<Text> {
    match table.texts(cx, key) {
        Some(texts) => texts,
        None if is_grant && !table.has(key) => {
            table.missing(cx, &format!("{key} (\"*\" for all)"));
            vec![]
        }
        None if is_grant => vec![],
        None => vec![Text { value: "*".to_owned(), span: table.span.clone() }],
    }
}

fn rest_of_grant(cx: &mut Cursor, table: &Table<'_, '_>, rule: &mut Rule, uses: &mut Vec<(Kind, Text)>) {
    let Some(verb) = rule.verb else { return };
    for needed in ArgKey::needed(verb) {
        if !table.has(needed.name()) {
            table.missing(cx, &format!("{} ({verb} without it would be for everything)", needed.name()));
        }
    }
    if let Some(approval) = table.text(cx, "approval") {
        rule.approval = Some(approval.value.clone());
        uses.push((Kind::Approval, approval));
    }
    if verb == Verb::ReportSend {
        let profiles = table.texts(cx, "redact").unwrap_or_default();
        rule.redact = profiles.iter().map(|profile| profile.value.clone()).collect();
        uses.extend(profiles.into_iter().map(|profile| (Kind::Profile, profile)));
    }
    if let Some(limits) = table.table(cx, "limits") {
        rule.limits = super::limits::read(cx, limits);
    }
    for key in LimitKey::of_verb(verb) {
        rule.limits.limits.extend(limit(cx, table, *key));
    }
    if ArgKey::of(verb).contains(&ArgKey::Credentials) {
        rule.allow_server_credentials = table.flag(cx, "allow_server_credentials").unwrap_or(false);
    }
    rule.repeatable = table.flag(cx, "repeatable").unwrap_or(false);
}

/// Arguments that other verbs have deserve words of their own.
fn other_arguments(cx: &mut Cursor, table: &Table<'_, '_>, verb: Option<Verb>) {
    let Some(verb) = verb else { return };
    let elsewhere = |name: &str| {
        let key = ArgKey::ALL.iter().find(|key| key.name() == name).map(|key| key.name());
        let limit = LimitKey::ALL.iter().skip(LimitKey::TABLE).find(|key| key.name() == name).map(|key| key.name());
        key.or(limit).or_else(|| ["redact", "allow_server_credentials"].into_iter().find(|known| *known == name))
    };
    for text in table.unasked() {
        let Some(known) = elsewhere(&text.value) else { continue };
        table.known(known);
        let has: Vec<&str> = ArgKey::of(verb).iter().map(|key| key.name()).collect();
        let has = if has.is_empty() { "none".to_owned() } else { has.join(", ") };
        cx.error(E_ARGUMENT, &text.span, format!("{verb} has no argument {}; its arguments: {has}", text.value));
    }
}

fn read_when(cx: &mut Cursor, table: Table<'_, '_>) -> When {
    let mut moment = |key: &'static str| {
        let value = table.value(key)?;
        let text = match value.get_ref() {
            toml::de::DeValue::Datetime(datetime) => datetime.to_string(),
            toml::de::DeValue::String(text) => text.to_string(),
            _ => {
                wrong_type(cx, value, key, "a moment");
                return None;
            }
        };
        let moment = text.parse::<Timestamp>().ok();
        if moment.is_none() {
            let expected = "a moment with its offset, such as \"2026-12-18T00:00:00Z\"";
            cx.error(E_VALUE, &value.span(), format!("{key} is {expected}, not {}", shown(&text)));
        }
        moment
    };
    let when = When { from: moment("from"), to: moment("to") };
    if let (Some(from), Some(to)) = (when.from, when.to)
        && from >= to
    {
        cx.error(E_VALUE, &table.span, "when: it ends before it begins");
    }
    table.finish(cx);
    when
}

fn values(texts: Vec<Text>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}

fn read_arg(cx: &mut Cursor, table: &Table<'_, '_>, key: ArgKey, uses: &mut Vec<(Kind, Text)>) -> Option<Arg> {
    let name = key.name();
    let value = table.value(name)?;
    let (at, span) = (cx.at(&value.span()), value.span());
    let test = match key {
        ArgKey::MaxBytes | ArgKey::MaxResults | ArgKey::BytesPerSecond => {
            Test::Number(number(cx, value, name, u64::from(u32::MAX) << 20)?)
        }
        ArgKey::FromInventory => Test::Flag(table.flag(cx, name)?),
        ArgKey::Ports => Test::Ports(ports(cx, value)?),
        ArgKey::MinVersion => Test::Versions(versions(cx, value)?),
        ArgKey::Into => {
            let into = super::read::text(cx, value, name)?;
            if !plain(&into.value) {
                cx.error(E_VALUE, &into.span, format!("into is an absolute plain path, not {}", shown(&into.value)));
            }
            Test::Folder(into.value)
        }
        _ => {
            let texts = texts(cx, value, name)?;
            if texts.is_empty() {
                cx.error(E_VALUE, &span, format!("{name} is empty: leave the rule out, or say what it is for"));
            }
            if texts.len() > MOST {
                cx.error(E_VALUE, &span, format!("{name} has {} values; at most {MOST}", texts.len()));
                return None;
            }
            uses.extend(
                names_used(key).into_iter().flat_map(|kind| texts.iter().map(move |text| (kind, text.clone()))),
            );
            test_of(cx, key, texts)
        }
    };
    let written = cx.written(&span).to_owned();
    Some(Arg { key, test, at, span, written })
}

fn names_used(key: ArgKey) -> Option<Kind> {
    match key {
        ArgKey::Credentials => Some(Kind::Credential),
        ArgKey::Templates => Some(Kind::Template),
        ArgKey::Publishers => Some(Kind::Publisher),
        _ => None,
    }
}

/// Parses each text, and says of those that are wrong why.
fn each<T>(cx: &mut Cursor, name: &str, texts: &[Text], mut parse: impl FnMut(&str) -> Result<T, String>) -> Vec<T> {
    let mut all = vec![];
    for text in texts {
        match parse(&text.value) {
            Ok(value) => all.push(value),
            Err(why) => cx.error(E_VALUE, &text.span, format!("{name}: {}: {why}", shown(&text.value))),
        }
    }
    all
}

fn test_of(cx: &mut Cursor, key: ArgKey, texts: Vec<Text>) -> Test {
    let name = key.name();
    match key {
        ArgKey::Categories => categories(cx, &texts),
        ArgKey::Paths => Test::Paths(each(cx, name, &texts, PathPattern::parse)),
        ArgKey::Cidr => Test::Nets(each(cx, name, &texts, net)),
        ArgKey::Hosts => Test::Hosts(each(cx, name, &texts, HostPattern::parse)),
        ArgKey::Origins => Test::Origins(each(cx, name, &texts, OriginPattern::parse)),
        ArgKey::Oids => Test::Oids(each(cx, name, &texts, oid)),
        ArgKey::Macs => Test::AnyCase(each(cx, name, &texts, mac)),
        ArgKey::Methods => Test::Words(each(cx, name, &texts, method)),
        ArgKey::Names => Test::Globs(each(cx, name, &texts, |text| {
            let plain = text.replace('*', "a");
            if super::template::is_name(&plain) { Ok(Glob::new(text)) } else { Err("no name of one thing".into()) }
        })),
        ArgKey::Keys => Test::Below(each(cx, name, &texts, granted_key)),
        ArgKey::Classes | ArgKey::Properties => Test::AnyCase(values(texts)),
        _ => Test::Words(values(texts)),
    }
}

fn categories(cx: &mut Cursor, texts: &[Text]) -> Test {
    if texts.iter().any(|text| text.value == "*") {
        if texts.len() > 1 {
            cx.warn(
                "W110",
                &texts.first().map_or(0..0, |t| t.span.clone()),
                "categories: \"*\" is all of them; the others say nothing",
            );
        }
        return Test::Any;
    }
    let known = all_categories();
    let mut words = vec![];
    for text in texts {
        // GLPI's name for what the schema calls `os`.
        let value = if text.value == "operatingsystem" { "os" } else { &text.value };
        match known.iter().find(|category| **category == value) {
            Some(category) => words.push((*category).to_owned()),
            None => {
                let message = format!("there is no category {}", shown(&text.value));
                cx.unknown(super::problem::E_NAME, &text.span, message, &text.value, known.iter().copied());
            }
        }
    }
    words.sort_unstable();
    words.dedup();
    Test::Words(words)
}

/// `10.1.0.0/16`, or one address.
fn net(text: &str) -> Result<IpNet, String> {
    let net = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => text.parse::<IpNet>().map_err(|_| "a network such as 10.1.0.0/16 or an address".to_owned())?,
    };
    if let IpAddr::V6(v6) = net.addr()
        && v6.to_ipv4_mapped().is_some()
    {
        return Err("write the IPv4 address as one".to_owned());
    }
    if net.addr() == net.network() { Ok(net) } else { Err(format!("bits behind the prefix; meant is {}", net.trunc())) }
}

fn oid(text: &str) -> Result<String, String> {
    let is_oid = text.len() <= 1024
        && text.split('.').all(|part| part.bytes().all(|b| b.is_ascii_digit()) && part.parse::<u32>().is_ok());
    if is_oid { Ok(text.to_owned()) } else { Err("an OID in dotted decimal, without a leading dot".to_owned()) }
}

fn mac(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let is_mac = parts.len() == 6 && parts.iter().all(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_hexdigit()));
    if is_mac { Ok(text.to_ascii_lowercase()) } else { Err("six bytes in hex with colons".to_owned()) }
}

/// `GET`; `icmp`, `arp`, `dns`, `tcp:443`, `udp:161`.
fn method(text: &str) -> Result<String, String> {
    let port = text.split_once(':').filter(|(kind, _)| matches!(*kind, "tcp" | "udp"));
    let known = match port {
        Some((_, port)) => port.parse::<u16>().is_ok_and(|number| number != 0 && number.to_string() == port),
        None => matches!(text, "icmp" | "arp" | "dns" | "GET" | "HEAD" | "POST" | "PUT"),
    };
    let near = nearest(&text.to_ascii_uppercase(), ["GET", "HEAD", "POST", "PUT"]);
    let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    if known {
        Ok(text.to_owned())
    } else {
        Err(format!("icmp, arp, dns, tcp:PORT, udp:PORT; GET, HEAD, POST, PUT{hint}"))
    }
}

fn ports(cx: &mut Cursor, value: &super::read::Value<'_>) -> Option<Vec<u16>> {
    let array = match value.get_ref().as_array() {
        Some(array) => super::read::items(array).collect(),
        None => vec![value],
    };
    let ports = array.into_iter().filter_map(|item| number(cx, item, "ports", 65_535));
    Some(ports.filter_map(|port| u16::try_from(port).ok()).collect())
}

fn versions(cx: &mut Cursor, value: &super::read::Value<'_>) -> Option<BTreeMap<String, String>> {
    let table = super::read::table(cx, value, "min_version")?;
    let mut versions = BTreeMap::new();
    for (name, value) in table.entries() {
        let Some(version) = super::read::text(cx, value, "min_version") else { continue };
        if !super::template::is_version(&version.value) {
            cx.error(E_VALUE, &version.span, format!("{} is no version", shown(&version.value)));
        }
        versions.insert(name.value, version.value);
    }
    Some(versions)
}

/// A key stands for itself and all below it, with or without a `*` behind it.
fn granted_key(text: &str) -> Result<String, String> {
    let key = registry_key(text);
    let key = key.strip_suffix("\\*").unwrap_or(&key);
    if key.contains('*') {
        Err("a * only as the last part: a key is for all below it".into())
    } else {
        Ok(key.to_owned())
    }
}

/// A registry key with one spelling for its hive and its separators.
pub(super) fn registry_key(text: &str) -> String {
    let text = text.replace('/', "\\");
    let (hive, rest) = text.split_once('\\').unwrap_or((&text, ""));
    let hive = match hive.to_ascii_uppercase().as_str() {
        "HKEY_LOCAL_MACHINE" => "HKLM".to_owned(),
        "HKEY_CURRENT_USER" => "HKCU".to_owned(),
        "HKEY_USERS" => "HKU".to_owned(),
        "HKEY_CLASSES_ROOT" => "HKCR".to_owned(),
        other => other.to_owned(),
    };
    let parts = rest.split('\\').filter(|part| !part.is_empty());
    std::iter::once(hive.as_str()).chain(parts).collect::<Vec<_>>().join("\\").to_lowercase()
}
