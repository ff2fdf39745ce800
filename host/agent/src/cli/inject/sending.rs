//! One inventory to each server, to all of them at once: tried again while the server is busy or away, asked after while it
//! thinks. It is written down before it leaves, and what came of it afterwards.

use super::Options;
use super::documents::{Document, maker};
use crate::config::{ServerSettings, Settings};
use crate::policies::{Places, Policies};
use crate::round::rule_of;
use crate::session::{As, Heard, PATIENCE, SessionError, Wire, client};
use airlock_native::{Folders, Sent};
use airlock_net::server::ServerClient;
use airlock_protocol::answers::{Outcome, ReportAnswer};
use airlock_protocol::bodies::Format;
use anyhow::Context;
use serde_json::json;
use std::time::Duration;

/// The longest pause before another try.
const PAUSE: Duration = Duration::from_secs(60);

/// The servers, and how each is reached.
pub(super) struct Senders<'a> {
    policies: Policies,
    ledger: Sent,
    settings: &'a Settings,
    to: Vec<Receiver>,
}

struct Receiver {
    /// As the owner calls it.
    name: String,
    settings: ServerSettings,
    client: ServerClient,
}

impl<'a> Senders<'a> {
    pub(super) fn new(servers: Vec<ServerSettings>, settings: &'a Settings, places: &Places) -> anyhow::Result<Self> {
        let folders = Folders::new(places.vardir())
            .context("what is sent is written down first, and there is no place for it")?;
        let policies = Policies::open(places, Some(&folders))?;
        let mut senders = Self { policies, ledger: Sent::new(&folders), settings, to: Vec::new() };
        for server in servers {
            let (name, client) = senders.client(&server)?;
            senders.to.push(Receiver { name, settings: server, client });
        }
        Ok(senders)
    }

    /// What the policy says of how that server is reached holds here too; whose files these are, it does not say.
    fn client(&self, server: &ServerSettings) -> anyhow::Result<(String, ServerClient)> {
        let (name, rule) = rule_of(self.policies.loaded.rules.as_deref(), server)?;
        let client = client(server, self.settings, rule.as_ref(), |name, origin| self.policies.secret(name, origin));
        Ok((name, client.with_context(|| server.url.clone())?))
    }

    /// What came of it, by server. Servers are strangers to each other: each has a thread of its own.
    pub(super) fn to_all(
        &self,
        document: &Document,
        from: &str,
        options: &Options,
    ) -> Vec<(String, Result<String, String>)> {
        std::thread::scope(|scope| {
            let threads: Vec<_> =
                self.to.iter().map(|to| (to, scope.spawn(|| self.to_one(to, document, from, options)))).collect();
            let joined = threads.into_iter().map(|(to, thread)| {
                let result =
                    thread.join().unwrap_or_else(|_panic| Err("a defect of this program; please report it".to_owned()));
                (to.settings.url.clone(), result)
            });
            joined.collect()
        })
    }

    fn to_one(&self, to: &Receiver, document: &Document, from: &str, options: &Options) -> Result<String, String> {
        let own = options.makers_user_agent.then(|| self.client(&called(&to.settings, maker(document)))).transpose();
        let own = own.map_err(|error| format!("{error:#}"))?.map(|(_, client)| client);
        let departure = self.ledger.record_injected(&to.name, &to.settings.url, from, &document.bytes);
        let departure = departure.map_err(|error| format!("not sent, for it cannot be written down: {error}"))?;
        let result = patiently(document, &to.settings, own.as_ref().unwrap_or(&to.client), options);
        let words = match &result {
            Ok(words) => words.clone(),
            Err(words) => format!("not taken: {words}"),
        };
        if let Err(error) = self.ledger.ended(&departure, &words) {
            tracing::warn!("{from}: what came of it at {} is not written down: {error}", to.settings.url);
        }
        let details = json!({
            "server": to.name, "to": departure.to, "file": departure.from, "bytes": departure.bytes,
            "sha256": departure.sha256, "ok": result.is_ok(), "result": words,
        });
        self.policies.tell("inventory injected", details);
        result
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
