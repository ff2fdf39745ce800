//! A server on a loopback address that serves files, or misbehaves.

use crate::fakeglpi::Identity;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What is answered at a path.
#[derive(Debug, Clone)]
pub enum Page {
    Bytes(Vec<u8>),
    /// Parts without an end.
    Endless,
    /// More bytes announced than anybody wants.
    Announced(u64),
    Redirect(String),
}

/// The server; it ends with the test.
pub struct Site {
    pub address: SocketAddr,
    scheme: &'static str,
    pages: Arc<Mutex<BTreeMap<String, Page>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    #[allow(clippy::new_without_default, reason = "it is work, not a value")]
    pub fn new() -> Self {
        Self::serving("http", |mut stream, answer| answer(&mut stream))
    }

    /// One that speaks TLS, and shows that certificate.
    pub fn with_tls(identity: &Identity) -> Self {
        let config = identity.config();
        Self::serving("https", move |stream, answer| {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).map_err(std::io::Error::other)?;
            let mut stream = rustls::StreamOwned::new(connection, stream);
            answer(&mut stream)?;
            stream.conn.send_close_notify();
            stream.flush()
        })
    }

    fn serving(
        scheme: &'static str,
        with: impl Fn(TcpStream, Answer<'_>) -> std::io::Result<()> + Clone + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (pages, asked) = (Arc::new(Mutex::new(BTreeMap::new())), Arc::new(Mutex::new(Vec::new())));
        let site = Self { address, scheme, pages: Arc::clone(&pages), asked: Arc::clone(&asked) };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (pages, asked, with) = (Arc::clone(&pages), Arc::clone(&asked), with.clone());
                // Whoever has heard enough hangs up: no error of ours.
                std::thread::spawn(move || {
                    let _ = with(stream, &|stream| answer(stream, &pages, &asked));
                });
            }
        });
        site
    }

    pub fn put(&self, path: &str, page: Page) {
        self.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// The paths that were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// What a request comes in on.
trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

/// Answers what comes in.
type Answer<'a> = &'a dyn Fn(&mut dyn Stream) -> std::io::Result<()>;

fn answer(
    stream: &mut dyn Stream,
    pages: &Mutex<BTreeMap<String, Page>>,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let first = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let page = pages.lock().unwrap().get(&path).cloned();
    asked.lock().unwrap().push(path);
    let head = |status: &str, more: &str| format!("HTTP/1.1 {status}\r\nConnection: close\r\n{more}\r\n");
    match page {
        None => stream.write_all(head("404 Not Found", "Content-Length: 0\r\n").as_bytes()),
        Some(Page::Bytes(bytes)) => {
            stream.write_all(head("200 OK", &format!("Content-Length: {}\r\n", bytes.len())).as_bytes())?;
            stream.write_all(&bytes)
        }
        Some(Page::Announced(size)) => {
            stream.write_all(head("200 OK", &format!("Content-Length: {size}\r\n")).as_bytes())?;
            stream.write_all(b"x")
        }
        Some(Page::Redirect(to)) => {
            let more = format!("Location: {to}\r\nContent-Length: 0\r\n");
            stream.write_all(head("302 Found", &more).as_bytes())
        }
        Some(Page::Endless) => {
            stream.write_all(head("200 OK", "Transfer-Encoding: chunked\r\n").as_bytes())?;
            loop {
                stream.write_all(b"1000\r\n")?;
                stream.write_all(&[0; 0x1000])?;
                stream.write_all(b"\r\n")?;
            }
        }
    }
}
