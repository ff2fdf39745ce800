//! The policy engine, approvals, the audit, the kill switch.

use airlock_gate::approvals::{Bound, Held, How, Standing};
use airlock_gate::calls::{FileMkdir, FileRead, FileWrite, HttpResolve, Method, Outcome, ProcessRun, Target};
use airlock_gate::guards::{Approvals, Current, Stops};
use airlock_gate::policy::{Circumstances, PolicyFile, Rules, Verdict, explain};
use airlock_gate::ports::{Answer, Process};
use airlock_gate::terms::ApprovalRule;
use airlock_gate::{
    Ask, Asker, Audit, AuditLog, CallError, Code, Command, Gate, Guards, Limits, Native, Policy, Source, Stop, Verb,
};
use airlock_native::{CountersFile, MachineFiles, OwnFiles, RequestQueue};
use airlock_tests::HOSTILE;
use airlock_tests::owner::Owner;
use airlock_tests::ports::{FullDisk, Given, Keeper, Records, native};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const INVENTORY: &str = r#"policy_version = 1
id = "hq"
serial = 5
[server.hq]
origin = "https://glpi.corp.example"
[[grant]]
server = ["hq"]
task = ["inventory"]
verb = "inventory.read"
categories = ["hardware", "bios"]
"#;

fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn rules(files: &[(&str, &str)]) -> Rules {
    let files: Vec<PolicyFile> = files.iter().map(|(name, text)| PolicyFile::new(*name, *text)).collect();
    Rules::parse(&files).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn asker(task: &str) -> Asker {
    Asker { server: Some("hq".into()), task: task.into(), ..Asker::default() }
}

fn circumstances() -> Circumstances {
    Circumstances { server_proven_by_tls: true, ..Circumstances::default() }
}

/// Counts commands that are run.
#[derive(Default)]
struct Counted(AtomicU64);

impl Process for Counted {
    fn run<'a>(&'a self, _command: &'a Command) -> Answer<'a, Outcome> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(Outcome { exit_code: Some(0), stdout: vec![], stderr: vec![] }) })
    }
}

/// A machine with real files and commands that are counted.
fn machine(commands: &Arc<Counted>) -> Native {
    let bare = native(Arc::new(Given::machine()), Arc::new(Keeper::default()));
    let files = Arc::new(MachineFiles::new(Arc::new(OwnFiles::new(vec![]))));
    Native { files, process: Arc::clone(commands) as _, ..bare }
}

fn gate(policy: Policy, native: Native, log: Box<dyn AuditLog>, guards: Guards) -> Gate {
    let audit = Audit::new(log, "run-1".into(), "deploy@0".into(), Some("hq".into()));
    Gate::new(Arc::new(policy), Limits::default(), audit, Source::Live(native)).guarded(guards)
}

/// Everything that changes something, granted below `root`; `more` is written above the grants.
fn deploying(root: &Path, more: &str) -> String {
    let root = root.display();
    format!(
        r#"policy_version = 1
{more}
[server.hq]
origin = "https://glpi.corp.example"
[[grant]]
name = "writes"
server = ["hq"]
task = ["deploy"]
verb = "files.write"
paths = ["{root}/**"]
[[grant]]
server = ["hq"]
task = ["deploy"]
verb = "files.mkdir"
paths = ["{root}/**"]
[[grant]]
server = ["hq"]
task = ["deploy"]
verb = "files.read"
paths = ["{root}/**"]
[[grant]]
server = ["hq"]
task = ["deploy"]
verb = "exec.template"
templates = ["true"]
[[grant]]
server = ["hq"]
task = ["deploy"]
verb = "http.fetch"
origins = ["https://glpi.corp.example"]
[template.true]
program = "/bin/true"
argv = []
"#
    )
}

fn deploy_policy(root: &Path, more: &str) -> Policy {
    rules(&[("50-hq.toml", &deploying(root, more))]).for_run(&asker("deploy"), &circumstances())
}

fn write(root: &Path, name: &str) -> FileWrite {
    FileWrite { path: root.join(name).display().to_string(), offset: 0, data: b"x".to_vec() }
}

fn truth() -> ProcessRun {
    ProcessRun { template: "true".into(), args: BTreeMap::new(), twice: None }
}

fn codes(records: &Records) -> Vec<String> {
    let code = |record: &serde_json::Value| record["code"].as_str().map(str::to_owned);
    records.all().iter().filter_map(code).collect()
}

#[test]
fn po_01_an_unknown_key_keeps_the_policy_from_loading_and_the_one_before_in_force() {
    let owner = Owner::new(INVENTORY);
    let (before, _) = owner.inventory(&[]);
    assert!(before.contains("hardware"), "{before:?}");
    let typos = [
        INVENTORY.replace("[[grant]]", "[[grants]]"),
        INVENTORY.replace("categories = [", "categoris = ["),
        INVENTORY.replace("server = [\"hq\"]", "server = [\"hqq\"]"),
        INVENTORY.replace("inventory.read", "inventory.reed"),
        INVENTORY.replace("[server.hq]", "alow = [\"*\"]\n[server.hq]"),
        INVENTORY.replace("\"bios\"", "\"boss\""),
        format!("{INVENTORY}[[forbidden]]\nverb = \"*\"\n"),
        format!("{INVENTORY}x"),
    ];
    for typo in typos {
        owner.write("50-hq.toml", &typo);
        let check = owner.run(&["policy", "check"]);
        assert_eq!(check.status.code(), Some(1), "{typo}");
        assert!(check.stdout.contains("50-hq.toml:") && check.stdout.contains('^'), "{}", check.stdout);
        let (sections, said) = owner.inventory(&[]);
        assert_eq!(sections, before, "{typo}");
        assert!(said.contains("stays in force"), "{said}");
    }
    owner.write("50-hq.toml", &INVENTORY.replace("categories = [", "categoris = ["));
    assert!(owner.run(&["policy", "check"]).stdout.contains("did you mean"));
}

#[test]
fn po_01_twin_a_policy_without_slips_takes_the_place_of_the_one_before() {
    let owner = Owner::new(INVENTORY);
    assert!(owner.inventory(&[]).0.contains("hardware"));
    owner.write("50-hq.toml", &INVENTORY.replace("\"hardware\", ", ""));
    let check = owner.run(&["policy", "check"]);
    assert!(check.status.success(), "{}", check.stdout);
    let (sections, said) = owner.inventory(&[]);
    assert!(!sections.contains("hardware") && !said.contains("in force"), "{sections:?} {said}");
}

#[test]
fn po_02_without_a_policy_a_server_gets_the_minimum_and_it_is_said() {
    let owner = Owner::new(INVENTORY);
    owner.inventory(&[]);
    owner.remove("50-hq.toml");
    let (sections, said) = owner.inventory(&[]);
    assert!(said.contains("no policy any more"), "{said}");
    for personal in ["users", "local_users", "envs", "processes"] {
        assert!(!sections.contains(personal), "{personal}");
    }
    // A policy that never was one does not help either.
    let broken = Owner::new("[[[");
    let (sections, said) = broken.inventory(&[]);
    assert!(said.contains("does not load") && !sections.contains("local_users"), "{said}");
    let policy = Policy::unknown_server();
    for verb in Verb::ALL.iter().filter(|verb| **verb != Verb::InventoryRead) {
        assert!(matches!(policy.decide(&Ask::new(*verb), jiff_now()), Verdict::Deny(_)), "{verb}");
    }
}

fn jiff_now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

#[test]
fn po_02_twin_the_owners_own_inventory_goes_to_a_local_file_all_the_same() {
    let owner = Owner::new(INVENTORY);
    owner.remove("50-hq.toml");
    let file = owner.confdir.path().join("inventory.json");
    let output = owner.run(&["inventory", "-o", &file.display().to_string()]);
    assert!(output.status.success(), "{}", output.stderr);
    assert!(fs::read_to_string(file).unwrap().contains("\"hardware\""));
}

const FORBID: &str = "[[forbid]]\nname = \"no bios\"\nverb = \"inventory.read\"\ncategories = [\"bios\"]\n";

#[test]
fn po_03_a_forbid_wins_in_every_order() {
    let head = "policy_version = 1\n";
    let grant = INVENTORY.split("[[grant]]").nth(1).map(|grant| format!("[[grant]]{grant}")).unwrap();
    let server = "[server.hq]\norigin = \"https://glpi.corp.example\"\n";
    let (a, b) = (format!("{head}{server}{grant}"), format!("{head}{FORBID}"));
    let one = |first: &str, second: &str| format!("{head}{first}{server}{second}");
    let orders: [Vec<(&str, String)>; 5] = [
        vec![("50-a.toml", a.clone()), ("51-b.toml", b.clone())],
        vec![("50-b.toml", b.clone()), ("51-a.toml", a.clone())],
        vec![("51-a.toml", a), ("50-b.toml", b)],
        vec![("50-a.toml", one(&grant, FORBID))],
        vec![("50-a.toml", one(FORBID, &grant))],
    ];
    for files in orders {
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let policy = rules(&files).for_run(&asker("inventory"), &circumstances());
        let ask = |category: &str| Ask { categories: vec![category.into()], ..Ask::new(Verb::InventoryRead) };
        let Verdict::Deny(refusal) = policy.decide(&ask("bios"), jiff_now()) else { panic!("{files:?}") };
        assert_eq!(refusal.code, Code::Forbidden);
        assert!(matches!(policy.decide(&ask("hardware"), jiff_now()), Verdict::Allow(_)), "{files:?}");
    }
}

#[test]
fn po_03_twin_without_the_forbid_it_is_allowed() {
    let policy = rules(&[("50-hq.toml", INVENTORY)]).for_run(&asker("inventory"), &circumstances());
    let ask = Ask { categories: vec!["bios".into()], ..Ask::new(Verb::InventoryRead) };
    assert!(matches!(policy.decide(&ask, jiff_now()), Verdict::Allow(_)));
}

fn layered(org: &str, local: &str) -> Rules {
    let file = |layer: &str, categories: &str| {
        INVENTORY
            .replace("serial = 5", &format!("serial = 5\nlayer = \"{layer}\""))
            .replace("\"hardware\", \"bios\"", categories)
    };
    rules(&[
        ("10-org.toml", &file("org", org).replace("id = \"hq\"", "id = \"org\"")),
        ("50-hq.toml", &file("local", local)),
    ])
}

#[test]
fn po_04_a_local_file_cannot_grant_more_than_the_organisation() {
    for (org, local) in [("\"bios\"", "\"bios\", \"hardware\""), ("\"bios\"", "\"*\""), ("\"bios\"", "\"hardware\"")] {
        let rules = layered(org, local);
        let ask = Ask { categories: vec!["hardware".into()], ..Ask::new(Verb::InventoryRead) };
        let explained = explain(&rules, &asker("inventory"), &circumstances(), &ask, None);
        assert_eq!(explained.code, Some(Code::NoGrant), "{org} {local}");
        assert!(explained.to_string().contains("layer org"), "{explained}");
    }
}

#[test]
fn po_04_twin_what_both_grant_is_granted() {
    let policy = layered("\"bios\", \"hardware\"", "\"hardware\"").for_run(&asker("inventory"), &circumstances());
    let ask = Ask { categories: vec!["hardware".into()], ..Ask::new(Verb::InventoryRead) };
    assert!(matches!(policy.decide(&ask, jiff_now()), Verdict::Allow(_)));
}

const PINNED: &str = "policy_version = 1\n[server.hq]\norigin = \"https://glpi.corp.example\"\n\
    tls = { pin_spki = [\"sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"] }\n\
    [server.lab]\norigin = \"https://lab.corp.example\"\n";

#[test]
fn po_05_a_server_is_who_it_proves_to_be() {
    let rules = rules(&[("50-hq.toml", PINNED)]);
    let other = Some("sha256/BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=");
    for (origin, spki) in [
        ("https://glpi.corp.example", other),
        ("https://glpi.corp.example", None),
        ("https://glpi.corp.example.evil.example", other),
        ("http://glpi.corp.example", None),
        ("https://glpi.corp.example:8443", other),
        ("hq", other),
    ] {
        assert!(rules.server_for(origin, spki).is_none(), "{origin} {spki:?}");
    }
    // A stranger has no name, and a name that nobody has is granted nothing.
    let stranger = Asker { server: Some("hqq".into()), ..asker("inventory") };
    let policy = rules.for_run(&stranger, &circumstances());
    assert!(
        matches!(policy.decide(&Ask::new(Verb::InventoryRead), jiff_now()), Verdict::Deny(r) if r.code == Code::UnknownServer)
    );
}

#[test]
fn po_05_twin_with_its_own_key_at_its_own_origin_it_is_itself() {
    let rules = rules(&[("50-hq.toml", PINNED)]);
    let own = Some("sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_eq!(rules.server_for("https://glpi.corp.example", own).map(|(name, _)| name), Some("hq"));
    assert_eq!(rules.server_for("https://lab.corp.example", own).map(|(name, _)| name), Some("lab"));
}

#[test]
fn po_06_an_older_policy_is_refused() {
    let owner = Owner::new(INVENTORY);
    let (before, _) = owner.inventory(&[]);
    let older = INVENTORY.replace("serial = 5", "serial = 4").replace("\"hardware\", \"bios\"", "\"*\"");
    owner.write("50-hq.toml", &older);
    let (sections, said) = owner.inventory(&[]);
    assert_eq!(sections, before);
    assert!(said.contains("serial 4") && said.contains("stays in force"), "{said}");
    // Another name for the file changes nothing, nor does going back in two steps.
    owner.remove("50-hq.toml");
    owner.inventory(&[]);
    owner.write("60-other.toml", &older);
    assert!(owner.inventory(&[]).1.contains("serial 4"));
    assert_eq!(owner.run(&["policy", "check"]).status.code(), Some(1));
    let audit = owner.run(&["audit", "show", "--json"]).stdout;
    assert!(audit.contains("policy refused"), "{audit}");
}

#[test]
fn po_06_twin_the_owner_may_go_back_and_the_audit_has_it() {
    let owner = Owner::new(INVENTORY);
    owner.inventory(&[]);
    owner.write("50-hq.toml", &INVENTORY.replace("serial = 5", "serial = 4").replace("\"hardware\", ", ""));
    let (sections, said) = owner.inventory(&["--allow-rollback"]);
    assert!(!sections.contains("hardware") && !said.contains("in force"), "{said}");
    let audit = owner.run(&["audit", "show", "--json"]).stdout;
    assert!(audit.contains("rolled_back") && audit.contains("serial 4"), "{audit}");
    owner.write("50-hq.toml", &INVENTORY.replace("serial = 5", "serial = 6"));
    assert!(owner.inventory(&[]).0.contains("hardware"));
}

/// A policy that a test changes.
#[derive(Default, Clone)]
struct Changing(Arc<Mutex<Option<Arc<Policy>>>>);

impl Changing {
    fn to(&self, policy: Policy) {
        *self.0.lock().unwrap() = Some(Arc::new(policy));
    }
}

impl Current for Changing {
    fn changed(&self) -> Option<Arc<Policy>> {
        self.0.lock().unwrap().clone()
    }
}

#[test]
fn po_07_a_tighter_policy_bites_at_the_next_call_and_a_looser_one_waits() {
    let (folder, commands, records) = (tempfile::tempdir().unwrap(), Arc::default(), Records::default());
    let (root, other) = (folder.path().join("a"), folder.path().join("b"));
    fs::create_dir_all(&root).unwrap();
    fs::create_dir_all(&other).unwrap();
    let current = Changing::default();
    let guards = Guards { current: Arc::new(current.clone()), ..Guards::of(asker("deploy")) };
    let gate = gate(deploy_policy(&root, ""), machine(&commands), Box::new(records.clone()), guards);
    assert_eq!(block(gate.call(write(&root, "1"))), Ok(()));
    // Looser: everything below both folders.
    current.to(deploy_policy(folder.path(), ""));
    assert_eq!(block(gate.call(write(&root, "2"))), Ok(()));
    assert!(block(gate.call(write(&other, "3"))).is_err());
    // Tighter: the other folder alone, so neither is left.
    current.to(deploy_policy(&other, ""));
    assert!(block(gate.call(write(&root, "4"))).is_err());
    assert!(block(gate.call(write(&other, "5"))).is_err());
    current.to(Policy::nothing());
    assert!(block(gate.call(truth())).is_err());
    assert_eq!((fs::read_dir(&root).unwrap().count(), fs::read_dir(&other).unwrap().count()), (2, 0));
    assert_eq!(commands.0.load(Ordering::Relaxed), 0);
    assert_eq!(codes(&records), ["NO_GRANT"; 4]);
}

#[test]
fn po_07_twin_a_policy_that_changes_nothing_for_a_call_lets_it_through() {
    let (folder, commands) = (tempfile::tempdir().unwrap(), Arc::default());
    let current = Changing::default();
    let guards = Guards { current: Arc::new(current.clone()), ..Guards::of(asker("deploy")) };
    let gate = gate(deploy_policy(folder.path(), ""), machine(&commands), Box::new(Records::default()), guards);
    current.to(deploy_policy(folder.path(), "id = \"other-words\""));
    assert_eq!(block(gate.call(write(folder.path(), "1"))), Ok(()));
    assert!(block(gate.call(truth())).is_ok());
    assert_eq!(commands.0.load(Ordering::Relaxed), 1);
}

#[test]
fn po_08_a_task_learns_nothing_from_refusals() {
    let (folder, commands, records) = (tempfile::tempdir().unwrap(), Arc::default(), Records::default());
    fs::write(folder.path().join("there"), "x").unwrap();
    let gate = gate(
        deploy_policy(&folder.path().join("granted"), ""),
        machine(&commands),
        Box::new(records.clone()),
        Guards::of(asker("deploy")),
    );
    let mut texts = BTreeSet::new();
    let mut refused = |error: CallError| {
        let CallError::Denied(denial) = &error else { panic!("{error:?}") };
        texts.insert((denial.capability.clone(), error.to_string().replace(&denial.audit.to_string(), "N")));
    };
    for n in 0..500 {
        let path = match n % 5 {
            0 => folder.path().join("there").display().to_string(),
            1 => format!("{}/not-there-{n}", folder.path().display()),
            2 => format!("/etc/airlock/{n}"),
            3 => format!("/etc/shadow{n}"),
            _ => format!("/dev/{n}"),
        };
        refused(block(gate.call(FileRead { path, offset: 0, length: 1 })).unwrap_err());
        let host = ["127.0.0.1", "169.254.169.254", "nowhere.example", "glpi.corp.example.evil.example"][n % 4];
        let target = Target { scheme: "https".into(), host: host.into(), port: 443, path: format!("/{n}") };
        refused(block(gate.call(HttpResolve { method: Method::Get, target })).unwrap_err());
    }
    let capabilities: BTreeSet<&str> = texts.iter().map(|(capability, _)| capability.as_str()).collect();
    assert_eq!(texts.len(), capabilities.len(), "{texts:#?}");
    assert!(codes(&records).iter().any(|code| code != "NO_GRANT"), "the audit tells them apart");
}

#[test]
fn po_08_twin_the_owner_is_told_the_rule() {
    let owner = Owner::new(INVENTORY);
    owner.run(&["task", "run", "inventory", "--server", "hq"]);
    let component = owner.confdir.path().join("inventory-hostile.wasm");
    fs::write(&component, HOSTILE).unwrap();
    let words =
        ["policy", "explain", "--server", "hq", "--task", "inventory", "--verb", "inventory.read", "category=software"];
    let said = owner.run(&words).stdout;
    assert!(said.contains("NO_GRANT") && said.contains("50-hq.toml") && said.contains("categories"), "{said}");
}

#[test]
fn po_09_a_flood_of_requests_leaves_the_oldest_and_a_bounded_queue() {
    let folder = tempfile::tempdir().unwrap();
    let queue = RequestQueue::new(folder.path(), CountersFile::open(folder.path()).unwrap());
    let rule = ApprovalRule::named("ops");
    let check = |server: &str, job: &str| {
        let bound = Bound { server: Some(server.into()), job: job.into(), ..Bound::default() };
        let (text, ask) = (format!("{job} {}", "x".repeat(10_000)), Ask::new(Verb::PkgInstall));
        queue.check(Held { bound: &bound, rule: &rule, job: &text, ask: &ask, run: job, or: None, how: How::Now })
    };
    let Standing::Held { digest: first } = check("hq", "first") else { panic!("not held") };
    for n in 0..200 {
        check("hq", &format!("job {n}"));
        check("hq", "first");
    }
    assert!(fs::metadata(folder.path().join("requests.json")).unwrap().len() < 1 << 20);
    let all = queue.read().unwrap();
    let waiting: Vec<String> = all.waiting().iter().map(|(digest, _)| digest.to_string()).collect();
    assert!(waiting.len() == 10 && waiting.contains(&first.to_string()), "{first}: {waiting:?}");
    assert!(all.turned_away()["hq"] > 180);
    // Others are not locked out.
    assert!(matches!(check("lab", "j"), Standing::Held { .. }));
}

#[test]
fn po_09_twin_a_request_waits_and_is_approved() {
    let (folder, state, commands, records) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), Arc::default(), Records::default());
    let text = deploying(folder.path(), "").replace("name = \"writes\"", "name = \"writes\"\napproval = \"ops\"")
        + "[approval.ops]\nby = [\"group:wheel\"]\n";
    let queue = RequestQueue::new(state.path(), CountersFile::open(state.path()).unwrap());
    let run = |_n: u32| {
        let policy = rules(&[("50-hq.toml", &text)]).for_run(&asker("deploy"), &circumstances());
        let guards = Guards { approvals: Arc::new(queue.clone()), ..Guards::of(asker("deploy")) };
        let gate = gate(policy, machine(&commands), Box::new(records.clone()), guards);
        block(gate.call(write(folder.path(), "1")))
    };
    assert!(matches!(run(1), Err(CallError::Denied(_))));
    assert_eq!(codes(&records), ["APPROVAL"]);
    assert!(!folder.path().join("1").exists());
    let digest = queue.read().unwrap().waiting()[0].0.clone();
    assert_eq!(queue.approve(&digest, "root").unwrap(), Ok(0));
    assert_eq!(run(2), Ok(()));
    assert!(folder.path().join("1").exists());
    assert!(run(3).is_err(), "once is once");
}

/// A queue with one hostile job in the program's state, and the job's digest.
fn hostile_request(owner: &Owner) -> String {
    owner.run(&["requests"]);
    let queue = RequestQueue::new(owner.airlock.vardir(), CountersFile::open(owner.airlock.vardir()).unwrap());
    let job = format!("install\u{1b}[2J\u{202e}\r\u{430}cme{}; rm -rf /", " ".repeat(10_000));
    let args = BTreeMap::from([("unit".to_owned(), "a\u{1b}]52;c;x\u{7}\u{2066}b".to_owned())]);
    let ask = Ask { template: Some("restart".into()), args: Some(args), ..Ask::new(Verb::ExecTemplate) };
    let bound = Bound { server: Some("hq".into()), task: "deploy".into(), ..Bound::default() };
    let rule = ApprovalRule::named("ops");
    match queue.check(Held { bound: &bound, rule: &rule, job: &job, ask: &ask, run: "r", or: None, how: How::Now }) {
        Standing::Held { digest } => digest,
        other => panic!("{other:?}"),
    }
}

fn is_clean(text: &str) -> bool {
    let turns =
        |c| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !text.chars().any(|c| (c.is_control() && c != '\n') || turns(c))
}

#[test]
fn po_10_what_is_approved_is_what_is_shown_all_of_it_and_nothing_is_obeyed() {
    let owner = Owner::new(INVENTORY);
    let digest = hostile_request(&owner);
    let (list, all) = (owner.run(&["requests"]).stdout, owner.run(&["requests", "show", &digest]).stdout);
    assert!(is_clean(&list) && is_clean(&all), "{all:?}");
    for shown in ["rm -rf /", "⟨10000 spaces⟩", "⟨U+202E⟩", "⟨U+0430⟩cme", digest.as_str()] {
        assert!(all.contains(shown), "{shown}: {all}");
    }
    // Another digest, part of one, and a number approve nothing.
    for wrong in ["0000000000000000", &digest[..8], "1", ""] {
        assert_eq!(owner.run(&["requests", "approve", wrong]).status.code(), Some(1), "{wrong}");
    }
}

#[test]
fn po_10_twin_by_its_digest_it_is_approved() {
    let owner = Owner::new(INVENTORY);
    let digest = hostile_request(&owner);
    let output = owner.run(&["requests", "approve", &digest]);
    assert!(output.status.success(), "{}", output.stderr);
    assert!(owner.run(&["requests"]).stdout.contains("Nothing waits"));
    assert!(owner.run(&["audit", "show", "--json"]).stdout.contains(&digest));
}

#[test]
fn po_11_whoever_changes_the_log_is_found_out() {
    let owner = Owner::new(INVENTORY);
    owner.inventory(&[]);
    let path = owner.airlock.vardir().join("log/audit.jsonl");
    let good = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    assert!(lines.len() > 4);
    let join = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let mut reordered = lines.clone();
    reordered.swap(1, 2);
    let mut twice = lines.clone();
    twice.insert(2, lines[1]);
    let deleted = [&lines[..2], &lines[3..]].concat();
    for (what, text) in [
        ("edited", good.replacen("\"allow\"", "\"deny\"", 1)),
        ("deleted", join(&deleted)),
        ("first deleted", join(&lines[1..])),
        ("reordered", join(&reordered)),
        ("twice", join(&twice)),
        ("truncated", join(&lines[..lines.len() - 1])),
        ("all gone", String::new()),
    ] {
        fs::write(&path, text).unwrap();
        let verify = owner.run(&["audit", "verify"]);
        assert_eq!(verify.status.code(), Some(1), "{what}: {}{}", verify.stdout, verify.stderr);
    }
}

#[test]
fn po_11_twin_a_log_as_it_was_written_verifies() {
    let owner = Owner::new(INVENTORY);
    owner.inventory(&[]);
    owner.inventory(&[]);
    let verify = owner.run(&["audit", "verify"]);
    assert!(verify.status.success(), "{}{}", verify.stdout, verify.stderr);
}

#[test]
fn po_12_without_an_audit_nothing_is_changed_and_reading_goes_on() {
    let (folder, commands) = (tempfile::tempdir().unwrap(), Arc::default());
    fs::write(folder.path().join("there"), "x").unwrap();
    let gate =
        gate(deploy_policy(folder.path(), ""), machine(&commands), Box::new(FullDisk), Guards::of(asker("deploy")));
    assert!(block(gate.call(write(folder.path(), "1"))).is_err());
    assert!(block(gate.call(truth())).is_err());
    assert!(block(gate.call(FileMkdir { path: folder.path().join("2").display().to_string() })).is_err());
    let path = folder.path().join("there").display().to_string();
    assert!(block(gate.call(FileRead { path, offset: 0, length: 10 })).is_ok());
    assert_eq!((fs::read_dir(folder.path()).unwrap().count(), commands.0.load(Ordering::Relaxed)), (1, 0));
}

#[test]
fn po_12_twin_with_an_audit_they_are() {
    let (folder, commands) = (tempfile::tempdir().unwrap(), Arc::default());
    let gate = gate(
        deploy_policy(folder.path(), ""),
        machine(&commands),
        Box::new(Records::default()),
        Guards::of(asker("deploy")),
    );
    assert_eq!(block(gate.call(write(folder.path(), "1"))), Ok(()));
    assert!(block(gate.call(truth())).is_ok());
    assert_eq!((fs::read_dir(folder.path()).unwrap().count(), commands.0.load(Ordering::Relaxed)), (1, 1));
}

/// Stops that a test sets.
#[derive(Default, Clone)]
struct Switch(Arc<Mutex<Vec<Stop>>>);

impl Stops for Switch {
    fn stops(&self) -> Vec<Stop> {
        self.0.lock().unwrap().clone()
    }
}

#[test]
fn po_13_no_call_gets_through_a_stop() {
    let (folder, commands, records, switch) =
        (tempfile::tempdir().unwrap(), Arc::default(), Records::default(), Switch::default());
    let guards = Guards { stops: Arc::new(switch.clone()), ..Guards::of(asker("deploy")) };
    let gate = gate(deploy_policy(folder.path(), ""), machine(&commands), Box::new(records.clone()), guards);
    assert_eq!(block(gate.call(write(folder.path(), "0"))), Ok(()));
    for (n, scope) in ["all", "mutating", "server hq", "", "nonsense"].iter().enumerate() {
        *switch.0.lock().unwrap() = Stop::parse(scope);
        assert!(block(gate.call(write(folder.path(), &format!("{n} more")))).is_err(), "{scope}");
        assert!(block(gate.call(truth())).is_err(), "{scope}");
    }
    assert_eq!((fs::read_dir(folder.path()).unwrap().count(), commands.0.load(Ordering::Relaxed)), (1, 0));
    assert!(codes(&records).iter().all(|code| code == "KILLED"));
}

#[test]
fn po_13_a_task_that_runs_is_ended_within_a_second_and_stays_stopped() {
    let owner = Owner::new(&INVENTORY.replace("[\"inventory\"]", "[\"hostile\"]"));
    let component = owner.confdir.path().join("hostile.wasm");
    fs::write(&component, HOSTILE).unwrap();
    let file = component.display().to_string();
    // Once before, so that it is compiled.
    owner.run(&["task", "run", &file, "--target", "read hardware", "--server", "hq"]);
    for (scope, target) in [("--server=hq", "loop"), ("--all", "loop"), ("--all", "calls-for-ever")] {
        let mut command = owner.command(&["task", "run", &file, "--target", target, "--server", "hq", "--json"]);
        let mut child =
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(1_500));
        let stop = owner.run(&["stop", scope, "--reason", "a test"]);
        let stopped = Instant::now();
        assert!(stop.status.success() && stop.stdout.contains("a test (by "), "{}{}", stop.stdout, stop.stderr);
        while child.try_wait().unwrap().is_none() {
            assert!(stopped.elapsed() < Duration::from_millis(1_800), "{scope} {target} goes on");
            std::thread::sleep(Duration::from_millis(10));
        }
        // Whoever comes after it does not begin, and is told why.
        let later = owner.run(&["task", "run", &file, "--target", "read hardware", "--server", "hq", "--json"]);
        assert_eq!(later.status.code(), Some(1));
        assert!(later.stdout.contains("stopped by the owner") && later.stdout.contains("a test"), "{}", later.stdout);
        assert!(owner.run(&["stop", "--resume"]).status.success());
        child.wait().unwrap();
    }
}

#[test]
fn po_13_twin_what_is_not_stopped_goes_on_and_a_resumed_server_too() {
    let owner = Owner::new(INVENTORY);
    for words in [["stop", "--server", "lab"].as_slice(), &["stop", "--mutating"]] {
        assert!(owner.run(words).status.success());
        assert!(owner.inventory(&[]).0.contains("hardware"), "{words:?}");
    }
    assert!(owner.run(&["stop", "--server", "hq"]).status.success());
    assert!(owner.inventory(&[]).0.is_empty());
    assert!(owner.run(&["stop", "--resume", "--server", "hq"]).status.success());
    assert!(owner.inventory(&[]).0.contains("hardware"));
}

#[test]
fn po_14_a_dry_run_changes_nothing_and_says_what_it_would_do() {
    let (folder, commands, records) = (tempfile::tempdir().unwrap(), Arc::default(), Records::default());
    let policy = deploy_policy(folder.path(), "mode = \"dry-run\"");
    let gate = gate(policy, machine(&commands), Box::new(records.clone()), Guards::of(asker("deploy")));
    assert_eq!(block(gate.call(write(folder.path(), "1"))), Ok(()));
    assert!(block(gate.call(truth())).is_ok());
    let path = folder.path().join("2").display().to_string();
    assert_eq!(block(gate.call(FileMkdir { path })), Ok(()));
    // Who answers is not there to be planned with.
    let target = Target { scheme: "https".into(), host: "glpi.corp.example".into(), port: 443, path: "/".into() };
    assert!(block(gate.call(HttpResolve { method: Method::Get, target })).is_err());
    assert_eq!((fs::read_dir(folder.path()).unwrap().count(), commands.0.load(Ordering::Relaxed)), (0, 0));
    assert_eq!(codes(&records), ["WOULD_ALLOW"; 4]);
    assert_eq!(gate.planned().len(), 4, "{:?}", gate.planned());
    // What is not granted would not be done either.
    assert!(block(gate.call(write(Path::new("/opt"), "1"))).is_err());
    assert_eq!(gate.planned().len(), 4);
}

#[test]
fn po_14_twin_reading_is_real_in_a_dry_run_and_everything_is_without() {
    let (folder, commands) = (tempfile::tempdir().unwrap(), Arc::default());
    fs::write(folder.path().join("there"), "x").unwrap();
    let read = || FileRead { path: folder.path().join("there").display().to_string(), offset: 0, length: 10 };
    for (mode, done) in [("mode = \"dry-run\"", false), ("mode = \"enforce\"", true), ("mode = \"observe\"", true)] {
        let policy = deploy_policy(folder.path(), mode);
        let gate = gate(policy, machine(&commands), Box::new(Records::default()), Guards::of(asker("deploy")));
        assert_eq!(block(gate.call(read())).map(|bytes| bytes.0), Ok(b"x".to_vec()), "{mode}");
        assert_eq!(block(gate.call(write(folder.path(), "new"))), Ok(()), "{mode}");
        assert_eq!(folder.path().join("new").exists(), done, "{mode}");
    }
}
