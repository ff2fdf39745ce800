//! Answers: what they are is found by their bytes; what servers write is understood; what is none is said.

#![allow(clippy::unwrap_used, reason = "a test's helpers too")]

use airlock_protocol::DocumentFault;
use airlock_protocol::answers::{
    Answer, AnswerError, Config, ContactAnswer, Jobs, Message, Outcome, ParamsAnswer, Reply, ReportAnswer, Response,
    Status,
};
use airlock_protocol::bodies::{Coding, Limits, pack};
use proptest::prelude::*;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn read(label: &str, body: &[u8]) -> Result<Answer, AnswerError> {
    Answer::read(Some(label), body, &Limits::default()).map(|received| received.answer)
}

fn message(text: &str) -> Message {
    read("text/html; charset=UTF-8", text.as_bytes()).unwrap().json().unwrap()
}

fn contact(text: &str) -> ContactAnswer {
    ContactAnswer::of(&message(text)).unwrap()
}

fn reply(text: &str) -> Reply {
    read("application/x-compressed", text.as_bytes()).unwrap().xml().unwrap()
}

fn notes(notes: &[airlock_model::Note]) -> Vec<&str> {
    notes.iter().map(|note| note.0.as_str()).collect()
}

#[test]
fn what_an_answer_is_its_bytes_tell() {
    for label in ["application/json", "application/xml", "text/html", "application/x-compress-zlib", "", "nonsense"] {
        assert!(matches!(read(label, b" \n{\"status\":\"ok\"}\n"), Ok(Answer::Json(_))), "{label}");
        assert!(matches!(read(label, b"\xef\xbb\xbf<REPLY/>"), Ok(Answer::Xml(_))), "{label}");
        assert!(matches!(read(label, b"[]"), Ok(Answer::Json(_))), "{label}");
        assert_eq!(read(label, b" \r\n"), Ok(Answer::Empty), "{label}");
        assert!(matches!(read(label, &pack(b"{}", Coding::Zlib)), Ok(Answer::Json(_))), "{label}");
    }
    let body =
        [b"words ", &pack(b"<html></html>\n<REPLY><RESPONSE>SEND</RESPONSE></REPLY> more", Coding::Gzip)[..]].concat();
    let received = Answer::read(Some("application/x-compress-gzip"), &body, &Limits::default()).unwrap();
    assert_eq!((received.coding, received.passed_over), (Coding::Gzip, 6 + 14 + 5));
    assert_eq!(received.answer.xml().unwrap().response(), Some(Response::Send));
}

#[test]
fn words_around_a_reply_are_passed_over() {
    let reply = "<?xml version=\"1.0\"?>\n<REPLY><RESPONSE>SEND</RESPONSE></REPLY>";
    for (before, after) in
        [("", "\n<br />\n<b>Warning</b>: x"), ("<html></html>\n", ""), ("Notice: <b>a</b>\n", " b\n")]
    {
        let text = format!("{before}{reply}{after}");
        let received = Answer::read(None, text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(received.passed_over, text.trim().len() - reply.len(), "{text}");
        assert_eq!(received.answer.xml().unwrap().response(), Some(Response::Send));
    }
    assert!(matches!(read("", b"<?xml version='1.0'?><html><title>x</title></html>"), Err(AnswerError::Page { .. })));
    assert!(matches!(read("", b"<html><?xml"), Err(AnswerError::Page { .. })));
}

#[test]
fn what_is_no_answer_is_named() {
    let page = "\n<!DOCTYPE html>\n<html lang=\"en\"><head><title>Access \x1b[31mdenied</title></head></html>";
    assert_eq!(read("text/html", page.as_bytes()), Err(AnswerError::Page { title: "\"Access [31mdenied\"".into() }));
    let page = "<html><body><h1>It works</h1></body></html>";
    assert!(read("", page.as_bytes()).unwrap_err().to_string().contains("It works"));
    assert_eq!(read("", b"<REQUEST/>"), Err(AnswerError::Element { name: "\"REQUEST\"".into() }));
    assert_eq!(read("", b"Not found"), Err(AnswerError::Neither { begins: "\"Not found\"".into() }));
    for (cut, shown) in [
        ("{\"password\":\"pw\"", "{\"password\":\"…\""),
        ("[1]", "[1]"),
        ("{} x", "{} x"),
        ("[{}]", "[{}]"),
        ("<REPLY>", "<REPLY>"),
        ("<REPLY><A>pw</B></REPLY>", "<REPLY><A>…</B></REPLY>"),
        ("<REPLY", "<REPLY"),
    ] {
        let error = read("", cut.as_bytes()).unwrap_err();
        assert!(matches!(error, AnswerError::Document { .. }), "{cut} {error:?}");
        assert!(error.to_string().contains(&format!("{shown:?}")), "{error}");
    }
    let expects_json = Answer::Empty.json().unwrap_err();
    assert_eq!(expects_json.to_string(), "nothing, expected JSON");
    assert!(Answer::Json(Message::default()).xml().is_err());
}

#[test]
fn depth_and_number_are_bounded() {
    let deep = [b"{\"a\":".repeat(1_000_000), b"1".to_vec()].concat();
    let fault = |body: &[u8]| match read("", body) {
        Err(AnswerError::Document { fault, .. }) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault(&deep), DocumentFault::Deep { most: 64 });
    assert_eq!(fault(&b"<REPLY>".repeat(1_000_000)), DocumentFault::Deep { most: 64 });
    assert!(matches!(
        fault(&[b"{\"a\":[".to_vec(), b"0,".repeat(300_000), b"0]}".to_vec()].concat()),
        DocumentFault::Many { .. }
    ));
    assert!(matches!(
        fault(&[b"<REPLY>".to_vec(), b"<A/>".repeat(300_000), b"</REPLY>".to_vec()].concat()),
        DocumentFault::Many { .. }
    ));
    let attributes: String = (0..300_000).map(|n| format!(" a{n}=''")).collect();
    assert!(matches!(fault(format!("<REPLY{attributes}/>").as_bytes()), DocumentFault::Many { .. }));
    let spaces: String = (0..300_000).map(|n| format!(" xmlns:n{n}='u'")).collect();
    assert!(matches!(fault(format!("<REPLY{spaces}/>").as_bytes()), DocumentFault::Many { .. }));
}

#[test]
fn document_types_and_entities_are_refused() {
    for (text, expected) in [
        ("<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/shadow\">]><REPLY>&x;</REPLY>", DocumentFault::DocumentType),
        ("words <!DOCTYPE r [<!ENTITY x \"y\">]><REPLY>&x;</REPLY>", DocumentFault::DocumentType),
        ("<?xml version='1.0'?><!DOCTYPE r><REPLY/>", DocumentFault::DocumentType),
        ("<REPLY><A>&x;</A></REPLY>", DocumentFault::Entity { name: "x".into() }),
    ] {
        assert!(
            matches!(read("", text.as_bytes()), Err(AnswerError::Document { fault, .. }) if fault == expected),
            "{text}"
        );
    }
    assert!(read("", b"<REPLY a='&x;'/>").is_err());
    assert_eq!(reply("<REPLY><RESPONSE>&#83;END</RESPONSE></REPLY>").response(), Some(Response::Send));
    assert_eq!(reply("<REPLY a='&lt;&#65;'/>").text("a").as_deref(), Some("<A"));
}

#[test]
fn a_contact_answer_as_glpi_writes_it() {
    let answer = contact(
        r#"{"message":"wakeonlan task not supported","disabled":["WakeOnLan"],"expiration":"12","status":"ok",
            "tasks":{"inventory":{"server":"glpi","version":"10.0.12","no-category":"process, environment",
                       "params":[{"category":"database","params_id":"1,2","use[1]":"mysql","use[2]":["mssql"]},{"use":"x"}]},
                     "deploy":{"server":"glpiinventory","version":"1.5.8"},"collect":[]}}"#,
    );
    assert_eq!((answer.status, answer.expiration), (Status::Ok, Some(12 * HOUR)));
    assert_eq!(answer.words.as_deref(), Some("wakeonlan task not supported"));
    assert_eq!(answer.disabled.into_iter().collect::<Vec<_>>(), ["wakeonlan"]);
    let inventory = &answer.tasks["inventory"];
    assert_eq!(inventory.server.as_deref(), Some("glpi"));
    assert_eq!(inventory.no_category.as_deref(), Some(&["process".to_owned(), "environment".to_owned()][..]));
    assert_eq!(inventory.params.len(), 1);
    assert_eq!(inventory.params[0].ids, ["1", "2"]);
    assert_eq!(inventory.params[0].uses["2"], ["mssql"]);
    assert_eq!(answer.tasks["deploy"].version.as_deref(), Some("1.5.8"));
    assert!(answer.tasks.contains_key("collect"));
    assert_eq!(notes(&answer.notes), ["params: an entry without a category, left out"]);
}

#[test]
fn contact_answers_of_other_kinds() {
    let pending = contact(r#"{"expiration":"10s","status":"pending"}"#);
    assert_eq!((pending.status, pending.expiration), (Status::Pending, Some(Duration::from_secs(10))));
    assert_eq!(contact(r#"{"expiration":0,"status":"pending"}"#).expiration, Some(Duration::ZERO));
    let error = contact(r#"{"status":"error","message":"Protocol not supported","expiration":24}"#);
    assert_eq!((error.status, error.expiration), (Status::Error, Some(24 * HOUR)));
    assert_eq!(contact(r#"{"status":"error"}"#).expiration, None);
    assert_eq!(contact(r#"{"status":"ok","expiration":24,"tasks":[],"disabled":"deploy, esx"}"#).disabled.len(), 2);
    let silent = ContactAnswer::of(&message(r#"{"status":"ok","expiration":"soon"}"#)).unwrap_err();
    assert!(silent.to_string().contains("expiration"), "{silent}");
    assert!(ContactAnswer::of(&message("{}")).is_err());
    assert!(ContactAnswer::of(&message(r#"{"status":"","expiration":1}"#)).is_err());
    let odd = ContactAnswer::of(&message(r#"{"status":"fine","expiration":1}"#)).unwrap_err();
    assert_eq!(odd.to_string(), "status is \"fine\", expected ok, pending or error, as GLPI says it");
}

#[test]
fn task_names_by_the_thousand_are_a_few_notes() {
    let many: Vec<String> = (0..10_000).map(|n| format!(r#""t{n}":{{}},"../../evil{n}":{{}}"#)).collect();
    let answer = contact(&format!(
        r#"{{"status":"ok","expiration":1,"deviceid":"other","extra":1,"tasks":{{{}}}}}"#,
        many.join(",")
    ));
    assert_eq!(answer.tasks.len(), 64);
    assert!(answer.tasks.keys().all(|name| name.starts_with('t')));
    assert!(answer.notes.len() <= 101, "{}", answer.notes.len());
    assert!(!notes(&answer.notes).is_empty());
    let answer = contact(r#"{"status":"ok","expiration":1,"deviceid":"other","extra":1}"#);
    assert_eq!(
        notes(&answer.notes),
        ["\"deviceid\": who this agent is, it knows itself; not heard", "\"extra\": not known, left out"]
    );
}

#[test]
fn attributes_and_elements_say_the_same() {
    let elements = reply(
        "<REPLY><OPTION><NAME>NETDISCOVERY</NAME><PARAM><PID>7</PID></PARAM><RANGEIP><ID>1</ID></RANGEIP></OPTION></REPLY>",
    );
    let attributes = reply("<REPLY><OPTION NAME='NETDISCOVERY'><PARAM PID='7'/><RANGEIP ID='1'/></OPTION></REPLY>");
    assert_eq!(elements, attributes);
    assert_eq!(elements.options[0].as_it_came()["PARAM"], serde_json::json!([{"PID": "7"}]));
}

#[test]
fn replies_of_ocs() {
    let text = "<?xml version='1.0' encoding='UTF-8'?>\n<REPLY>\n <INVENTORY_ON_STARTUP>1</INVENTORY_ON_STARTUP><PROLOG_FREQ>12</PROLOG_FREQ>
        <OPTION><PARAM ON=\"0\" TYPE=\"CONF\" /><NAME>DOWNLOAD</NAME></OPTION><RESPONSE>STOP</RESPONSE></REPLY>";
    let prolog = reply(text);
    assert_eq!(
        (prolog.frequency(), prolog.response(), prolog.on_startup()),
        (Some(12 * HOUR), Some(Response::Stop), Some(true))
    );
    assert_eq!(prolog.options[0].task(), "DOWNLOAD");
    let taken = reply(
        "<REPLY><RESPONSE>ACCOUNT_UPDATE</RESPONSE><ACCOUNTINFO><KEYNAME>TAG</KEYNAME><KEYVALUE>lab</KEYVALUE></ACCOUNTINFO></REPLY>",
    );
    assert_eq!(taken.response(), Some(Response::AccountUpdate));
    assert_eq!(taken.account()["TAG"], "lab");
    let other = reply("<REPLY><RESPONSE>SOMETHING</RESPONSE><PROLOG_FREQ>-1</PROLOG_FREQ></REPLY>");
    assert_eq!((other.response(), other.frequency()), (Some(Response::Other("SOMETHING".into())), None));
}

#[test]
fn replies_of_glpi() {
    let done = reply("<REPLY><expiration>24</expiration><status>ok</status></REPLY>");
    assert_eq!((done.status(), done.expiration()), (Some(Status::Ok), Some(24 * HOUR)));
    let failed = reply("<?xml version=\"1.0\"?>\n<REPLY><ERROR><![CDATA[XML not well\nformed!]]></ERROR></REPLY>");
    assert_eq!(failed.error().as_deref(), Some("XML not well\nformed!"));
    let silent = reply("<REPLY/>");
    assert_eq!((silent.response(), silent.frequency(), silent.error()), (None, None, None));
    let nameless = reply("<REPLY><OPTION><PARAM/></OPTION><OPTION>x</OPTION><OPTION NAME='../x'/></REPLY>");
    assert_eq!(nameless.options, []);
    assert_eq!(nameless.notes.len(), 2);
}

#[test]
fn jobs_in_a_json_prolog_are_the_jobs_of_the_xml() {
    let json = contact(
        r#"{"expiration":"24","status":"ok","0":{"OPTION":{"NAME":"NETDISCOVERY",
            "PARAM":{"content":"","attributes":{"PID":62,"TIMEOUT":"1"}},
            "RANGEIP":{"content":"","attributes":{"ID":1,"IPSTART":"192.0.2.1","IPEND":"192.0.2.9"}},
            "0":{"AUTHENTICATION":{"ID":2,"VERSION":"2c","COMMUNITY":"c"}},
            "1":{"AUTHENTICATION":{"ID":3,"VERSION":"3","USERNAME":"u"}}}}}"#,
    );
    let xml = reply(
        "<REPLY><OPTION><NAME>NETDISCOVERY</NAME><PARAM PID='62' TIMEOUT='1'/>
         <RANGEIP ID='1' IPSTART='192.0.2.1' IPEND='192.0.2.9'/>
         <AUTHENTICATION><ID>2</ID><VERSION>2c</VERSION><COMMUNITY>c</COMMUNITY></AUTHENTICATION>
         <AUTHENTICATION ID='3' VERSION='3' USERNAME='u'/></OPTION></REPLY>",
    );
    assert_eq!(json.options, xml.options);
    assert_eq!(json.options.len(), 1);
    assert_eq!(notes(&json.notes), Vec::<&str>::new());
}

#[test]
fn whether_a_report_was_taken() {
    let report = |text: &str| ReportAnswer::of(&read("", text.as_bytes()).unwrap());
    for (text, outcome) in [
        (r#"{"status":"ok"}"#, Outcome::Taken),
        (r#"{"status":"ok","expiration":"24"}"#, Outcome::Taken),
        (r#"{"status":"pending","expiration":"3s"}"#, Outcome::Pending),
        (r#"{"status":"error","message":"JSON does not validate.","expiration":24}"#, Outcome::Refused),
        ("<REPLY/>", Outcome::Taken),
        ("<REPLY><RESPONSE>SEND</RESPONSE></REPLY>", Outcome::Taken),
        ("<REPLY><RESPONSE>no_account_update</RESPONSE></REPLY>", Outcome::Taken),
        ("<REPLY><expiration>24</expiration><status>ok</status></REPLY>", Outcome::Taken),
        ("<REPLY><RESPONSE>STOP</RESPONSE></REPLY>", Outcome::Refused),
        ("<REPLY><ERROR>no</ERROR><RESPONSE>SEND</RESPONSE></REPLY>", Outcome::Refused),
    ] {
        assert_eq!(report(text).unwrap().outcome, outcome, "{text}");
    }
    assert_eq!(report(r#"{"status":"error","message":"no"}"#).unwrap().words.as_deref(), Some("no"));
    assert_eq!(report("<REPLY><expiration>2</expiration></REPLY>").unwrap().expiration, Some(2 * HOUR));
    for text in ["", "{}", r#"{"status":"fine"}"#, "<REPLY><RESPONSE>x</RESPONSE></REPLY>"] {
        assert!(report(text).is_err(), "{text}");
    }
}

#[test]
fn addresses_of_jobs() {
    let config = Config::of(&message(
        r#"{"configValidityPeriod":600,"schedule":[{"task":"Deploy","remote":"https://glpi.test/b/deploy/"},
            {"task":"ESX","remote":"https://glpi.test/b/esx/","periodicity":3600,"delayStartup":"60"},{"task":"x"},3]}"#,
    ))
    .unwrap();
    assert_eq!(config.valid_for, Some(Duration::from_secs(600)));
    assert_eq!(config.schedule[0].remote, "https://glpi.test/b/deploy/");
    assert_eq!(config.schedule[1].delay_startup, Some(Duration::from_secs(60)));
    assert_eq!((config.schedule.len(), config.notes.len()), (2, 2));
    assert_eq!(Config::of(&message(r#"{"configValidityPeriod":600,"schedule":[]}"#)).unwrap().schedule, []);
    assert_eq!(Config::of(&message("[]")).unwrap(), Config::default());
    assert!(Config::of(&message(r#"{"status":"error","message":"Protocol not supported","expiration":24}"#)).is_err());
}

#[test]
fn jobs_of_an_endpoint() {
    let jobs = Jobs::of(
        message(r#"{"jobs":[{"uuid":"1"},7],"associatedFiles":[],"postmethod":"POST","token":"abc"}"#),
        "collect",
    )
    .unwrap();
    assert_eq!((jobs.jobs.len(), jobs.jobs[0].task(), jobs.post), (1, "collect", true));
    assert_eq!(jobs.token.as_ref().unwrap().reveal(), "abc");
    assert_eq!(notes(&jobs.notes), ["jobs: one that is no object, left out"]);
    assert!(!format!("{jobs:?}").contains("abc"));
    assert_eq!(Jobs::of(message("{}"), "deploy").unwrap(), Jobs::default());
    assert!(Jobs::of(message(r#"{"error":"x"}"#), "deploy").is_err());
    assert_eq!(Jobs::next_token(&message(r#"{"token":"next"}"#)).unwrap().reveal(), "next");
    let many = format!(r#"{{"jobs":[{}]}}"#, vec!["{}"; 5000].join(","));
    let jobs = Jobs::of(message(&many), "deploy").unwrap();
    assert_eq!(
        (jobs.jobs.len(), notes(&jobs.notes)[0]),
        (1000, "jobs: more than 1000, the rest left out (4000 times)")
    );
}

#[test]
fn credentials_of_modules() {
    let answer = ParamsAnswer::of(&message(
        r#"{"credentials":[{"type":"login_password","login":"u","password":"p","port":"3306","params_id":1,"use":"mysql"},1]}"#,
    ))
    .unwrap();
    assert_eq!(answer.credentials[0].port, Some(3306));
    assert_eq!(answer.credentials[0].password.as_ref().unwrap().reveal(), "p");
    assert_eq!(answer.notes.len(), 1);
    assert!(ParamsAnswer::of(&message(r#"{"credentials":{}}"#)).is_err());
}

proptest! {
    #[test]
    fn any_bytes_end_in_an_answer_or_an_error(body: Vec<u8>, label in "(application/(x-compress(-zlib|-gzip|ed)?|json|xml)|text/html|)") {
        let _answer = read(&label, &body);
    }

    #[test]
    fn any_almost_reply_ends_in_words_without_controls(body in "(<\\?xml [a-z=']{0,9}\\?>)?<(REPLY|A)( [A-C]='[a-z&;]{0,3}')?>(<(OPTION|NAME|/OPTION|/REPLY|PARAM/)>|[a-z&;\u{1b}\u{202e}]{0,4}){0,9}") {
        match read("", body.as_bytes()) {
            Ok(answer) => { let _reply = answer.xml(); }
            Err(error) => prop_assert!(!error.to_string().chars().any(airlock_model::is_obeyed), "{error:?}"),
        }
    }
}
