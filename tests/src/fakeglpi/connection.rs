//! One connection: requests are read, and answered as the script says.

use super::Shared;
use super::play::{Play, Reply};
use super::request::Request;
use super::usual;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::time::Duration;

/// Whoever has heard enough hangs up: no error of ours.
pub(super) fn serve(stream: TcpStream, tls: Option<Arc<ServerConfig>>, shared: &Shared) {
    let _ = stream.set_nodelay(true);
    let _ = match tls {
        None => talk(stream, shared),
        Some(config) => encrypted(stream, config, shared),
    };
}

fn encrypted(mut stream: TcpStream, config: Arc<ServerConfig>, shared: &Shared) -> io::Result<()> {
    let mut connection = ServerConnection::new(config).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    shared.handshakes.fetch_add(1, Ordering::SeqCst);
    talk(StreamOwned::new(connection, stream), shared)
}

fn talk(stream: impl Read + Write, shared: &Shared) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let request = match Request::read(&mut stream) {
            Ok(Some(request)) => request,
            Ok(None) => break,
            // No text, so no HTTP: TLS at a plain port, for one.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return stream.get_mut().write_all(&Reply::status(400).header("Connection", "close").bytes());
            }
            Err(error) => return Err(error),
        };
        let play = shared.play(&request);
        let goes_on = answer(stream.get_mut(), &request, play, shared)?;
        stream.get_mut().flush()?;
        if !goes_on {
            break;
        }
    }
    Ok(())
}

/// False when the connection ends with it.
fn answer(to: &mut impl Write, request: &Request, play: Play, shared: &Shared) -> io::Result<bool> {
    let reply = match play {
        Play::Usual => usual::answer(request),
        Play::Reply(reply) => reply,
        Play::Late(time) => {
            sleep(time);
            usual::answer(request)
        }
        Play::Redirect { status, location } => Reply::status(status).header("Location", &location),
        Play::Unauthorized(challenge) => Reply::status(401).header("WWW-Authenticate", &challenge),
        Play::TooMany(wait) => Reply::status(429).header("Retry-After", &wait),
        Play::Bomb(size) => Reply::of("application/x-compress-zlib", usual::bomb(size)),
        Play::Headers(count) => (0..count).fold(Reply::json("{}"), |reply, n| reply.header(&format!("X-{n}"), "a")),
        Play::LongHeader(size) => Reply::json("{}").header("X-Long", &"a".repeat(size)),
        Play::Replay => shared.script.lock().unwrap().last.clone().unwrap_or_else(|| usual::answer(request)),
        other => return misbehave(to, other).map(|()| false),
    };
    to.write_all(&reply.bytes())?;
    shared.script.lock().unwrap().last = Some(reply);
    Ok(!request.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")))
}

fn misbehave(to: &mut impl Write, play: Play) -> io::Result<()> {
    let chunked = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    match play {
        Play::Hang => sleep(Duration::from_secs(3600)),
        Play::Drip { every, count } => {
            to.write_all(chunked)?;
            for _ in 0..count.unwrap_or(usize::MAX) {
                to.write_all(b"1\r\n \r\n")?;
                to.flush()?;
                sleep(every);
            }
            to.write_all(b"2\r\n{}\r\n0\r\n\r\n")?;
        }
        Play::DripHeaders { every } => {
            to.write_all(b"HTTP/1.1 200 OK\r\nX-Slow: ")?;
            loop {
                to.write_all(b"a")?;
                to.flush()?;
                sleep(every);
            }
        }
        Play::Endless => {
            to.write_all(chunked)?;
            loop {
                to.write_all(b"1000\r\n")?;
                to.write_all(&[b' '; 0x1000])?;
                to.write_all(b"\r\n")?;
            }
        }
        Play::Truncated { announced, body } => {
            to.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {announced}\r\n\r\n").as_bytes())?;
            to.write_all(&body)?;
        }
        Play::Raw(bytes) => to.write_all(&bytes)?,
        _ => {}
    }
    Ok(())
}
