//! What servers answer, opened or packed, and the jobs in it.

use super::{Target, text};
use airlock_protocol::additional_content;
use airlock_protocol::answers::{Answer, Config, ContactAnswer, Jobs, Message, ParamsAnswer, ReportAnswer, expiration};
use airlock_protocol::bodies::{self, Limits};
use airlock_protocol::heard::heard;
use airlock_protocol::jobs::{Discovery, Query, RawJob, registry, wake_on_lan};
use airlock_protocol::requests::{RequestId, Rest, agent_id, query};

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "servers/bodies",
        run: |bytes| {
            for label in ["application/x-compress-zlib", "application/x-compressed", "text/html"] {
                let _opened = bodies::open(Some(label), bytes, &Limits::default());
            }
            let label = text(bytes.get(..64).unwrap_or(bytes));
            let _opened = bodies::open(Some(&label), bytes, &Limits::default());
        },
        seeds: &[
            b"x\x9c\xabV*.I,)-V\xb2R\xca\xcfV\xaa\x05\x00+\x81\x059",
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xb3\x09\x72\x0d\xf0\x89\xd4\xb7\x03\x00\xad\xe2^\x05\x08\x00\x00\x00",
            b"Warning x\x9c\x03\x00\x00\x00\x00\x01",
        ],
    },
    Target {
        name: "servers/answers/json",
        run: answer,
        seeds: &[
            br#"{"status":"ok","expiration":"12h","message":"a;b","disabled":["esx"],"tasks":{"inventory":{"server":"glpi","version":"10","no-category":"a,b","params":[{"category":"database","params_id":"1,2","use[1]":"x","use":"y"}]}}}"#,
            br#"{"status":"pending","expiration":10,"0":{"OPTION":{"NAME":"NETDISCOVERY","PARAM":{"content":"","attributes":{"PID":1}},"RANGEIP":{"attributes":{"IPSTART":"192.0.2.1","IPEND":"192.0.2.9"}},"0":{"AUTHENTICATION":{"ID":1,"COMMUNITY":"c"}}}}}"#,
            br#"{"configValidityPeriod":600,"schedule":[{"task":"Deploy","remote":"https://u:p@h/","periodicity":60}]}"#,
            br#"{"jobs":[{"uuid":"1","host":"h","user":"u","password":"p","mirrors":["http://u:p@h:1/x"]}],"associatedFiles":{"a":{"name":"b"}},"token":"t","postmethod":"POST"}"#,
            br#"{"credentials":[{"type":"login_password","login":"u","password":"p","port":"1"}]}"#,
        ],
    },
    Target {
        name: "servers/answers/xml",
        run: answer,
        seeds: &[
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>SEND</RESPONSE><OPTION><NAME>NETDISCOVERY</NAME><PARAM PID=\"1\" TIMEOUT=\"1\"/><RANGEIP ID=\"4\" IPSTART=\"192.0.2.1\" IPEND=\"192.0.2.9\" PORT=\"161,1161\" PROTOCOL=\"udp\"/><AUTHENTICATION><ID>1</ID><COMMUNITY>c</COMMUNITY></AUTHENTICATION></OPTION></REPLY>",
            b"<REPLY><OPTION><NAME>SNMPQUERY</NAME><PARAM PID='1' THREADS_QUERY='4'/><DEVICE ID='1' IP='192.0.2.7' AUTHSNMP_ID='2'/><AUTHENTICATION ID='2' VERSION='3' USERNAME='u' AUTHPASSPHRASE='a' PRIVPASSPHRASE='p'/></OPTION></REPLY>",
            b"<REPLY><OPTION><NAME>WAKEONLAN</NAME><PARAM MAC='02:00:00:00:00:0a'/></OPTION><OPTION><NAME>REGISTRY</NAME><PARAM NAME='a' REGKEY='b' REGTREE='2'>*</PARAM></OPTION></REPLY>",
            b"words <html></html><REPLY><ERROR><![CDATA[no]]></ERROR><ACCOUNTINFO><KEYNAME>TAG</KEYNAME><KEYVALUE>v</KEYVALUE></ACCOUNTINFO>&lt;&#65;</REPLY> more",
            b"<!DOCTYPE html><html><head><title>Access denied</title></head></html>",
        ],
    },
    Target {
        name: "servers/heard",
        run: |bytes| {
            let _heard = heard(bytes);
        },
        seeds: &[
            br#"{"action":"inventory","deviceid":"pc-2026-01-02-03-04-05","partial":true,"content":{"a":[{"b":1}]}}"#,
            b"<?xml version=\"1.0\"?><REQUEST><CONTENT><A>&lt;</A></CONTENT><DEVICEID>pc-1</DEVICEID><QUERY>PROLOG</QUERY></REQUEST>",
        ],
    },
    Target {
        name: "servers/additional_content",
        run: |bytes| {
            let _json = additional_content("a.json", bytes);
            let _xml = additional_content("a.xml", bytes);
        },
        seeds: &[
            br#"{"content":{"bios":{"bdate":"05/17/2023"},"softwares":[{"name":"a","version":2}],"networks":{"status":"up"}}}"#,
            b"<REQUEST><CONTENT><BIOS><SSN>a&amp;b</SSN></BIOS><STORAGES><INTERFACE>sata</INTERFACE></STORAGES></CONTENT></REQUEST>",
        ],
    },
    Target {
        name: "servers/headers",
        run: |bytes| {
            let text = text(bytes);
            agent_id(&text);
            RequestId::read(&text);
            expiration(&text.clone().into());
            Rest::get_config(&text, &text, &text).url(&text);
        },
        seeds: &[b"03dbe19a-e675-11f1-902e-bcf8918f0a55", b"F54A483A", b"12h"],
    },
];

/// Everything that is made of an answer, whatever was asked.
fn answer(bytes: &[u8]) {
    let Ok(received) = Answer::read(None, bytes, &Limits::default()) else { return };
    let _taken = ReportAnswer::of(&received.answer);
    match received.answer {
        Answer::Empty => {}
        Answer::Json(message) => json(message),
        Answer::Xml(reply) => {
            let _said = (reply.frequency(), reply.response(), reply.account());
            // What was read can be written again, unless it says that it cannot.
            let _written = query("X", "d", &reply.members);
            reply.options.into_iter().for_each(job);
        }
    }
}

fn json(message: Message) {
    if let Ok(answer) = ContactAnswer::of(&message) {
        answer.options.into_iter().for_each(job);
    }
    let _config = Config::of(&message);
    let _credentials = ParamsAnswer::of(&message);
    if let Ok(jobs) = Jobs::of(message, "deploy") {
        jobs.jobs.into_iter().chain(jobs.files).for_each(job);
    }
}

fn job(job: RawJob) {
    let (job, _) = job.without_secrets("h/");
    let _job = (Discovery::of(&job), Query::of(&job), wake_on_lan(&job), registry(&job));
}
