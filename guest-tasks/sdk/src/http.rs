//! HTTP to the origins that the policy names. Any status is an answer; redirects of GET and HEAD are followed by the host.

use crate::Error;

pub use crate::bindings::airlock::net::http::{Header, Method, Request, Response, send};

/// GET of a URL.
pub fn get(url: &str) -> Result<Response, Error> {
    send(&Request { method: Method::Get, url: url.to_owned(), headers: vec![], body: vec![] })
}

/// POST of a body to a URL.
pub fn post(url: &str, content_type: &str, body: Vec<u8>) -> Result<Response, Error> {
    let headers = vec![Header { name: "content-type".to_owned(), value: content_type.to_owned() }];
    send(&Request { method: Method::Post, url: url.to_owned(), headers, body })
}

impl Response {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        header.map(|header| header.value.as_str())
    }
}
