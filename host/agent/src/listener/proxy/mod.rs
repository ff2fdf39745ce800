//! Other agents' way to the servers, where they have none of their own: this one takes their messages, keeps a copy where the
//! owner wants it, and passes them on. Who sends is a stranger: an id that names a file is looked at first, and what is taken
//! at once is bounded in number and in bytes.

mod forwards;
mod memory;
mod message;
mod take;

use super::Shared;
use super::answer::{Answer, JSON, XML, answer, because, last, text, with};
use super::rate::Rate;
use super::refusals::Because;
use crate::config::ProxyPlugin;
use airlock_native::PassedStore;
use airlock_protocol::requests::{self, RequestId};
use forwards::{Begun, Forwards, Polled};
use hyper::body::Incoming;
use hyper::header::{HeaderName, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, StatusCode};
pub(crate) use memory::Memory;
use serde_json::json;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// The first that knows GLPI's own protocol and `getConfig`; what clients look for.
const VERSION: &str = "2.5";
/// Messages that are worked on at once.
const MOST_AT_ONCE: usize = 10;

pub(super) struct Plugin {
    pub(super) path: String,
    contact: Duration,
    store: Option<Arc<PassedStore>>,
    only_store: bool,
    only_trusted: bool,
    hops: usize,
    rate: Rate,
    room: Arc<Semaphore>,
    at_once: Arc<Semaphore>,
    forwards: Arc<Forwards>,
}

impl Plugin {
    pub(super) fn new(
        settings: &ProxyPlugin,
        path: String,
        store: Option<PassedStore>,
        rate: Rate,
        forwards: Arc<Forwards>,
    ) -> Self {
        Self {
            path,
            contact: settings.contact.0,
            store: store.map(Arc::new),
            only_store: settings.only_store,
            only_trusted: settings.only_trusted,
            hops: settings.hops,
            rate,
            room: Arc::new(Semaphore::new(take::ROOM)),
            at_once: Arc::new(Semaphore::new(MOST_AT_ONCE)),
            forwards,
        }
    }

    /// Hours until an agent comes again.
    fn hours(&self) -> u64 {
        self.contact.as_secs().div_ceil(3600).max(1)
    }
}

/// Whose message this is, as its headers say.
pub(super) struct Sender {
    client: IpAddr,
    /// GLPI's protocol: a UUID.
    agent: Option<String>,
    request: Option<RequestId>,
    /// The ids of those that passed it on, this agent's the last.
    proxies: Vec<String>,
}

pub(super) async fn serve(
    shared: &Shared,
    head: &Parts,
    rest: &str,
    (body, length): (Incoming, u64),
    client: IpAddr,
) -> Answer {
    let Some(plugin) = &shared.proxy else { return text(StatusCode::BAD_REQUEST, "Nothing is here.") };
    match (rest, &head.method) {
        ("apiversion", &Method::GET) => return answer(StatusCode::OK, "text/plain", VERSION),
        // The second is what FusionInventory's agents are told to use; it is the same.
        ("glpi" | "fusioninventory", &Method::GET | &Method::POST) => {}
        _ => return last(text(StatusCode::BAD_REQUEST, "Nothing is here.")),
    }
    if plugin.only_trusted && !shared.is_trusted(client) {
        let why = format!("not a trusted address (airlock.toml, [listener]: trust = [\"{client}\"] would trust it)");
        shared.refusals.tell(client, "to pass a message on", Because::NotTrusted, why);
        return last(text(StatusCode::FORBIDDEN, "Expected a trusted address."));
    }
    if !plugin.rate.take(client, Instant::now()) {
        return last(with(text(StatusCode::TOO_MANY_REQUESTS, "Too many requests."), RETRY_AFTER, "600"));
    }
    let sender = match sender(plugin, &shared.view.agent_id(), &head.headers, client) {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    let answered = if head.method == Method::GET {
        asked(plugin, head.uri.query(), &sender)
    } else {
        match take::take(plugin, &head.headers, body, length).await {
            Ok(taken) => message::handle(shared, plugin, &sender, taken).await,
            Err(refused) => *refused,
        }
    };
    match sender.request {
        Some(id) if !answered.headers().contains_key(requests::REQUEST_ID) => numbered(answered, id),
        _ => answered,
    }
}

fn numbered(answer: Answer, id: RequestId) -> Answer {
    match HeaderName::try_from(requests::REQUEST_ID) {
        Ok(name) => with(answer, name, &id.to_string()),
        Err(_no_name) => answer,
    }
}

fn sender(plugin: &Plugin, own: &str, headers: &HeaderMap, client: IpAddr) -> Result<Sender, Box<Answer>> {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let chain = headers.get_all(requests::PROXY_ID).iter().map(|value| value.to_str().unwrap_or("?"));
    let chain = chain.flat_map(|value| value.split(',')).map(str::trim).filter(|id| !id.is_empty());
    let mut proxies = Vec::new();
    for id in chain {
        if proxies.len() >= plugin.hops {
            return Err(Box::new(last(because(error(StatusCode::FORBIDDEN, "passed on too often"), "LIMITED-PROXY"))));
        }
        let Some(id) = requests::agent_id(id) else {
            return Err(Box::new(last(error(StatusCode::FORBIDDEN, "expected ids of agents in GLPI-Proxy-ID"))));
        };
        proxies.push(id);
    }
    if proxies.iter().any(|id| id.eq_ignore_ascii_case(own)) {
        let answer = error(StatusCode::NOT_FOUND, "this message was here before");
        return Err(Box::new(last(because(answer, "PROXY-LOOP-DETECTED"))));
    }
    proxies.push(own.to_owned());
    let agent = said(requests::AGENT_ID).and_then(requests::agent_id);
    let request = said(requests::REQUEST_ID).and_then(RequestId::read);
    Ok(Sender { client, agent, request, proxies })
}

/// Without a message: what became of one that was sent before, or what this agent has for others to do.
fn asked(plugin: &Plugin, query: Option<&str>, sender: &Sender) -> Answer {
    if let Some(request) = sender.request {
        return match plugin.forwards.poll(request, sender.agent.as_deref()) {
            Polled::Pending(seconds) => pending(request, seconds),
            Polled::Done(done) => done,
            Polled::Unknown => numbered(error(StatusCode::NOT_FOUND, "no answer is kept under this id"), request),
        };
    }
    let is_config = query.is_some_and(|query| query.split('&').any(|pair| pair == "action=getConfig"));
    if is_config {
        // No task of another agent is decided here.
        return answer(StatusCode::OK, JSON, "{}");
    }
    text(StatusCode::FORBIDDEN, "Expected a message, or the id of one.")
}

fn pending(request: RequestId, seconds: u64) -> Answer {
    let body = json!({ "status": "pending", "expiration": format!("{seconds}s") }).to_string();
    numbered(answer(StatusCode::ACCEPTED, JSON, body), request)
}

fn error(status: StatusCode, message: &str) -> Answer {
    answer(status, JSON, json!({ "status": "error", "message": message }).to_string())
}

fn busy() -> Answer {
    last(with(text(StatusCode::TOO_MANY_REQUESTS, "Too many messages at once."), RETRY_AFTER, "30"))
}
