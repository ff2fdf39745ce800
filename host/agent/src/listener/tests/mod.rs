//! The listener, with a daemon that only writes down what it was asked.

mod lasting;
mod login;
mod page;
mod parts;
mod plugins;
mod proxy;
mod refusals;
mod requests;
mod slow;
mod waking;

use super::*;
use airlock_gate::calls::Sha512Sum;
use std::fs::File;
use std::io::Seek;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

pub(super) const TRUSTED: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 7));
pub(super) const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 9));
pub(super) const AGENT: &str = "03dbe19a-e675-11f1-902e-bcf8918f0a55";

#[derive(Default)]
pub(super) struct Fake {
    pub(super) status: Mutex<Status>,
    pub(super) woken: Mutex<Vec<Wake>>,
    pub(super) refused: Mutex<Vec<Refused>>,
    pub(super) passed: Mutex<Vec<Passed>>,
    /// What a server says; none: it is not reached.
    pub(super) answer: Mutex<Option<String>>,
    /// Why the owner grants neighbours nothing.
    pub(super) kept_back: Mutex<Option<String>>,
    /// The part of a package that it has for somebody.
    pub(super) shared: Mutex<Option<(IpAddr, Sha512Sum, File)>>,
    /// It says nothing, ever.
    pub(super) is_silent: std::sync::atomic::AtomicBool,
}

impl Fake {
    pub(super) fn new() -> Arc<Self> {
        let fake = Self::default();
        *fake.status.lock().unwrap() = Status {
            doing: Doing::Waiting,
            version: "1.2.3".into(),
            since: Some(1_800_000_000),
            targets: vec![target("hq", "https://glpi.example/front/inventory.php")],
            refused: vec![],
        };
        Arc::new(fake)
    }

    pub(super) fn woken(&self) -> Vec<Wake> {
        self.woken.lock().unwrap().clone()
    }
}

pub(super) fn target(name: &str, place: &str) -> TargetStatus {
    TargetStatus {
        name: name.into(),
        kind: TargetKind::Server,
        place: place.into(),
        next: Some(1_800_003_600),
        because: "drawn from 24 h".into(),
        tried: Some(1_799_990_000),
        worked: Some(1_799_990_000),
        last_error: None,
        results: vec![TaskResult { task: "inventory".into(), outcome: "sent".into() }],
        waiting: 0,
    }
}

impl DaemonView for Fake {
    fn status(&self) -> Status {
        self.status.lock().unwrap().clone()
    }

    fn agent_id(&self) -> String {
        AGENT.to_owned()
    }

    fn wake(&self, wanted: &Wake) -> Woken {
        self.woken.lock().unwrap().push(wanted.clone());
        Woken::Due(vec!["hq".to_owned()])
    }

    fn refused(&self, refused: &Refused) {
        self.refused.lock().unwrap().push(refused.clone());
    }

    fn inventory_document(&self, _neighbour: IpAddr) -> Later<'_, anyhow::Result<HandedOut>> {
        let kept = self.kept_back.lock().unwrap().clone();
        let document = || HandedOut::Document(b"<REQUEST><QUERY>INVENTORY</QUERY></REQUEST>".to_vec());
        Box::pin(async move { Ok(kept.map_or_else(document, HandedOut::Not)) })
    }

    fn shared_part(&self, part: Sha512Sum, neighbour: IpAddr) -> Later<'_, anyhow::Result<Option<(File, u64)>>> {
        let shared = self.shared.lock().unwrap();
        let found = shared.as_ref().filter(|(whom, sum, _)| *whom == neighbour && *sum == part);
        let file = found.map(|(_, _, file)| file.try_clone().unwrap());
        Box::pin(async move {
            let Some(mut file) = file else { return Ok(None) };
            file.rewind()?;
            let bytes = file.metadata()?.len();
            Ok(Some((file, bytes)))
        })
    }

    fn forward(&self, message: Passed) -> Later<'_, anyhow::Result<Answered>> {
        self.passed.lock().unwrap().push(message);
        let is_silent = self.is_silent.load(std::sync::atomic::Ordering::Relaxed);
        Box::pin(async move {
            if is_silent {
                std::future::pending::<()>().await;
            }
            let answer = self.answer.lock().unwrap().clone().context("nobody is there")?;
            Ok(Answered { format: airlock_protocol::bodies::Format::Json, document: answer.into_bytes() })
        })
    }
}

/// Settings as `airlock.toml` has them, at a port that is free; one address is trusted.
pub(super) fn settings(more: &str) -> ListenerSettings {
    let text = format!("[listener]\nenabled = true\nport = 0\ntrust = [\"{TRUSTED}\"]\n{more}");
    crate::config::parse("airlock.toml", &text).unwrap_or_else(|error| panic!("{error:#}")).listener
}

pub(super) struct Tried {
    pub(super) listener: Listener,
    pub(super) fake: Arc<Fake>,
}

/// Listens, and runs what talks to it.
pub(super) fn with<F: Future<Output = ()>>(more: &str, test: impl FnOnce(Tried) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let fake = Fake::new();
        let listener = start(&settings(more), Arc::clone(&fake) as _, &Memory::default()).await.unwrap();
        tokio::time::timeout(Duration::from_secs(100), test(Tried { listener, fake })).await.unwrap();
    });
}

impl Tried {
    pub(super) async fn connect(&self, from: IpAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(from, 0)).unwrap();
        socket.connect(self.listener.address()).await.unwrap()
    }

    /// Sends bytes, and reads until the other side has no more to say.
    pub(super) async fn bytes(&self, from: IpAddr, bytes: &[u8]) -> String {
        let mut stream = self.connect(from).await;
        // Who refuses need not hear all of it.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(40), stream.read_to_end(&mut answer)).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A request without a body, as `GET /status`, with more headers.
    pub(super) async fn ask(&self, from: IpAddr, what: &str, headers: &[&str]) -> Heard {
        self.send(from, what, headers, b"").await
    }

    pub(super) async fn send(&self, from: IpAddr, what: &str, headers: &[&str], body: &[u8]) -> Heard {
        let mut head = format!("{what} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|header| header.starts_with("Host:")) {
            head.push_str(&format!("Host: {}\r\n", self.listener.address()));
        }
        if !body.is_empty() {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        for header in headers {
            head.push_str(&format!("{header}\r\n"));
        }
        let request = [head.as_bytes(), b"\r\n", body].concat();
        Heard::of(&self.bytes(from, &request).await)
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) status: u16,
    pub(super) reason: String,
    pub(super) head: String,
    pub(super) body: String,
}

impl Heard {
    pub(super) fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut words = head.lines().next().unwrap_or_default().splitn(3, ' ').skip(1);
        let status = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
        let reason = words.next().unwrap_or_default().to_owned();
        Self { status, reason, head: head.to_owned(), body: body.to_owned() }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(header, value)| header.eq_ignore_ascii_case(name).then_some(value))
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
