//! Collections from a server, end to end: what is found, and how the results go back.

use airlock_native::{Folders, JobJournals, KeptJob};
use airlock_tests::fakeglpi::Reply;
use airlock_tests::managed::Managed;
use serde_json::{Value, json};
use std::fs;

const FIND: &str = "[[grant]]\nserver = [\"hq\"]\ntask = [\"collect\"]\nverb = \"files.find\"\npaths = [\"{folder}/**\"]\n\
                        [[grant]]\nserver = [\"hq\"]\ntask = [\"collect\"]\nverb = \"files.stat\"\npaths = [\"{folder}/**\"]\n";

fn find(managed: &Managed, uuid: &str, sid: u32, name: &str) -> Value {
    json!({
        "function": "findFile", "dir": managed.folder.path(), "limit": 10, "recursive": 1, "uuid": uuid, "_sid": sid,
        "filter": {"is_file": 1, "is_dir": 0, "name": name},
    })
}

#[test]
fn results_go_back_counted_down_in_a_body_each_with_the_token_before_it() {
    let managed = Managed::new(FIND);
    fs::create_dir(managed.path("below")).unwrap();
    for name in ["a.lic", "below/a.lic"] {
        fs::write(managed.path(name), "12345").unwrap();
    }
    let jobs = [find(&managed, "6b02e835df9c8", 25, "a.lic"), find(&managed, "6b02e835e1519", 26, "b.lic")];
    managed.server.collects(json!({"jobs": jobs, "postmethod": "POST", "token": "token-0"}));
    let told = managed.round();
    let answers = managed.server.answers();
    let field = |answer: usize, name: &str| answers[answer].get(name).cloned().unwrap_or_default();
    assert_eq!(answers.len(), 3, "{told}");
    for (at, (left, sid, uuid)) in
        [("2", "25", "6b02e835df9c8"), ("1", "25", "6b02e835df9c8"), ("0", "26", "6b02e835e1519")]
            .into_iter()
            .enumerate()
    {
        assert_eq!((field(at, "_cpt"), field(at, "_sid"), field(at, "uuid")), (left.into(), sid.into(), uuid.into()));
        assert_eq!(field(at, "_glpi_csrf_token"), format!("token-{at}"));
    }
    assert_eq!(field(0, "size"), "5");
    assert!(field(0, "path").ends_with("a.lic"));
    assert!(!answers[2].contains_key("path"));
    let done: Vec<_> = managed.server.asked_to("jobsDone").iter().map(|r| r.parameter("uuid").unwrap()).collect();
    assert_eq!(done, ["6b02e835df9c8", "6b02e835e1519"]);
    assert_eq!(
        managed
            .server
            .asked_to("getConfig")
            .iter()
            .filter(|r| r.parameter("task[Collect]").as_deref() == Some("2.9"))
            .count(),
        1
    );
    assert!(managed.server.asked_to("setAnswer").iter().all(|r| r.header("cookie").is_some() || r.method == "POST"));
}

#[test]
fn what_was_answered_is_not_answered_again() {
    let managed = Managed::new(FIND);
    fs::write(managed.path("a.lic"), "").unwrap();
    let jobs = json!({"jobs": [find(&managed, "6b02e835df9c8", 25, "a.lic")], "postmethod": "POST", "token": "t"});
    managed.server.collects(jobs.clone());
    managed.round();
    assert_eq!(managed.server.answers().len(), 1);
    managed.server.collects(jobs);
    let told = managed.round();
    assert_eq!(managed.server.answers().len(), 1, "{told}");
    assert!(told["what"].as_str().unwrap().contains("REPLAYED"), "{told}");
}

#[test]
fn an_answer_that_did_not_arrive_goes_at_the_next_contact_and_once() {
    let managed = Managed::new(FIND);
    fs::write(managed.path("a.lic"), "").unwrap();
    let jobs = json!({"jobs": [find(&managed, "6b02e835df9c8", 25, "a.lic")], "postmethod": "POST", "token": "t"});
    managed.server.collects(jobs);
    managed.server.after("getJobs", Reply::status(503));
    let told = managed.round();
    assert!(told["what"].as_str().unwrap().contains("collect: failed"), "{told}");
    let listed = managed.agent.json(&["jobs", "list", "--json"]);
    assert_eq!(
        (&listed["jobs"][0]["task"], &listed["jobs"][0]["done"]),
        (&json!("collect"), &json!(false)),
        "{listed}"
    );
    managed.server.well_again();
    let before = managed.server.answers().len();
    let told = managed.round();
    let answers = managed.server.answers().split_off(before);
    assert_eq!(answers.len(), 1, "{told}");
    assert_eq!((answers[0]["_sid"].as_str(), answers[0]["uuid"].as_str()), ("25", "6b02e835df9c8"), "{told}");
    managed.round();
    assert_eq!(managed.server.answers().len(), before + 1, "it is not answered again");
}

/// The folders are as a kill in the middle of the run leaves them.
#[test]
fn a_question_whose_run_was_killed_is_answered_by_the_next_program() {
    let managed = Managed::new(FIND);
    fs::write(managed.path("a.lic"), "").unwrap();
    let uuid = "6b02e835df9c8";
    let kept = KeptJob {
        server: "hq".to_owned(),
        task: "collect".to_owned(),
        uuid: uuid.to_owned(),
        remote: managed.server.url("/plugins/glpiinventory/b/collect/"),
        sid: "25".to_owned(),
        text: find(&managed, uuid, 25, "a.lic").to_string(),
        ..KeptJob::default()
    };
    let journals = JobJournals::of_server(&Folders::new(Some(managed.state())).unwrap(), "hq").unwrap();
    journals.keep(kept).unwrap().begins().unwrap();
    // So that the endpoints are there; it hands out nothing.
    managed.server.collects(json!({}));
    let told = managed.round();
    let answers = managed.server.answers();
    assert_eq!(answers.len(), 1, "{told}");
    assert!(answers[0]["path"].ends_with("a.lic"), "{answers:?}");
    assert_eq!(managed.server.asked_to("jobsDone").len(), 1, "{told}");
}
