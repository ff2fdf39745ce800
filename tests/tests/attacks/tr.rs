//! TR: transport. Whatever a server, a neighbour or the environment does, a session with a configured server ends in time and
//! within its caps, believes only whom it was told to believe, and gives nothing of this server's to anybody else.

mod body;
mod parsing;
mod redirect;
mod secrets;
mod tls;

use airlock_net::server::{Answer, Deadlines, Request, ServerClient, Transport, TransportError};
use airlock_tests::fakeglpi::{Authority, FakeGlpi, Identity};
use std::path::Path;
use std::time::{Duration, Instant};

/// What a report looks like that must not get into wrong hands.
const REPORT: &str = "{\"action\":\"inventory\",\"content\":{\"canary\":\"report-51c7\"}}";

/// A client with deadlines that a test can wait for.
fn transport(url: &str) -> Transport {
    let mut transport = Transport::new(url);
    transport.deadlines = Deadlines {
        connect: Duration::from_secs(5),
        headers: Duration::from_millis(600),
        idle: Duration::from_secs(2),
        whole: Duration::from_secs(3),
    };
    transport
}

fn trusting(server: &FakeGlpi, authority: &Authority, folder: &Path) -> Transport {
    let mut transport = transport(&server.url("/front/inventory.php"));
    transport.trust = airlock_net::server::Trust::File(authority.file(folder));
    transport
}

/// One request in a session of its own.
fn send(transport: Transport, request: Request) -> Result<Answer, TransportError> {
    wait(async { ServerClient::new(transport)?.session().send(request).await })
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn post() -> Request {
    Request::post("", REPORT).header("Content-Type", "application/json")
}

/// The code of what it ends with, in time.
fn refused(transport: Transport, request: Request) -> &'static str {
    let longest = transport.deadlines.whole + Duration::from_secs(2);
    let started = Instant::now();
    let error = send(transport, request).expect_err("it must not succeed");
    assert!(started.elapsed() < longest, "{:?}: {error}", started.elapsed());
    let text = error.to_string();
    assert!(!text.is_empty() && airlock_model::one_line(&text) == text, "{text:?}");
    error.code()
}

fn done(transport: Transport, request: Request) -> Answer {
    let answer = send(transport, request).unwrap_or_else(|error| panic!("{}: {error}", error.code()));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

/// An https server for `localhost`, and its authority.
fn https() -> (FakeGlpi, Authority, tempfile::TempDir) {
    let authority = Authority::new("Test CA");
    let server = FakeGlpi::https(&for_localhost(&authority));
    (server, authority, tempfile::tempdir().unwrap())
}

fn for_localhost(authority: &Authority) -> Identity {
    authority.identity(&["localhost", "127.0.0.1"])
}
