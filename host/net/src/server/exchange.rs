//! One request on one connection, and its answer within the deadlines and caps.

use super::addresses::late;
use super::connection::{Connection, Way};
use super::error::{Phase, TransportError};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::client::conn::TrySendError;
use hyper::{HeaderMap, Request, Response};
use tokio::time::{sleep, timeout};

/// An answer as it came.
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Why there is none: the request comes back when nothing of it was sent.
pub(super) struct Unanswered {
    pub(super) error: TransportError,
    pub(super) unsent: Option<Request<Full<Bytes>>>,
}

impl From<TransportError> for Unanswered {
    fn from(error: TransportError) -> Self {
        Self { error, unsent: None }
    }
}

/// `most` is the cap of the body.
pub(super) async fn exchange(
    way: &Way,
    connection: &mut Connection,
    request: Request<Full<Bytes>>,
    most: usize,
) -> Result<Raw, Unanswered> {
    let before = connection.seen.bytes();
    let response = {
        let answer = connection.sender.try_send_request(request);
        let headers = way.deadlines.headers;
        let too_slow = async {
            connection.seen.more_than(before).await;
            sleep(headers).await;
        };
        tokio::select! {
            answer = answer => answer,
            () = too_slow => return Err(late(&way.host, Phase::Headers, headers).into()),
        }
    };
    let response = response.map_err(|failure| unanswered(way, connection, before, failure))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = body(way, response, most).await?;
    connection.rested = std::time::Instant::now();
    Ok(Raw { status, headers, body })
}

fn unanswered(
    way: &Way,
    connection: &Connection,
    before: u64,
    mut failure: TrySendError<Request<Full<Bytes>>>,
) -> Unanswered {
    let unsent = failure.take_message();
    let error = failure.error();
    let host = way.host.clone();
    let error = if error.is_parse_too_large() {
        TransportError::Headers { host, most: way.caps.headers, bytes: way.caps.header_bytes }
    } else if error.is_incomplete_message() && connection.seen.bytes() > before {
        TransportError::Truncated { host }
    } else if error.is_parse() {
        TransportError::NotHttp { host, why: error.to_string() }
    } else {
        way.broken(error)
    };
    Unanswered { error, unsent }
}

/// What a server announces is not room that is made for it: the body grows as it comes.
async fn body(way: &Way, response: Response<Incoming>, most: usize) -> Result<Vec<u8>, TransportError> {
    let too_large = || TransportError::TooLarge { host: way.host.clone(), most };
    let mut incoming = response.into_body();
    if incoming.size_hint().lower() > most as u64 {
        return Err(too_large());
    }
    let mut body = Vec::new();
    loop {
        let frame = timeout(way.deadlines.idle, incoming.frame()).await;
        let Some(frame) = frame.map_err(|_| late(&way.host, Phase::Body, way.deadlines.idle))? else { break };
        let frame = frame.map_err(|error| match is_early_end(&error) {
            true => TransportError::Truncated { host: way.host.clone() },
            false => way.broken(&error),
        })?;
        // Trailers say nothing that is needed.
        let Ok(part) = frame.into_data() else { continue };
        if body.len().saturating_add(part.len()) > most {
            return Err(too_large());
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// Whether the other end hung up before it had said all that it announced.
fn is_early_end(error: &hyper::Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<std::io::Error>());
    error.is_incomplete_message() || cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::UnexpectedEof)
}
