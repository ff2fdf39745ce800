//! The head of a request: has it one reading, and one that is ours to serve?

use super::answer::{Answer, last, text};
use super::hosts::Hosts;
use hyper::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING, UPGRADE};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode, Version};
use std::net::IpAddr;

/// The bytes of the body that follows; an answer where the request is refused.
pub(super) fn check(head: &Parts, hosts: &Hosts, own: IpAddr) -> Result<u64, Box<Answer>> {
    let refused = |status, why: &str| Err(Box::new(last(text(status, why))));
    let uri = &head.uri;
    // An asterisk or another server's name as the target: this is no proxy for those.
    if uri.scheme().is_some() || uri.authority().is_some() || !uri.path().starts_with('/') {
        return refused(StatusCode::BAD_REQUEST, "Expected a path, as in: GET /status HTTP/1.1");
    }
    if head.method == Method::CONNECT || head.headers.contains_key(UPGRADE) {
        return refused(StatusCode::BAD_REQUEST, "Expected HTTP/1.1 and nothing within it.");
    }
    // Two lengths of one body are how one request is hidden in another. One is enough for everybody who comes here.
    if head.headers.contains_key(TRANSFER_ENCODING) {
        return refused(StatusCode::LENGTH_REQUIRED, "Expected a Content-Length and no Transfer-Encoding.");
    }
    let mut lengths = head.headers.get_all(CONTENT_LENGTH).iter();
    let length = match (lengths.next(), lengths.next()) {
        (None, _) => 0,
        (Some(one), None) => match one.to_str().ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit())) {
            Some(digits) => digits.parse::<u64>().unwrap_or(u64::MAX),
            None => return refused(StatusCode::BAD_REQUEST, "Expected a Content-Length that is a number."),
        },
        (Some(_), Some(_)) => return refused(StatusCode::BAD_REQUEST, "Expected one Content-Length."),
    };
    let mut named = head.headers.get_all(HOST).iter();
    match (named.next(), named.next()) {
        (None, _) if head.version == Version::HTTP_10 => {}
        (Some(host), None) => {
            let host = host.to_str().unwrap_or_default();
            if !hosts.allow(host, own, airlock_native::own_addresses) {
                tracing::warn!("refused a request to {:?}: it is none of the listener's names", short(host));
                let why =
                    "This is none of the names of this agent. Its owner lists them in airlock.toml: [listener] hosts.";
                return refused(StatusCode::MISDIRECTED_REQUEST, why);
            }
        }
        _ => return refused(StatusCode::BAD_REQUEST, "Expected one Host."),
    }
    Ok(length)
}

fn short(text: &str) -> String {
    airlock_model::short_line(text, 100)
}
