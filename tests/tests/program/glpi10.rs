//! What GLPI 10.0.12 was seen to answer, with and without the plugin for jobs: each of its ways, replayed to the program. The
//! heads are as Apache and PHP made them: a cookie with each answer, connection options repeated, ids repeated.
//!
//! Elsewhere: the packing of answers follows that of requests (every test with a server of tests), cookies
//! (`attacks::tr::secrets::tr_18_…`), tokens that change (`program::collections`), file parts that are packed each
//! (`program::deployments`), wakes of a daemon by GLPI (`attacks::li::li_01_twin_…`), jobs that come in JSON
//! (`airlock-protocol answers::jobs_in_a_json_prolog_are_the_jobs_of_the_xml`).

use airlock_tests::agent::Agent;
use airlock_tests::fakeglpi::usual::zlib;
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply};
use airlock_tests::managed::{Managed, TOUCH};
use serde_json::{Value, json};

/// A contact's answer.
const CONTACT: &str =
    r#"{"expiration":"24","status":"ok","tasks":{"inventory":{"server":"glpi","version":"10.0.12"}}}"#;
const TAKEN: &str = r#"{"expiration":"24","status":"ok"}"#;
const VIOLATION: &str = "{\"status\":\"error\",\"message\":\"JSON does not validate. Violations:\\nAdditional properties not \
                         allowed: foosection at #->properties:content\\n\",\"expiration\":24}";

/// With the head that Apache and PHP make.
fn as_apache(reply: Reply) -> Reply {
    reply
        .header("Set-Cookie", "glpi_0764c9663e0b4311fed2e69c28658193=bbdc9kqjtd4i8oks4q0dd19rns; path=/; HttpOnly")
        .header("Expires", "Thu, 19 Nov 1981 08:52:00 GMT")
        .header("Cache-Control", "no-cache,no-store")
        .header("Pragma", "no-cache")
        .header("Connection", "Keep-Alive, TE, Keep-Alive")
        .header("Keep-Alive", "timeout=5, max=100")
}

/// Packed, as the program's requests are.
fn packed(body: &str) -> Play {
    Play::Reply(as_apache(Reply::of("application/x-compress-zlib", zlib(body.as_bytes()))))
}

/// An error, which GLPI does not always pack.
fn plain(status: u16, label: &str, body: &str) -> Play {
    Play::Reply(as_apache(Reply::of(label, body)).with_status(status))
}

/// The agent of a server that answers so, one after another, and then as usual.
fn answered(plays: impl IntoIterator<Item = Play>) -> (FakeGlpi, Agent) {
    let server = FakeGlpi::http();
    plays.into_iter().for_each(|play| server.next(play));
    let agent = Agent::of(&server);
    (server, agent)
}

/// One round; what became of the server's turn.
fn round(agent: &Agent) -> Value {
    agent.json(&["run", "--force", "--json"])[0].take()
}

/// What was sent as JSON, beside the contacts.
fn documents(server: &FakeGlpi) -> Vec<Value> {
    server.inventories().iter().filter_map(|text| serde_json::from_str(text).ok()).collect()
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

#[test]
fn the_first_words_are_xml_its_answer_is_json_and_so_are_the_words_from_then_on() {
    let (server, agent) = answered([packed(TAKEN), packed(TAKEN), packed(CONTACT), packed(TAKEN)]);
    assert_eq!(round(&agent)["ok"], true);
    assert_eq!(round(&agent)["ok"], true);
    let requests = server.requests();
    assert!(requests[0].text().contains("<QUERY>PROLOG</QUERY>") && requests[0].header("glpi-agent-id").is_some());
    let contact = requests.iter().filter_map(|request| serde_json::from_str::<Value>(&request.text()).ok());
    let contact = contact.filter(|document| document["action"] == "contact").collect::<Vec<_>>();
    assert_eq!(contact.len(), 1, "in the second round, not in the first");
    for member in ["deviceid", "name", "version"] {
        assert!(contact[0][member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {}", contact[0]);
    }
    assert_eq!(documents(&server).len(), 2, "`ok` without tasks is a wish for an inventory");
    assert_eq!(agent.outbox("hq"), ["delivered.entry"]);
}

/// Its schema refuses nulls and members that it does not know, and takes the agent's version from one place.
#[test]
fn documents_have_what_it_looks_for_and_nothing_that_it_refuses() {
    let (server, agent) = answered([packed(CONTACT), packed(TAKEN)]);
    round(&agent);
    let document = &documents(&server)[0];
    assert!(!has_null(document), "{document}");
    assert!(document["content"]["versionclient"].is_string() && document["deviceid"].is_string(), "{document}");
    assert!(["itemtype", "action"].iter().all(|member| document[*member].is_string()), "{document}");
    let known = ["action", "content", "deviceid", "itemtype", "partial", "tag"];
    assert!(document.as_object().unwrap().keys().all(|member| known.contains(&member.as_str())), "{document}");
    assert!(document["content"]["versionprovider"]["version"].is_string(), "{document}");
}

#[test]
fn tasks_that_it_does_not_support_are_named_and_nothing_else_comes_of_it() {
    let unsupported = r#"{"message":"collect task not supported;deploy task not supported","disabled":["collect","deploy"],"expiration":"24","status":"ok","tasks":{"inventory":{"server":"glpi","version":"10.0.12"}}}"#;
    // What it says to a contact with a task that it has never heard of.
    let unknown = r#"{"status":"ok","message":"Task 'brewcoffee' is not supported.;brewcoffee task not supported","expiration":"24","disabled":["brewcoffee"],"tasks":{"inventory":{"server":"glpi","version":"10.0.12"}}}"#;
    for first in [packed(unsupported), plain(400, "application/json", unknown)] {
        let (server, agent) = answered([first, packed(TAKEN)]);
        let told = round(&agent);
        assert_eq!(told["ok"], true, "{told}");
        assert_eq!(documents(&server).len(), 1);
        let next: jiff::Timestamp = told["next"].as_str().unwrap().parse().unwrap();
        let hours = (next.as_second() - jiff::Timestamp::now().as_second()) / 3600;
        assert!((11..=24).contains(&hours), "{told}");
    }
    let disabled = r#"{"disabled":["inventory"],"expiration":"24","status":"ok","tasks":{}}"#;
    let (server, agent) = answered([packed(disabled)]);
    let told = agent.json(&["run", "--json"])[0].take();
    assert!(documents(&server).is_empty() && told["ok"] == true, "{told}");
}

#[test]
fn what_it_refuses_at_a_contact_is_told_in_its_words() {
    let mandatory = r#"{"expiration":24,"status":"error","tasks":{"inventory":{"server":"glpi","version":"10.0.12"}},"message":"\"deviceid\" is mandatory!"}"#;
    let unsupported = r#"{"status":"error","message":"Query 'contact' is not supported.","expiration":24}"#;
    let malformed = r#"{"status":"error","message":"JSON not well formed!","expiration":24}"#;
    let xml = "<?xml version=\"1.0\"?>\n<REPLY><ERROR><![CDATA[XML not well formed!]]></ERROR></REPLY>";
    for (status, label, body, words) in [
        (500, "application/json", mandatory, "is mandatory!"),
        (501, "application/json", unsupported, "is not supported."),
        (400, "application/json", malformed, "JSON not well formed!"),
        (400, "application/xml", xml, "XML not well formed!"),
        // Labelled like the request, whatever it is.
        (400, "application/x-compress-zlib", xml, "XML not well formed!"),
    ] {
        let (server, agent) = answered([plain(status, label, body)]);
        let told = round(&agent);
        assert!(told["ok"] == false && told.to_string().contains(words), "{status} {label}: {told}");
        assert!(documents(&server).is_empty());
        // It is well again.
        assert_eq!(round(&agent)["ok"], true);
    }
}

#[test]
fn a_report_that_does_not_validate_waits_as_it_is_and_why_is_told() {
    let (server, agent) = answered([packed(CONTACT), plain(400, "application/json", VIOLATION)]);
    let told = round(&agent);
    assert!(told["ok"] == false && told.to_string().contains("Additional properties not allowed"), "{told}");
    assert_eq!(agent.outbox("hq").iter().filter(|name| name.ends_with(".document")).count(), 1);
    let before = server.inventories();
    round(&agent);
    assert_eq!(server.inventories()[1], before[0], "the very same goes first");
    assert_eq!(agent.outbox("hq"), ["delivered.entry"]);
}

#[test]
fn what_is_no_answer_loses_nothing() {
    let page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n   <title>Access denied - Smart</title>\n</head></html>";
    for (status, label, body) in [
        (405, "text/html; charset=UTF-8", ""),
        (405, "text/html; charset=UTF-8", page),
        (500, "application/x-br", ""),
        (200, "text/html; charset=UTF-8", page),
    ] {
        let (server, agent) = answered([packed(CONTACT), plain(status, label, body)]);
        let told = round(&agent);
        assert_eq!(told["ok"], false, "{status} {body}: {told}");
        assert!(agent.outbox("hq").iter().any(|name| name.ends_with(".document")), "{status} {body}");
        assert_eq!(round(&agent)["ok"], true);
        let inventories = server.inventories();
        assert!(inventories.len() >= 2 && inventories[0] == inventories[1], "{status} {body}");
        assert_eq!(agent.outbox("hq"), ["delivered.entry"]);
    }
}

#[test]
fn its_answers_to_reports_in_xml_are_two_and_both_mean_taken() {
    for reply in [
        "<?xml version=\"1.0\"?>\n<REPLY><RESPONSE>SEND</RESPONSE></REPLY>",
        "<?xml version=\"1.0\"?>\n<REPLY><expiration>24</expiration><status>ok</status></REPLY>",
    ] {
        let prolog = "<?xml version=\"1.0\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>SEND</RESPONSE></REPLY>";
        let (server, agent) = answered([packed(prolog), packed(reply)]);
        let told = round(&agent);
        assert_eq!(told["ok"], true, "{reply}: {told}");
        assert!(server.inventories()[0].contains("<QUERY>INVENTORY</QUERY>"));
        assert_eq!(agent.outbox("hq"), ["delivered.entry"]);
    }
}

/// As it comes through another agent that passes messages on, which answers later.
#[test]
fn an_answer_that_comes_later_is_asked_for_by_its_id() {
    let later = |body: &str, id: &str| {
        let reply = Reply::json(body).with_status(202);
        Play::Reply(if id.is_empty() { reply } else { reply.header("GLPI-Request-ID", id) })
    };
    let (server, agent) = answered([
        later(r#"{"status":"pending","expiration":0}"#, ""),
        later(r#"{"status":"pending","expiration":"1s"}"#, "35D2ACD1"),
        packed(CONTACT),
        later(r#"{"status":"pending","expiration":"1s"}"#, "794B068E"),
        packed(TAKEN),
    ]);
    let told = round(&agent);
    assert_eq!(told["ok"], true, "{told}");
    let requests = server.requests();
    assert!(requests[0].text().contains("<QUERY>PROLOG</QUERY>") && requests[1].text().contains("contact"));
    let polled: Vec<_> = requests.iter().filter(|request| request.method == "GET").collect();
    let ids: Vec<_> = polled.iter().filter_map(|request| request.header("glpi-request-id")).take(2).collect();
    assert_eq!(ids, ["35D2ACD1", "794B068E"]);
    assert_eq!(documents(&server).len(), 1);
}

#[test]
fn a_plugins_address_without_its_slash_is_told_and_nothing_goes_elsewhere() {
    let moved = Reply::of("text/html; charset=iso-8859-1", "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">\n");
    let (server, agent) = answered([]);
    let to = server.url("/plugins/glpiinventory/");
    agent.settings(&airlock_tests::agent::hq_at(&server.url("/plugins/glpiinventory")));
    server.at("/plugins/glpiinventory", Play::Reply(as_apache(moved.header("Location", &to)).with_status(301)));
    let told = round(&agent);
    let words = told["what"].as_str().unwrap();
    assert!(told["ok"] == false && words.contains("with a slash at its end"), "{told}");
    assert_eq!(words.matches("E-REDIRECT-POST").count(), 1, "it is said once: {told}");
    assert!(server.requests().iter().all(|request| request.path == "/plugins/glpiinventory"));
}

const COLLECT: &str = "[[grant]]\nserver = [\"hq\"]\ntask = [\"collect\"]\nverb = \"files.find\"\npaths = [\"{folder}/**\"]\n\
                        [[grant]]\nserver = [\"hq\"]\ntask = [\"collect\"]\nverb = \"files.stat\"\npaths = [\"{folder}/**\"]\n";

/// It offers jobs that it does not hand out at this address; of a machine that it does not know it says nothing at all.
#[test]
fn an_address_without_jobs_is_no_trouble() {
    let unsupported = r#"{"status":"error","message":"Protocol not supported","expiration":24}"#;
    for play in [
        plain(400, "application/json", unsupported),
        plain(400, "text/html; charset=UTF-8", ""),
        plain(200, "text/html; charset=UTF-8", r#"{"configValidityPeriod":600,"schedule":[]}"#),
    ] {
        let managed = Managed::new(&format!("{TOUCH}{COLLECT}"));
        managed.server.asked("action=getConfig", play.clone());
        let told = managed.round();
        assert_eq!(told["ok"], true, "{play:?}: {told}");
        assert!(!managed.server.asked_to("getConfig").is_empty(), "{told}");
        assert!(managed.server.asked_to("getJobs").is_empty());
    }
    // Jobs that are none, labelled as a page.
    let managed = Managed::new(&format!("{TOUCH}{COLLECT}"));
    let remote = managed.server.url("/plugins/glpiinventory/b/deploy/");
    let config = json!({"configValidityPeriod": 600, "schedule": [{"task": "Deploy", "remote": remote}]});
    managed.server.asked("action=getConfig", plain(200, "text/html; charset=UTF-8", &config.to_string()));
    managed.server.asked("action=getJobs", plain(200, "text/html; charset=UTF-8", "{}"));
    let told = managed.round();
    assert_eq!(told["ok"], true, "{told}");
    assert_eq!(managed.server.asked_to("getJobs").len(), 1);
}

/// An answer with a token that it does not know gets 200 and a page.
#[test]
fn an_answer_that_it_answers_with_a_page_is_not_taken_for_told() {
    let managed = Managed::new(COLLECT);
    std::fs::write(managed.path("a.lic"), "12345").unwrap();
    let job = json!({
        "function": "findFile", "dir": managed.folder.path(), "limit": 10, "recursive": 1, "uuid": "6b02e835df9c8",
        "_sid": 25, "filter": {"is_file": 1, "is_dir": 0, "name": "a.lic"},
    });
    managed.server.collects(json!({"jobs": [job], "postmethod": "POST", "token": "token-0"}));
    let page =
        "\n<!DOCTYPE html>\n<html lang=\"en\"       >\n<head>\n   <title>Access denied - Smart</title>\n</head></html>";
    managed.server.asked("action=setAnswer", plain(200, "text/html; charset=UTF-8", page));
    managed.server.at("/plugins/glpiinventory/b/collect/", plain(200, "text/html; charset=UTF-8", page));
    let told = managed.round();
    assert_eq!(told["ok"], false, "{told}");
    assert!(told.to_string().contains("collect"), "{told}");
}

/// The jobs of netdiscovery and netinventory are handed out in XML, to whoever asks without an id.
#[test]
fn jobs_for_the_network_are_asked_for_as_older_agents_do() {
    let offered = r#"{"expiration":"24","status":"ok","tasks":{"inventory":{"server":"glpi","version":"10.0.12"},"netdiscovery":{"server":"glpiinventory","version":"1.5.8"}}}"#;
    let (server, agent) = answered([packed(offered)]);
    agent.policy(&format!(
        "policy_version = 1\nid = \"t\"\nserial = 1\nlayer = \"local\"\n[server.hq]\norigin = \"{}\"\n\
         [[grant]]\nserver = [\"hq\"]\ntask = [\"inventory\"]\nverb = \"inventory.read\"\ncategories = [\"hardware\"]\n\
         [[grant]]\nserver = [\"hq\"]\ntask = [\"inventory\", \"netdiscovery\"]\nverb = \"report.send\"\n\
         [[grant]]\nserver = [\"hq\"]\ntask = [\"netdiscovery\"]\nverb = \"net.probe\"\ncidr = [\"192.0.2.0/28\"]\n",
        server.url("")
    ));
    let told = agent.json(&["run", "--json"])[0].take();
    assert_eq!(told["ok"], true, "{told}");
    let prologs: Vec<_> =
        server.requests().into_iter().filter(|request| request.text().contains("<QUERY>PROLOG</QUERY>")).collect();
    assert_eq!(prologs.len(), 2, "{told}");
    assert!(prologs[0].header("glpi-agent-id").is_some() && prologs[1].header("glpi-agent-id").is_none());
}
