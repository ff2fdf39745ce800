//! The question itself, as a notification with buttons (Desktop Notifications Specification 1.2): shown by whatever the
//! session has for that, answered by the service that shows it and by nobody else on the bus.

use super::bus::{Bus, Unanswered, of_bus};
use super::wire::{CALL, Message, Reader, SIGNAL, Writer};
use airlock_gate::calls::{Pressed, Shown};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

const NAME: &str = "org.freedesktop.Notifications";

/// Asks in one session.
///
/// # Errors
/// The bus or the desktop cannot be talked to. That there is none, or one without buttons, is no error: nobody is there.
pub(super) fn ask(bus: &Path, uid: u32, question: &Shown) -> io::Result<Pressed> {
    match try_ask(bus, uid, question) {
        Ok(pressed) => Ok(pressed),
        // No bus, or nothing that shows notifications.
        Err(Unanswered::Refused(why)) => {
            tracing::debug!("the session of user {uid} shows nothing: {}", airlock_model::short_line(&why, 200));
            Ok(Pressed::NoOneThere)
        }
        Err(Unanswered::Io(error)) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Ok(Pressed::NoOneThere),
            _ => Err(error),
        },
    }
}

fn call(member: &str, signature: &str, body: Vec<u8>) -> Message {
    Message {
        kind: CALL,
        path: "/org/freedesktop/Notifications".to_owned(),
        interface: NAME.to_owned(),
        member: member.to_owned(),
        destination: NAME.to_owned(),
        signature: signature.to_owned(),
        body,
        ..Message::default()
    }
}

fn try_ask(path: &Path, uid: u32, question: &Shown) -> Result<Pressed, Unanswered> {
    let mut bus = Bus::connect(path, uid)?;
    let capabilities = Reader::new(&bus.call(&call("GetCapabilities", "", vec![]))?.body).texts()?;
    let has = |what: &str| capabilities.iter().any(|known| known == what);
    if !has("actions") {
        return Ok(Pressed::NoOneThere);
    }
    let mut rule = Writer::default();
    rule.text(&format!("type='signal',interface='{NAME}'"));
    bus.call(&of_bus("AddMatch", "s", rule.done()))?;
    let shown = bus.call(&call("Notify", "susssasa{sv}i", notification(question, has("body-markup"))))?;
    let id = Reader::new(&shown.body).number()?;
    if question.timeout_seconds == 0 {
        return Ok(Pressed::Timeout);
    }
    let deadline = Instant::now() + Duration::from_secs(question.timeout_seconds.into());
    while let Some(message) = bus.next(deadline)? {
        // From the one that shows it: anybody on the bus may send such a signal.
        if message.kind != SIGNAL || message.sender != shown.sender || message.interface != NAME {
            continue;
        }
        let mut body = Reader::new(&message.body);
        if body.number()? != id {
            continue;
        }
        match message.member.as_str() {
            "ActionInvoked" => {
                let button = body.text()?;
                if question.buttons.contains(&button) {
                    return Ok(Pressed::Button(button));
                }
            }
            "NotificationClosed" => return Ok(Pressed::Timeout),
            _ => {}
        }
    }
    let mut which = Writer::default();
    which.number(id);
    bus.send(&call("CloseNotification", "u", which.done()))?;
    Ok(Pressed::Timeout)
}

/// Nothing of the text is markup, where markup is understood.
fn notification(question: &Shown, markup: bool) -> Vec<u8> {
    let mut body = Writer::default();
    body.text("Airlock");
    body.number(0);
    body.text(icon(&question.icon));
    body.text(&question.title);
    if markup {
        body.text(&question.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
    } else {
        body.text(&question.text);
    }
    let actions: Vec<&str> = question.buttons.iter().flat_map(|button| [button.as_str(), label(button)]).collect();
    body.texts(&actions);
    body.list(8, |hints| {
        // It stays until it is answered.
        hints.text("urgency");
        hints.signature("y");
        hints.byte(2);
    });
    // For ever: it is closed by whoever asked.
    body.number(0);
    body.done()
}

fn icon(icon: &str) -> &'static str {
    match icon {
        "warn" => "dialog-warning",
        "question" => "dialog-question",
        "error" => "dialog-error",
        "info" => "dialog-information",
        _ => "",
    }
}

fn label(button: &str) -> &str {
    match button {
        "ok" => "OK",
        "cancel" => "Cancel",
        "yes" => "Yes",
        "no" => "No",
        "abort" => "Abort",
        "retry" => "Retry",
        "ignore" => "Ignore",
        "tryagain" => "Try again",
        "continue" => "Continue",
        other => other,
    }
}
