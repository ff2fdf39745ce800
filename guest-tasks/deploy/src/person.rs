//! Questions that a job has for whoever sits at this machine, and what becomes of the job by the answer.
//!
//! A question is for some kinds of machine; on others the job goes on without it. Its text is cut and plain; under whose
//! name it is shown, whether at all and for how long is the host's business. Where nobody is, and where the owner lets
//! nobody be asked, the job's own rule for nobody holds.

use crate::job::read::{member, number, text};
use crate::machine::{Machine, Prompt, Reply};
use crate::report::Report;
use crate::trouble::{Break, Kind, tried};
use airlock_model::visible;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Characters of a title and of a text that are shown.
const TITLE: usize = 200;
const TEXT: usize = 4000;
/// Seconds that a question may wait; the owner's limit may be lower.
const LONGEST: i64 = 86_400;

/// When a question comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    AfterDownload,
    After,
    AfterDownloadFailure,
    AfterFailure,
}

impl Moment {
    fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::AfterDownload => "after_download",
            Self::After => "after",
            Self::AfterDownloadFailure => "after_download_failure",
            Self::AfterFailure => "after_failure",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// When: `before`, `after_download`, …
    kind: String,
    platforms: Vec<String>,
    prompt: Prompt,
    /// Events (`on_ok`, `on_timeout`, …) and what is to be done then.
    rules: BTreeMap<String, String>,
}

/// Whether the job goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    GoOn,
    Stop,
}

impl Question {
    pub(crate) fn read(question: &Map<String, Value>) -> Self {
        let said = |key: &str| text(question, key).unwrap_or_default();
        let buttons = said("buttons");
        let (buttons, at_once) = match buttons.strip_suffix("_async") {
            Some(plain) => (plain.to_owned(), true),
            None => (buttons, false),
        };
        let waits = !at_once && text(question, "wait").as_deref() != Some("no");
        let timeout = if waits { number(question, "timeout").unwrap_or(LONGEST).clamp(1, LONGEST) } else { 0 };
        let rules = question
            .iter()
            .filter(|(key, _)| key.starts_with("on_"))
            .filter_map(|(event, rule)| Some((event.clone(), rule.as_str()?.to_owned())));
        Self {
            kind: said("type"),
            platforms: said("platform").split(',').map(|one| one.trim().to_owned()).collect(),
            prompt: Prompt {
                title: cut(&said("title"), TITLE),
                // No user's name leaves the host for a text.
                text: cut(&said("text").replace("%u", ""), TEXT),
                buttons: if buttons.is_empty() { "ok".to_owned() } else { cut(&buttons, TITLE) },
                icon: cut(member(question, "icon").and_then(Value::as_str).unwrap_or("none"), TITLE),
                timeout: u32::try_from(timeout).unwrap_or(0),
            },
            rules: rules.collect(),
        }
    }

    /// Whether it is for machines like this one.
    fn is_for_here(&self) -> bool {
        self.platforms.iter().any(|platform| platform == "linux" || platform == "any")
    }

    /// What the job does at an event: whether it goes on, and the behavior that the server is told.
    fn rule(&self, event: &str) -> (Then, &str) {
        let default = match event {
            "on_nouser" | "on_async" => "continue:continue:",
            _ => "stop:error_bad_event:",
        };
        let rule = self.rules.get(event).map(String::as_str).filter(|rule| !rule.is_empty()).unwrap_or(default);
        let mut parts = rule.splitn(3, ':');
        let then = if parts.next() == Some("continue") { Then::GoOn } else { Then::Stop };
        (then, parts.next().filter(|behavior| !behavior.is_empty()).unwrap_or("stop"))
    }
}

/// Asks what the job has to ask at a moment.
pub(crate) fn ask<M: Machine>(
    report: &mut Report<'_, M>,
    questions: &[Question],
    moment: Moment,
) -> Result<Then, Break> {
    for question in questions.iter().filter(|q| q.kind == moment.name() && q.is_for_here()) {
        let answer = report.machine.ask(&question.prompt);
        let event = match tried(answer, || format!("the question {:?}", moment.name()))? {
            Ok(_) if question.prompt.timeout == 0 => "on_async".to_owned(),
            Ok(Reply::Pressed(button)) => event_of(&button),
            Ok(Reply::Timeout) => "on_timeout".to_owned(),
            Ok(Reply::NoOneThere) => "on_nouser".to_owned(),
            Err(trouble) => {
                if trouble.kind != Kind::Unsupported {
                    report.say("info", &format!("nobody was asked ({}): {}", moment.name(), trouble.words))?;
                }
                "on_nouser".to_owned()
            }
        };
        let (then, behavior) = question.rule(&event);
        report.machine.asked(moment.name(), behavior, &event)?;
        if then == Then::Stop {
            return Ok(Then::Stop);
        }
    }
    Ok(Then::GoOn)
}

fn event_of(button: &str) -> String {
    const BUTTONS: &[&str] = &["ok", "cancel", "yes", "no", "retry", "tryagain", "abort", "ignore", "continue"];
    match BUTTONS.iter().find(|known| **known == button) {
        Some(known) => format!("on_{known}"),
        None => "on_error".to_owned(),
    }
}

/// Plain text of at most so many characters.
fn cut(text: &str, most: usize) -> String {
    visible(&text.chars().take(most).collect::<String>())
}
