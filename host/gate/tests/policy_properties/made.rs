//! Policies and calls out of few words, so that they meet often.

use airlock_gate::policy::{Policy, PolicyFile, Rules, Verdict};
use airlock_gate::{Ask, Asker, Verb};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

pub(crate) const HEAD: &str = r#"
[server.hq]
origin = "https://hq.example"
[server.lab]
origin = "http://lab.example"
[credential.core]
kind = "snmpv3"
source = "file:/secrets/core"
use_for = ["10.1.0.0/16"]
[credential.printers]
kind = "snmpv2c"
source = "file:/secrets/printers"
use_for = ["10.1.40.0/24"]
[template.restart]
program = "/usr/bin/systemctl"
argv = ["restart", "--", "{unit}"]
[template.restart.args]
unit = { type = "enum", values = ["a.service", "b.service"] }
[template.status]
program = "/usr/bin/uptime"
[redact.some]
unknown = "drop"
[redact.more]
unknown = "drop"
[approval.ops]
by = ["group:wheel"]
"#;

pub(crate) const SERVERS: &[&str] = &["hq", "lab"];
pub(crate) const TASKS: &[&str] = &["inventory", "deploy", "netinventory"];
pub(crate) const VERBS: &[Verb] = &[
    Verb::InventoryRead,
    Verb::FilesRead,
    Verb::FilesWrite,
    Verb::SnmpRead,
    Verb::HttpFetch,
    Verb::ExecTemplate,
    Verb::ReportSend,
];
const CATEGORIES: &[&str] = &["cpu", "memory", "software", "user"];
const PATTERNS: &[&str] = &["/opt/acme/**", "/opt/*/a.txt", "/srv/x", "/opt/acme/a.txt", "/etc/*.conf"];
const PATHS: &[&str] =
    &["/opt/acme/a.txt", "/opt/acme/b/c.txt", "/opt/beta/a.txt", "/srv/x", "/srv/y", "/etc/a.conf", "/etc/airlock/key"];
const NETS: &[&str] = &["10.1.0.0/16", "10.1.40.0/24", "10.2.0.14", "10.0.0.0/8", "fd00::/8"];
const ADDRESSES: &[&str] =
    &["10.1.7.7", "10.1.40.9", "10.2.0.14", "10.3.3.3", "fd00::5", "127.0.0.1", "::ffff:10.1.7.7", "169.254.169.254"];
const CREDENTIALS: &[&str] = &["core", "printers"];
const ORIGINS: &[&str] = &["https://a.example", "https://*.repo.example", "http://b.example:8080"];
const ASKED_ORIGINS: &[&str] = &[
    "https://a.example",
    "https://x.repo.example",
    "https://repo.example",
    "http://b.example:8080",
    "http://b.example",
];
const METHODS: &[&str] = &["GET", "POST"];
const TEMPLATES: &[&str] = &["restart", "status"];

/// A rule as text, and whether it is a grant.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) text: String,
    pub(crate) is_grant: bool,
}

fn list(words: Vec<&'static str>) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    format!("[{}]", words.join(", "))
}

fn some(words: &'static [&'static str]) -> BoxedStrategy<String> {
    subsequence(words, 1..=words.len()).prop_map(list).boxed()
}

/// `["*"]`, or some of them.
fn subjects(words: &'static [&'static str]) -> BoxedStrategy<String> {
    prop_oneof![1 => Just("[\"*\"]".to_owned()), 3 => some(words)].boxed()
}

fn args(verb: Verb, is_grant: bool) -> BoxedStrategy<String> {
    let key =
        |key: &'static str, values: BoxedStrategy<String>| values.prop_map(move |v| format!("{key} = {v}\n")).boxed();
    let maybe = |one: BoxedStrategy<String>| prop_oneof![Just(String::new()), one].boxed();
    let must = |one: BoxedStrategy<String>| if is_grant { one } else { maybe(one) };
    let both = |a: BoxedStrategy<String>, b: BoxedStrategy<String>| (a, b).prop_map(|(a, b)| a + &b).boxed();
    let number = if is_grant {
        maybe(key("max_bytes", select(&["10", "1000"][..]).prop_map(str::to_owned).boxed()))
    } else {
        Just(String::new()).boxed()
    };
    match verb {
        Verb::InventoryRead => must(key("categories", some(CATEGORIES))),
        Verb::FilesRead | Verb::FilesWrite => both(must(key("paths", some(PATTERNS))), number),
        Verb::SnmpRead => both(must(key("cidr", some(NETS))), maybe(key("credentials", some(CREDENTIALS)))),
        Verb::HttpFetch => {
            both(both(must(key("origins", some(ORIGINS))), maybe(key("methods", some(METHODS)))), number)
        }
        Verb::ExecTemplate => must(key("templates", some(TEMPLATES))),
        Verb::ReportSend if is_grant => maybe(key("redact", some(&["some", "more"]))),
        _ => Just(String::new()).boxed(),
    }
}

pub(crate) fn rule(is_grant: bool) -> BoxedStrategy<Made> {
    let verb = select(VERBS).prop_flat_map(move |verb| (Just(verb), args(verb, is_grant)));
    let approval =
        if is_grant { prop_oneof![4 => Just(""), 1 => Just("approval = \"ops\"\n")].boxed() } else { Just("").boxed() };
    (subjects(SERVERS), subjects(TASKS), verb, approval)
        .prop_map(move |(servers, tasks, (verb, args), approval)| {
            let kind = if is_grant { "grant" } else { "forbid" };
            let text = format!("[[{kind}]]\nserver = {servers}\ntask = {tasks}\nverb = \"{verb}\"\n{args}{approval}");
            Made { text, is_grant }
        })
        .boxed()
}

pub(crate) fn some_rules() -> BoxedStrategy<Vec<Made>> {
    let grants = proptest::collection::vec(rule(true), 1..12);
    let forbids = proptest::collection::vec(rule(false), 0..3);
    (grants, forbids).prop_map(|(grants, forbids)| grants.into_iter().chain(forbids).collect()).boxed()
}

/// Everything in one local file.
pub(crate) fn one_file(rules: &[Made]) -> Vec<PolicyFile> {
    let text: String = rules.iter().map(|rule| rule.text.as_str()).collect();
    vec![PolicyFile::new("50-a.toml", format!("policy_version = 1\n{HEAD}{text}"))]
}

pub(crate) fn parsed(files: &[PolicyFile]) -> Rules {
    Rules::parse(files).unwrap_or_else(|problems| panic!("{problems:#?}\n{files:#?}"))
}

pub(crate) fn call() -> BoxedStrategy<(Asker, Ask)> {
    let asker = (select(SERVERS), select(TASKS)).prop_map(|(server, task)| Asker {
        server: Some(server.to_owned()),
        task: task.to_owned(),
        ..Asker::default()
    });
    (asker, select(VERBS).prop_flat_map(ask)).boxed()
}

fn word(words: &'static [&'static str]) -> BoxedStrategy<Option<String>> {
    select(words).prop_map(|word| Some(word.to_owned())).boxed()
}

fn ask(verb: Verb) -> BoxedStrategy<Ask> {
    let new = move || Ask::new(verb);
    let bytes = select(&[None, Some(5), Some(500), Some(5000)][..]);
    match verb {
        Verb::InventoryRead => {
            select(CATEGORIES).prop_map(move |c| Ask { categories: vec![c.to_owned()], ..new() }).boxed()
        }
        Verb::FilesRead | Verb::FilesWrite => {
            (word(PATHS), bytes).prop_map(move |(path, bytes)| Ask { path, bytes, ..new() }).boxed()
        }
        Verb::SnmpRead => (select(ADDRESSES), word(CREDENTIALS))
            .prop_map(move |(address, credential)| Ask {
                addresses: vec![address.parse().unwrap()],
                port: Some(161),
                credential,
                ..new()
            })
            .boxed(),
        Verb::HttpFetch => (word(ASKED_ORIGINS), word(METHODS), bytes)
            .prop_map(move |(origin, method, bytes)| Ask { origin, method, bytes, ..new() })
            .boxed(),
        Verb::ExecTemplate => (select(TEMPLATES), select(&["a.service", "c.service"][..]))
            .prop_map(move |(template, unit)| {
                let unit = [("unit".to_owned(), unit.to_owned())].into_iter().filter(|_| template == "restart");
                Ask { template: Some(template.to_owned()), args: Some(unit.collect()), ..new() }
            })
            .boxed(),
        _ => Just(new()).boxed(),
    }
}

pub(crate) fn calls(count: usize) -> BoxedStrategy<Vec<(Asker, Ask)>> {
    proptest::collection::vec(call(), count).boxed()
}

pub(crate) fn decide(rules: &Rules, (asker, ask): &(Asker, Ask)) -> Verdict {
    policy(rules, asker).decide_at(ask, None)
}

pub(crate) fn policy(rules: &Rules, asker: &Asker) -> Policy {
    rules.for_run(asker, &rules.usual_circumstances(asker))
}

/// The decision without the place of the rule that it comes from.
pub(crate) fn outcome(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Allow(allowed) => format!("{verdict} {:?}", allowed.scope),
        Verdict::Deny(_) => verdict.to_string(),
    }
}

pub(crate) fn is_allowed(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Allow(_))
}
