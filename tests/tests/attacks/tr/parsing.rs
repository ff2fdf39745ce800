//! TR-01, TR-09, TR-10, TR-11, TR-12: answers that are small on the wire and large, deep or curious behind it. Each is served
//! by a server, fetched by a session and read as the agent reads answers.

use super::{post, send, transport};
use airlock_net::server;
use airlock_protocol::answers::Answer;
use airlock_protocol::bodies::Limits;
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply, usual};
use std::time::{Duration, Instant};

/// Reading an answer takes no longer, whatever it holds.
const LONGEST: Duration = Duration::from_secs(20);

fn read(answer: &server::Answer) -> Result<Answer, String> {
    let started = Instant::now();
    let read = Answer::read(answer.header("content-type"), &answer.body, &Limits::default());
    assert!(started.elapsed() < LONGEST, "{:?}", started.elapsed());
    read.map(|received| received.answer).map_err(|error| error.to_string())
}

/// What is made of an answer; the usual one is read afterwards.
fn answered(play: Play) -> Result<Answer, String> {
    let server = FakeGlpi::http();
    let fetch = || {
        let mut transport = transport(&server.url("/"));
        // What is fetched is made by this very machine.
        transport.deadlines.whole = Duration::from_secs(120);
        send(transport, post()).unwrap()
    };
    server.next(play);
    let result = read(&fetch());
    assert!(matches!(read(&fetch()), Ok(Answer::Json(_))));
    if let Err(text) = &result {
        assert!(!text.is_empty() && text.len() < 1000, "{text}");
        assert_eq!(airlock_model::one_line(text), *text);
    }
    result
}

fn refused(reply: Reply) -> String {
    answered(Play::Reply(reply)).expect_err("it must not be read")
}

fn packed(text: &str) -> Reply {
    Reply::of("application/x-compress-zlib", usual::zlib(text.as_bytes()))
}

#[test]
fn tr_01_a_bomb_is_not_inflated() {
    let before = super::body::peak_memory();
    // 1 MB that inflates to 1 GB, and less that is over the proportion only.
    let words = answered(Play::Bomb(1 << 30)).expect_err("a bomb");
    assert!(words.contains("times as many") || words.contains("more than"), "{words}");
    let words = answered(Play::Bomb(12 << 20)).expect_err("a small bomb");
    assert!(words.contains("times as many"), "{words}");
    let long = format!("{{\"a\":\"{}\"}}", "A".repeat(64 << 20));
    refused(packed(&long));
    drop(long);
    // What is sent beside it is 64 MiB and its copies; the gigabyte was never there.
    let grown = super::body::peak_memory() - before;
    assert!(grown < (400 << 10), "{grown} kB");
}

#[test]
fn tr_01_twin_a_large_answer_that_packs_well_is_read() {
    // 4 MiB that pack some 20 times smaller.
    let mut seed = 7_u64;
    let mut text = "{\"status\":\"ok\",\"message\":\"".to_owned();
    while text.len() < 4 << 20 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text += &format!("{:08x}{}", seed >> 32, "inventory of a machine ".repeat(7));
    }
    text += "\"}";
    let reply = packed(&text);
    let ratio = text.len() / reply.body.len();
    assert!((10..100).contains(&ratio), "{ratio}");
    assert!(matches!(answered(Play::Reply(reply)), Ok(Answer::Json(_))));
}

#[test]
fn tr_09_no_file_is_opened_for_an_entity() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("canary");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    // Whoever opened it to read would let this writer in.
    let opened = || {
        use std::os::unix::fs::OpenOptionsExt;
        std::fs::OpenOptions::new().write(true).custom_flags(nix::libc::O_NONBLOCK).open(&fifo).is_ok()
    };
    let place = fifo.display();
    for text in [
        format!("<!DOCTYPE r [<!ENTITY x SYSTEM \"file://{place}\">]><REPLY><RESPONSE>&x;</RESPONSE></REPLY>"),
        format!("<?xml version=\"1.0\"?>\n<!DOCTYPE r SYSTEM \"{place}\"><REPLY><RESPONSE>SEND</RESPONSE></REPLY>"),
        format!("<!doctype r [<!ENTITY % x SYSTEM \"file://{place}\"> %x;]><REPLY></REPLY>"),
        "<REPLY><!DOCTYPE r []><RESPONSE>SEND</RESPONSE></REPLY>".to_owned(),
        "<REPLY><RESPONSE>&x;</RESPONSE></REPLY>".to_owned(),
    ] {
        refused(Reply::xml(&text));
        refused(packed(&text));
        assert!(!opened());
    }
}

#[test]
fn tr_09_twin_an_answer_without_a_document_type_is_read() {
    let text =
        "<?xml version=\"1.0\"?>\n<REPLY><PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>SEND &amp; &#65;</RESPONSE></REPLY>";
    assert!(matches!(answered(Play::Reply(Reply::xml(text))), Ok(Answer::Xml(_))));
}

#[test]
fn tr_10_entities_are_not_expanded() {
    let mut text = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a0 \"lol\">".to_owned();
    for level in 1..=10 {
        text += &format!("<!ENTITY a{level} \"{}\">", format!("&a{};", level - 1).repeat(10));
    }
    text += "]><REPLY><RESPONSE>&a10;</RESPONSE></REPLY>";
    let before = super::body::peak_memory();
    let words = refused(Reply::xml(&text));
    assert!(words.contains("document type"), "{words}");
    assert!(super::body::peak_memory() - before < (64 << 10));
}

#[test]
fn tr_10_twin_the_entities_of_every_document_are_read() {
    let text = "<REPLY><RESPONSE>&lt;a&gt; &quot;&apos;&#x41;</RESPONSE></REPLY>";
    assert!(matches!(answered(Play::Reply(Reply::xml(text))), Ok(Answer::Xml(_))));
}

#[test]
fn tr_11_depth_is_an_error_and_not_the_end_of_the_stack() {
    const DEEP: usize = 1_000_000;
    for text in ["[".repeat(DEEP), "{\"a\":".repeat(DEEP), format!("{{\"a\":{}", "[".repeat(DEEP))] {
        refused(Reply::json(&text));
    }
    let closed = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    refused(Reply::json(&closed));
    refused(packed(&closed));
    for text in [
        "<a>".repeat(DEEP),
        format!("<REPLY>{}", "<a>".repeat(DEEP)),
        format!("<REPLY>{}{}</REPLY>", "<a>".repeat(70), "</a>".repeat(70)),
    ] {
        refused(Reply::xml(&text));
    }
}

#[test]
fn tr_11_twin_an_answer_as_deep_as_answers_are_is_read() {
    let json = format!("{{\"status\":\"ok\",\"x\":{}1{}}}", "[".repeat(50), "]".repeat(50));
    assert!(matches!(answered(Play::Reply(Reply::json(&json))), Ok(Answer::Json(_))));
    let xml = format!("<REPLY><RESPONSE>SEND</RESPONSE>{}{}</REPLY>", "<a>".repeat(50), "</a>".repeat(50));
    assert!(matches!(answered(Play::Reply(Reply::xml(&xml))), Ok(Answer::Xml(_))));
}

#[test]
fn tr_12_attributes_are_counted_and_read_in_linear_time() {
    let attributes =
        |name: &str, sign: &str| -> String { (0..200_000).map(|n| format!(" {name}{n}{sign}=\"a\"")).collect() };
    for text in [
        format!("<REPLY{}><RESPONSE>SEND</RESPONSE></REPLY>", attributes("a", "")),
        format!("<REPLY{}><RESPONSE>SEND</RESPONSE></REPLY>", attributes("xmlns:n", "")),
        format!("<REPLY><OPTION><PARAM{} /></OPTION></REPLY>", attributes("a", "")),
        format!("<REPLY><RESPONSE{}", " a=\"b\"".repeat(200_000)),
    ] {
        // Refused or passed over: in time, and bounded, either way.
        let before = super::body::peak_memory();
        let _ = answered(Play::Reply(Reply::xml(&text)));
        assert!(super::body::peak_memory() - before < (128 << 10));
    }
    refused(Reply::xml(&format!("<REPLY><OPTION><PARAM{} /></OPTION></REPLY>", attributes("a", ""))));
}

#[test]
fn tr_12_twin_an_element_with_many_attributes_is_read() {
    let attributes: String = (0..40).map(|n| format!(" A{n}=\"{n}\"")).collect();
    let text = format!("<REPLY><OPTION><NAME>NETDISCOVERY</NAME><PARAM{attributes} /></OPTION></REPLY>");
    assert!(matches!(answered(Play::Reply(Reply::xml(&text))), Ok(Answer::Xml(_))));
}
