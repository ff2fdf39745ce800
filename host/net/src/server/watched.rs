//! A stream that says when bytes came in: a server may take its time to think, but not to write the headers of its answer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

/// How many bytes came in so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    bytes: AtomicU64,
    more: Notify,
}

impl Seen {
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Acquire)
    }

    /// Waits until more than that came in.
    pub(super) async fn more_than(&self, bytes: u64) {
        loop {
            // Before looking, so that nothing that comes in between is missed.
            let more = self.more.notified();
            if self.bytes() > bytes {
                return;
            }
            more.await;
        }
    }
}

pub(super) struct Watched<S> {
    pub(super) stream: S,
    pub(super) seen: Arc<Seen>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, into);
        let count = into.filled().len() - before;
        if count > 0 {
            self.seen.bytes.fetch_add(count as u64, Ordering::AcqRel);
            self.seen.more.notify_waiters();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
