//! PR: what a server says in its answers about when, what and who. It wishes; the owner's window, grants and memory decide,
//! and no server decides anything for another.

mod jobs;
mod told;

use airlock_tests::agent::Agent;
use airlock_tests::fakeglpi::usual::{Asked, asked};
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply};
use airlock_tests::listener::canary;
use airlock_tests::namespace::in_namespace;
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, Instant};

const HOUR: i64 = 3600;
const WEEK: i64 = 7 * 24 * HOUR;

fn settings(servers: &[(&str, &FakeGlpi)]) -> String {
    let one =
        |(name, server): &(&str, &FakeGlpi)| format!("[[server]]\nname = \"{name}\"\nurl = \"{}\"\n", server.url("/"));
    servers.iter().map(one).collect()
}

/// The agent of a server, which answers everything so.
fn answered(reply: Reply) -> (FakeGlpi, Agent) {
    let server = FakeGlpi::http();
    server.at("/", Play::Reply(reply));
    let agent = Agent::new(&settings(&[("hq", &server)]));
    (server, agent)
}

fn said(document: &Value) -> Reply {
    Reply::json(&document.to_string())
}

/// A contact's answer in GLPI's own protocol; reports are taken by it, too.
fn glpi(more: Value) -> Reply {
    let mut answer =
        json!({"status": "ok", "expiration": "24", "tasks": {"inventory": {"server": "glpi", "version": "10.0.12"}}});
    answer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    said(&answer)
}

/// One round; what became of the first target, and in how many seconds its turn comes again.
fn round(agent: &Agent) -> (Value, i64) {
    let told = agent.json(&["run", "--json"])[0].take();
    let next: jiff::Timestamp = told["next"].as_str().unwrap_or_else(|| panic!("{told}")).parse().unwrap();
    let seconds = next.as_second() - jiff::Timestamp::now().as_second();
    (told, seconds)
}

/// A policy for these servers with these grants; inventory and its delivery are granted to all of them.
fn policy(servers: &[(&str, &FakeGlpi, &str)]) -> String {
    let head = "policy_version = 1\nid = \"t\"\nserial = 1\nlayer = \"local\"\n".to_owned();
    let one = |(name, server, more): &(&str, &FakeGlpi, &str)| {
        format!("[server.{name}]\norigin = \"{}\"\n{more}\n", server.url(""))
    };
    let grants = "[[grant]]\nserver = [\"*\"]\ntask = [\"inventory\"]\nverb = \"inventory.read\"\ncategories = [\"*\"]\n\
                  [[grant]]\nserver = [\"*\"]\ntask = [\"*\"]\nverb = \"report.send\"\n";
    head + &servers.iter().map(one).collect::<String>() + grants
}

#[test]
fn pr_01_a_server_that_wants_to_be_left_alone_for_ever_is_asked_again_within_the_owners_window() {
    for wish in ["99999d", "999999999999999999999999d", "876000h"] {
        let (_server, agent) = answered(glpi(json!({"expiration": wish})));
        let (told, seconds) = round(&agent);
        assert!(told["ok"] == true && seconds <= WEEK, "{wish}: {told}");
        assert!(told["next_because"].as_str().unwrap().contains("the policy at most 7 days"), "{wish}: {told}");
    }
    let (_server, agent) =
        answered(Reply::xml("<REPLY><PROLOG_FREQ>1000000000</PROLOG_FREQ><RESPONSE>SEND</RESPONSE></REPLY>"));
    let (told, seconds) = round(&agent);
    assert!(seconds <= WEEK && told["next_because"].as_str().unwrap().contains("at most 7 days"), "{told}");
}

#[test]
fn pr_01_twin_a_day_is_a_day() {
    let (_server, agent) = answered(glpi(json!({})));
    let (told, seconds) = round(&agent);
    assert!(seconds > 11 * HOUR && seconds <= 24 * HOUR, "{told}");
    assert_eq!(told["next_because"], "the server says every 24 h");
}

#[test]
fn pr_02_a_server_that_wants_a_storm_gets_none() {
    for wish in [json!("0s"), json!("1s"), json!(0), json!("0")] {
        let (_server, agent) = answered(glpi(json!({"expiration": wish})));
        let (told, seconds) = round(&agent);
        // Drawn from the second half of five minutes at least.
        assert!(seconds > 140, "{wish}: {told}");
        assert!(agent.remembered("hq")["period"].as_u64().unwrap() >= 300, "{wish}: {told}");
    }
    // What is no period at all is an error, and errors in a row are further and further apart.
    let (_server, agent) = answered(glpi(json!({"expiration": -1})));
    let apart: Vec<i64> = (0..5).map(|_| round(&agent).1).collect();
    assert!(apart[0] >= 25 && apart[4] > 450 && apart[4] <= HOUR, "{apart:?}");
    for wish in ["0", "-1", "1e9", "0.0001"] {
        let reply = format!("<REPLY><PROLOG_FREQ>{wish}</PROLOG_FREQ><RESPONSE>SEND</RESPONSE></REPLY>");
        let (server, agent) = answered(Reply::xml(&reply));
        let (told, seconds) = round(&agent);
        assert!(seconds > 140 && seconds <= WEEK, "{wish}: {told}");
        // And whoever is not due is not asked, however often it is tried.
        let requests = server.requests().len();
        agent.run(&["run", "--lazy"]);
        assert_eq!(server.requests().len(), requests, "{wish}");
    }
}

#[test]
fn pr_02_twin_an_hour_is_an_hour() {
    let (_server, agent) = answered(glpi(json!({"expiration": 1})));
    let (told, seconds) = round(&agent);
    assert!(seconds > HOUR / 2 - 10 && seconds <= HOUR, "{told}");
}

#[test]
fn pr_03_nobody_sleeps_because_a_server_says_so() {
    let (slow, good) = (FakeGlpi::http(), FakeGlpi::http());
    let pending = said(&json!({"status": "pending", "expiration": "9999h"})).header("GLPI-Request-ID", "0badcafe");
    slow.at("/", Play::Reply(pending));
    let agent = Agent::new(&settings(&[("slow", &slow), ("good", &good)]));
    let began = Instant::now();
    let told = agent.json(&["run", "--json"]);
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    assert!(told[0]["ok"] == false && told[1]["ok"] == true, "{told}");
    assert_eq!(good.inventories().len(), 1);
    let next: jiff::Timestamp = told[0]["next"].as_str().unwrap().parse().unwrap();
    assert!(next.as_second() - jiff::Timestamp::now().as_second() <= WEEK, "{told}");
}

#[test]
fn pr_03_twin_an_answer_that_comes_in_a_second_is_waited_for() {
    let server = FakeGlpi::http();
    server.next(Play::Usual);
    server.next(Play::Reply(
        said(&json!({"status": "pending", "expiration": "1s"})).header("GLPI-Request-ID", "0badcafe"),
    ));
    server.next(Play::Reply(said(&json!({"status": "ok"}))));
    let agent = Agent::new(&settings(&[("hq", &server)]));
    let (told, _) = round(&agent);
    assert_eq!(told["ok"], true, "{told}");
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!((requests[2].method.as_str(), requests[2].header("glpi-request-id")), ("GET", Some("0badcafe")));
}

fn without_most() -> Reply {
    let categories = "software,network,process,environment,user,drive,memory,cpu,all";
    glpi(json!({"tasks": {"inventory": {"server": "glpi", "version": "10.0.12", "no-category": categories}}}))
}

fn has(inventory: &str, section: &str) -> bool {
    inventory.to_ascii_lowercase().contains(section)
}

#[test]
fn pr_04_what_one_server_does_not_want_another_gets() {
    let (blind, other) = (FakeGlpi::http(), FakeGlpi::http());
    blind.at("/", Play::Reply(without_most()));
    let agent = Agent::new(&settings(&[("blind", &blind), ("other", &other)]));
    agent.policy(&policy(&[("blind", &blind, "server_may_set = [\"no-category\"]"), ("other", &other, "")]));
    let told = agent.json(&["run", "--json"]);
    assert!(told[0]["ok"] == true && told[1]["ok"] == true, "{told}");
    let whole = other.inventories().remove(0);
    assert!(has(&whole, "softwares") && has(&whole, "networks"));
    // Not let say so, it gets what the policy says, too.
    let (blind, other) = (FakeGlpi::http(), FakeGlpi::http());
    blind.at("/", Play::Reply(without_most()));
    let agent = Agent::new(&settings(&[("blind", &blind), ("other", &other)]));
    agent.policy(&policy(&[("blind", &blind, ""), ("other", &other, "")]));
    assert_eq!(agent.json(&["run", "--json"])[0]["ok"], true);
    for server in [&blind, &other] {
        assert!(has(&server.inventories()[0], "softwares"));
    }
}

#[test]
fn pr_04_twin_a_server_that_may_say_so_is_spared_what_it_does_not_want() {
    let server = FakeGlpi::http();
    server.at("/", Play::Reply(without_most()));
    let agent = Agent::new(&settings(&[("hq", &server)]));
    agent.policy(&policy(&[("hq", &server, "server_may_set = [\"no-category\"]")]));
    assert_eq!(round(&agent).0["ok"], true);
    let inventory = server.inventories().remove(0);
    assert!(!has(&inventory, "\"softwares\"") && has(&inventory, "hardware"), "{inventory}");
}

#[test]
fn pr_05_a_server_that_spoke_json_is_not_believed_when_it_speaks_xml() {
    for changed in [
        Reply::xml("<?xml version=\"1.0\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>SEND</RESPONSE></REPLY>"),
        Reply::xml("<REPLY/>"),
        Reply::of("text/html", "<html><body>Welcome</body></html>"),
        Reply::of("application/json", ""),
    ] {
        let (server, agent) = answered(glpi(json!({})));
        assert_eq!(round(&agent).0["ok"], true);
        assert_eq!(agent.remembered("hq")["dialect"], "json");
        let before = server.inventories().len();
        server.at("/", Play::Reply(changed));
        let (told, _) = round(&agent);
        let what = told["what"].as_str().unwrap();
        assert!(told["ok"] == false && what.contains("it spoke GLPI's own protocol before"), "{told}");
        assert!(what.contains("dialects"), "what to do is said: {told}");
        assert_eq!(server.inventories().len(), before, "nothing is sent");
        assert!(!server.requests().iter().skip(2).any(|request| asked(request) == Asked::Prolog));
        assert_eq!(agent.remembered("hq")["dialect"], "json", "and nothing is forgotten");
    }
}

#[test]
fn pr_05_twin_with_the_owners_word_it_may_go_back() {
    let (server, agent) = answered(glpi(json!({})));
    agent.policy(&policy(&[("hq", &server, "dialects = [\"glpi-json\", \"glpi-xml\"]")]));
    assert_eq!(round(&agent).0["ok"], true);
    server.at("/", Play::Reply(Reply::xml("<REPLY><RESPONSE>SEND</RESPONSE></REPLY>")));
    let (told, _) = round(&agent);
    assert_eq!(told["ok"], true, "{told}");
    assert!(server.inventories().last().unwrap().contains("<QUERY>INVENTORY</QUERY>"));
}

#[test]
fn pr_06_a_task_that_is_not_granted_is_not_even_asked_about() {
    let offers = json!({"tasks": {
        "inventory": {"server": "glpi", "version": "10.0.12"},
        "deploy": {"server": "glpi", "version": "9"},
        "collect": {"server": "glpiinventory", "version": "1.4", "remote": "http://127.0.0.1:1/x"},
    }});
    let (server, agent) = answered(glpi(offers));
    agent.policy(&policy(&[("hq", &server, "")]));
    let (told, _) = round(&agent);
    let what = told["what"].as_str().unwrap();
    assert!(what.contains("deploy: offered by glpi, not done") && what.contains("collect: offered"), "{told}");
    for request in server.requests() {
        assert!(!request.query.contains("action="), "{}", request.line);
        assert!(matches!(asked(&request), Asked::Contact | Asked::Prolog | Asked::Inventory), "{}", request.line);
    }
    let audit = fs::read_to_string(agent.airlock.vardir().join("log/audit.jsonl")).unwrap();
    assert_eq!(audit.matches("TASK_NOT_GRANTED").count(), 2, "deploy and collect");
}

#[test]
fn pr_06_twin_the_granted_inventory_is_made() {
    let offers = json!({"tasks": {"inventory": {"server": "glpi"}, "deploy": {"server": "glpi", "version": "9"}}});
    let (server, agent) = answered(glpi(offers));
    agent.policy(&policy(&[("hq", &server, "")]));
    assert_eq!(round(&agent).0["ok"], true);
    assert_eq!(server.inventories().len(), 1);
}

#[test]
fn pr_07_tasks_with_odd_names_and_tasks_by_the_thousand_are_passed_over() {
    let mut tasks = serde_json::Map::new();
    tasks.insert("../../evil".to_owned(), json!({}));
    tasks.insert("\u{1b}[2J\nok".to_owned(), json!({"server": "\u{1b}]52;c;eA==\u{7}"}));
    tasks.extend((0..10_000).map(|number| (format!("task-{}", number * 7919), json!({"server": "x"}))));
    let (server, agent) = answered(glpi(json!({"tasks": tasks})));
    let output = agent.run(&["run", "--json"]);
    assert!(output.status.success(), "{}", output.stderr);
    assert_eq!(server.inventories().len(), 1, "and the inventory is made");
    assert!(output.stdout.len() + output.stderr.len() < 64 << 10, "{} bytes are said", output.stdout.len());
    assert!(!(output.stdout + &output.stderr).contains('\u{1b}'));
    let state = agent.airlock.vardir().join("servers/hq/server.json");
    assert!(fs::metadata(&state).unwrap().len() < 256 << 10);
    let audit = fs::read_to_string(agent.airlock.vardir().join("log/audit.jsonl")).unwrap();
    assert!(audit.len() < 4 << 20 && !audit.contains("task-79190"), "{}", audit.len());
    let mut beneath = fs::read_dir(agent.airlock.vardir())
        .unwrap()
        .chain(fs::read_dir(agent.airlock.vardir().join("servers")).unwrap());
    assert!(!beneath.any(|entry| entry.unwrap().file_name().to_string_lossy().contains("evil")));
}

#[test]
fn pr_07_twin_a_task_that_is_known_is_done_beside_one_that_is_not() {
    let (server, agent) =
        answered(glpi(json!({"tasks": {"inventory": {"server": "glpi"}, "brew-coffee": {"server": "glpi"}}})));
    let (told, _) = round(&agent);
    assert!(told["ok"] == true && told["what"].as_str().unwrap().contains("brew-coffee: offered by glpi"), "{told}");
    assert_eq!(server.inventories().len(), 1);
}

/// What the agent calls itself: as it is kept, and as it said it.
fn names(agent: &Agent, server: &FakeGlpi) -> (Vec<String>, Vec<String>) {
    let kept = |name: &str| fs::read_to_string(agent.airlock.vardir().join(name)).unwrap().trim().to_owned();
    let kept = vec![kept("agentid"), kept("deviceid")];
    let headers =
        server.requests().iter().filter_map(|request| request.header("glpi-agent-id").map(str::to_owned)).collect();
    (kept, headers)
}

#[test]
fn pr_13_who_this_agent_is_no_server_says() {
    let other = "11111111-2222-4333-8444-555555555555";
    let swap = json!({
        "agentid": other, "deviceid": "evil-2020-01-01-00-00-00", "itemid": 7, "reset": true,
        "content": {"agentid": other, "deviceid": "evil-2020-01-01-00-00-00"},
    });
    let (server, agent) = answered(glpi(swap).header("GLPI-Agent-ID", other));
    assert_eq!(round(&agent).0["ok"], true);
    let first = names(&agent, &server);
    assert_eq!(round(&agent).0["ok"], true);
    let (kept, headers) = names(&agent, &server);
    assert_eq!(kept, first.0);
    assert!(!kept.contains(&other.to_owned()) && headers.len() >= 4, "{headers:?}");
    assert!(headers.iter().all(|header| *header == kept[0]), "{headers:?}");
    for inventory in server.inventories() {
        assert!(inventory.contains(&kept[1]) && !inventory.contains("evil-2020"), "{inventory}");
    }
}

#[test]
fn pr_13_twin_a_server_that_repeats_our_name_is_answered_as_ever() {
    // The usual answers carry the agent's own id.
    let server = FakeGlpi::http();
    let agent = Agent::new(&settings(&[("hq", &server)]));
    assert_eq!(round(&agent).0["ok"], true);
    let (kept, _) = names(&agent, &server);
    assert!(server.inventories()[0].contains(&kept[1]));
}

#[test]
fn pr_10_where_a_server_says_that_jobs_are_elsewhere_nobody_goes() {
    let test = "pr::pr_10_where_a_server_says_that_jobs_are_elsewhere_nobody_goes";
    in_namespace(test, &["169.254.169.254", "10.1.0.9"], || {
        let traps = [
            ("http://169.254.169.254/latest/meta-data/", canary("169.254.169.254:80")),
            ("http://127.0.0.1:2375/v1.40/info", canary("127.0.0.1:2375")),
            ("http://10.1.0.9:8080/jobs", canary("10.1.0.9:8080")),
        ];
        for (elsewhere, _) in &traps {
            let task = json!({"server": "glpiinventory", "version": "1.5", "remote": elsewhere, "url": elsewhere});
            let tasks = json!({"inventory": {"server": "glpi"}, "deploy": task, "collect": task, "netdiscovery": task, "esx": task});
            let schedule = json!([{"task": "Deploy", "remote": elsewhere}]);
            let (server, agent) = answered(glpi(json!({"tasks": tasks, "schedule": schedule, "remote": elsewhere})));
            agent.policy(&policy(&[("hq", &server, "")]));
            round(&agent);
            assert_eq!(server.inventories().len(), 1, "the benign twin: at its own address it is served");
        }
        for (elsewhere, seen) in &traps {
            assert!(seen.all().is_empty(), "{elsewhere}: {:?}", seen.all());
        }
        // They are traps: who goes there is seen.
        std::net::TcpStream::connect("127.0.0.1:2375").unwrap();
    });
}

#[test]
fn pr_10_twin_at_its_own_address_a_server_is_served() {
    let (server, agent) = answered(glpi(json!({"tasks": {"inventory": {"server": "glpi"}}})));
    agent.policy(&policy(&[("hq", &server, "")]));
    assert_eq!(round(&agent).0["ok"], true);
    assert_eq!(server.inventories().len(), 1);
}

/// Whether a server may write a file where the owner granted just that, by the words of `airlock policy explain`.
fn may_write(origin: &str) -> (bool, String, String) {
    let agent = Agent::new("");
    agent.policy(&format!(
        "policy_version = 1\nid = \"t\"\nserial = 1\nlayer = \"local\"\n[server.hq]\norigin = \"{origin}\"\n\
         [[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"files.write\"\npaths = [\"/srv/deploy/**\"]\n"
    ));
    let words = ["--server", "hq", "--task", "deploy", "--verb", "files.write", "path=/srv/deploy/a"];
    let explained = agent.json(&[&["policy", "explain", "--json"], &words[..]].concat());
    let lint = agent.run(&["policy", "lint"]);
    let decided = explained["decision"].as_str().unwrap_or_default().to_owned();
    (decided == "allow", explained.to_string(), lint.stdout + &lint.stderr)
}

#[test]
fn pr_12_an_answer_that_anybody_could_have_sent_changes_nothing() {
    let (allowed, explained, lint) = may_write("http://hq.example");
    assert!(!allowed && explained.contains("NO_TLS"), "{explained}");
    assert!(lint.contains("W101"), "the owner is told before: {lint}");
    // The very answer of somebody in between, as it was recorded: nothing of it is done.
    let (server, agent) = answered(glpi(json!({"tasks": {"deploy": {"server": "glpiinventory", "version": "1.5"}}})));
    agent.policy(
        &(policy(&[("hq", &server, "")])
            + "[[grant]]\nserver = [\"hq\"]\ntask = [\"deploy\"]\nverb = \"files.write\"\npaths = [\"/tmp/**\"]\n"),
    );
    let (told, _) = round(&agent);
    assert!(told["what"].as_str().unwrap().contains("deploy: offered by glpiinventory, not done"), "{told}");
}

#[test]
fn pr_12_twin_a_server_that_proves_who_it_is_may_change_what_is_granted() {
    let (allowed, explained, lint) = may_write("https://hq.example");
    assert!(allowed, "{explained}");
    assert!(!lint.contains("W101"), "{lint}");
}
