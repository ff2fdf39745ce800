//! `cargo xtask bench decisions`: what one decision of the gate costs, with few rules and with many. Calls that no rule
//! covers are the worst: nothing ends the search early.

use airlock_gate::policy::{Policy, PolicyFile, Rules, Verdict};
use airlock_gate::{Ask, Asker, Verb};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;
use std::time::Instant;

#[derive(Args)]
pub(crate) struct Options {
    /// Decisions of each kind that are timed, one by one
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
    decisions: u32,
    /// The figures as JSON
    #[arg(long)]
    json: bool,
}

/// Rules, and the time at the 99th percentile that a decision is to stay below, in nanoseconds.
const SIZES: &[(usize, Option<u64>)] = &[(10, None), (100, Some(2_000)), (10_000, Some(100_000))];

#[derive(Serialize)]
struct Figures {
    rules: usize,
    kind: &'static str,
    decision: String,
    p50_ns: u64,
    p99_ns: u64,
    goal_p99_ns: Option<u64>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let mut all = vec![];
    for (rules, goal) in SIZES {
        let asker = Asker { server: Some("hq".to_owned()), task: "deploy".to_owned(), ..Asker::default() };
        let policy = policy(*rules, &asker)?;
        for (kind, ask) in asks() {
            all.push(time(options, &policy, *rules, *goal, kind, &ask));
        }
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        println!("{:>6}  {:<28}{:<16}{:>9}{:>9}{:>9}", "rules", "call", "decision", "p50 µs", "p99 µs", "goal");
        for one in &all {
            let goal = one.goal_p99_ns.map(micros).unwrap_or_default();
            let (p50, p99) = (micros(one.p50_ns), micros(one.p99_ns));
            println!("{:>6}  {:<28}{:<16}{p50:>9}{p99:>9}{goal:>9}", one.rules, one.kind, one.decision);
        }
    }
    let missed = all.iter().any(|one| one.goal_p99_ns.is_some_and(|goal| one.p99_ns >= goal));
    Ok(if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn micros(nanos: u64) -> String {
    format!("{}.{:02}", nanos / 1000, nanos % 1000 / 10)
}

fn time(options: &Options, policy: &Policy, rules: usize, goal: Option<u64>, kind: &'static str, ask: &Ask) -> Figures {
    let mut times: Vec<u64> = (0..options.decisions)
        .map(|_| {
            let began = Instant::now();
            black_box(policy.decide_at(black_box(ask), None));
            u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX)
        })
        .collect();
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    let decision = match policy.decide_at(ask, None) {
        Verdict::Allow(_) => "allow".to_owned(),
        verdict @ Verdict::Deny(_) => verdict.to_string(),
    };
    Figures { rules, kind, decision, p50_ns: at(50), p99_ns: at(99), goal_p99_ns: goal }
}

/// A tenth of the rules forbid; the others grant, by network, folder, origin, host, command and category in turn.
fn policy(count: usize, asker: &Asker) -> Result<Policy> {
    let mut text = String::from("policy_version = 1\n[server.hq]\norigin = \"https://glpi.example\"\n");
    text += "tls = { ca = \"system\" }\n[template.status]\nprogram = \"/usr/bin/uptime\"\n";
    for n in 0..count {
        let (high, low) = (n / 250, n % 250);
        let kind = if n % 10 == 9 { "forbid" } else { "grant" };
        let rule = match n % 6 {
            0 => format!("verb = \"net.probe\"\ncidr = [\"10.{}.{low}.0/24\"]", 100 + high),
            1 => format!("verb = \"files.read\"\npaths = [\"/srv/d{n}/**\"]"),
            2 => format!("verb = \"http.fetch\"\norigins = [\"https://h{n}.example\"]"),
            3 => format!("verb = \"esx.read\"\nhosts = [\"h{n}.example\", \"*.s{n}.example\"]"),
            4 => "verb = \"exec.template\"\ntemplates = [\"status\"]".to_owned(),
            _ => "verb = \"inventory.read\"\ncategories = [\"cpu\", \"memory\", \"software\"]".to_owned(),
        };
        text += &format!("[[{kind}]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\n{rule}\n");
    }
    // What forbids a command or a section altogether would leave nothing to look at.
    let text =
        text.replace("[[forbid]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"exec.template\"", &spare("exec"));
    let text =
        text.replace("[[forbid]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"inventory.read\"", &spare("read"));
    match Rules::parse(&[PolicyFile::new("50-bench.toml", text)]) {
        Ok(rules) => Ok(rules.for_run(asker, &rules.usual_circumstances(asker))),
        Err(problems) => {
            let first = problems.first().context("a policy that does not load")?;
            bail!("the benchmark's policy does not load: {first}")
        }
    }
}

fn spare(kind: &str) -> String {
    let verb = if kind == "exec" { "exec.template" } else { "inventory.read" };
    format!("[[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"{verb}\"")
}

fn asks() -> Vec<(&'static str, Ask)> {
    let address = |d: u8| IpAddr::from(Ipv4Addr::new(10, d, 0, 7));
    let probe = |d| Ask { addresses: vec![address(d)], method: Some("icmp".to_owned()), ..Ask::new(Verb::NetProbe) };
    let origin = |origin: &str| Ask { origin: Some(origin.to_owned()), ..Ask::new(Verb::HttpFetch) };
    let host = |host: &str| Ask { host: Some(host.to_owned()), ..Ask::new(Verb::EsxRead) };
    let sections = |names: &[&str]| Ask {
        sections: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Ask::new(Verb::InventoryRead)
    };
    let command = Ask { template: Some("status".to_owned()), args: Some([].into()), ..Ask::new(Verb::ExecTemplate) };
    vec![
        ("an address, granted", probe(100)),
        ("an address, in no network", probe(1)),
        ("a path, granted", Ask::path(Verb::FilesRead, "/srv/d1/a/b/c.txt")),
        ("a path, in no folder", Ask::path(Verb::FilesRead, "/srv/none/a/b/c.txt")),
        ("an origin, granted", origin("https://h2.example")),
        ("an origin, not listed", origin("https://none.example")),
        ("a host, granted", host("a.b.s3.example")),
        ("a host, not listed", host("a.b.c.d.none.example")),
        ("a command, granted", command),
        ("sections, granted", sections(&["cpus", "memories"])),
        ("sections, one not granted", sections(&["cpus", "envs"])),
        ("a verb without a grant", Ask::path(Verb::FilesDelete, "/srv/d1/a")),
    ]
}
