//! Hands over what waits for a server, oldest first, until it is all there or the server does not take it.

use super::wire::{As, PATIENCE};
use super::{SessionError, Wire};
use airlock_native::{Outbox, OutboxEntry};
use airlock_protocol::answers::{Outcome, ReportAnswer};
use airlock_protocol::bodies::Format;
use jiff::Timestamp;
use std::time::Duration;

/// Refusals of one report by a server that is otherwise well, before the report is kept aside.
const REFUSALS: u32 = 5;

/// What became of what waited.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    pub(crate) delivered: Vec<OutboxEntry>,
    /// Kept aside: the server does not take them.
    pub(crate) refused: Vec<OutboxEntry>,
    pub(crate) waiting: usize,
    /// Why it ended before its end.
    pub(crate) error: Option<SessionError>,
}

/// `before` is called with each document that is about to leave; its error keeps the document here.
pub(crate) fn deliver(
    wire: &Wire,
    outbox: &Outbox,
    mut before: impl FnMut(&OutboxEntry, &[u8]) -> anyhow::Result<()>,
) -> Result<Delivery, SessionError> {
    let mut delivery = Delivery::default();
    let mut waiting = outbox.waiting()?;
    waiting.reverse();
    while let Some(mut entry) = waiting.pop() {
        match hand_over(wire, outbox, &mut entry, &mut before) {
            Ok(()) => {
                outbox.delivered_now(&entry)?;
                delivery.delivered.push(entry);
            }
            Err(error) => {
                entry.last_error = Some(error.to_string());
                outbox.update(&entry)?;
                let is_its_own = matches!(error, SessionError::Refused { status: 200..500, .. });
                if is_its_own && entry.attempts >= REFUSALS {
                    outbox.set_aside(entry.number, &error.to_string())?;
                    delivery.refused.push(entry);
                    continue;
                }
                delivery.waiting = waiting.len() + 1;
                delivery.error = Some(error);
                break;
            }
        }
    }
    Ok(delivery)
}

fn hand_over(
    wire: &Wire,
    outbox: &Outbox,
    entry: &mut OutboxEntry,
    before: &mut impl FnMut(&OutboxEntry, &[u8]) -> anyhow::Result<()>,
) -> Result<(), SessionError> {
    let format = if entry.format == "json" { Format::Json } else { Format::Xml };
    let who = if entry.format == "json" { As::GlpiAgent } else { As::Legacy };
    let mut heard = match entry.pending_until {
        // It has it, and owes the answer; one that it has forgotten is sent again.
        Some(_) => match wire.poll(&entry.request) {
            Err(SessionError::Refused { status: 404, .. } | SessionError::Answer { status: 404, .. }) => {
                entry.pending_until = None;
                return hand_over(wire, outbox, entry, before);
            }
            other => other?,
        },
        None => {
            let document = outbox.document(entry)?;
            before(entry, &document)
                .map_err(|error| SessionError::State(std::io::Error::other(format!("{error:#}"))))?;
            // On disk before it leaves: what a crash interrupts is known to have been tried.
            entry.attempts += 1;
            outbox.update(entry)?;
            wire.post(format, &document, who, Some(&entry.request))?
        }
    };
    let mut waited = Duration::ZERO;
    loop {
        let said =
            ReportAnswer::of(&heard.answer).map_err(|error| SessionError::Answer { status: heard.status, error })?;
        let again = match said.outcome {
            Outcome::Taken => return Ok(()),
            Outcome::Refused => {
                let words = airlock_model::short_line(&said.words.unwrap_or_else(|| "no words".to_owned()), 500);
                return Err(SessionError::Refused { status: heard.status, words });
            }
            Outcome::Pending => said.expiration.unwrap_or(Duration::from_secs(10)),
        };
        if let Some(request) = &heard.request {
            entry.request.clone_from(request);
        }
        let seconds = i64::try_from(again.as_secs()).unwrap_or(i64::MAX);
        entry.pending_until = Some(Timestamp::now().as_second().saturating_add(seconds));
        outbox.update(entry)?;
        let pause = again.max(Duration::from_millis(200));
        if waited + pause > PATIENCE {
            return Err(SessionError::Pending(again));
        }
        std::thread::sleep(pause);
        waited += pause;
        heard = wire.poll(&entry.request)?;
    }
}
