//! `ui.ask`: a question to whoever sits at this machine. What a server wrote is shown as plain text, cut to what a person
//! reads, below the server's local name: it cannot pass for the system's own words, nor be gone before it was read.

use crate::call::HostCall;
use crate::{Ask, CallError, Native, Scope, Verb};
use airlock_model::is_obeyed;
use serde::{Deserialize, Serialize};

/// Characters of a title and of a text.
const TITLE: usize = 100;
const TEXT: usize = 2_000;
/// Seconds for which a question that is waited for stands at least and at most.
const SHORTEST: u32 = 30;
const LONGEST: u32 = 86_400;
const ICONS: &[&str] = &["none", "warn", "question", "info", "error"];

/// Kinds of buttons, and the buttons of each.
const BUTTONS: &[(&str, &[&str])] = &[
    ("ok", &["ok"]),
    ("okcancel", &["ok", "cancel"]),
    ("yesno", &["yes", "no"]),
    ("abortretryignore", &["abort", "retry", "ignore"]),
    ("retrycancel", &["retry", "cancel"]),
    ("yesnocancel", &["yes", "no", "cancel"]),
    ("canceltrycontinue", &["cancel", "tryagain", "continue"]),
];

/// A question as the task has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptAsk {
    pub title: String,
    pub text: String,
    pub buttons: String,
    pub icon: String,
    /// 0: it is shown and not waited for.
    pub timeout_seconds: u32,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pressed {
    Button(String),
    Timeout,
    NoOneThere,
}

/// A question as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Begins with the name of who asks.
    pub title: String,
    /// Lines of plain text; the first says who asks.
    pub text: String,
    pub buttons: Vec<String>,
    pub icon: String,
    /// 0: it is not waited for.
    pub timeout_seconds: u32,
}

impl PromptAsk {
    fn buttons(&self) -> Result<&'static [&'static str], CallError> {
        let known = BUTTONS.iter().find(|(kind, _)| *kind == self.buttons);
        known.map(|(_, buttons)| *buttons).ok_or_else(|| {
            let kinds: Vec<&str> = BUTTONS.iter().map(|(kind, _)| *kind).collect();
            CallError::Invalid(format!("no buttons are called {:.40?} (there are: {})", self.buttons, kinds.join(", ")))
        })
    }

    /// As it is shown for whoever asks.
    fn shown(&self, asked_by: &str) -> Result<Shown, CallError> {
        let buttons = self.buttons()?.iter().map(|button| (*button).to_owned()).collect();
        let icon = if ICONS.contains(&self.icon.as_str()) { self.icon.clone() } else { "none".to_owned() };
        let timeout_seconds = if self.timeout_seconds == 0 { 0 } else { self.timeout_seconds.clamp(SHORTEST, LONGEST) };
        let title = plain(&self.title, TITLE).replace('\n', " ");
        let text = plain(&self.text, TEXT);
        Ok(Shown {
            title: format!("{asked_by}: {title}"),
            text: format!("asked by {asked_by}\n\n{text}"),
            buttons,
            icon,
            timeout_seconds,
        })
    }
}

/// Without what changes how text is shown (controls, marks of direction), and of at most so many characters.
fn plain(text: &str, most: usize) -> String {
    let text = text.replace("\r\n", "\n");
    let mut kept: String = text.chars().filter(|c| *c == '\n' || !is_obeyed(*c)).take(most).collect();
    if kept.chars().count() == most {
        kept.push('…');
    }
    kept
}

impl HostCall for PromptAsk {
    type Reply = Pressed;
    const NAME: &'static str = "prompt.ask";

    fn ask(&self) -> Result<Ask, CallError> {
        self.buttons()?;
        Ok(Ask::new(Verb::UiAsk))
    }

    fn size(&self) -> u64 {
        (self.title.len() + self.text.len()) as u64
    }

    fn outcome(reply: &Pressed) -> String {
        match reply {
            Pressed::Button(button) => format!("pressed {button}"),
            Pressed::Timeout => "nobody answered in time".to_owned(),
            Pressed::NoOneThere => "nobody is there".to_owned(),
        }
    }

    fn planned(&self) -> Option<Pressed> {
        Some(Pressed::NoOneThere)
    }

    fn intent(&self, _scope: &Scope) -> String {
        format!("ask whoever is there: {:?} ({})", plain(&self.title, TITLE), self.buttons)
    }

    async fn run(self, native: &Native, scope: &Scope) -> Result<Pressed, CallError> {
        let shown = self.shown(scope.asked_by.as_deref().unwrap_or("the owner"))?;
        let pressed = native.prompt.ask(&shown).await?;
        // Whoever answers may be a recording.
        match &pressed {
            Pressed::Button(button) if !shown.buttons.contains(button) => Ok(Pressed::Timeout),
            _ => Ok(pressed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> PromptAsk {
        PromptAsk {
            title: "Update".into(),
            text: "Install it now?".into(),
            buttons: "yesno".into(),
            icon: "question".into(),
            timeout_seconds: 300,
        }
    }

    #[test]
    fn who_asks_is_said_first() {
        let shown = question().shown("hq").unwrap();
        assert_eq!((shown.title.as_str(), shown.timeout_seconds), ("hq: Update", 300));
        assert_eq!(shown.text, "asked by hq\n\nInstall it now?");
        assert_eq!(shown.buttons, ["yes", "no"]);
    }

    #[test]
    fn text_is_plain_and_short_and_stands_long_enough() {
        let text = format!("\u{1b}[2J\u{202e}drowssap\u{200f}\0 a\r\nb {}", "x".repeat(1 << 20));
        let odd =
            PromptAsk { title: "a\nb\u{7}".into(), text, icon: "/etc/passwd".into(), timeout_seconds: 1, ..question() };
        let shown = odd.shown("hq").unwrap();
        assert_eq!((shown.title.as_str(), shown.icon.as_str(), shown.timeout_seconds), ("hq: a b", "none", 30));
        assert!(shown.text.chars().count() < TEXT + 50, "{}", shown.text.len());
        assert!(shown.text.starts_with("asked by hq\n\n[2Jdrowssap a\nb xxx"), "{:.60}", shown.text);
        assert!(!shown.text.chars().any(|c| c != '\n' && is_obeyed(c)));
        let long = PromptAsk { timeout_seconds: u32::MAX, ..question() };
        assert_eq!(long.shown("hq").unwrap().timeout_seconds, LONGEST);
        let shown = PromptAsk { timeout_seconds: 0, ..question() }.shown("hq").unwrap();
        assert_eq!(shown.timeout_seconds, 0);
    }

    #[test]
    fn buttons_are_those_of_the_protocol() {
        for (kind, _) in BUTTONS {
            assert!(PromptAsk { buttons: (*kind).to_owned(), ..question() }.ask().is_ok());
        }
        assert!(PromptAsk { buttons: "format".into(), ..question() }.ask().is_err());
    }
}
