//! `cargo xtask bench status`: how many times a second a daemon says its status, alone and with slow clients that hold
//! connections open, beside another agent's daemon.

use crate::daemon::Daemon;
use anyhow::Result;
use clap::Args;
use serde::Serialize;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Slow clients have this long to connect.
const SLOW_WITHIN: Duration = Duration::from_secs(15);

#[derive(Args)]
pub(crate) struct Options {
    /// Seconds of each measurement
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Slow clients that are held
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=5000))]
    slow: u32,
    /// Another agent's program
    #[arg(long, default_value = "fusioninventory-agent")]
    peer: String,
    /// The figures as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Figures {
    name: &'static str,
    requests_per_second: f64,
    /// A connection for each request.
    connections_per_second: f64,
    idle_kib: Option<u64>,
    /// Slow clients whose connection was still open at the end.
    slow_held: usize,
    beside_slow_per_second: f64,
    beside_slow_kib: Option<u64>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    // Both sides of the slow connections are open here and there.
    crate::daemon::more_files();
    let mut all = vec![measure("ours", &Daemon::ours("")?, options)?];
    match Daemon::peer(&options.peer) {
        Ok(peer) => all.push(measure("peer", &peer, options)?),
        Err(error) => eprintln!("peer is left out ({error:#}); name another: --peer PROGRAM"),
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{:<6}{:>12}{:>14}{:>10}{:>12}{:>16}{:>12}",
        "", "requests/s", "connections/s", "idle KiB", "slow held", "beside them/s", "KiB then"
    );
    for one in &all {
        let kib = |kib: Option<u64>| kib.map_or_else(|| "?".to_owned(), |kib| kib.to_string());
        println!(
            "{:<6}{:>12.0}{:>14.0}{:>10}{:>12}{:>16.0}{:>12}",
            one.name,
            one.requests_per_second,
            one.connections_per_second,
            kib(one.idle_kib),
            one.slow_held,
            one.beside_slow_per_second,
            kib(one.beside_slow_kib)
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn measure(name: &'static str, daemon: &Daemon, options: &Options) -> Result<Figures> {
    let time = Duration::from_secs(options.seconds);
    let requests_per_second = repeated(daemon.address, time, true);
    let connections_per_second = repeated(daemon.address, time, false);
    let idle_kib = daemon.memory();
    let (mut slow, began) = (Vec::new(), Instant::now());
    // One that takes no more of them is measured with those that it took.
    while slow.len() < usize::try_from(options.slow)? && began.elapsed() < SLOW_WITHIN {
        let Ok(mut stream) = TcpStream::connect_timeout(&daemon.address, Duration::from_millis(500)) else { continue };
        stream.write_all(b"GET /status HTTP/1.1\r\nHost: ")?;
        slow.push(stream);
    }
    let beside_slow_per_second = repeated(daemon.address, time, false);
    let beside_slow_kib = daemon.memory();
    let slow_held = slow.iter().filter(|stream| is_open(stream)).count();
    Ok(Figures {
        name,
        requests_per_second,
        connections_per_second,
        idle_kib,
        slow_held,
        beside_slow_per_second,
        beside_slow_kib,
    })
}

/// A connection that the other side has not ended has nothing to read.
fn is_open(mut stream: &TcpStream) -> bool {
    let _ = stream.set_nonblocking(true);
    matches!(stream.read(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}

/// Answers per second, one request after another. A connection that ends is opened again.
fn repeated(address: SocketAddr, time: Duration, keep: bool) -> f64 {
    let end = if keep { "keep-alive" } else { "close" };
    let request = format!("GET /status HTTP/1.1\r\nHost: {address}\r\nConnection: {end}\r\n\r\n");
    let (began, mut count, mut open) = (Instant::now(), 0_u32, None);
    while began.elapsed() < time {
        let left = time.saturating_sub(began.elapsed()).max(Duration::from_millis(1));
        let stream = open.take().or_else(|| {
            let stream = TcpStream::connect_timeout(&address, left).ok()?;
            stream.set_nodelay(true).ok()?;
            Some(stream)
        });
        let Some(mut stream) = stream else { continue };
        let _ = stream.set_read_timeout(Some(left));
        if stream.write_all(request.as_bytes()).is_ok() && answered(&mut stream) {
            count += 1;
            open = keep.then_some(stream);
        }
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}

/// Reads one answer whole.
fn answered(stream: &mut TcpStream) -> bool {
    let (mut text, mut part) = (Vec::new(), [0; 2048]);
    loop {
        match stream.read(&mut part) {
            Ok(count @ 1..) => text.extend_from_slice(part.get(..count).unwrap_or_default()),
            _ => return false,
        }
        let shown = String::from_utf8_lossy(&text).to_lowercase();
        let Some((head, body)) = shown.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if length.is_some_and(|length| body.len() >= length) {
            return head.contains(" 200 ") && body.starts_with("status: ");
        }
    }
}
