//! One inventory to each server: tried again while the server is busy or away, asked after while it thinks.

use super::Options;
use super::documents::{Document, maker};
use crate::config::{ServerSettings, Settings};
use crate::policies::{Places, Policies};
use crate::round::origin;
use crate::session::{As, Heard, PATIENCE, SessionError, Wire, client};
use airlock_native::Folders;
use airlock_net::server::ServerClient;
use airlock_protocol::answers::{Outcome, ReportAnswer};
use airlock_protocol::bodies::Format;
use anyhow::Context;
use std::time::Duration;

/// The longest pause before another try.
const PAUSE: Duration = Duration::from_secs(60);

/// The servers, and how each is reached.
pub(super) struct Senders<'a> {
    policies: Policies,
    settings: &'a Settings,
    to: Vec<(ServerSettings, ServerClient)>,
}

impl<'a> Senders<'a> {
    pub(super) fn new(servers: Vec<ServerSettings>, settings: &'a Settings, places: &Places) -> anyhow::Result<Self> {
        let folders = Folders::new(places.vardir()).ok();
        let mut senders = Self { policies: Policies::open(places, folders.as_ref())?, settings, to: Vec::new() };
        for server in servers {
            let client = senders.client(&server)?;
            senders.to.push((server, client));
        }
        Ok(senders)
    }

    /// What the policy says of how that server is reached holds here too; whose files these are, it does not say.
    fn client(&self, server: &ServerSettings) -> anyhow::Result<ServerClient> {
        let rules = self.policies.loaded.rules.as_deref();
        let rule = rules.and_then(|rules| rules.servers.values().find(|rule| rule.origin == origin(&server.url)));
        let client = client(server, self.settings, rule, |name, origin| self.policies.secret(name, origin));
        client.with_context(|| server.url.clone())
    }

    /// What came of it, by server.
    pub(super) fn to_all(&self, document: &Document, options: &Options) -> Vec<(String, Result<String, String>)> {
        let one = |(server, client): &(ServerSettings, ServerClient)| {
            let result = match options.makers_user_agent.then(|| self.client(&called(server, maker(document)))) {
                None => patiently(document, server, client, options),
                Some(Ok(own)) => patiently(document, server, &own, options),
                Some(Err(error)) => Err(format!("{error:#}")),
            };
            (server.url.clone(), result)
        };
        self.to.iter().map(one).collect()
    }
}

/// The same server, for a program that calls itself so.
fn called(server: &ServerSettings, user_agent: String) -> ServerSettings {
    let mut server = server.clone();
    if let Some(transport) = &mut server.transport {
        transport.user_agent = Some(user_agent);
    }
    server
}

fn patiently(
    document: &Document,
    server: &ServerSettings,
    client: &ServerClient,
    options: &Options,
) -> Result<String, String> {
    let mut pause = Duration::from_secs(1);
    let mut tries_left = options.retries;
    loop {
        match send(document, server, client) {
            Ok(words) => return Ok(words),
            Err(error) if tries_left > 0 && is_passing(&error) => {
                let wait = error.again().unwrap_or(pause).min(PAUSE);
                tracing::warn!("{}: {error}; again in {} s", server.url, wait.as_secs());
                std::thread::sleep(wait);
                pause = (pause * 2).min(PAUSE);
                tries_left -= 1;
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Whether the same may go well later.
fn is_passing(error: &SessionError) -> bool {
    matches!(error, SessionError::Transport(_) | SessionError::Busy { .. })
        || matches!(error, SessionError::Refused { status: 500.., .. } | SessionError::Answer { status: 500.., .. })
}

fn send(document: &Document, server: &ServerSettings, client: &ServerClient) -> Result<String, SessionError> {
    let is_packed = !server.transport.as_ref().is_some_and(|transport| transport.no_compression);
    let wire = Wire::new(client, is_packed, &document.agent_id)?;
    let who = if document.format == Format::Json { As::GlpiAgent } else { As::Legacy };
    let mut heard = wire.post(document.format, &document.bytes, who, Some(&document.request))?;
    let mut waited = Duration::ZERO;
    loop {
        let Heard { status, answer, request } = heard;
        let said = ReportAnswer::of(&answer).map_err(|error| SessionError::Answer { status, error })?;
        let shown = |words: Option<String>| words.map(|words| airlock_model::short_line(&words, 500));
        let again = match said.outcome {
            Outcome::Taken => return Ok(shown(said.words).unwrap_or_else(|| "taken".to_owned())),
            Outcome::Refused => {
                let words = shown(said.words).unwrap_or_else(|| "no words".to_owned());
                return Err(SessionError::Refused { status, words });
            }
            Outcome::Pending => said.expiration.unwrap_or(Duration::from_secs(10)).max(Duration::from_millis(200)),
        };
        // Without an id to ask by, nothing more will be heard.
        let Some(request) = request.filter(|_| waited + again <= PATIENCE) else {
            return Err(SessionError::Pending(again));
        };
        std::thread::sleep(again);
        waited += again;
        heard = wire.poll(&request)?;
    }
}
