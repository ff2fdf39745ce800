//! Requests: to a server on this machine, and to what a mock says that answers there.

use super::both::Both;
use airlock_gate::Native;
use airlock_gate::calls::Method;
use airlock_gate::{CallError, Fetched, Request};
use airlock_native::MachineHttp;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// What there is, by method and path: the status, its headers, its body.
type Page = (&'static str, &'static str, u16, &'static [(&'static str, &'static str)], &'static str);

const PAGES: &[Page] = &[
    ("GET", "/a", 200, &[("X-Acme", "1"), ("Content-Type", "text/plain")], "hello"),
    ("GET", "/empty", 204, &[], ""),
    ("GET", "/none", 404, &[], "no such page"),
    ("GET", "/wrong", 500, &[], ""),
    ("HEAD", "/a", 200, &[("X-Acme", "1")], ""),
    ("POST", "/a", 201, &[], "made"),
    ("GET", "/here", 302, &[("Location", "/a")], ""),
    ("GET", "/round", 302, &[("Location", "/round")], ""),
    ("GET", "/away", 302, &[("Location", "http://192.0.2.1/a")], ""),
    ("GET", "/worse", 302, &[("Location", "ftp://192.0.2.1/a")], ""),
    ("POST", "/here", 302, &[("Location", "/a")], ""),
    ("GET", "/large", 200, &[], "0123456789012345678901234567890123456789012345678901234567890123456789"),
];

/// A server with these pages; its port.
fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whoever has heard enough hangs up: no error of ours.
            thread::spawn(move || {
                let _ = answer(stream);
            });
        }
    });
    port
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let (_, _, status, headers, body) = PAGES.iter().find(|page| (page.0, page.1) == (method, path)).unwrap();
    let mut head = format!("HTTP/1.1 {status} Said\r\nConnection: close\r\n");
    if *status != 204 {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
    stream.write_all(format!("{head}\r\n{body}").as_bytes())
}

/// The same pages, as a mock has them.
fn describe(port: u16) -> String {
    let mut text = "mock_version = 1\n".to_owned();
    for (method, path, status, headers, body) in PAGES {
        let _ = writeln!(text, "[[http]]\nmethod = {method:?}\nurl = \"http://127.0.0.1:{port}{path}\"");
        let _ = writeln!(text, "status = {status}\nbody = {body:?}\n[http.headers]\nConnection = \"close\"");
        if *status != 204 {
            let _ = writeln!(text, "Content-Length = \"{}\"", body.len());
        }
        headers.iter().for_each(|(name, value)| text += &format!("{name} = {value:?}\n"));
    }
    text
}

/// In no order: that of headers says nothing.
fn sorted(answer: Result<Fetched, CallError>) -> Result<Fetched, CallError> {
    answer.map(|mut fetched| {
        fetched.reply.headers.sort();
        fetched
    })
}

#[tokio::test]
async fn requests_are_decided_on_and_answered_alike() {
    let port = serve();
    let base = format!("http://127.0.0.1:{port}");
    let policy = format!(
        "[[grant]]\nserver = [\"owner\"]\ntask = [\"t\"]\nverb = \"http.fetch\"\norigins = [\"{base}\"]\n\
         methods = [\"GET\", \"HEAD\", \"POST\"]\nmax_bytes = 50\n"
    );
    let real = |none| Native { http: Arc::new(MachineHttp::default()), ..none };
    let mut both = Both::new(real, &describe(port), &policy);
    let at = |path: &str| format!("{base}{path}");
    /// Method, path, headers, body.
    type Case = (Method, String, &'static [(&'static str, &'static str)], &'static str);
    let cases: &[Case] = &[
        (Method::Get, at("/a"), &[], "status: 200"),
        (Method::Get, at("/a"), &[("Accept", "text/plain")], "status: 200"),
        (Method::Get, at("/a"), &[("Host", "other")], "Invalid"),
        (Method::Get, at("/a"), &[("X", "1\r\nHost: other")], "Invalid"),
        (Method::Get, at("/empty"), &[], "status: 204"),
        (Method::Get, at("/none"), &[], "status: 404"),
        (Method::Get, at("/wrong"), &[], "status: 500"),
        (Method::Head, at("/a"), &[], "status: 200"),
        (Method::Post, at("/a"), &[], "status: 201"),
        (Method::Put, at("/a"), &[], "denied"),
        (Method::Get, at("/here"), &[], "path: \"/a\""),
        (Method::Post, at("/here"), &[], "status: 302"),
        (Method::Get, at("/round"), &[], "failed"),
        (Method::Get, at("/away"), &[], "denied"),
        (Method::Get, at("/worse"), &[], ""),
        (Method::Get, at("/large"), &[], "failed"),
        (Method::Get, format!("http://127.0.0.2:{port}/a"), &[], "denied"),
        (Method::Get, format!("https://127.0.0.1:{port}/a"), &[], "denied"),
        (Method::Get, format!("http://u:p@127.0.0.1:{port}/a"), &[], "Invalid"),
        (Method::Get, format!("http://0x7f000001:{port}/a"), &[], ""),
        (Method::Get, "nonsense".to_owned(), &[], "Invalid"),
    ];
    for (method, url, headers, expected) in cases {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = || Request { method: *method, url: url.clone(), headers: headers.clone(), body: vec![] };
        let (found, described) = (both.real.fetch(request()).await, both.mock.fetch(request()).await);
        let said = both.hold(sorted(found), sorted(described), &(method, url));
        assert!(said.contains(expected), "{url}: {said}");
    }
}
