//! A part from its mirror into the store: no byte of it waits in memory, and none is seen before all are there and are what
//! the part's digest says.

use super::store::{Incoming, Store, until};
use crate::http::nobody_waits;
use crate::off_thread::Stopped;
use airlock_gate::calls::{DeployFetch, PartReply, Sha512Sum, Target};
use airlock_gate::{CallError, Scope};
use airlock_net::http::{HttpBounds, HttpError, HttpRequest, stream};
use airlock_net::server::Mirrors;
use std::net::IpAddr;
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
    mirrors: Option<&Mirrors>,
    stopped: &Stopped,
) -> Result<PartReply, CallError> {
    let part = Sha512Sum::parse(&call.part)?;
    let origin = call.target.origin();
    let from = From { target: &call.target, addresses: &call.addresses, mirrors, bounds: BOUNDS };
    let answer = take(store, &part, &from, scope, (call.retention_minutes, call.shared), stopped)?;
    match answer {
        Taken::Kept(bytes) => Ok(PartReply { status: 200, location: None, bytes }),
        Taken::Status(status, location) => Ok(PartReply { status, location, bytes: 0 }),
        Taken::Other => Err(CallError::Failed(format!("{origin}: what came is not the part: its digest is another"))),
    }
}

/// Who is asked.
pub(super) struct From<'a> {
    pub(super) target: &'a Target,
    pub(super) addresses: &'a [IpAddr],
    pub(super) mirrors: Option<&'a Mirrors>,
    pub(super) bounds: HttpBounds,
}

/// What came of it.
pub(super) enum Taken {
    /// The part is in the store. Bytes.
    Kept(u64),
    /// With where it leads to.
    Status(u16, Option<String>),
    /// Bytes that are not the part; nothing of them is left.
    Other,
}

/// Asks for a part and keeps it if it is the part.
pub(super) fn take(
    store: &Store,
    part: &Sha512Sum,
    from: &From<'_>,
    scope: &Scope,
    (retention_minutes, shared): (u32, bool),
    stopped: &Stopped,
) -> Result<Taken, CallError> {
    let (origin, url) = (from.target.origin(), from.target.url());
    let request = HttpRequest {
        method: "GET",
        url: &url,
        port: from.target.port,
        addresses: from.addresses,
        headers: &[],
        body: Vec::new(),
        mirrors: from.mirrors,
    };
    let store = if scope.is_sealed { &store.sealed() } else { store };
    let bounds = HttpBounds { body: scope.max_bytes.unwrap_or(LARGEST_PART).min(LARGEST_PART), ..from.bounds };
    let folder = store.handle()?;
    let mut incoming = Incoming::new(&folder, bounds.body)?;
    let mut pace = scope.bytes_per_second.map(|most| Pace { most, began: Instant::now(), bytes: 0 });
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
        return Ok(Taken::Status(answer.status, location));
    }
    Ok(match store.keep(incoming, part, until(retention_minutes, shared))? {
        Some(bytes) => Taken::Kept(bytes),
        None => Taken::Other,
    })
}
