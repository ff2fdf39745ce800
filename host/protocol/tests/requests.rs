//! Requests: as servers have seen them, and nothing in them that could be taken for something else.

#![allow(clippy::unwrap_used, reason = "a test's helpers too")]

use airlock_protocol::answers::{Answer, AnswerError};
use airlock_protocol::bodies::Limits;
use airlock_protocol::requests::{
    Contact, ContentError, GetParams, Method, NetworkMessage, NetworkTask, Part, Plugin, RequestError, Rest, Step,
    device_error, prolog, query,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const DEVICE: &str = "web01-2024-03-05-09-41-07";

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn contact() {
    let contact = Contact {
        deviceid: DEVICE.to_owned(),
        name: "Airlock".to_owned(),
        version: "1.0".to_owned(),
        installed_tasks: names(&["inventory", "deploy"]),
        enabled_tasks: names(&["inventory"]),
        httpd_port: Some(62354),
        httpd_plugins: Some(BTreeMap::from([
            ("proxy".to_owned(), Plugin::Disabled),
            (
                "inventory".to_owned(),
                Plugin::Settings(BTreeMap::from([("url_path".to_owned(), "/inventory".to_owned())])),
            ),
        ])),
        tag: Some("paris \"3e\"".to_owned()),
    };
    let expected = r#"{
  "action": "contact",
  "deviceid": "web01-2024-03-05-09-41-07",
  "enabled-tasks": [
    "inventory"
  ],
  "httpd-plugins": {
    "inventory": {
      "url_path": "/inventory"
    },
    "proxy": "disabled"
  },
  "httpd-port": "62354",
  "installed-tasks": [
    "deploy",
    "inventory"
  ],
  "name": "Airlock",
  "tag": "paris \"3e\"",
  "version": "1.0"
}
"#;
    assert_eq!(contact.json().unwrap(), expected);
    let plain = Contact { httpd_port: None, httpd_plugins: None, tag: Some(String::new()), ..contact.clone() };
    let text = plain.json().unwrap();
    assert!(!text.contains("httpd") && !text.contains("tag"), "{text}");
    assert_eq!(Contact { deviceid: " ".to_owned(), ..contact }.json(), Err(RequestError::DeviceId));
}

#[test]
fn get_params() {
    let ask = GetParams {
        deviceid: DEVICE.to_owned(),
        name: "Airlock".to_owned(),
        version: "1.0".to_owned(),
        params_id: "12".to_owned(),
        uses: "postgresql".to_owned(),
    };
    let message: Value = serde_json::from_str(&ask.json().unwrap()).unwrap();
    let expected = json!({"action": "get_params", "deviceid": DEVICE, "name": "Airlock", "params_id": "12", "use": "postgresql", "version": "1.0"});
    assert_eq!(message, expected);
}

#[test]
fn a_prolog() {
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<REQUEST>
  <DEVICEID>web01-2024-03-05-09-41-07</DEVICEID>
  <QUERY>PROLOG</QUERY>
  <TOKEN>12345678</TOKEN>
</REQUEST>
";
    assert_eq!(prolog(DEVICE).unwrap(), expected);
    assert_eq!(prolog(""), Err(RequestError::DeviceId));
    assert!(prolog("a<b&\u{1b}c").unwrap().contains("<DEVICEID>a&lt;b&amp;c</DEVICEID>"));
}

#[test]
fn a_query_with_content() {
    let content = json!({"B": [{"C": ["1", 2, true]}, null], "A": "", "D": null, "E": []});
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<REQUEST>
  <CONTENT>
    <A></A>
    <B>
      <C>1</C>
      <C>2</C>
      <C>1</C>
    </B>
  </CONTENT>
  <DEVICEID>web01-2024-03-05-09-41-07</DEVICEID>
  <QUERY>TEST</QUERY>
</REQUEST>
";
    assert_eq!(query("TEST", DEVICE, &object(content)).unwrap(), expected);
    assert_eq!(query("", DEVICE, &Map::new()), Err(RequestError::Query));
    assert_eq!(query("TEST", "", &Map::new()), Err(RequestError::DeviceId));
    for wrong in ["", "a b", "1a", "A/><B", "é", "-a"] {
        let error = query("TEST", DEVICE, &object(json!({"A": [{wrong: 1}]}))).unwrap_err();
        assert!(matches!(error, RequestError::Content(ContentError::Name { .. })), "{wrong}");
    }
    let deep = (0..40).fold(json!("x"), |inner, _| json!({"A": inner}));
    assert!(matches!(query("TEST", DEVICE, &object(deep)), Err(RequestError::Content(ContentError::Deep { .. }))));
    let list = query("TEST", DEVICE, &object(json!({"A": [[1]]}))).unwrap_err();
    assert_eq!(list.to_string(), "\"A\": a list in a list, which XML cannot say");
}

#[test]
fn messages_of_the_network() {
    let message = |task: NetworkTask, message| {
        let text = task.message(DEVICE, "187", "1.0", message).unwrap();
        let (_, rest) = text.split_once("<CONTENT>").unwrap();
        let (content, rest) = rest.split_once("</CONTENT>").unwrap();
        let (_, rest) = rest.split_once("<QUERY>").unwrap();
        (content.split_whitespace().collect::<String>(), rest.split_once('<').unwrap().0.to_owned())
    };
    let version = "<MODULEVERSION>1.0</MODULEVERSION>";
    let number = "<PROCESSNUMBER>187</PROCESSNUMBER>";
    for (said, content) in [
        (
            NetworkMessage::Start { agent_version: "2.0".to_owned() },
            format!("<AGENT><AGENTVERSION>2.0</AGENTVERSION><START>1</START></AGENT>{version}{number}"),
        ),
        (NetworkMessage::Addresses(254), format!("<AGENT><NBIP>254</NBIP></AGENT>{number}")),
        (NetworkMessage::End, format!("<AGENT><END>1</END></AGENT>{version}{number}")),
        (NetworkMessage::Exit, format!("<AGENT><EXIT>1</EXIT></AGENT>{version}{number}")),
        (
            NetworkMessage::Device {
                device: object(json!({"IP": "192.0.2.7"})),
                beside: object(json!({"STORAGES": [{"NAME": "a"}]})),
            },
            format!("<DEVICE><IP>192.0.2.7</IP></DEVICE>{version}{number}<STORAGES><NAME>a</NAME></STORAGES>"),
        ),
    ] {
        assert_eq!(message(NetworkTask::Discovery, said), (content, "NETDISCOVERY".to_owned()));
    }
    let failed = NetworkMessage::Device { device: device_error(Some("12"), None, "no response"), beside: Map::new() };
    let content = format!("<DEVICE><ERROR><ID>12</ID><MESSAGE>noresponse</MESSAGE></ERROR></DEVICE>{version}{number}");
    assert_eq!(message(NetworkTask::Inventory, failed), (content, "SNMPQUERY".to_owned()));
    assert_eq!(NetworkTask::Inventory.message("", "1", "1", NetworkMessage::End), Err(RequestError::DeviceId));
}

#[test]
fn addresses_of_the_endpoints() {
    let base = "https://glpi.test/b/deploy/";
    let url = |rest: Rest| rest.url(base).strip_prefix(base).unwrap().to_owned();
    assert_eq!(url(Rest::get_config("d-1", "Deploy", "3.3")), "?action=getConfig&machineid=d-1&task%5BDeploy%5D=3.3");
    assert_eq!(url(Rest::get_jobs("d-1", Some("3.3"))), "?action=getJobs&machineid=d-1&version=3.3");
    assert_eq!(url(Rest::get_jobs("d-1", None)), "?action=getJobs&machineid=d-1");
    let status = Rest::set_status("d-1", "u", Part::Job, Some(Step::Checking), "ok", "check #1, é passed");
    assert_eq!(
        url(status.clone().of_check(0).of_action(2)),
        "?action=setStatus&machineid=d-1&uuid=u&part=job&currentStep=checking&status=ok&msg=check%20%231%2C%20%C3%A9%20passed&actionnum=2"
    );
    assert_eq!(
        url(Rest::set_status("d-1", "u", Part::File("ab"), None, "", "x")),
        "?action=setStatus&machineid=d-1&uuid=u&part=file&sha512=ab&msg=x"
    );
    assert_eq!(
        url(Rest::set_user_event("d-1", "u", "before", "stop", "on_cancel", "ann", Some(Step::Downloading))),
        "?action=setUserEvent&machineid=d-1&uuid=u&part=job&type=before&behavior=stop&event=on_cancel&user=ann&currentStep=downloading"
    );
    assert_eq!(
        url(Rest::set_log("d-1", "u", "ko", Some("login"), "500 Can't")),
        "?action=setLog&machineid=d-1&uuid=u&code=ko&part=login&msg=500%20Can%27t"
    );
    assert_eq!(url(Rest::jobs_done("u")), "?action=jobsDone&uuid=u");
    assert_eq!(Rest::jobs_done("u").url("https://h/?a=b"), "https://h/?a=b&action=jobsDone&uuid=u");
}

#[test]
fn answers_of_a_collection() {
    let fields = [("path".to_owned(), "/a b".to_owned()), ("size".to_owned(), "35".to_owned())];
    let post = Rest::set_answer(true, "u", "25", 1, Some("t0k"), &fields);
    assert_eq!(post.method, Method::Post);
    assert_eq!(post.url("https://h/"), "https://h/?action=setAnswer&uuid=u&method=POST");
    let body = "action=setAnswer&uuid=u&_sid=25&_cpt=1&_glpi_csrf_token=t0k&path=%2Fa%20b&size=35";
    assert_eq!(post.body().unwrap(), body);
    let none = Rest::set_answer(false, "u", "25", 0, None, &[]);
    assert_eq!(none.url("https://h/"), "https://h/?action=setAnswer&uuid=u&_sid=25&_cpt=0");
    assert_eq!((none.method, none.body()), (Method::Get, None));
}

#[test]
fn what_is_sent_is_no_answer() {
    let text = prolog(DEVICE).unwrap();
    let answer = Answer::read(None, text.as_bytes(), &Limits::default());
    assert_eq!(answer.unwrap_err(), AnswerError::Element { name: "\"REQUEST\"".into() });
}

proptest! {
    #[test]
    fn a_parameter_stays_in_its_place(value in "\\PC{0,20}|[&=?#%+ \\n\u{0}]{0,6}") {
        let url = Rest::set_log("d", "u", "ok", None, &value).url("https://h/");
        let query = url.split_once('?').unwrap().1;
        prop_assert!(url.bytes().all(|b| b.is_ascii_graphic()));
        prop_assert_eq!(query.matches('&').count(), if value.is_empty() { 3 } else { 4 });
        prop_assert_eq!(query.matches('=').count(), if value.is_empty() { 4 } else { 5 });
    }

    #[test]
    fn of_a_long_value_the_end_is_sent(value in "[a-zé ]{0,3000}") {
        let url = Rest::jobs_done(&value).url("https://h/");
        let sent = url.strip_prefix("https://h/?action=jobsDone&uuid=").unwrap_or_default();
        prop_assert!(sent.len() <= 1500);
        let end: String = value.chars().rev().take(200).filter(|c| c.is_ascii_alphabetic()).collect();
        let sent_end: String = sent.replace("%C3%A9", "").replace("%20", "").chars().rev().take(end.len()).collect();
        prop_assert_eq!(sent_end, end);
    }

    #[test]
    fn content_comes_back_as_it_was(text in "[ -~é&<>\"']{0,30}") {
        let content = object(json!({"A": {"B": text}}));
        let message = query("TEST", DEVICE, &content).unwrap();
        let reply = message.replace("REQUEST>", "REPLY>");
        let read = Answer::read(None, reply.as_bytes(), &Limits::default()).unwrap().answer.xml().unwrap();
        prop_assert_eq!(&read.members["CONTENT"]["A"]["B"], &json!(text.trim()));
    }
}
