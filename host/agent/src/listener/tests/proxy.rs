//! The proxy plugin, as agents of GLPI and FusionInventory speak to it.

use super::*;
use airlock_protocol::bodies::{Coding, Format, pack};

const SENDER: &str = "9b8f41e4-e675-11f1-affc-01a5918f0a55";
const PROLOG: &str = "<REQUEST><DEVICEID>pc-1</DEVICEID><QUERY>PROLOG</QUERY><TOKEN>12345678</TOKEN></REQUEST>";
const XML: &str = "<REQUEST><CONTENT/><DEVICEID>pc-1</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>";

fn store() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let more = format!("[listener.proxy]\nstore = \"{}/kept\"\nrate = {{ most = 1000 }}\n", folder.path().display());
    (folder, more)
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    airlock_native::file_names(&folder.path().join("kept")).unwrap()
}

async fn post(tried: &Tried, headers: &[&str], text: &str) -> Heard {
    let kind = format!("Content-Type: {}", Coding::Zlib.content_type(Format::Json));
    let headers = [headers, &[kind.as_str()]].concat();
    tried.send(STRANGER, "POST /proxy/glpi", &headers, &pack(text.as_bytes(), Coding::Zlib)).await
}

fn agent() -> String {
    format!("GLPI-Agent-ID: {SENDER}")
}

#[test]
fn alone_it_keeps_reports_and_says_when_to_come_again() {
    let (folder, more) = store();
    let more = format!("{more}only_store = true\ncontact = \"12h\"\n");
    with(&more, |tried| async move {
        let agent = agent();
        for text in [PROLOG, r#"{"action":"contact","deviceid":"pc-1"}"#] {
            let heard = post(&tried, &[&agent, "GLPI-Request-ID: 2CA32594"], text).await;
            assert_eq!((heard.status, heard.header("glpi-request-id")), (200, Some("2CA32594")));
            let json = heard.json();
            assert_eq!((json["status"].as_str(), json["expiration"].as_str()), (Some("ok"), Some("12")));
            assert!(json["tasks"]["inventory"].is_object() && json["disabled"][4] == "deploy");
        }
        let old = post(&tried, &[], PROLOG).await;
        assert!(old.body.contains("<PROLOG_FREQ>12</PROLOG_FREQ><RESPONSE>SEND</RESPONSE>"), "{old:?}");
        assert!(names(&folder).is_empty());
        let whole = r#"{"action":"inventory","deviceid":"pc-1","content":{}}"#;
        assert_eq!(post(&tried, &[&agent], whole).await.json()["status"], "ok");
        assert!(post(&tried, &[], XML).await.body.contains("<REPLY></REPLY>"));
        let partial = r#"{"action":"inventory","deviceid":"pc-1","partial":true,"content":{}}"#;
        assert_eq!(post(&tried, &[&agent], partial).await.status, 200);
        assert_eq!(post(&tried, &[&agent], r#"{"action":"netinventory","deviceid":"pc-1"}"#).await.status, 200);
        assert_eq!(names(&folder), ["pc-1.json", "pc-1.netinventory.json", "pc-1.part-1.json", "pc-1.xml"]);
        let kept = airlock_native::read_plain(&folder.path().join("kept/pc-1.json"), 1000).unwrap();
        assert_eq!(kept, whole.as_bytes(), "a partial report is beside the whole one");
        assert!(tried.fake.passed.lock().unwrap().is_empty());
    });
}

#[test]
fn what_is_passed_on_is_answered_when_the_sender_comes_for_it() {
    let (folder, more) = store();
    with(&more, |tried| async move {
        *tried.fake.answer.lock().unwrap() = Some(r#"{"status":"ok","expiration":"24"}"#.into());
        let agent = agent();
        let first = post(&tried, &[&agent], PROLOG).await;
        assert_eq!((first.status, first.json()["expiration"].as_i64()), (202, Some(0)));
        let other = "GLPI-Proxy-ID: ac8991fc-e675-11f1-80ae-daa8918f0a55";
        let report = r#"{"action":"inventory","deviceid":"pc-1","content":{}}"#;
        let pending = post(&tried, &[&agent, "GLPI-Request-ID: 794B068E", other], report).await;
        assert_eq!((pending.status, pending.json()["status"].as_str()), (202, Some("pending")));
        assert!(pending.json()["expiration"].as_str().unwrap().ends_with('s'));
        assert_eq!(names(&folder), ["pc-1.json"], "it is kept before that is said");
        let ask = |id: &'static str| {
            let tried = &tried;
            async move { tried.ask(STRANGER, "GET /proxy/glpi", &[id, "GLPI-Request-ID: 794B068E"]).await }
        };
        assert_eq!(ask("X-None: 1").await.status, 404);
        assert_eq!(ask("GLPI-Agent-ID: ac8991fc-e675-11f1-80ae-daa8918f0a55").await.status, 404);
        let mut done = ask("GLPI-Agent-ID: 9b8f41e4-e675-11f1-affc-01a5918f0a55").await;
        while done.status == 202 {
            done = ask("GLPI-Agent-ID: 9b8f41e4-e675-11f1-affc-01a5918f0a55").await;
        }
        assert_eq!((done.status, done.json()["expiration"].as_str()), (200, Some("24")));
        assert_eq!(ask("GLPI-Agent-ID: 9b8f41e4-e675-11f1-affc-01a5918f0a55").await.status, 404, "once");
        let passed = tried.fake.passed.lock().unwrap().clone();
        assert_eq!(passed.len(), 1);
        assert_eq!(passed[0].proxies, ["ac8991fc-e675-11f1-80ae-daa8918f0a55", AGENT]);
        assert_eq!((passed[0].agent.as_deref(), passed[0].request.as_deref()), (Some(SENDER), Some("794B068E")));
        assert_eq!(passed[0].document, report.as_bytes());
    });
}

#[test]
fn a_listener_that_ends_loses_neither_messages_nor_answers() {
    let folder = tempfile::tempdir().unwrap();
    let folders = airlock_native::Folders::new(Some(folder.path())).unwrap();
    let (agent, id) = (agent(), "GLPI-Request-ID: 794B068E");
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listening = async |fake: &Arc<Fake>| {
        let settings = settings("[listener.proxy]\nrate = { most = 1000 }\n");
        let listener = start(&settings, Arc::clone(fake) as _, &Memory::of(&folders)).await.unwrap();
        Tried { listener, fake: Arc::clone(fake) }
    };
    // The first ends while the server has not said a word.
    let silent = Fake::new();
    silent.is_silent.store(true, std::sync::atomic::Ordering::Relaxed);
    runtime().block_on(async {
        let tried = listening(&silent).await;
        let report = r#"{"action":"inventory","deviceid":"pc-1","content":{}}"#;
        assert_eq!(post(&tried, &[&agent, id], report).await.status, 202);
    });
    // The second passes it on; nobody comes for the answer while it is there.
    let answering = Fake::new();
    *answering.answer.lock().unwrap() = Some(r#"{"status":"ok","expiration":"24"}"#.into());
    runtime().block_on(async {
        let _tried = listening(&answering).await;
        let answer = folder.path().join("passing/794B068E.answer");
        while !airlock_native::is_there(&answer) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let passed = answering.passed.lock().unwrap().clone();
    assert_eq!((passed.len(), passed[0].request.as_deref()), (1, Some("794B068E")));
    assert_eq!(passed, *silent.passed.lock().unwrap(), "it is the same message");
    // The third has it, for its sender and once.
    let third = Fake::new();
    runtime().block_on(async {
        let tried = listening(&third).await;
        let ask = async |agent: &str| tried.ask(STRANGER, "GET /proxy/glpi", &[agent, id]).await;
        assert_eq!(ask("GLPI-Agent-ID: ac8991fc-e675-11f1-80ae-daa8918f0a55").await.status, 404);
        assert_eq!(ask(&agent).await.json()["expiration"], "24");
        assert_eq!(ask(&agent).await.status, 404);
    });
    assert!(third.passed.lock().unwrap().is_empty());
    assert!(airlock_native::file_names(&folder.path().join("passing")).unwrap().is_empty());
}

#[test]
fn in_the_old_protocol_the_sender_waits_and_hears_of_errors() {
    with("[listener.proxy]\n", |tried| async move {
        assert_eq!(post(&tried, &[], XML).await.status, 500, "no server is reached");
        *tried.fake.answer.lock().unwrap() = Some("<REPLY/>".into());
        let heard = post(&tried, &[], XML).await;
        assert_eq!(heard.status, 200);
        assert!(heard.body.contains("<REPLY></REPLY>"));
        let unreachable = post(&tried, &[&agent(), "GLPI-Request-ID: 00000001"], r#"{"action":"contact"}"#).await;
        assert_eq!(unreachable.status, 202);
    });
}

#[test]
fn chains_end() {
    let (_folder, more) = store();
    with(&more, |tried| async move {
        let id = |n: usize| format!("9b8f41e4-e675-11f1-affc-{n:012}");
        let chain = |ids: Vec<String>| format!("GLPI-Proxy-ID: {}", ids.join(","));
        let long = post(&tried, &[&agent(), &chain((0..6).map(id).collect())], PROLOG).await;
        assert_eq!((long.status, long.reason.as_str()), (403, "LIMITED-PROXY"));
        let own = post(&tried, &[&agent(), &chain(vec![id(1), AGENT.to_uppercase()])], PROLOG).await;
        assert_eq!((own.status, own.reason.as_str()), (404, "PROXY-LOOP-DETECTED"));
        assert_eq!(post(&tried, &[&agent(), &chain(vec!["x".into()])], PROLOG).await.status, 403);
        assert_eq!(post(&tried, &[&agent(), &chain((0..5).map(id).collect())], PROLOG).await.status, 202);
    });
}

#[test]
fn what_is_no_message_is_refused_and_names_no_file() {
    let (folder, more) = store();
    with(&more, |tried| async move {
        for id in ["../evil", "/etc/evil", "a/b", ".evil", "a\\\\b", "a\\u0000b"] {
            let json = format!(r#"{{"action":"inventory","deviceid":"{id}","content":{{}}}}"#);
            assert_eq!(post(&tried, &[&agent()], &json).await.status, 403, "{id}");
            let xml = XML.replace("pc-1", id);
            assert_eq!(post(&tried, &[], &xml).await.status, 403, "{id}");
        }
        assert_eq!(post(&tried, &[], r#"{"action":"contact","deviceid":"a"}"#).await.status, 403, "whose is it?");
        assert_eq!(post(&tried, &[], "<REQUEST><QUERY>SNMPQUERY</QUERY></REQUEST>").await.status, 403);
        assert_eq!(post(&tried, &[], "hello").await.status, 403);
        assert_eq!(tried.send(STRANGER, "POST /proxy/glpi", &[], b"{}").await.status, 403, "no Content-Type");
        assert_eq!(tried.ask(STRANGER, "POST /proxy/glpi", &["Content-Type: application/json"]).await.status, 403);
        assert_eq!(tried.ask(STRANGER, "GET /proxy/glpi", &[]).await.status, 403);
        assert_eq!(tried.ask(STRANGER, "GET /proxy/glpi?action=getJobs", &[]).await.status, 403);
        assert_eq!(tried.ask(STRANGER, "GET /proxy/glpi?action=getConfig&machineid=a", &[]).await.body, "{}");
        assert_eq!(tried.ask(STRANGER, "GET /proxy/apiversion", &[]).await.body, "2.5");
        let head =
            "POST /proxy/glpi HTTP/1.1\r\nHost: localhost\r\nContent-Type: a\r\nContent-Length: 1073741824\r\n\r\n";
        assert!(tried.bytes(STRANGER, head.as_bytes()).await.starts_with("HTTP/1.1 413"));
        let bomb = pack(&vec![b' '; 100 << 20], Coding::Zlib);
        assert_eq!(
            tried
                .send(STRANGER, "POST /proxy/glpi", &["Content-Type: application/x-compress-zlib"], &bomb)
                .await
                .status,
            403
        );
        assert!(names(&folder).is_empty());
        assert_eq!(airlock_native::file_names(folder.path()).unwrap(), ["kept"]);
    });
}
