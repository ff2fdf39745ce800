//! A contact with a server: requests one after the other on one connection, credentials when asked, redirects where they
//! are harmless.

use super::auth::{Proven, basic, oauth};
use super::client::Settings;
use super::connection::Connection;
use super::cookies::Cookies;
use super::error::{Phase, TransportError};
use super::exchange::{Raw, exchange};
use super::message::{Answer, Method, Request};
use super::redirects;
use super::retry::retry_after;
use super::secret::Secret;
use super::transport::Auth;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// Headers that follow from the settings and are nobody else's to say.
const OURS: &[HeaderName] = &[
    header::HOST,
    header::AUTHORIZATION,
    header::PROXY_AUTHORIZATION,
    header::COOKIE,
    header::USER_AGENT,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::UPGRADE,
    header::TE,
];

/// A contact; dropped, it forgets all that it learned.
#[derive(Debug)]
pub struct Session {
    settings: Arc<Settings>,
    state: Mutex<State>,
}

/// What a session learns.
#[derive(Default)]
struct State {
    connection: Option<Connection>,
    addresses: Option<Vec<SocketAddr>>,
    cookies: Cookies,
    proven: Option<Proven>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

impl Session {
    pub(super) fn new(settings: Arc<Settings>) -> Self {
        Self { settings, state: Mutex::new(State::default()) }
    }

    /// Sends a request and reads its answer, whatever its status. Requests of one session wait for each other.
    ///
    /// # Errors
    /// See [`TransportError`]; a status is none.
    pub async fn send(&self, request: Request) -> Result<Answer, TransportError> {
        let mut state = self.state.lock().await;
        let whole = self.settings.transport.deadlines.whole;
        match timeout(whole, self.settings.send(&mut state, request)).await {
            Ok(answer) => answer,
            Err(_) => {
                let host = self.settings.way.host.clone();
                Err(TransportError::Timeout { host, phase: Phase::Whole, after: whole })
            }
        }
    }
}

impl Settings {
    async fn send(&self, state: &mut State, request: Request) -> Result<Answer, TransportError> {
        let mut url = self.within(&request.url)?;
        let (headers, body) = (self.headers(&request.headers)?, Bytes::from(request.body));
        let (mut hops, mut has_proven) = (0, false);
        loop {
            let raw = self.once(state, request.method, &url, &headers, &body, self.way.caps.body).await?;
            if raw.status == 401 && !has_proven {
                has_proven = true;
                if self.prove(state, &raw).await? {
                    continue;
                }
            }
            let location = raw.headers.get(header::LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()));
            match redirects::next(request.method, &url, raw.status, location.as_deref())? {
                None => return Ok(answer(raw)),
                Some(next) if hops < redirects::MOST => (url, hops) = (next, hops + 1),
                Some(_) => {
                    let origin = self.base.origin().ascii_serialization();
                    return Err(TransportError::RedirectedOften { origin, most: redirects::MOST });
                }
            }
        }
    }

    /// The URL that is meant, if it is of this origin.
    fn within(&self, text: &str) -> Result<Url, TransportError> {
        let shown = || airlock_model::short_line(text.split('?').next().unwrap_or_default(), 200);
        let mut url = match text {
            "" => self.base.clone(),
            text => self.base.join(text).map_err(|error| TransportError::settings(shown(), error))?,
        };
        if url.origin() != self.base.origin() || !url.username().is_empty() || url.password().is_some() {
            let (origin, url) = (self.base.origin().ascii_serialization(), url.origin().ascii_serialization());
            return Err(TransportError::OtherOrigin { origin, url });
        }
        url.set_fragment(None);
        Ok(url)
    }

    fn headers(&self, given: &[(String, String)]) -> Result<HeaderMap, TransportError> {
        let mut headers = HeaderMap::new();
        let named = |name: &str| format!("the header {}", airlock_model::short_line(name, 80));
        for (name, value) in given {
            let key = HeaderName::from_bytes(name.as_bytes());
            let key = key.map_err(|error| TransportError::settings(named(name), error))?;
            if OURS.contains(&key) {
                return Err(TransportError::settings(named(name), "it follows from the settings of the server"));
            }
            let value = HeaderValue::from_str(value).map_err(|error| TransportError::settings(named(name), error))?;
            headers.append(key, value);
        }
        let agent = HeaderValue::from_str(&self.transport.user_agent);
        headers.insert(header::USER_AGENT, agent.map_err(|error| TransportError::settings("user_agent", error))?);
        Ok(headers)
    }

    /// Gets what a server that answered 401 may be shown; false when there is nothing, or nothing that it wants.
    async fn prove(&self, state: &mut State, refused: &Raw) -> Result<bool, TransportError> {
        let was_shown = state.proven.take().is_some();
        let cleartext = || match self.base.scheme() == "http" && !self.transport.allow_cleartext {
            true => Err(TransportError::Cleartext { origin: self.base.origin().ascii_serialization() }),
            false => Ok(()),
        };
        match &self.transport.auth {
            Auth::None => Ok(false),
            Auth::Basic { user, password } => {
                let challenges = refused.headers.get_all(header::WWW_AUTHENTICATE);
                // What was refused once is refused again.
                if was_shown || !basic::is_wanted(challenges.iter().filter_map(|value| value.to_str().ok())) {
                    return Ok(false);
                }
                cleartext()?;
                state.proven = Some(basic::proven(user, password));
                Ok(true)
            }
            Auth::OAuth { client_id, client_secret, .. } => {
                cleartext()?;
                state.proven = Some(self.token(state, client_id, client_secret).await?);
                Ok(true)
            }
        }
    }

    async fn token(&self, state: &mut State, id: &str, secret: &Secret) -> Result<Proven, TransportError> {
        let headers = self.headers(&[("Content-Type".to_owned(), "application/json".to_owned())])?;
        let body = Bytes::from(oauth::request(id, secret));
        let raw = self.once(state, Method::Post, &self.token_url, &headers, &body, oauth::LARGEST).await?;
        let url = self.token_url.to_string();
        oauth::proven(raw.status, &raw.body).map_err(|why| TransportError::Token { url, why })
    }

    /// One request and its answer, on the connection that is there or a new one.
    async fn once(
        &self,
        state: &mut State,
        method: Method,
        url: &Url,
        headers: &HeaderMap,
        body: &Bytes,
        most: usize,
    ) -> Result<Raw, TransportError> {
        let mut request = Some(self.request(state, method, url, headers, body)?);
        // What is taken out here and not put back, whatever happens, is closed.
        let mut kept = state.connection.take().filter(Connection::is_fresh);
        while let Some(next) = request.take() {
            let is_kept = kept.is_some();
            let mut connection = match kept.take() {
                Some(connection) => connection,
                None => self.open(state).await?,
            };
            match exchange(&self.way, &mut connection, next, most).await {
                Ok(raw) => {
                    state.connection = keeps(&raw.headers).then_some(connection);
                    for value in raw.headers.get_all(header::SET_COOKIE) {
                        state.cookies.set(url, &String::from_utf8_lossy(value.as_bytes()));
                    }
                    if raw.status == 407
                        && let Some(route) = &self.way.route
                    {
                        return Err(TransportError::ProxyCredentials { proxy: route.name() });
                    }
                    return Ok(raw);
                }
                // The server had closed the connection that was kept, and nothing was sent.
                Err(failure) if is_kept && failure.unsent.is_some() => request = failure.unsent,
                Err(failure) => return Err(failure.error),
            }
        }
        Err(TransportError::Broken { host: self.way.host.clone(), why: "nothing was sent".to_owned() })
    }

    async fn open(&self, state: &mut State) -> Result<Connection, TransportError> {
        let addresses = match &state.addresses {
            Some(addresses) => addresses,
            None => state.addresses.insert(self.way.addresses().await?),
        };
        Connection::open(&self.way, addresses).await
    }

    fn request(
        &self,
        state: &State,
        method: Method,
        url: &Url,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<hyper::Request<Full<Bytes>>, TransportError> {
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let is_proxied = self.way.route.is_some() && self.way.tls.is_none();
        let target = if is_proxied { format!("{}{path}", url.origin().ascii_serialization()) } else { path };
        let mut request = hyper::Request::new(Full::new(body.clone()));
        *request.method_mut() = match method {
            Method::Get => hyper::Method::GET,
            Method::Post => hyper::Method::POST,
        };
        let wrong = |error: &dyn std::fmt::Display| TransportError::settings(url.origin().ascii_serialization(), error);
        *request.uri_mut() = target.parse().map_err(|error| wrong(&error))?;
        let own = request.headers_mut();
        *own = headers.clone();
        let host = match url.port() {
            Some(port) => format!("{}:{port}", self.way.host),
            None => self.way.host.clone(),
        };
        own.insert(header::HOST, HeaderValue::from_str(&host).map_err(|error| wrong(&error))?);
        own.insert(header::CONNECTION, HeaderValue::from_static("keep-alive"));
        if let Some(cookies) = state.cookies.header(url) {
            own.insert(header::COOKIE, HeaderValue::from_str(&cookies).map_err(|error| wrong(&error))?);
        }
        if let Some(proven) = state.proven.as_ref().filter(|proven| proven.is_valid()) {
            let value = HeaderValue::from_str(proven.value.expose());
            let mut value =
                value.map_err(|_| TransportError::settings("the credentials", "they hold what no header can"))?;
            value.set_sensitive(true);
            own.insert(header::AUTHORIZATION, value);
        }
        if let Some(route) = self.way.route.as_ref().filter(|_| is_proxied)
            && let Some(value) = route.authorization()?
        {
            own.insert(header::PROXY_AUTHORIZATION, value);
        }
        Ok(request)
    }
}

/// Whether the server says that it keeps the connection. HTTP/1.1 need not say so (RFC 9112, 9.3), but one that closes after
/// each answer without a word cannot be told from one that waits, and a report that was on its way then is neither taken nor
/// lost: servers that keep connections say it when they are asked.
fn keeps(headers: &HeaderMap) -> bool {
    let mut words = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    words.any(|value| value.split(',').any(|word| word.trim().eq_ignore_ascii_case("keep-alive")))
}

fn answer(raw: Raw) -> Answer {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let now = jiff::Timestamp::now().as_second();
    let retry = raw.headers.get(header::RETRY_AFTER).and_then(|value| retry_after(&text(value), now));
    let headers = raw.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    Answer { status: raw.status, headers, body: raw.body, retry_after: retry }
}
