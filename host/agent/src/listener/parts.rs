//! `/deploy/getFile/<c1>/<c1c2>/<sha512>`: a part of a package, for neighbours that the owner's policy names (`p2p.serve`). What
//! is not here, what is not shared, what is not for this neighbour and what is no name of a part all look the same.

use super::Shared;
use super::answer::{Answer, Content, answer_with, text};
use airlock_gate::calls::{PEER_PATH, Sha512Sum, peer_path};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, SizeHint};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use std::fs::File;
use std::io::{self, Read as _};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// Parts of one neighbour in a minute: as many as a fast network gives of 10 MB each.
pub(super) const A_MINUTE: u32 = 600;
/// Parts on their way at once.
const AT_ONCE: usize = 8;
/// Bytes that are read at once; two such wait for the neighbour.
const CHUNK: usize = 64 << 10;
/// For how long a neighbour waits for others.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many may be served at once.
pub(super) fn places() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(AT_ONCE))
}

pub(super) fn is_one(path: &str) -> bool {
    path.starts_with(PEER_PATH)
}

pub(super) async fn serve(shared: &Shared, head: &Parts, client: IpAddr) -> Answer {
    let nothing = || text(StatusCode::NOT_FOUND, "Not found.");
    let Some(part) = part_of(head.uri.path()).filter(|_| head.method == Method::GET) else { return nothing() };
    // Whether it is here or not.
    if !shared.parts_asked.take(client, Instant::now()) {
        return text(StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
    }
    let place = tokio::time::timeout(PATIENCE, Arc::clone(&shared.parts_served).acquire_owned()).await;
    let Ok(Ok(place)) = place else {
        return text(StatusCode::SERVICE_UNAVAILABLE, "Too many parts are on their way.");
    };
    match shared.view.shared_part(part, client).await {
        Ok(Some((file, bytes))) => {
            answer_with(StatusCode::OK, "application/octet-stream", Part::of(file, bytes, place).boxed_unsync())
        }
        Ok(None) => nothing(),
        Err(error) => {
            tracing::warn!("a part was not served to {client}: {error:#}");
            nothing()
        }
    }
}

/// Only the one way to write it.
fn part_of(path: &str) -> Option<Sha512Sum> {
    let sum = path.rsplit('/').next()?;
    let part = Sha512Sum::parse(sum).ok()?;
    (peer_path(&part) == path).then_some(part)
}

/// A file that is read as the neighbour takes it.
struct Part {
    chunks: mpsc::Receiver<io::Result<Bytes>>,
    left: u64,
}

impl Part {
    fn of(mut file: File, bytes: u64, place: OwnedSemaphorePermit) -> Self {
        let (sender, chunks) = mpsc::channel(1);
        tokio::task::spawn_blocking(move || {
            let _place = place;
            let mut left = bytes;
            while left > 0 {
                let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
                let read = file.read_exact(&mut chunk).map(|()| Bytes::from(chunk));
                left = left.saturating_sub(read.as_ref().map_or(left, |chunk| chunk.len() as u64));
                // The neighbour has gone, or was too slow.
                if sender.blocking_send(read).is_err() {
                    return;
                }
            }
        });
        Self { chunks, left: bytes }
    }
}

impl Body for Part {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let chunk = std::task::ready!(self.chunks.poll_recv(context));
        if let Some(Ok(chunk)) = &chunk {
            self.left = self.left.saturating_sub(chunk.len() as u64);
        }
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// All of it, for tests and for answers that are there at once.
pub(super) fn whole(bytes: Bytes) -> Content {
    http_body_util::Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_named_in_one_way() {
        let sum = "3c99".repeat(32);
        let good = format!("/deploy/getFile/3/3c/{sum}");
        assert!(part_of(&good).is_some());
        let upper = sum.to_uppercase();
        for bad in [
            format!("/deploy/getFile/3/3d/{sum}"),
            format!("/deploy/getFile/3/3c/{upper}"),
            format!("/deploy/getFile/3/3c/{sum}/"),
            format!("/deploy/getFile//3/3c/{sum}"),
            format!("/deploy/getFile/3/3c/../{sum}"),
            format!("/deploy/getFile/3/3c/{}", &sum[1..]),
            format!("/deploy/getFile/3/3c/%33{}", &sum[1..]),
            "/deploy/getFile/".to_owned(),
            "/deploy/getFile/3/3c/".to_owned(),
            "/deploy/getFile/../../etc/passwd".to_owned(),
        ] {
            assert!(is_one(&bad) && part_of(&bad).is_none(), "{bad}");
        }
    }
}
