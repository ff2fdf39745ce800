//! One HTTP request, to addresses that were decided on before. Nothing is looked up here and nothing is taken from around us:
//! no proxy of the environment, no redirect, no cookie, no connection kept, no compression undone. Headers and body have a
//! deadline and a size each, and the connection is to one of the addresses that the request names.

use crate::server::{Mirrors, TlsFault};
use bytes::Bytes;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Method, Response};
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::timeout;

/// Bytes of an answer's headers, and their number.
const HEADER_BYTES: usize = 64 << 10;
const HEADERS: usize = 128;

/// A request whose every part was looked at.
#[derive(Debug, Clone)]
pub struct HttpRequest<'a> {
    /// `GET`, `HEAD`, `POST` or `PUT`.
    pub method: &'a str,
    /// Absolute, `http` or `https`.
    pub url: &'a str,
    pub port: u16,
    /// The only addresses that may be contacted.
    pub addresses: &'a [IpAddr],
    pub headers: &'a [(String, String)],
    pub body: Vec<u8>,
    /// How whoever answers is believed; none: as this system believes.
    pub mirrors: Option<&'a Mirrors>,
}

/// What a request may take.
#[derive(Debug, Clone, Copy)]
pub struct HttpBounds {
    pub connect: Duration,
    /// From the start to the last of the headers.
    pub headers: Duration,
    /// From the start to the last of the body.
    pub whole: Duration,
    /// Bytes of the body.
    pub body: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HttpAnswer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    #[error("no answer in time")]
    Timeout,
    #[error("more than {0} bytes in the answer")]
    TooLarge(u64),
    #[error("{0}")]
    Failed(String),
}

impl HttpError {
    /// With its causes, and without the URL, which the caller knows.
    fn of(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        let host = error.url().and_then(|url| url.host_str()).unwrap_or_default().to_owned();
        let error = error.without_url();
        let mut words = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            if let Some(fault) = TlsFault::that_is(&host, error) {
                return Self::Failed(fault.to_string());
            }
            let text = error.to_string();
            if !words.contains(&text) {
                words = format!("{words}: {text}");
            }
            cause = error.source();
        }
        Self::Failed(words)
    }
}

/// Answers every name with the addresses that were decided on.
struct Fixed(Vec<SocketAddr>);

impl Resolve for Fixed {
    fn resolve(&self, _name: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(async move { Ok(addresses) })
    }
}

/// Sends a request and reads its answer.
pub async fn send(request: HttpRequest<'_>, bounds: &HttpBounds) -> Result<HttpAnswer, HttpError> {
    match timeout(bounds.whole, exchange(request, bounds)).await {
        Ok(answer) => answer,
        Err(_late) => Err(HttpError::Timeout),
    }
}

/// Sends a GET or HEAD whose body goes part by part to `sink` as it comes, if the status is 200; of other answers the status
/// and the headers are told. `bounds.whole` is for silence between two parts: how long a body takes is its sender's and the
/// run's business.
pub async fn stream(
    request: HttpRequest<'_>,
    bounds: &HttpBounds,
    mut sink: impl FnMut(&[u8]) -> Result<(), HttpError>,
) -> Result<HttpAnswer, HttpError> {
    let mut response = response(request, bounds).await?;
    let (status, headers) = (response.status().as_u16(), headers(&response)?);
    if status == 200 {
        if response.content_length().is_some_and(|length| length > bounds.body) {
            return Err(HttpError::TooLarge(bounds.body));
        }
        let mut left = bounds.body;
        loop {
            let part = match timeout(bounds.whole, response.chunk()).await {
                Ok(part) => part.map_err(HttpError::of)?,
                Err(_late) => return Err(HttpError::Timeout),
            };
            let Some(part) = part else { break };
            left = left.checked_sub(part.len() as u64).ok_or(HttpError::TooLarge(bounds.body))?;
            sink(&part)?;
        }
    }
    Ok(HttpAnswer { status, headers, body: Vec::new() })
}

async fn exchange(request: HttpRequest<'_>, bounds: &HttpBounds) -> Result<HttpAnswer, HttpError> {
    let response = response(request, bounds).await?;
    let (status, headers) = (response.status().as_u16(), headers(&response)?);
    Ok(HttpAnswer { status, headers, body: body(response, bounds.body).await? })
}

/// An answer up to its headers.
async fn response(request: HttpRequest<'_>, bounds: &HttpBounds) -> Result<Response, HttpError> {
    let client = client(&request, bounds)?;
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| HttpError::Failed(error.to_string()))?;
    let mut builder = client.request(method, request.url);
    for (name, value) in request.headers {
        builder = builder.header(name, value);
    }
    if !request.body.is_empty() {
        builder = builder.body(request.body);
    }
    match timeout(bounds.headers, builder.send()).await {
        Ok(response) => response.map_err(HttpError::of),
        Err(_late) => Err(HttpError::Timeout),
    }
}

fn client(request: &HttpRequest<'_>, bounds: &HttpBounds) -> Result<Client, HttpError> {
    // Who came first has set it; they are the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let addresses = request.addresses.iter().map(|address| SocketAddr::new(*address, request.port)).collect();
    let mut builder = Client::builder()
        .user_agent(concat!("airlock/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(Arc::new(Fixed(addresses)))
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(bounds.connect)
        .pool_max_idle_per_host(0)
        .http1_only()
        .http1_max_headers(HEADERS);
    if request.url.starts_with("https:") {
        builder = builder.https_only(true);
        builder = match request.mirrors {
            Some(mirrors) => {
                let config = mirrors.config(request.url).map_err(|error| HttpError::Failed(error.to_string()))?;
                builder.tls_backend_preconfigured(config)
            }
            None => builder.tls_certs_only(authorities().iter().cloned()),
        };
    } else {
        // Without TLS nobody's certificates are needed, and a machine may have none.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(HttpError::of)
}

/// The system's, read once.
fn authorities() -> &'static [Certificate] {
    static ALL: OnceLock<Vec<Certificate>> = OnceLock::new();
    ALL.get_or_init(|| {
        let all = crate::system_roots::certificates();
        all.iter().filter_map(|certificate| Certificate::from_der(certificate).ok()).collect()
    })
}

fn headers(response: &Response) -> Result<Vec<(String, String)>, HttpError> {
    let mut all = Vec::new();
    let mut size = 0;
    for (name, value) in response.headers() {
        size += name.as_str().len() + value.len();
        if size > HEADER_BYTES {
            return Err(HttpError::Failed(format!("more than {HEADER_BYTES} bytes of headers in the answer")));
        }
        all.push((name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    }
    Ok(all)
}

/// What a server announces is not room that is made for it: the body grows as it comes.
async fn body(mut response: Response, most: u64) -> Result<Vec<u8>, HttpError> {
    if response.content_length().is_some_and(|length| length > most) {
        return Err(HttpError::TooLarge(most));
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(HttpError::of)? {
        let part: Bytes = part;
        if body.len() as u64 + part.len() as u64 > most {
            return Err(HttpError::TooLarge(most));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}
