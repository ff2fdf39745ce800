//! Listeners: one that answers as it is told, and canaries, which nobody may ever reach.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What came in, connection by connection.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub fn all(&self) -> Vec<String> {
        // Who was contacted just now has had the time to notice.
        thread::sleep(Duration::from_millis(100));
        self.0.lock().unwrap().clone()
    }
}

/// Answers each connection at `address` with the bytes that `answer` makes of the request's head.
pub fn listen(address: &str, answer: impl Fn(&str) -> String + Send + 'static) -> Seen {
    let seen = Seen::default();
    let listener = TcpListener::bind(address.parse::<SocketAddr>().unwrap()).unwrap();
    let kept = seen.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while let Ok(count @ 1..) = stream.read(&mut part) {
                request.extend_from_slice(&part[..count]);
                if request.windows(4).any(|end| end == b"\r\n\r\n") {
                    break;
                }
            }
            let request = String::from_utf8_lossy(&request).into_owned();
            let answer = answer(&request);
            kept.0.lock().unwrap().push(request);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    seen
}

/// One that must not be reached.
pub fn canary(address: &str) -> Seen {
    listen(address, |_| ok("canary"))
}

pub fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

pub fn redirect(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}
