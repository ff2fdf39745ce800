use super::*;
use airlock_gate::calls::FileQuery;
use airlock_gate::policy::{Circumstances, PolicyFile, Rules, Verdict};
use airlock_gate::{Asker, Code, HostCall, Spent};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::Instant;

/// What a policy allows of the query, with this grant of the folder.
fn scope(call: &FindFiles, paths: &str) -> Scope {
    let text = format!(
        "policy_version = 1\n[[grant]]\nserver = \"owner\"\ntask = \"*\"\nverb = \"files.find\"\npaths = [{paths:?}]\n"
    );
    let rules = Rules::parse(&[PolicyFile::new("50-test.toml", text)]).unwrap();
    let circumstances = Circumstances { protected_paths: vec![], ..Circumstances::default() };
    let policy = rules.for_run(&Asker { task: "collect".to_owned(), ..Asker::default() }, &circumstances);
    match policy.decide(&call.ask().unwrap(), jiff::Timestamp::UNIX_EPOCH) {
        Verdict::Allow(allowed) => allowed.scope,
        Verdict::Deny(refusal) => panic!("{refusal:?}"),
    }
}

fn query(root: &Path) -> FileQuery {
    FileQuery { root: root.to_str().unwrap().to_owned(), recursive: true, is_file: true, ..FileQuery::default() }
}

fn find(collect: &MachineCollect, query: FileQuery, paths: &str) -> Result<FoundFiles, CallError> {
    let call = FindFiles { query, limit: Some(1000) };
    let scope = scope(&call, paths);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(collect.find_files(call, &scope))
}

fn machine() -> MachineCollect {
    MachineCollect::new(Arc::new(OwnFiles::default()))
}

fn names(root: &Path, reply: &FoundFiles) -> Vec<String> {
    let below = |path: &String| path.strip_prefix(root.to_str().unwrap()).unwrap().trim_start_matches('/').to_owned();
    reply.found.iter().map(|found| below(&found.path)).collect()
}

#[test]
fn ordinary_files_and_nothing_that_waits_or_leads_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir_all(root.join("b/deep")).unwrap();
    fs::write(root.join("a.lic"), "12345").unwrap();
    fs::write(root.join("b/deep/c.lic"), "1").unwrap();
    symlink("/etc", root.join("etc")).unwrap();
    symlink("/dev/zero", root.join("zero")).unwrap();
    symlink("a.lic", root.join("alias")).unwrap();
    nix::unistd::mkfifo(&root.join("pipe"), nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    let grant = root.to_str().unwrap().to_owned();
    let all = find(&machine(), query(root), &grant).unwrap();
    assert_eq!(names(root, &all), ["a.lic", "b/deep/c.lic"]);
    assert_eq!(all.found[0].size, 5);
    let any = find(&machine(), FileQuery { is_file: false, ..query(root) }, &grant).unwrap();
    assert_eq!(names(root, &any), ["", "a.lic", "b", "b/deep", "b/deep/c.lic"]);
    let flat = find(&machine(), FileQuery { recursive: false, is_file: false, ..query(root) }, &grant).unwrap();
    assert_eq!(names(root, &flat), ["", "a.lic", "b"]);
    // A file is its own root.
    let alone = find(&machine(), query(&root.join("a.lic")), &grant).unwrap();
    assert_eq!(names(root, &alone), ["a.lic"]);
    let through_a_link = find(&machine(), query(&root.join("etc")), &grant);
    assert_eq!(through_a_link, Err(CallError::Refused(Code::Link)));
    assert_eq!(find(&machine(), query(&root.join("none")), &grant), Err(CallError::NotFound));
}

#[test]
fn each_result_is_one_that_the_grant_names() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    for file in ["x.lic", "x.key", "sub/y.lic", "sub/y.key"] {
        fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        fs::write(root.join(file), "").unwrap();
    }
    let licences = format!("{}/**/*.lic", root.display());
    assert_eq!(names(root, &find(&machine(), query(root), &licences).unwrap()), ["sub/y.lic", "x.lic"]);
    let one_folder = format!("{}/su*/*", root.display());
    assert_eq!(names(root, &find(&machine(), query(root), &one_folder).unwrap()), ["sub/y.key", "sub/y.lic"]);
}

#[test]
fn the_agents_own_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir_all(root.join("agent")).unwrap();
    fs::write(root.join("agent/key"), "secret").unwrap();
    fs::hard_link(root.join("agent/key"), root.join("twin")).unwrap();
    fs::write(root.join("plain"), "").unwrap();
    let collect = MachineCollect::new(Arc::new(OwnFiles::new(vec![root.join("agent")])));
    let grant = root.to_str().unwrap().to_owned();
    assert_eq!(names(root, &find(&collect, query(root), &grant).unwrap()), ["plain"]);
    assert_eq!(find(&collect, query(&root.join("agent")), &grant), Err(CallError::Refused(Code::AgentPath)));
}

#[test]
fn a_walk_ends_with_its_budget() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    for number in 0..300 {
        fs::write(root.join(number.to_string()), "").unwrap();
    }
    let grant = root.to_str().unwrap().to_owned();
    let never = || FileQuery { name: Some("none".to_owned()), ..query(root) };
    let few = machine().within(WalkBudget { entries: 200, time: Duration::from_secs(60) });
    assert_eq!(find(&few, never(), &grant), Err(CallError::Exhausted(Spent::Calls)));
    let short = machine().within(WalkBudget { entries: 1000, time: Duration::ZERO });
    assert_eq!(find(&short, never(), &grant), Err(CallError::Exhausted(Spent::Time)));
    assert_eq!(find(&machine(), never(), &grant).unwrap().found, []);
    let mut deep = root.to_owned();
    for _ in 0..220 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    assert_eq!(find(&machine(), never(), &grant), Err(CallError::Exhausted(Spent::Handles)));
}

#[test]
fn a_folder_that_cannot_be_read_is_counted() {
    if nix::unistd::geteuid().is_root() {
        eprintln!("a_folder_that_cannot_be_read_is_counted: NOT RUN: root reads every folder");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir_all(root.join("closed")).unwrap();
    fs::set_permissions(root.join("closed"), fs::Permissions::from_mode(0o000)).unwrap();
    let reply = find(&machine(), query(root), root.to_str().unwrap()).unwrap();
    assert_eq!((reply.found.len(), reply.unreadable), (0, 1));
}

#[test]
fn the_kernels_own_file_systems_are_not_walked() {
    let call = FindFiles { query: query(Path::new("/proc")), limit: None };
    // No policy lets it come so far: this is the machine's own no.
    let mut scope = scope(&FindFiles { query: query(Path::new("/")), limit: None }, "/");
    scope.root = Some("/".to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let began = Instant::now();
    let answer = runtime.block_on(machine().find_files(call, &scope));
    assert_eq!(answer, Err(CallError::Refused(Code::DevicePath)));
    assert!(began.elapsed() < Duration::from_secs(5));
}
