//! What a kill leaves that comes between two steps of one thing: something was told, and that it was told is not noted yet. The
//! folders are as such a kill leaves them, made by hand.

use airlock_tests::agent::Agent;
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply};
use airlock_tests::managed::Managed;
use serde_json::json;
use std::fs;
use std::path::PathBuf;

/// A server with jobs for the network, its agent, and a policy under which messages name this machine by a digest.
struct Jobs {
    server: FakeGlpi,
    agent: Agent,
}

impl Jobs {
    fn new() -> Self {
        let server = FakeGlpi::http();
        let agent = Agent::of(&server);
        let grant = "[[grant]]\nserver = [\"hq\"]\ntask = [\"netdiscovery\"]\n";
        agent.policy(&format!(
            "policy_version = 1\n[server.hq]\norigin = \"{}\"\n{grant}verb = \"report.send\"\nredact = \"office\"\n\
             {grant}verb = \"net.probe\"\ncidr = [\"10.1.2.0/24\"]\n\
             [redact.office]\nunknown = \"keep\"\n[[redact.office.rule]]\npath = \"deviceid\"\nop = \"hash\"\n",
            server.url("")
        ));
        Self { server, agent }
    }

    /// The next contact is answered with a job about addresses of which none is granted: done as soon as it is begun.
    fn has_one(&self) {
        self.server.next(Play::Reply(Reply::xml(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>STOP</RESPONSE>\
             <OPTION><NAME>NETDISCOVERY</NAME><PARAM PID=\"187\" THREADS_DISCOVERY=\"2\" TIMEOUT=\"1\"/>\
             <RANGEIP ID=\"1\" IPSTART=\"10.9.9.1\" IPEND=\"10.9.9.4\" ENTITY=\"3\"/></OPTION></REPLY>",
        )));
    }

    /// It has none, and speaks XML.
    fn has_none(&self) {
        self.server.next(Play::Reply(Reply::xml(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>STOP</RESPONSE></REPLY>",
        )));
    }

    /// What is remembered of its jobs.
    fn file(&self) -> PathBuf {
        self.agent.airlock.vardir().join("servers/hq/network.json")
    }

    /// The messages about the job, each once, in order: the very same bytes may come twice where an answer was lost.
    fn messages(&self) -> Vec<String> {
        let all = self.server.requests().into_iter().map(|request| request.text());
        let mut messages: Vec<String> = all.filter(|text| text.contains("<PROCESSNUMBER>187<")).collect();
        messages.dedup();
        messages
    }

    fn said(&self, what: &str) -> usize {
        self.messages().iter().filter(|text| text.contains(what)).count()
    }
}

#[test]
fn a_job_that_went_well_is_not_told_as_failed_because_its_end_was_not_taken() {
    let jobs = Jobs::new();
    jobs.has_one();
    // The begin and the size are taken; the end is not.
    for play in [Play::Usual, Play::Usual, Play::Reply(Reply::status(503))] {
        jobs.server.next(play);
    }
    let output = jobs.agent.run(&["run", "--json"]);
    assert!(output.stdout.contains("the server takes no more of it"), "{output:?}");
    jobs.server.recovers();
    jobs.has_none();
    let output = jobs.agent.run(&["run", "--json"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!((jobs.said("<END>1<"), jobs.said("<EXIT>1<")), (1, 0), "{:?}", jobs.messages());
    assert!(jobs.messages().last().unwrap().contains("<END>1<"));
}

#[test]
fn a_job_that_was_cut_short_is_told_as_what_it_came_to() {
    for (is_scanned, ends, exits) in [(true, 2, 0), (false, 0, 1)] {
        let jobs = Jobs::new();
        jobs.has_one();
        jobs.agent.run(&["run"]);
        assert_eq!((jobs.said("<NBIP>0<"), jobs.server.count()), (1, 5), "{:?}", jobs.messages());
        let before = jobs.server.count();
        let left = json!({"devices": {}, "doing": ["netdiscovery", "187"], "is_scanned": is_scanned});
        fs::write(jobs.file(), left.to_string()).unwrap();
        for _ in 0..2 {
            jobs.has_none();
            jobs.agent.run(&["run"]);
        }
        let told: Vec<String> = jobs.server.requests().split_off(before).iter().map(|request| request.text()).collect();
        let count = |what: &str| told.iter().filter(|text| text.contains(what)).count();
        assert_eq!((count("<END>1<"), count("<EXIT>1<")), (ends, exits), "{told:?}");
        // By the name that the owner's redaction leaves, as all the others.
        let name = |text: &String| text.split("<DEVICEID>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let names: std::collections::BTreeSet<String> = jobs.messages().iter().map(name).collect();
        let own = fs::read_to_string(jobs.agent.airlock.vardir().join("deviceid")).unwrap();
        assert!(names.len() == 1 && !names.contains(own.trim()), "{names:?}");
    }
}

const FIND: &str =
    "[[grant]]\nserver = [\"hq\"]\ntask = [\"collect\"]\nverb = \"files.find\"\npaths = [\"{folder}/**\"]\n";

#[test]
fn a_collection_whose_end_was_not_heard_is_ended_and_not_answered_again() {
    let managed = Managed::new(FIND);
    fs::write(managed.path("a.lic"), "").unwrap();
    let question = json!({
        "function": "findFile", "dir": managed.folder.path(), "limit": 10, "recursive": 0, "uuid": "6b02e835df9c8",
        "_sid": 25, "filter": {"is_file": 1, "is_dir": 0, "name": "a.lic"},
    });
    let jobs = json!({"jobs": [question], "postmethod": "POST", "token": "t"});
    managed.server.collects(jobs.clone());
    // The answer arrives, and that this was all does not.
    managed.server.after("setAnswer", Reply::status(503));
    let told = managed.round();
    assert!(told["what"].as_str().unwrap().contains("collect: failed"), "{told}");
    assert_eq!(managed.server.answers().len(), 1, "{told}");
    managed.server.well_again();
    let before = managed.server.asked_to("jobsDone").len();
    // Whether or not the server still has it.
    managed.server.collects(jobs);
    let told = managed.round();
    let ended = managed.server.asked_to("jobsDone").split_off(before);
    assert_eq!(ended.iter().map(|r| r.parameter("uuid").unwrap()).collect::<Vec<_>>(), ["6b02e835df9c8"], "{told}");
    managed.round();
    assert_eq!((managed.server.answers().len(), managed.server.asked_to("jobsDone").len()), (1, before + 1));
    let listed = managed.agent.json(&["jobs", "list", "--json"]);
    assert_eq!(
        (&listed["jobs"][0]["done"], &listed["jobs"][0]["state"]),
        (&json!(true), &json!("answered with 1 result")),
        "{listed}"
    );
}

#[test]
fn an_inventory_of_the_software_that_a_job_asked_for_is_not_lost_with_the_program() {
    let managed = Managed::new("");
    managed.round();
    let file = managed.state().join("servers/hq/server.json");
    let mut known = managed.agent.remembered("hq");
    assert_eq!(known["owes_software"], json!(false));
    known["owes_software"] = json!(true);
    fs::write(&file, known.to_string()).unwrap();
    let before = managed.server.inventories().len();
    let told = managed.round();
    assert!(told["what"].as_str().unwrap().contains("after a job: "), "{told}");
    assert!(managed.server.inventories().len() > before, "{told}");
    let told = managed.round();
    assert!(!told["what"].as_str().unwrap().contains("after a job: "), "{told}");
}
