//! Which path is whose. Paths that are not there, and methods that a path does not have, are 400, as clients of such agents
//! expect.

use super::answer::{Answer, HTML, TEXT, answer, last, text};
use super::{Shared, head, inventory, now, page, parts, proxy};
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use std::net::SocketAddr;

/// Where a request comes from, and where it arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    pub(super) client: SocketAddr,
    pub(super) own: SocketAddr,
}

pub(super) async fn route(shared: &Shared, request: Request<Incoming>, ends: Ends) -> Answer {
    let (head, body) = request.into_parts();
    let client = ends.client.ip().to_canonical();
    let length = match head::check(&head, &shared.hosts, ends.own.ip()) {
        Ok(length) => length,
        Err(refused) => return *refused,
    };
    if let Some(Err(refused)) = shared.basic.as_ref().map(|basic| basic.check(&head.headers, client, &shared.guesses)) {
        return *refused;
    }
    let path = head.uri.path();
    if let Some(rest) = shared.proxy.as_ref().and_then(|proxy| below(path, &proxy.path)) {
        return proxy::serve(shared, &head, rest, (body, length), client).await;
    }
    if length > 0 {
        return last(text(StatusCode::PAYLOAD_TOO_LARGE, "Expected a request without a body."));
    }
    if let Some(rest) = shared.inventory.as_ref().and_then(|plugin| below(path, &plugin.path)) {
        return inventory::serve(shared, &head, rest, client).await;
    }
    if let Some(rest) = path.strip_prefix("/now") {
        match rest.strip_prefix('/') {
            Some(token) => return now::now(shared, &head, Some(token).filter(|token| !token.is_empty()), client),
            None if rest.is_empty() => return now::now(shared, &head, None, client),
            None => {}
        }
    }
    if parts::is_one(path) {
        return parts::serve(shared, &head, client).await;
    }
    match (&head.method, path) {
        (&Method::GET, "/status") => answer(StatusCode::OK, TEXT, format!("status: {}", shared.view.status().doing)),
        (&Method::GET, "/") => answer(StatusCode::OK, HTML, home(shared, client)),
        _ => text(StatusCode::BAD_REQUEST, "Nothing is here."),
    }
}

fn home(shared: &Shared, client: std::net::IpAddr) -> String {
    if shared.is_trusted(client) {
        page::home(&shared.view.status(), jiff::Timestamp::now())
    } else {
        page::for_strangers()
    }
}

/// What stands after `folder` and a slash.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    path.strip_prefix(folder)?.strip_prefix('/')
}
