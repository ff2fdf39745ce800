//! A request from its URL to its answer: resolve, send, follow. Each hop is two calls of its own, each decided on, counted
//! and recorded, so a redirect leads nowhere that the policy does not name.

use super::headers::for_another_origin;
use crate::calls::{HttpReply, HttpResolve, HttpSend, Method, Target};
use crate::{CallError, Gate};

/// Redirects of one request.
pub(crate) const MOST_HOPS: usize = 3;
/// Characters of a URL that is none, in its record.
const SHOWN: usize = 300;

/// A request as a task makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// The answer, and where it came from in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    pub target: Target,
    pub reply: HttpReply,
}

impl Gate {
    /// Sends a request. A redirect of GET and HEAD is followed, never to a worse scheme; one of POST and PUT is the answer:
    /// what was sent to one server is not repeated to another.
    pub async fn fetch(&self, request: Request) -> Result<Fetched, CallError> {
        let Request { method, url, mut headers, body } = request;
        // A URL that is none is a call too: it is counted, and the audit has it.
        let mut target = match Target::parse(&url) {
            Ok(target) => target,
            Err(error) => {
                return Err(self.senseless(
                    "http.fetch",
                    &Unread { method, url: url.chars().take(SHOWN).collect() },
                    error,
                ));
            }
        };
        let mut hops = 0;
        loop {
            let addresses = self.call(HttpResolve { method, target: target.clone() }).await?;
            let (sent, body) = (headers.clone(), body.clone());
            let send = HttpSend { method, target: target.clone(), addresses, headers: sent, body };
            let reply = self.call(send).await?;
            let Some(location) = redirect(method, &reply) else { return Ok(Fetched { target, reply }) };
            hops += 1;
            if hops > MOST_HOPS {
                return Err(CallError::Failed(format!(
                    "more than {MOST_HOPS} redirects, the last from {}",
                    target.origin()
                )));
            }
            let next = next_hop(&target, location)?;
            if next.origin() != target.origin() {
                headers = for_another_origin(headers);
            }
            target = next;
        }
    }
}

/// Where a redirect leads: never from https to http.
pub(crate) fn next_hop(target: &Target, location: &str) -> Result<Target, CallError> {
    let next = target
        .join(location)
        .map_err(|why| CallError::Failed(format!("{} redirects to what cannot be followed: {why}", target.origin())))?;
    if target.scheme == "https" && next.scheme != "https" {
        let (from, to) = (target.origin(), next.origin());
        return Err(CallError::Failed(format!("{from} redirects to {to}: https is not left")));
    }
    Ok(next)
}

/// A request that could not be read, as the audit has it.
#[derive(serde::Serialize)]
struct Unread {
    method: Method,
    /// Its beginning: a record is not as long as a task likes.
    url: String,
}

fn redirect(method: Method, reply: &HttpReply) -> Option<&str> {
    let follows = matches!(method, Method::Get | Method::Head) && matches!(reply.status, 301 | 302 | 303 | 307 | 308);
    let location = reply.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
    location.filter(|_| follows).map(|(_, value)| value.as_str())
}
