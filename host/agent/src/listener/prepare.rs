//! From the settings to what is served: files are read, words are checked. What is wrong is said with its key; what would make
//! the listener less strict than its owner wrote keeps it from starting.

use super::basic::Basic;
use super::connections::Connections;
use super::hosts::Hosts;
use super::inventory;
use super::parts;
use super::proxy;
use super::rate::Rate;
use super::refusals::{self, Refusals};
use super::secret::Secret;
use super::sessions::Sessions;
use super::trust::Trust;
use super::view::DaemonView;
use super::wakes::{SPACING, Wakes};
use crate::config::{BasicAuth, InventoryPlugin, ListenerSettings, ListenerTls, ProxyPlugin, RateLimit};
use airlock_native::{PassedStore, read_plain, system};
use anyhow::{Context, bail};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

/// Connections at once, where the system lets us have so many files open; half of them may be of one address.
const MOST_CONNECTIONS: u64 = 2048;
/// Wrong tokens and logins of one address in a minute.
const MOST_GUESSES: u32 = 10;
const LARGEST_SECRET: u64 = 4096;
const LARGEST_PEM: u64 = 1 << 20;
/// A shorter one can be guessed, sooner or later.
const SHORT_TOKEN: usize = 16;

/// What all requests share.
pub(super) struct Shared {
    pub(super) view: Arc<dyn DaemonView>,
    pub(super) connections: Arc<Connections>,
    pub(super) hosts: Hosts,
    trust: Trust,
    pub(super) token: Option<Secret>,
    pub(super) basic: Option<Basic>,
    pub(super) guesses: Rate,
    pub(super) wakes: Arc<Wakes>,
    pub(super) refusals: Arc<Refusals>,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) inventory: Option<inventory::Plugin>,
    pub(super) proxy: Option<proxy::Plugin>,
    /// Parts of packages that neighbours ask for, and those that are on their way to them.
    pub(super) parts_asked: Rate,
    pub(super) parts_served: Arc<Semaphore>,
}

impl Shared {
    pub(super) fn new(
        settings: &ListenerSettings,
        view: Arc<dyn DaemonView>,
        memory: &proxy::Memory,
    ) -> anyhow::Result<Self> {
        let (trust, wrong) = Trust::of(&settings.trust);
        for why in wrong {
            tracing::warn!("{why}");
        }
        // Three in four of what may be open: the daemon's own files and tasks need the rest.
        let most = MOST_CONNECTIONS.min(system::open_files(MOST_CONNECTIONS * 3 / 2) * 3 / 4);
        let most = usize::try_from(most).unwrap_or(256).max(16);
        let wakes = Wakes::new(SPACING, Arc::clone(&view));
        let refusals = Refusals::new(refusals::SPACING, Arc::clone(&view));
        let token = settings.token_file.as_deref().map(|path| secret("token_file", path)).transpose()?;
        if token.as_ref().is_some_and(|token| token.len() < SHORT_TOKEN) {
            tracing::warn!(
                "[listener] token_file: the token is shorter than {SHORT_TOKEN} characters and can be guessed"
            );
        }
        Ok(Self {
            view,
            connections: Connections::new(most, most / 2),
            hosts: Hosts::new(&settings.hosts),
            trust,
            token,
            basic: settings.basic.as_ref().map(basic).transpose()?,
            guesses: Rate::new(MOST_GUESSES, Duration::from_secs(60)),
            wakes,
            refusals,
            tls: settings.tls.as_ref().map(tls).transpose()?,
            inventory: settings.inventory.as_ref().map(inventory_plugin).transpose()?,
            proxy: settings.proxy.as_ref().map(|settings| proxy_plugin(settings, memory)).transpose()?,
            parts_asked: Rate::new(parts::A_MINUTE, Duration::from_secs(60)),
            parts_served: parts::places(),
        })
    }

    /// An address that the owner wrote down; or anybody, where everybody had to log in to come this far.
    pub(super) fn is_trusted(&self, client: IpAddr) -> bool {
        self.basic.is_some() || self.trust.covers(client)
    }
}

/// The first line of a file.
fn secret(key: &str, path: &Path) -> anyhow::Result<Secret> {
    let at = || format!("[listener] {key}: {}", path.display());
    let text = String::from_utf8(read_plain(path, LARGEST_SECRET).with_context(at)?).with_context(at)?;
    let line = text.lines().next().unwrap_or_default().trim();
    if line.is_empty() {
        bail!("{}: its first line is empty, expected the secret there", at());
    }
    Ok(Secret::new(line.to_owned()))
}

fn basic(settings: &BasicAuth) -> anyhow::Result<Basic> {
    if settings.user.is_empty() || settings.user.contains(':') {
        bail!("[listener.basic] user: expected a name without a colon");
    }
    let password = secret("basic.password_file", &settings.password_file)?;
    let realm = settings.realm.clone().unwrap_or_else(|| "Airlock".to_owned());
    Ok(Basic { user: settings.user.clone(), password, realm })
}

fn rate(limit: &RateLimit) -> Rate {
    Rate::new(limit.most, limit.period.0)
}

fn url_path(key: &str, path: &str) -> anyhow::Result<String> {
    let trimmed = path.trim_end_matches('/');
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.');
    let is_ours =
        ["/now", "/status", "/deploy"].iter().any(|own| trimmed == *own || trimmed.starts_with(&format!("{own}/")));
    if !trimmed.starts_with('/') || is_ours || !trimmed.bytes().all(plain) {
        bail!("[listener.{key}] url_path: {path:?}: expected a path of its own, such as \"/{key}\"");
    }
    Ok(trimmed.to_owned())
}

fn inventory_plugin(settings: &InventoryPlugin) -> anyhow::Result<inventory::Plugin> {
    Ok(inventory::Plugin {
        path: url_path("inventory", &settings.url_path)?,
        token: secret("inventory.token_file", &settings.token_file)?,
        sessions: Sessions::new(settings.session.0),
        only_trusted: settings.only_trusted,
        rate: rate(&settings.rate),
        one: Semaphore::new(1),
    })
}

fn proxy_plugin(settings: &ProxyPlugin, memory: &proxy::Memory) -> anyhow::Result<proxy::Plugin> {
    if settings.only_store && settings.store.is_none() {
        bail!("[listener.proxy] only_store: expected a store, the folder that reports are kept in");
    }
    let store = settings.store.as_deref().map(PassedStore::new).transpose().context("[listener.proxy] store")?;
    let path = url_path("proxy", &settings.url_path)?;
    Ok(proxy::Plugin::new(settings, path, store, rate(&settings.rate), memory.forwards()))
}

fn tls(settings: &ListenerTls) -> anyhow::Result<TlsAcceptor> {
    let at = |path: &Path| format!("[listener.tls]: {}", path.display());
    let certificate = read_plain(&settings.certificate, LARGEST_PEM).with_context(|| at(&settings.certificate))?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&certificate)
        .collect::<Result<_, _>>()
        .with_context(|| at(&settings.certificate))?;
    let key_path = settings.key.as_ref().unwrap_or(&settings.certificate);
    let key = read_plain(key_path, LARGEST_PEM).with_context(|| at(key_path))?;
    let key = PrivateKeyDer::from_pem_slice(&key).with_context(|| at(key_path))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("[listener.tls]")?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .with_context(|| at(&settings.certificate))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
