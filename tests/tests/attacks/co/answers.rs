//! CO-07: results are in no address, whatever a server asks for.

use airlock_tests::managed::Managed;
use serde_json::json;
use std::fs;

const FIND: &str = "[[grant]]\nserver = [\"hq\"]\ntask = [\"collect\"]\nverb = \"files.find\"\npaths = [\"{folder}/**\"]\n\
                    [[grant]]\nserver = [\"hq\"]\ntask = [\"collect\"]\nverb = \"files.stat\"\npaths = [\"{folder}/**\"]\n";

/// What the server got of a file, and all addresses that it was asked at.
fn collected(more: serde_json::Value) -> (usize, Vec<String>) {
    let managed = Managed::new(FIND);
    fs::write(managed.path("canary-in-a-name.lic"), "").unwrap();
    let mut answer = json!({"jobs": [{
        "function": "findFile", "dir": managed.folder.path(), "limit": 10, "recursive": 1, "uuid": "6b02e835df9c8",
        "_sid": 25, "filter": {"is_file": 1, "is_dir": 0, "name": "*.lic"},
    }]});
    answer["jobs"][0]["filter"]["name"] = json!("canary-in-a-name.lic");
    answer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    managed.server.collects(answer);
    let told = managed.round();
    let answers = managed.server.asked_to("setAnswer");
    assert!(answers.iter().all(|request| request.method == "POST"), "{told}");
    let got = managed.server.answers().iter().filter(|a| a.get("path").is_some_and(|p| p.contains("canary"))).count();
    (got, managed.server.requests().into_iter().map(|request| request.line).collect())
}

#[test]
fn co_07_results_are_in_no_address_where_the_server_asks_for_that() {
    for more in [json!({}), json!({"postmethod": "GET"}), json!({"postmethod": ""}), json!({"postmethod": 0})] {
        let (got, lines) = collected(more.clone());
        assert_eq!(got, 1, "{more}");
        assert!(!lines.iter().any(|line| line.contains("canary")), "{more}: {lines:?}");
    }
}

#[test]
fn co_07_twin_results_go_in_a_form() {
    let (got, lines) = collected(json!({"postmethod": "POST", "token": "t"}));
    assert_eq!(got, 1);
    assert!(!lines.iter().any(|line| line.contains("canary")), "{lines:?}");
}
