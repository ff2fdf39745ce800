//! Taking a message in: read, unpacked, looked at, on disk where the owner keeps copies. How much of all messages is held at
//! once is bounded, and who sends slowly holds no more than what was sent.

use super::{Answer, Plugin, busy, last, text};
use airlock_protocol::bodies::{self, Limits};
use airlock_protocol::heard::{Heard, heard};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::{HeaderMap, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What all messages may take, in units of a mebibyte.
pub(super) const ROOM: usize = 64;
const UNIT: usize = 1 << 20;
/// Of one message, packed and unpacked.
const LARGEST: usize = 16 << 20;
/// Until it has arrived.
const ARRIVAL: Duration = Duration::from_secs(60);

/// A message, and the room that it takes until this is dropped.
pub(super) struct Taken {
    pub(super) heard: Heard,
    pub(super) document: Vec<u8>,
    pub(super) _room: OwnedSemaphorePermit,
    pub(super) _at_once: OwnedSemaphorePermit,
}

pub(super) async fn take(
    plugin: &Plugin,
    headers: &HeaderMap,
    body: Incoming,
    length: u64,
) -> Result<Taken, Box<Answer>> {
    let refused = |status, why: &str| Box::new(last(text(status, why)));
    if length > LARGEST as u64 {
        return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "Expected a message of at most 16 MiB."));
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let (Some(kind), 1..) = (kind, length) else {
        return Err(refused(StatusCode::FORBIDDEN, "Expected a message, and its Content-Type."));
    };
    let arrived = tokio::time::timeout(ARRIVAL, arrive(body, Arc::clone(&plugin.room))).await;
    let (packed, mut room) = match arrived {
        Ok(Ok(arrived)) => arrived,
        Ok(Err(Lost::NoRoom)) => return Err(Box::new(busy())),
        Ok(Err(Lost::Gone)) => return Err(refused(StatusCode::BAD_REQUEST, "The message broke off.")),
        Err(_too_slow) => return Err(refused(StatusCode::REQUEST_TIMEOUT, "The message took too long.")),
    };
    let Ok(at_once) = Arc::clone(&plugin.at_once).try_acquire_owned() else { return Err(Box::new(busy())) };
    let most = u32::try_from(LARGEST / UNIT).unwrap_or(u32::MAX);
    let Ok(unpacked) = Arc::clone(&plugin.room).try_acquire_many_owned(most) else { return Err(Box::new(busy())) };
    room.merge(unpacked);
    // Unpacking takes the processor a while: others are answered meanwhile.
    let opened = tokio::task::spawn_blocking(move || open(&kind, &packed)).await;
    match opened {
        Ok(Ok((heard, document))) => {
            let kept = document.len().div_ceil(UNIT);
            drop(room.split(room.num_permits().saturating_sub(kept)));
            Ok(Taken { heard, document, _room: room, _at_once: at_once })
        }
        Ok(Err(why)) => Err(refused(StatusCode::FORBIDDEN, &why)),
        Err(_ended) => Err(refused(StatusCode::INTERNAL_SERVER_ERROR, "The message could not be read.")),
    }
}

fn open(kind: &str, packed: &[u8]) -> Result<(Heard, Vec<u8>), String> {
    let opened = bodies::open(Some(kind), packed, &Limits::default()).map_err(|error| error.to_string())?;
    let heard = heard(&opened.bytes).map_err(|error| error.to_string())?;
    Ok((heard, opened.bytes))
}

enum Lost {
    NoRoom,
    Gone,
}

async fn arrive(mut body: Incoming, room: Arc<Semaphore>) -> Result<(Vec<u8>, OwnedSemaphorePermit), Lost> {
    let unit = || Arc::clone(&room).try_acquire_owned().map_err(|_none_left| Lost::NoRoom);
    let (mut bytes, mut held) = (Vec::new(), unit()?);
    while let Some(frame) = body.frame().await {
        let data: Bytes = frame.map_err(|_broken| Lost::Gone)?.into_data().unwrap_or_default();
        // The length was announced, and the server holds the client to it.
        while bytes.len().saturating_add(data.len()) > held.num_permits().saturating_mul(UNIT) {
            held.merge(unit()?);
        }
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, held))
}
