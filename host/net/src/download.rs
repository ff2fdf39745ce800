//! Downloads whose size is known before: components and what belongs to them, from an address that the owner named.
//!
//! A name is resolved once, every address that it has passes the caller's fence, and the connection goes to one of them
//! and nowhere else. No proxy, no cookie, no credentials; a redirect is followed within its own origin only; never more
//! than the limit is read, nor for longer than the deadline.

use crate::server::TlsFault;
use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Redirects within an origin.
const MOST_HOPS: usize = 3;
const CONNECT: Duration = Duration::from_secs(10);
/// Between two parts of an answer.
const IDLE: Duration = Duration::from_secs(20);
/// For all of it.
const WHOLE: Duration = Duration::from_secs(300);

/// Why nothing was downloaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadError {
    #[error("{url}: {why}")]
    Url { url: String, why: String },
    #[error("{host} is at {address}, which is not contacted: {why}")]
    Fence { host: String, address: IpAddr, why: String },
    #[error("{origin} redirects to {to}; redirects to other origins are not followed")]
    Redirect { origin: String, to: String },
    #[error("{url} has more than the {most} bytes that were expected")]
    TooMuch { url: String, most: u64 },
    #[error("{url}: {why}")]
    Failed { url: String, why: String },
}

/// Says why an address is not contacted; none when it may be.
pub type Fence = fn(IpAddr) -> Option<&'static str>;

/// How downloads are made.
#[derive(Debug, Clone)]
pub struct Downloads {
    fence: Fence,
    /// Plain HTTP, and that to the machine itself alone: for trying things out.
    loopback: bool,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Downloads {
    /// `loopback` allows plain HTTP to loopback addresses, and only there.
    pub fn new(fence: Fence, loopback: bool) -> Self {
        // Whoever was first has set the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { fence, loopback }
    }

    /// Whether plain HTTP to the machine itself is allowed.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The answer to a GET, whatever its status: at most `most` bytes.
    pub async fn get(&self, url: &str, headers: HeaderMap, most: u64) -> Result<Answer, DownloadError> {
        let mut url = self.checked(url)?;
        for _ in 0..=MOST_HOPS {
            let response = self.send(&url, headers.clone()).await?;
            let Some(next) = redirect(&url, &response)? else { return whole(&url, response, most).await };
            url = self.checked(next.as_str())?;
        }
        Err(failed(&url, format!("more than {MOST_HOPS} redirects")))
    }

    /// As [`Self::get`], for what has to be there.
    pub async fn file(&self, url: &str, most: u64) -> Result<Vec<u8>, DownloadError> {
        let answer = self.get(url, HeaderMap::new(), most).await?;
        match answer.status {
            200 => Ok(answer.body),
            status => Err(DownloadError::Failed { url: url.to_owned(), why: format!("the server answers {status}") }),
        }
    }

    /// As [`Self::file`], for what may be missing.
    pub async fn file_if_there(&self, url: &str, most: u64) -> Result<Option<Vec<u8>>, DownloadError> {
        let answer = self.get(url, HeaderMap::new(), most).await?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 | 410 => Ok(None),
            status => Err(DownloadError::Failed { url: url.to_owned(), why: format!("the server answers {status}") }),
        }
    }

    fn checked(&self, text: &str) -> Result<Url, DownloadError> {
        let bad = |why: &str| DownloadError::Url { url: text.chars().take(200).collect(), why: why.to_owned() };
        let url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
        match url.scheme() {
            "https" => {}
            "http" if self.loopback => {}
            _ => return Err(bad("only https is used")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("a name or a password in an address is not used"));
        }
        Ok(url)
    }

    async fn send(&self, url: &Url, headers: HeaderMap) -> Result<Response, DownloadError> {
        let (host, addresses) = self.addresses(url).await?;
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .resolve_to_addrs(&host, &addresses)
            .connect_timeout(CONNECT)
            .read_timeout(IDLE)
            .timeout(WHOLE)
            .user_agent(concat!("airlock/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| failed(url, words(url, &error)))?;
        client.get(url.clone()).headers(headers).send().await.map_err(|error| failed(url, words(url, &error)))
    }

    /// All addresses of the host, each of which the fence lets through.
    async fn addresses(&self, url: &Url) -> Result<(String, Vec<SocketAddr>), DownloadError> {
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(failed(url, "no host".to_owned()));
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let looked_up = tokio::time::timeout(CONNECT, tokio::net::lookup_host((bare, port)));
        let found = looked_up.await.map_err(|_| failed(url, "its name is not resolved in time".to_owned()))?;
        let addresses: Vec<SocketAddr> = found.map_err(|error| failed(url, error.to_string()))?.collect();
        for address in &addresses {
            let ip = address.ip().to_canonical();
            let refused = match ip.is_loopback() {
                true if self.loopback => None,
                _ if url.scheme() == "http" => Some("plain HTTP goes to the machine itself only"),
                _ => (self.fence)(ip),
            };
            if let Some(why) = refused {
                return Err(DownloadError::Fence { host: host.to_owned(), address: ip, why: why.to_owned() });
            }
        }
        match addresses.is_empty() {
            true => Err(failed(url, "the name has no address".to_owned())),
            false => Ok((host.to_owned(), addresses)),
        }
    }
}

/// Where a redirect leads, if the answer is one.
fn redirect(url: &Url, response: &Response) -> Result<Option<Url>, DownloadError> {
    let is_redirect = [301, 302, 303, 307, 308].contains(&response.status().as_u16());
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let Some(location) = location.filter(|_| is_redirect) else { return Ok(None) };
    let next = url.join(location).map_err(|error| failed(url, format!("it redirects nowhere: {error}")))?;
    if next.origin() != url.origin() {
        let (origin, to) = (url.origin().ascii_serialization(), next.origin().ascii_serialization());
        return Err(DownloadError::Redirect { origin, to });
    }
    Ok(Some(next))
}

/// The body, part by part: what is over the limit is never kept.
async fn whole(url: &Url, mut response: Response, most: u64) -> Result<Answer, DownloadError> {
    let too_much = || DownloadError::TooMuch { url: shown(url), most };
    let status = response.status();
    // What an error page says is not needed.
    let most = if status == StatusCode::OK || status == StatusCode::UNAUTHORIZED { most } else { 0 };
    let headers = response.headers().clone();
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if status == StatusCode::OK && length.is_some_and(|length| length > most) {
        return Err(too_much());
    }
    let mut body: Vec<u8> = Vec::new();
    if most == 0 {
        return Ok(Answer { status: status.as_u16(), headers, body });
    }
    loop {
        let part: Option<Bytes> = response.chunk().await.map_err(|error| failed(url, words(url, &error)))?;
        let Some(part) = part else { break };
        if (body.len() as u64).saturating_add(part.len() as u64) > most {
            return Err(too_much());
        }
        body.extend_from_slice(&part);
    }
    Ok(Answer { status: status.as_u16(), headers, body })
}

fn failed(url: &Url, why: String) -> DownloadError {
    DownloadError::Failed { url: shown(url), why }
}

/// Without its query, which may be a secret.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

/// An error with its causes; the first of them only says that there was one. What is wrong with TLS is said in its words.
fn words(url: &Url, error: &reqwest::Error) -> String {
    let mut words = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        if let Some(tls) = cause.downcast_ref() {
            return TlsFault::of(url.host_str().unwrap_or_default(), tls).to_string();
        }
        // What a stream failed with is inside of its error, and none of its causes.
        let inside = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inside.is_none() {
            words.push(cause.to_string());
        }
        next = inside.map_or_else(|| cause.source(), |inside| Some(inside));
    }
    if words.is_empty() { error.to_string() } else { words.join(": ") }
}
