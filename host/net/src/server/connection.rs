//! One connection to the server: its address, the proxy's tunnel, TLS, and HTTP on top.

use super::addresses::{connect, late, resolve};
use super::error::{Phase, TransportError};
use super::fault::TlsFault;
use super::proxy::Route;
use super::transport::{Caps, Deadlines};
use super::watched::{Seen, Watched};
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use hyper::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A connection that rested longer is not trusted to be there any more: firewalls forget them in silence.
const RESTS: Duration = Duration::from_secs(30);

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Where connections go, and what they may take.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) host: String,
    pub(super) port: u16,
    /// None: plain http.
    pub(super) tls: Option<Arc<ClientConfig>>,
    pub(super) route: Option<Route>,
    pub(super) deadlines: Deadlines,
    pub(super) caps: Caps,
}

/// The task that moves the bytes; it ends with the connection.
struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(super) struct Connection {
    pub(super) sender: SendRequest<Full<Bytes>>,
    pub(super) seen: Arc<Seen>,
    pub(super) rested: Instant,
    _task: Task,
}

impl Connection {
    /// Whether another request may be sent on it.
    pub(super) fn is_fresh(&self) -> bool {
        !self.sender.is_closed() && self.rested.elapsed() < RESTS
    }

    pub(super) async fn open(way: &Way, addresses: &[SocketAddr]) -> Result<Self, TransportError> {
        let stream = way.stream(addresses).await?;
        let stream: Box<dyn Stream> = match &way.tls {
            None => stream,
            Some(config) => Box::new(way.handshake(config, stream).await?),
        };
        let seen = Arc::new(Seen::default());
        let stream = TokioIo::new(Watched { stream, seen: Arc::clone(&seen) });
        let mut builder = http1::Builder::new();
        builder.max_headers(way.caps.headers).max_header_size(way.caps.header_bytes);
        let (sender, connection) = builder.handshake(stream).await.map_err(|error| way.broken(&error))?;
        // Its errors are those of the requests.
        let task = Task(tokio::spawn(async move { drop(connection.await) }).abort_handle());
        Ok(Self { sender, seen, rested: Instant::now(), _task: task })
    }
}

impl Way {
    /// The addresses that are contacted: the proxy's, where there is one.
    pub(super) async fn addresses(&self) -> Result<Vec<SocketAddr>, TransportError> {
        match &self.route {
            Some(route) => resolve(&route.host, route.port, self.deadlines.connect).await,
            None => resolve(&self.host, self.port, self.deadlines.connect).await,
        }
    }

    /// Bytes to the server and back, through the proxy's tunnel where one is needed.
    pub(super) async fn stream(&self, addresses: &[SocketAddr]) -> Result<Box<dyn Stream>, TransportError> {
        let longest = self.deadlines.connect;
        let name = self.route.as_ref().map_or_else(|| self.host.clone(), |route| format!("the proxy {}", route.name()));
        let tcp = connect(&name, addresses, longest).await?;
        match (&self.route, &self.tls) {
            (Some(route), Some(_)) => {
                let tunnel = timeout(longest, self.tunnel(route, tcp));
                tunnel.await.map_err(|_| late(&self.host, Phase::Proxy, longest))?
            }
            _ => Ok(Box::new(tcp)),
        }
    }

    async fn tunnel(&self, route: &Route, tcp: TcpStream) -> Result<Box<dyn Stream>, TransportError> {
        let wrong = |why: String| TransportError::Proxy { proxy: route.name(), host: self.host.clone(), why };
        let mut builder = http1::Builder::new();
        builder.max_headers(self.caps.headers).max_header_size(self.caps.header_bytes);
        let handshake = builder.handshake(TokioIo::new(tcp)).await;
        let (mut sender, connection) = handshake.map_err(|error| wrong(error.to_string()))?;
        let task = Task(tokio::spawn(async move { drop(connection.with_upgrades().await) }).abort_handle());
        let target = format!("{}:{}", self.host, self.port);
        let mut request = hyper::Request::builder().method(Method::CONNECT).uri(&target).header(HOST, &target);
        if let Some(value) = route.authorization()? {
            request = request.header(PROXY_AUTHORIZATION, value);
        }
        let request = request.body(Full::<Bytes>::default()).map_err(|error| wrong(error.to_string()))?;
        let answer = sender.send_request(request).await.map_err(|error| wrong(error.to_string()))?;
        match answer.status() {
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => Err(TransportError::ProxyCredentials { proxy: route.name() }),
            status if status.is_success() => {
                let upgraded = hyper::upgrade::on(answer).await.map_err(|error| wrong(error.to_string()))?;
                // The tunnel is its own stream now.
                drop(task);
                Ok(Box::new(TokioIo::new(upgraded)))
            }
            status => Err(wrong(format!("it answers {status}"))),
        }
    }

    pub(super) async fn handshake(
        &self,
        config: &Arc<ClientConfig>,
        stream: Box<dyn Stream>,
    ) -> Result<TlsStream<Box<dyn Stream>>, TransportError> {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).map_err(|error| TransportError::settings(&self.host, error))?;
        let longest = self.deadlines.connect;
        let handshake = TlsConnector::from(Arc::clone(config)).connect(name, stream);
        match timeout(longest, handshake).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(self.broken(&error)),
            Err(_) => Err(late(&self.host, Phase::Handshake, longest)),
        }
    }

    /// What TLS says, where it is among the causes; else what broke.
    pub(super) fn broken(&self, error: &(dyn std::error::Error + 'static)) -> TransportError {
        let mut words: Vec<String> = Vec::new();
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(fault) = TlsFault::that_is(&self.host, error) {
                return TransportError::Tls(fault);
            }
            let text = error.to_string();
            if !words.contains(&text) {
                words.push(text);
            }
            next = error.source();
        }
        TransportError::Broken { host: self.host.clone(), why: words.join(": ") }
    }
}

impl Route {
    pub(super) fn authorization(&self) -> Result<Option<HeaderValue>, TransportError> {
        let Some(secret) = &self.authorization else { return Ok(None) };
        let wrong = |_| TransportError::settings("the proxy's credentials", "they hold what no header can");
        let mut value = HeaderValue::from_str(secret.expose()).map_err(wrong)?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}
