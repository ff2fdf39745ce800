//! A part from its mirror into the store: no byte of it waits in memory, and none is seen before all are there and are what
//! the part's digest says.

use super::store::{Incoming, Store, until};
use crate::http::nobody_waits;
use crate::off_thread::Stopped;
use airlock_gate::calls::{DeployFetch, PartReply, Sha512Sum};
use airlock_gate::{CallError, Scope};
use airlock_net::http::{HttpBounds, HttpError, HttpRequest, stream};
use airlock_net::server::Mirrors;
use std::time::{Duration, Instant};

/// What a mirror may take: to be reached, to begin its answer, and between two of its bytes.
const BOUNDS: HttpBounds = HttpBounds {
    connect: Duration::from_secs(10),
    headers: Duration::from_secs(60),
    whole: Duration::from_secs(60),
    body: LARGEST_PART,
};

/// Bytes of a part where no grant says less.
const LARGEST_PART: u64 = 16 << 30;

/// Holds a download to so many bytes a second.
struct Pace {
    most: u64,
    began: Instant,
    bytes: u64,
}

impl Pace {
    /// Waits until what has come is no more than should have.
    fn keep(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        let millis = self.bytes.saturating_mul(1000) / self.most.max(1);
        let ahead = Duration::from_millis(millis).saturating_sub(self.began.elapsed());
        if !ahead.is_zero() {
            std::thread::sleep(ahead.min(Duration::from_secs(1)));
        }
    }
}

pub(super) fn fetch(
    store: &Store,
    call: &DeployFetch,
    scope: &Scope,
    bytes_per_second: Option<u64>,
    mirrors: Option<&Mirrors>,
    stopped: &Stopped,
) -> Result<PartReply, CallError> {
    let part = Sha512Sum::parse(&call.part)?;
    let (origin, url) = (call.target.origin(), call.target.url());
    let request = HttpRequest {
        method: "GET",
        url: &url,
        port: call.target.port,
        addresses: &call.addresses,
        headers: &[],
        body: Vec::new(),
        mirrors,
    };
    let store = if scope.is_sealed { &store.sealed() } else { store };
    let bounds = HttpBounds { body: scope.max_bytes.unwrap_or(LARGEST_PART).min(LARGEST_PART), ..BOUNDS };
    let folder = store.handle()?;
    let mut incoming = Incoming::new(&folder, bounds.body)?;
    let mut pace = bytes_per_second.map(|most| Pace { most, began: Instant::now(), bytes: 0 });
    let sink = |bytes: &[u8]| {
        if let Some(pace) = &mut pace {
            pace.keep(bytes.len());
        }
        incoming.take(bytes).map_err(|error| HttpError::Failed(error.to_string()))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CallError::Failed(error.to_string()))?;
    let answer = runtime.block_on(async {
        tokio::select! {
            answer = stream(request, &bounds, sink) => answer.map_err(|error| match error {
                HttpError::Timeout => CallError::Timeout,
                error => CallError::Failed(format!("{origin}: {error}")),
            }),
            () = nobody_waits(stopped) => Err(CallError::Cancelled),
        }
    })?;
    if answer.status != 200 {
        let location = answer.headers.into_iter().find(|(name, _)| name == "location").map(|(_, value)| value);
        return Ok(PartReply { status: answer.status, location, bytes: 0 });
    }
    match store.keep(incoming, &part, until(call.retention_minutes, call.shared))? {
        Some(bytes) => Ok(PartReply { status: 200, location: None, bytes }),
        None => Err(CallError::Failed(format!("{origin}: what came is not the part: its digest is another"))),
    }
}
