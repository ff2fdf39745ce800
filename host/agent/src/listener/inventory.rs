//! The inventory of this machine, for whoever proves to know the token without sending it: `/session` gives a nonce, `/get`
//! takes the digest of nonce and token once. What is in it is what the owner's policy grants neighbours, and no more.

use super::Shared;
use super::answer::{Answer, TEXT, XML, answer, text, with};
use super::rate::Rate;
use super::refusals::Because;
use super::secret::Secret;
use super::sessions::Sessions;
use super::view::HandedOut;
use airlock_protocol::bodies::{Coding, Format, pack};
use hyper::header::{ACCEPT, HeaderName, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, StatusCode};
use std::net::IpAddr;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

const REQUEST: HeaderName = HeaderName::from_static("x-request-id");
const NONCE: HeaderName = HeaderName::from_static("x-auth-nonce");
const PAYLOAD: HeaderName = HeaderName::from_static("x-auth-payload");
/// What clients of the plugin look for.
const VERSION: &str = "1.1";
/// An inventory takes seconds; one that takes longer is given up.
const LONGEST: Duration = Duration::from_secs(170);

#[derive(Debug)]
pub(super) struct Plugin {
    pub(super) path: String,
    pub(super) token: Secret,
    pub(super) sessions: Sessions,
    pub(super) only_trusted: bool,
    pub(super) rate: Rate,
    /// One inventory at a time.
    pub(super) one: Semaphore,
}

pub(super) async fn serve(shared: &Shared, head: &Parts, rest: &str, client: IpAddr) -> Answer {
    let Some(plugin) = &shared.inventory else { return text(StatusCode::BAD_REQUEST, "Nothing is here.") };
    if head.method != Method::GET {
        return text(StatusCode::BAD_REQUEST, "Expected GET.");
    }
    if plugin.only_trusted && !shared.is_trusted(client) {
        let why = format!("not a trusted address (airlock.toml, [listener]: trust = [\"{client}\"] would trust it)");
        shared.refusals.tell(client, "the inventory", Because::NotTrusted, why);
        return text(StatusCode::FORBIDDEN, "Expected a trusted address.");
    }
    if !plugin.rate.take(client, Instant::now()) {
        return with(text(StatusCode::TOO_MANY_REQUESTS, "Too many requests."), RETRY_AFTER, "600");
    }
    match rest {
        "apiversion" => answer(StatusCode::OK, "text/plain", VERSION),
        "session" => session(plugin, &head.headers, client),
        "get" => get(shared, plugin, &head.headers, client).await,
        _ => text(StatusCode::BAD_REQUEST, "Nothing is here."),
    }
}

fn session(plugin: &Plugin, headers: &HeaderMap, client: IpAddr) -> Answer {
    let Some(id) = header(headers, &REQUEST) else {
        return text(StatusCode::FORBIDDEN, "No session available: expected X-Request-ID.");
    };
    match plugin.sessions.begin(client, id, Instant::now()) {
        Some(nonce) => with(answer(StatusCode::OK, TEXT, "Begun.\n"), NONCE, &nonce),
        None => with(text(StatusCode::SERVICE_UNAVAILABLE, "Too many sessions."), RETRY_AFTER, "60"),
    }
}

async fn get(shared: &Shared, plugin: &Plugin, headers: &HeaderMap, client: IpAddr) -> Answer {
    let both = header(headers, &REQUEST).zip(header(headers, &PAYLOAD));
    if !both.is_some_and(|(id, payload)| plugin.sessions.end(client, id, payload, &plugin.token, Instant::now())) {
        let why = "it has not proven to know the token of [listener.inventory] token_file".to_owned();
        shared.refusals.tell(client, "the inventory", Because::WrongToken, why);
        return text(StatusCode::FORBIDDEN, "Access denied.");
    }
    let Ok(_one) = plugin.one.try_acquire() else {
        return with(text(StatusCode::SERVICE_UNAVAILABLE, "An inventory is being made."), RETRY_AFTER, "30");
    };
    let made = tokio::time::timeout(LONGEST, shared.view.inventory_document(client)).await;
    let document = match made {
        Ok(Ok(HandedOut::Document(document))) => document,
        Ok(Ok(HandedOut::Not(why))) => {
            shared.refusals.tell(client, "the inventory", Because::NotGranted, why);
            return text(StatusCode::FORBIDDEN, "The owner of this machine grants its neighbours no inventory.");
        }
        Ok(Err(error)) => {
            tracing::error!("no inventory for {client}: {error:#}");
            return text(StatusCode::INTERNAL_SERVER_ERROR, "The inventory failed; the agent's log says why.");
        }
        Err(_too_long) => {
            tracing::error!("no inventory for {client}: not made within {} s", LONGEST.as_secs());
            return text(StatusCode::INTERNAL_SERVER_ERROR, "The inventory took too long.");
        }
    };
    let coding = coding(headers);
    tracing::info!("handed the inventory to {client}");
    match coding {
        Coding::Plain => answer(StatusCode::OK, XML, document),
        coding => answer(StatusCode::OK, coding.content_type(Format::Xml), pack(&document, coding)),
    }
}

/// The packing that the client takes: zlib, else gzip, else none.
fn coding(headers: &HeaderMap) -> Coding {
    let said: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let takes = |coding: &Coding| {
        let mut kinds = said.iter().flat_map(|value| value.split(','));
        kinds.any(|kind| kind.split(';').next().unwrap_or_default().trim() == coding.content_type(Format::Xml))
    };
    [Coding::Zlib, Coding::Gzip].into_iter().find(takes).unwrap_or(Coding::Plain)
}

/// A short word of a header.
fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().filter(|text| !text.is_empty() && text.len() <= 128)
}
