//! A server on a loopback address that serves files, or misbehaves.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
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
    pages: Arc<Mutex<BTreeMap<String, Page>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    #[allow(clippy::new_without_default, reason = "it is work, not a value")]
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (pages, asked) = (Arc::new(Mutex::new(BTreeMap::new())), Arc::new(Mutex::new(Vec::new())));
        let site = Self { address, pages: Arc::clone(&pages), asked: Arc::clone(&asked) };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (pages, asked) = (Arc::clone(&pages), Arc::clone(&asked));
                // Whoever has heard enough hangs up: no error of ours.
                std::thread::spawn(move || {
                    let _ = answer(stream, &pages, &asked);
                });
            }
        });
        site
    }

    pub fn put(&self, path: &str, page: Page) {
        self.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The paths that were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    pages: &Mutex<BTreeMap<String, Page>>,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
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
