//! Answers, as they all are: of a known length, for no cache, and nothing in them that a browser would run or load.

use super::parts::whole;
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::header::{CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::header::{REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use hyper::{Response, StatusCode};

/// What comes after the head.
pub(super) type Content = UnsyncBoxBody<Bytes, std::io::Error>;
pub(super) type Answer = Response<Content>;

/// No script, nothing from elsewhere; styles and forms of the page itself; in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) const TEXT: &str = "text/plain; charset=utf-8";
pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const JSON: &str = "application/json";
pub(super) const XML: &str = "application/xml";

pub(super) fn answer(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    answer_with(status, kind, whole(body.into()))
}

pub(super) fn answer_with(status: StatusCode, kind: &'static str, content: Content) -> Answer {
    let mut answer = Response::new(content);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// A sentence for people.
pub(super) fn text(status: StatusCode, text: impl AsRef<str>) -> Answer {
    answer(status, TEXT, format!("{}\n", text.as_ref()))
}

/// One after which the connection ends: what else the client sends on it is not read.
pub(super) fn last(mut answer: Answer) -> Answer {
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// With a header more; a value that is no header is left out.
pub(super) fn with(mut answer: Answer, name: HeaderName, value: &str) -> Answer {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}

/// With the words after the status code, which some clients read.
pub(super) fn because(mut answer: Answer, reason: &'static str) -> Answer {
    answer.extensions_mut().insert(hyper::ext::ReasonPhrase::from_static(reason.as_bytes()));
    answer
}
