//! The first words with a server: which protocol, when to come again, which tasks.
//!
//! A server that once spoke GLPI's own protocol is not believed when it seems to have forgotten it: a neighbour on the way
//! could say so too. Going back needs the owner's word.

use super::wire::As;
use super::{SessionError, Wire};
use airlock_protocol::answers::{Answer, ContactAnswer, Reply, Response, Status};
use airlock_protocol::bodies::Format;
use airlock_protocol::jobs::RawJob;
use airlock_protocol::requests::{self, RequestError};
use std::collections::BTreeSet;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Json,
    Xml,
}

impl Dialect {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }

    pub(crate) fn of(name: &str) -> Option<Self> {
        [Self::Json, Self::Xml].into_iter().find(|dialect| dialect.name() == name)
    }
}

/// How this server is spoken with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialects {
    /// As it last spoke.
    pub(crate) known: Option<Dialect>,
    /// What the policy allows.
    pub(crate) json: bool,
    pub(crate) xml: bool,
    /// The policy names both, so that going back from one to the other is the owner's word.
    pub(crate) may_go_back: bool,
}

/// What this agent says of itself to this server.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) device: String,
    pub(crate) tag: Option<String>,
    pub(crate) installed: Vec<String>,
    pub(crate) enabled: Vec<String>,
    pub(crate) port: Option<u16>,
}

/// What a server said at a contact.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contact {
    pub(crate) dialect: Option<Dialect>,
    /// It takes an inventory now.
    pub(crate) wants_inventory: bool,
    /// The period that it wishes.
    pub(crate) wished: Option<Duration>,
    /// Task, and by what it is served.
    pub(crate) offered: Vec<(String, String)>,
    pub(crate) disabled: BTreeSet<String>,
    pub(crate) no_category: Vec<String>,
    pub(crate) words: Option<String>,
    /// Jobs that came with the answer.
    pub(crate) jobs: Vec<RawJob>,
}

pub(crate) fn contact(wire: &Wire, about: &About, dialects: Dialects) -> Result<Contact, SessionError> {
    match dialects.known {
        Some(Dialect::Json) if dialects.json => glpi(wire, about, dialects),
        // Only GLPI's own protocol is allowed: nothing else is tried.
        _ if !dialects.xml => glpi(wire, about, dialects),
        _ => prolog(wire, about, dialects),
    }
}

/// GLPI's own protocol.
fn glpi(wire: &Wire, about: &About, dialects: Dialects) -> Result<Contact, SessionError> {
    let request = requests::Contact {
        deviceid: about.device.clone(),
        name: "Airlock".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        installed_tasks: about.installed.iter().cloned().collect(),
        enabled_tasks: about.enabled.iter().cloned().collect(),
        httpd_port: about.port,
        httpd_plugins: None,
        tag: about.tag.clone(),
    };
    let request = request.json().map_err(unsaid)?;
    let heard = wire.post(Format::Json, request.as_bytes(), As::GlpiAgent, None);
    let heard = match heard {
        Err(SessionError::Answer { status: 200..300, error }) => {
            return gone_back(wire, about, dialects, &error.to_string());
        }
        other => other?,
    };
    match heard.answer {
        Answer::Json(message) => {
            let answer =
                ContactAnswer::of(&message).map_err(|error| SessionError::Answer { status: heard.status, error })?;
            let answer = settled(wire, answer, heard.request.as_deref())?;
            Ok(offered(answer))
        }
        Answer::Xml(_) => gone_back(wire, about, dialects, "it answered in XML"),
        Answer::Empty => gone_back(wire, about, dialects, "it answered nothing"),
    }
}

/// What this agent has to say and the protocol cannot carry: its own name holds something odd.
fn unsaid(error: RequestError) -> SessionError {
    SessionError::State(std::io::Error::other(error))
}

/// A server that was known to speak GLPI's protocol, and does not.
fn gone_back(wire: &Wire, about: &About, dialects: Dialects, why: &str) -> Result<Contact, SessionError> {
    if dialects.xml && dialects.may_go_back {
        tracing::warn!("the server answers GLPI's own protocol no more ({why}); the policy lets it speak XML");
        return prolog(wire, about, Dialects { known: None, ..dialects });
    }
    let known = match dialects.known {
        Some(Dialect::Json) => "it spoke GLPI's own protocol before",
        _ => "the policy lets it speak GLPI's own protocol only",
    };
    Err(SessionError::Dialect(format!(
        "no answer to a contact ({why}), and {known}: nothing is sent. If the server has changed, allow the other protocol \
         in the policy: dialects = [\"glpi-json\", \"glpi-xml\"]"
    )))
}

/// An answer that is not there yet is waited for, a little.
fn settled(wire: &Wire, answer: ContactAnswer, request: Option<&str>) -> Result<ContactAnswer, SessionError> {
    if answer.status != Status::Pending {
        return Ok(answer);
    }
    let mut again = answer.expiration.unwrap_or(Duration::from_secs(60));
    let Some(request) = request else { return Err(SessionError::Pending(again)) };
    let mut waited = Duration::ZERO;
    loop {
        let pause = again.max(Duration::from_millis(200));
        if waited + pause > super::wire::PATIENCE {
            return Err(SessionError::Pending(again));
        }
        std::thread::sleep(pause);
        waited += pause;
        let heard = wire.poll(request)?;
        let status = heard.status;
        let wrong = |error| SessionError::Answer { status, error };
        let answer = ContactAnswer::of(&heard.answer.json().map_err(wrong)?).map_err(wrong)?;
        if answer.status != Status::Pending {
            return Ok(answer);
        }
        again = answer.expiration.unwrap_or(again);
    }
}

fn offered(answer: ContactAnswer) -> Contact {
    for note in &answer.notes {
        tracing::debug!("the server's answer: {note}");
    }
    let by = |offer: &airlock_protocol::answers::TaskOffer| offer.server.clone().unwrap_or_else(|| "glpi".to_owned());
    let inventory = answer.tasks.get("inventory");
    Contact {
        dialect: Some(Dialect::Json),
        wants_inventory: !answer.disabled.contains("inventory"),
        wished: answer.expiration,
        offered: answer.tasks.iter().map(|(task, offer)| (task.clone(), by(offer))).collect(),
        no_category: inventory.and_then(|offer| offer.no_category.clone()).unwrap_or_default(),
        disabled: answer.disabled,
        words: answer.words,
        jobs: Vec::new(),
    }
}

/// The older protocol, by which every server can be asked; GLPI answers it in its own.
fn prolog(wire: &Wire, about: &About, dialects: Dialects) -> Result<Contact, SessionError> {
    let who = if dialects.json { As::GlpiAgent } else { As::Legacy };
    let request = requests::prolog(&about.device).map_err(unsaid)?;
    let heard = wire.post(Format::Xml, request.as_bytes(), who, None)?;
    let status = heard.status;
    match heard.answer {
        Answer::Json(message) if dialects.json => {
            let answer = ContactAnswer::of(&message).map_err(|error| SessionError::Answer { status, error })?;
            // A proxy in between has nothing to say to a PROLOG but that it speaks GLPI's protocol.
            if answer.status == Status::Pending {
                return glpi(wire, about, Dialects { known: Some(Dialect::Json), ..dialects });
            }
            Ok(offered(answer))
        }
        Answer::Json(_) => {
            Err(SessionError::Dialect("it answers in JSON, which the policy does not let it speak".to_owned()))
        }
        Answer::Xml(reply) => Ok(asked(&reply)),
        Answer::Empty => Err(SessionError::Refused { status, words: "an empty answer to PROLOG".to_owned() }),
    }
}

fn asked(reply: &Reply) -> Contact {
    for note in &reply.notes {
        tracing::debug!("the server's answer: {note}");
    }
    let offered = reply.options.iter().map(|job| (task_of(job), "prolog".to_owned()));
    let offered: BTreeSet<(String, String)> = offered.collect();
    Contact {
        dialect: Some(Dialect::Xml),
        wants_inventory: matches!(reply.response(), Some(Response::Send)),
        wished: reply.frequency(),
        jobs: reply.options.clone(),
        offered: offered.into_iter().collect(),
        ..Contact::default()
    }
}

/// The task that a job is for, as policies call it.
fn task_of(job: &RawJob) -> String {
    match job.task() {
        "SNMPQUERY" => "netinventory".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}

/// The jobs of a server that speaks GLPI's own protocol: it hands them out in XML, to who asks as older agents do.
pub(crate) fn jobs(wire: &Wire, about: &About) -> Result<Vec<RawJob>, SessionError> {
    let request = requests::prolog(&about.device).map_err(unsaid)?;
    match wire.post(Format::Xml, request.as_bytes(), As::Legacy, None)?.answer {
        Answer::Xml(reply) => {
            for note in &reply.notes {
                tracing::debug!("the server's answer: {note}");
            }
            Ok(reply.options)
        }
        Answer::Json(_) | Answer::Empty => Ok(Vec::new()),
    }
}
