//! TR-02, TR-03, TR-04, TR-17: answers without an end.

use super::{done, post, refused, transport};
use airlock_net::server::Request;
use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply};
use std::time::{Duration, Instant};

fn code(play: Play) -> &'static str {
    let server = FakeGlpi::http();
    server.next(play);
    let code = refused(transport(&server.url("/")), post());
    // The same server, once it behaves, is spoken with as before.
    done(transport(&server.url("/")), post());
    code
}

#[test]
fn tr_02_an_endless_body_ends_at_the_deadline_or_the_cap() {
    assert_eq!(code(Play::Drip { every: Duration::from_millis(200), count: None }), "E-TIMEOUT");
    assert_eq!(code(Play::Drip { every: Duration::from_millis(2500), count: None }), "E-TIMEOUT");
    assert_eq!(code(Play::Endless), "E-TOO-LARGE");
    assert_eq!(code(Play::Hang), "E-TIMEOUT");
}

#[test]
fn tr_02_others_are_served_meanwhile() {
    let (slow, healthy) = (FakeGlpi::http(), FakeGlpi::http());
    slow.at("/", Play::Drip { every: Duration::from_millis(100), count: None });
    super::wait(async {
        let client = |server: &FakeGlpi| airlock_net::server::ServerClient::new(transport(&server.url("/"))).unwrap();
        let (attacked, honest) = (client(&slow).session(), client(&healthy).session());
        let started = Instant::now();
        let honest = async {
            for _ in 0..10 {
                honest.send(post()).await.unwrap();
            }
            started.elapsed()
        };
        let (attacked, honest) = tokio::join!(attacked.send(post()), honest);
        assert_eq!(attacked.unwrap_err().code(), "E-TIMEOUT");
        assert!(honest < Duration::from_secs(2), "{honest:?}");
    });
}

#[test]
fn tr_02_twin_a_slow_answer_that_ends_in_time_is_read() {
    let server = FakeGlpi::http();
    server.next(Play::Drip { every: Duration::from_millis(100), count: Some(15) });
    let answer = done(transport(&server.url("/")), post());
    assert!(answer.body.ends_with(b"{}"), "{answer:?}");
}

#[test]
fn tr_03_headers_that_drip_end_at_their_deadline() {
    let started = Instant::now();
    assert_eq!(code(Play::DripHeaders { every: Duration::from_millis(50) }), "E-TIMEOUT");
    // That of the headers, not of the whole.
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    // Answers that say only that there will be one.
    let early = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(3);
    let server = FakeGlpi::http();
    server.next(Play::Raw(early));
    refused(transport(&server.url("/")), post());
}

#[test]
fn tr_03_twin_a_server_may_take_its_time_before_it_answers() {
    let server = FakeGlpi::http();
    server.next(Play::Late(Duration::from_millis(1500)));
    done(transport(&server.url("/")), post());
}

#[test]
fn tr_04_a_flood_of_headers_is_refused() {
    assert_eq!(code(Play::Headers(100_000)), "E-HEADERS");
    assert_eq!(code(Play::Headers(200)), "E-HEADERS");
    assert_eq!(code(Play::LongHeader(64 << 20)), "E-HEADERS");
    assert_eq!(code(Play::LongHeader(65 << 10)), "E-HEADERS");
}

#[test]
fn tr_04_twin_many_headers_are_read() {
    let server = FakeGlpi::http();
    server.next(Play::Headers(100));
    server.next(Play::LongHeader(32 << 10));
    assert_eq!(done(transport(&server.url("/")), post()).header("x-99"), Some("a"));
    assert_eq!(done(transport(&server.url("/")), post()).header("X-Long").map(str::len), Some(32 << 10));
}

#[test]
fn tr_17_an_announced_length_is_no_room_that_is_made() {
    for (announced, expected) in [
        ("9223372036854775807", "E-TOO-LARGE"),
        ("18446744073709551615", "E-HEADERS"),
        ("99999999999999999999999999", "E-NOT-HTTP"),
        ("17000000", "E-TOO-LARGE"),
    ] {
        let server = FakeGlpi::http();
        server.next(Play::Raw(format!("HTTP/1.1 200 OK\r\nContent-Length: {announced}\r\n\r\nx").into_bytes()));
        let before = peak_memory();
        let started = Instant::now();
        assert_eq!(refused(transport(&server.url("/")), post()), expected, "{announced}");
        // Neither is it waited for, which would be another error.
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
        assert!(peak_memory() < before + (64 << 10), "{} kB", peak_memory() - before);
    }
}

#[test]
fn tr_17_twin_a_large_answer_is_read_and_a_short_one_is_not_whole() {
    let server = FakeGlpi::http();
    let body = vec![b' '; 8 << 20];
    server.next(Play::Reply(Reply::of("application/json", body.clone())));
    assert_eq!(done(transport(&server.url("/")), Request::get("/x")).body, body);
    assert_eq!(code(Play::Truncated { announced: 1000, body: b"{}".to_vec() }), "E-TRUNCATED");
}

/// Of this process, in kB.
pub(super) fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
