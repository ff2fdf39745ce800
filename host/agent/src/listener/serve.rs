//! From a connection to its answers, each step with a time that it may take.

use super::Shared;
use super::answer::{last, text};
use super::connections::Place;
use super::routes::{Ends, route};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

/// A request's head, or the next one's of a connection that is kept.
const HEAD: Duration = Duration::from_secs(10);
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A whole request, from its head to the answer that is ready to be sent.
const REQUEST: Duration = Duration::from_secs(180);
/// Sending the answer.
const SENDING: Duration = Duration::from_secs(30);
/// Bytes of a head, and its headers. hyper reads no more than that at once either.
const MOST_HEAD: usize = 16 << 10;
const MOST_HEADERS: usize = 64;
/// Requests on one connection.
const MOST_REQUESTS: usize = 1000;

/// Accepts connections until it is dropped, and with it all of them.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            Some(_ended) = running.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => {
                    // Nobody gives way: the newcomer finds the door closed.
                    let Some(place) = shared.connections.admit(client.ip()) else { continue };
                    running.spawn(connection(stream, client, place, Arc::clone(&shared)));
                }
                Err(error) => {
                    tracing::warn!("a connection could not be accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}

async fn connection(stream: TcpStream, client: SocketAddr, place: Place, shared: Arc<Shared>) {
    let Ok(own) = stream.local_addr() else { return };
    // Small answers are whole answers.
    let _ = stream.set_nodelay(true);
    let (ends, place) = (Ends { client, own }, Arc::new(place));
    let served = async {
        match &shared.tls {
            None => serve(stream, ends, &place, &shared).await,
            Some(tls) => match timeout(HANDSHAKE, tls.accept(stream)).await {
                Ok(Ok(stream)) => serve(stream, ends, &place, &shared).await,
                Ok(Err(error)) => tracing::debug!("no TLS with {client}: {error}"),
                Err(_too_slow) => {}
            },
        }
    };
    tokio::select! {
        () = served => {}
        () = place.given_away() => tracing::debug!("the connection of {client} gave way to a newer one"),
    }
}

async fn serve<S>(stream: S, ends: Ends, place: &Place, shared: &Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let until = Until::new(HEAD + SENDING);
    let count = AtomicUsize::new(0);
    let service = service_fn(|request: Request<Incoming>| {
        let (until, count) = (&until, &count);
        async move {
            place.busy(true);
            until.set(REQUEST + SENDING);
            let answered = timeout(REQUEST, route(shared, request, ends)).await;
            let answer = answered.unwrap_or_else(|_| last(text(StatusCode::REQUEST_TIMEOUT, "That took too long.")));
            let is_last = count.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_REQUESTS;
            place.busy(false);
            until.set(SENDING + HEAD);
            Ok::<_, Infallible>(if is_last { last(answer) } else { answer })
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(MOST_HEAD).max_headers(MOST_HEADERS);
    http.half_close(false);
    tokio::select! {
        served = http.serve_connection(TokioIo::new(stream), service) => {
            if let Err(error) = served {
                tracing::debug!("the connection of {} ended: {error}", ends.client);
            }
        }
        () = until.passed() => tracing::debug!("the connection of {} was too slow", ends.client),
    }
}

/// A moment that is put off.
struct Until(Mutex<Instant>);

impl Until {
    fn new(after: Duration) -> Self {
        Self(Mutex::new(Instant::now() + after))
    }

    fn get(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, after: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + after;
    }

    /// Returns when it has come, wherever it was put meanwhile.
    async fn passed(&self) {
        loop {
            let until = self.get();
            sleep_until(until).await;
            if self.get() <= until {
                return;
            }
        }
    }
}
