//! Documents to a server and its answers, packed and unpacked.

use super::SessionError;
use airlock_net::server::{Answer as Raw, Mirrors, Request, ServerClient, Session};
use airlock_protocol::answers::{Answer, Message, Status};
use airlock_protocol::bodies::{Coding, Format, Limits, pack};
use airlock_protocol::requests::Rest;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// One contact with one server. Its requests follow one another; the thread that asks waits.
pub(crate) struct Wire {
    runtime: Runtime,
    session: Session,
    coding: Coding,
    agent_id: String,
    mirrors: Mirrors,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) answer: Answer,
    /// By which it wants to be asked again.
    pub(crate) request: Option<String>,
}

/// With which of the agent's names a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum As {
    /// With the agent's id: it can speak GLPI's own protocol.
    GlpiAgent,
    /// Without: the answer is to be XML.
    Legacy,
}

impl Wire {
    pub(crate) fn new(client: &ServerClient, is_packed: bool, agent_id: &str) -> Result<Self, SessionError> {
        let coding = if is_packed { Coding::Zlib } else { Coding::Plain };
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self {
            runtime,
            session: client.session(),
            coding,
            agent_id: agent_id.to_owned(),
            mirrors: client.mirrors(),
        })
    }

    /// How the mirrors are believed that this server names.
    pub(crate) fn mirrors(&self) -> Mirrors {
        self.mirrors.clone()
    }

    /// Posts a document to the server's address.
    pub(crate) fn post(
        &self,
        format: Format,
        document: &[u8],
        who: As,
        request: Option<&str>,
    ) -> Result<Heard, SessionError> {
        let body = pack(document, self.coding);
        let post = Request::post("", body)
            .header("Content-Type", self.coding.content_type(format))
            .header("Pragma", "no-cache")
            .header("Accept", "application/xml, application/json, */*");
        self.send(post, who, request)
    }

    /// Asks for an answer that was not there yet.
    pub(crate) fn poll(&self, request: &str) -> Result<Heard, SessionError> {
        self.send(Request::get("").header("Pragma", "no-cache"), As::GlpiAgent, Some(request))
    }

    /// Asks an endpoint at an address of this server. It answers in JSON, whatever the answer is labelled.
    pub(crate) fn rest(&self, base: &str, rest: &Rest) -> Result<Message, SessionError> {
        let url = rest.url(base);
        let request = match rest.body() {
            None => Request::get(url),
            Some(body) => Request::post(url, body)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Referer", base),
        };
        let heard = self.send(request, As::Legacy, None)?;
        heard.answer.json().map_err(|error| SessionError::Answer { status: heard.status, error })
    }

    fn send(&self, mut message: Request, who: As, request: Option<&str>) -> Result<Heard, SessionError> {
        if who == As::GlpiAgent {
            message = message.header("GLPI-Agent-ID", &self.agent_id);
        }
        if let Some(request) = request {
            message = message.header("GLPI-Request-ID", request);
        }
        heard(self.runtime.block_on(self.session.send(message))?)
    }
}

/// Reads an answer. One with an error's status is read too, for the words in it.
fn heard(raw: Raw) -> Result<Heard, SessionError> {
    let status = raw.status;
    if matches!(status, 429 | 503) {
        return Err(SessionError::Busy { status, again: raw.retry_after });
    }
    let read = Answer::read(raw.header("content-type"), &raw.body, &Limits::default());
    let good = (200..300).contains(&status);
    let answer = match read {
        Ok(received) => {
            if received.passed_over > 0 {
                tracing::debug!("{} bytes around the server's answer were passed over", received.passed_over);
            }
            received.answer
        }
        Err(error) => return Err(SessionError::Answer { status, error }),
    };
    // An id that is none is not repeated to anybody.
    let request = raw.header("glpi-request-id").map(str::to_owned).filter(|id| is_request(id));
    match words_of_failure(&answer) {
        Some(words) => Err(SessionError::Refused { status, words }),
        // GLPI says 400 and "ok" to a contact with a task that it does not know: what it says counts.
        None if good || matches!(&answer, Answer::Json(m) if m.status() == Some(Status::Ok)) => {
            Ok(Heard { status, answer, request })
        }
        None => Err(SessionError::Refused { status, words: "it says no more than that".to_owned() }),
    }
}

fn words_of_failure(answer: &Answer) -> Option<String> {
    let shown = |words: Option<String>| airlock_model::short_line(&words.unwrap_or_else(|| "no words".to_owned()), 500);
    match answer {
        Answer::Json(message) if message.status() == Some(Status::Error) => Some(shown(message.words())),
        Answer::Xml(reply) => reply.error().map(|words| shown(Some(words))),
        _ => None,
    }
}

/// Eight hexadecimal digits, as servers and proxies have them.
fn is_request(id: &str) -> bool {
    id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The most that a server can make us wait inside one run before its answer is left for the next.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
