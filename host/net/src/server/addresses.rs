//! From a name to a connection: looked up once for each session, tried side by side with a small head start for each
//! (as RFC 8305 has it), so that an address that leads nowhere holds nobody up.

use super::error::{Phase, TransportError};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Addresses of one name that are tried.
const MOST: usize = 8;
const HEAD_START: Duration = Duration::from_millis(250);

pub(super) async fn resolve(host: &str, port: u16, longest: Duration) -> Result<Vec<SocketAddr>, TransportError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let wrong = |why: String| TransportError::Name { host: host.to_owned(), why };
    let found = timeout(longest, lookup_host((bare, port))).await;
    let found = found.map_err(|_| late(host, Phase::Name, longest))?.map_err(|error| wrong(error.to_string()))?;
    let mut addresses = Vec::new();
    for address in found {
        if !addresses.contains(&address) && addresses.len() < MOST {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        return Err(wrong("the resolver knows none".to_owned()));
    }
    Ok(addresses)
}

/// A connection to whichever of them answers first.
pub(super) async fn connect(
    host: &str,
    addresses: &[SocketAddr],
    longest: Duration,
) -> Result<TcpStream, TransportError> {
    let mut attempts = JoinSet::new();
    for (turn, address) in (0_u32..).zip(addresses.iter().copied()) {
        attempts.spawn(async move {
            sleep(HEAD_START * turn).await;
            TcpStream::connect(address).await
        });
    }
    let mut why = "no address".to_owned();
    let first = async {
        while let Some(attempt) = attempts.join_next().await {
            match attempt {
                Ok(Ok(stream)) => return Some(stream),
                Ok(Err(error)) => why = error.to_string(),
                Err(error) => why = error.to_string(),
            }
        }
        None
    };
    match timeout(longest, first).await {
        Ok(Some(stream)) => {
            // Requests are written whole: waiting for more only delays them.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
        Ok(None) => Err(TransportError::Connect { host: host.to_owned(), tried: addresses.to_vec(), why }),
        Err(_) => Err(late(host, Phase::Connection, longest)),
    }
}

pub(super) fn late(host: &str, phase: Phase, after: Duration) -> TransportError {
    TransportError::Timeout { host: host.to_owned(), phase, after }
}
