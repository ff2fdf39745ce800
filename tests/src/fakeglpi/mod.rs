//! A GLPI server that does as a test says: it answers as a well-behaved one does, or drips, hangs, bombs, redirects, asks for
//! credentials, truncates, repeats itself. Each request is kept with its headers and its body.
//!
//! ```no_run
//! use airlock_tests::fakeglpi::{FakeGlpi, Play, Reply};
//!
//! let server = FakeGlpi::http();                       // or FakeGlpi::https(&identity), FakeGlpi::on("10.0.0.1:80", None)
//! server.next(Play::TooMany("120".to_owned()));        // the next request is answered 429; those after it as usual
//! server.at("/plugins/", Play::Hang);                  // whatever begins so never gets an answer
//! // … run the program against server.url("/front/inventory.php") …
//! server.wait_for(2);                                  // until two requests came in
//! for request in server.requests() {
//!     println!("{} {} {:?}", request.method, request.path, request.text());
//! }
//! assert_eq!(server.inventories().len(), 1);           // bodies of inventories, decompressed, XML or JSON
//! # let _ = Reply::json("{}");
//! ```
//!
//! The usual answers are those of [`usual`]: contacts, PROLOGs and inventories in JSON and XML, in the compression of the
//! request. They are threads that block, so that neither the server nor its callers need a runtime.

mod authorities;
mod connection;
mod play;
mod request;
mod rest;
pub mod usual;

pub use authorities::{Authority, Identity};
pub use play::{Play, Reply};
pub use request::Request;
pub use rest::{Package, sha512};

use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// What has not come by then does not come, however few processors there are.
const LONGEST: Duration = Duration::from_secs(180);

/// The server; its threads end with the test.
pub struct FakeGlpi {
    pub address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    script: Mutex<Script>,
    requests: Mutex<Vec<Request>>,
    more: Condvar,
    connections: AtomicUsize,
    handshakes: AtomicUsize,
}

#[derive(Default)]
struct Script {
    next: VecDeque<Play>,
    /// By the beginning of a path; the last that fits counts.
    at: Vec<(String, Play)>,
    /// By a part of a query.
    asked: Vec<(String, Play)>,
    basic: Option<(String, String)>,
    oauth: Option<(String, String)>,
    last: Option<Reply>,
    endpoints: rest::Endpoints,
}

impl FakeGlpi {
    /// Plain HTTP on a port of the loopback interface.
    pub fn http() -> Self {
        Self::on("127.0.0.1:0", None)
    }

    /// HTTPS on a port of the loopback interface, as `identity` says.
    pub fn https(identity: &Identity) -> Self {
        Self::on("127.0.0.1:0", Some(identity))
    }

    /// HTTPS with a certificate whose key somebody else has.
    pub fn https_with_anothers_key(identity: &Identity) -> Self {
        Self::start("127.0.0.1:0", Some(identity.unchecked_config()))
    }

    /// At an address of a test's own ([`crate::namespace`]).
    pub fn on(address: &str, identity: Option<&Identity>) -> Self {
        Self::start(address, identity.map(Identity::config))
    }

    fn start(address: &str, tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind(address.parse::<SocketAddr>().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let scheme = if tls.is_some() { "https" } else { "http" };
        let server = Self { address, scheme, shared: Arc::clone(&shared) };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let (shared, tls) = (Arc::clone(&shared), tls.clone());
                std::thread::spawn(move || connection::serve(stream, tls, &shared));
            }
        });
        server
    }

    /// `http://127.0.0.1:PORT/path`; with TLS the host is `localhost`.
    pub fn url(&self, path: &str) -> String {
        let host = match self.scheme {
            "https" if self.address.ip().is_loopback() => "localhost".to_owned(),
            _ => self.address.ip().to_string(),
        };
        format!("{}://{host}:{}{path}", self.scheme, self.address.port())
    }

    /// How the next request that has no play yet is answered; those after it are answered as usual.
    pub fn next(&self, play: Play) {
        self.shared.script.lock().unwrap().next.push_back(play);
    }

    /// What [`next`](Self::next) said and did not come yet is forgotten.
    pub fn recovers(&self) {
        self.shared.script.lock().unwrap().next.clear();
    }

    /// How every request is answered whose path begins so; what [`next`](Self::next) says goes before.
    pub fn at(&self, path: &str, play: Play) {
        self.shared.script.lock().unwrap().at.push((path.to_owned(), play));
    }

    /// How every request is answered whose query holds this, as `action=getConfig`; what [`next`](Self::next) says goes before.
    pub fn asked(&self, part: &str, play: Play) {
        self.shared.script.lock().unwrap().asked.push((part.to_owned(), play));
    }

    /// From now on whoever does not show these gets a 401 that asks for them.
    pub fn wants_basic(&self, user: &str, password: &str) {
        self.shared.script.lock().unwrap().basic = Some((user.to_owned(), password.to_owned()));
    }

    /// From now on whoever shows no token gets a 401; `/api.php/token` gives one for these.
    pub fn wants_oauth(&self, client_id: &str, client_secret: &str) {
        self.shared.script.lock().unwrap().oauth = Some((client_id.to_owned(), client_secret.to_owned()));
    }

    /// All requests so far, in the order in which they were complete.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.shared.requests.lock().unwrap().len()
    }

    /// The inventories among them, decompressed.
    pub fn inventories(&self) -> Vec<String> {
        self.requests().iter().filter(|request| request.is_inventory()).map(Request::text).collect()
    }

    /// Connections that were made, whatever came of them.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// TLS handshakes that were done to their end.
    pub fn handshakes(&self) -> usize {
        self.shared.handshakes.load(Ordering::SeqCst)
    }

    /// Waits until so many requests came in.
    pub fn wait_for(&self, count: usize) -> Vec<Request> {
        let started = Instant::now();
        let mut requests = self.shared.requests.lock().unwrap();
        while requests.len() < count {
            let left = LONGEST.saturating_sub(started.elapsed());
            assert!(!left.is_zero(), "{count} requests were expected, {} came in {LONGEST:?}", requests.len());
            requests = self.shared.more.wait_timeout(requests, left).unwrap().0;
        }
        requests.clone()
    }
}

impl Shared {
    /// Keeps a request, and says how it is answered.
    fn play(&self, request: &Request) -> Play {
        let play = self.script.lock().unwrap().play(request);
        self.requests.lock().unwrap().push(request.clone());
        self.more.notify_all();
        play
    }
}

impl Script {
    fn play(&mut self, request: &Request) -> Play {
        if let Some(play) = self.next.pop_front() {
            return play;
        }
        if let Some(refusal) = self.refusal(request) {
            return Play::Reply(refusal);
        }
        if let Some((_, play)) = self.asked.iter().rev().find(|(part, _)| request.query.contains(part.as_str())) {
            return play.clone();
        }
        let at = self.at.iter().rev().find(|(path, _)| request.path.starts_with(path.as_str()));
        let play = at.map_or(Play::Usual, |(_, play)| play.clone());
        if matches!(play, Play::Usual)
            && let Some(reply) = self.endpoints.answer(request)
        {
            return Play::Reply(reply);
        }
        play
    }

    /// What somebody gets who does not show what is wanted.
    fn refusal(&self, request: &Request) -> Option<Reply> {
        if let Some((user, password)) = &self.basic {
            let wanted = usual::basic(user, password);
            if request.header("authorization") != Some(&wanted) {
                return Some(Reply::status(401).header("WWW-Authenticate", "Basic realm=\"basic\""));
            }
        }
        if let Some((id, secret)) = &self.oauth {
            if request.path.ends_with("/api.php/token") {
                return Some(usual::token(request, id, secret));
            }
            if request.header("authorization") != Some(usual::TOKEN) {
                return Some(Reply::status(401).header("WWW-Authenticate", "Bearer"));
            }
        }
        None
    }
}
