//! The kill switch: what the owner has stopped, as the file `STOP` says it.
//!
//! Its content is the scope: `all`, `mutating` or `server NAME`, one a line, each with its reason behind it. An empty
//! file stops everything, and so does one that makes no sense: whoever wrote it wanted something to stop.

use crate::Effect;
use serde::Serialize;
use std::fmt;

/// What is stopped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopScope {
    /// Everything that any task does.
    All,
    /// Everything that changes the machine, asks a person or reaches the network; what only looks, and reports of it, go on.
    Mutating,
    /// Everything that is done for one server.
    Server(String),
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stop {
    pub scope: StopScope,
    /// Why, by whom, since when; as it was written.
    pub reason: String,
}

/// No file is longer: the rest of one that is would be a scope that nobody read.
pub(crate) const LONGEST_STOP: usize = 16 << 10;

impl Stop {
    pub fn all(reason: impl Into<String>) -> Self {
        Self { scope: StopScope::All, reason: reason.into() }
    }

    /// What the file says. Lines that begin with `#` are comments.
    pub fn parse(text: &str) -> Vec<Stop> {
        if text.len() > LONGEST_STOP {
            return vec![Stop::all("the file STOP is longer than any that airlock writes")];
        }
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let stops: Vec<Stop> = lines.map(Stop::line).collect();
        if stops.is_empty() { vec![Stop::all("the file STOP is empty")] } else { stops }
    }

    fn line(line: &str) -> Stop {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let (rest, reason) = (rest.trim(), |text: &str| text.trim().trim_start_matches(':').trim().to_owned());
        match word.trim_end_matches(':').to_ascii_lowercase().as_str() {
            "all" => Stop::all(reason(rest)),
            "mutating" => Stop { scope: StopScope::Mutating, reason: reason(rest) },
            "server" => {
                let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                let name = name.trim_end_matches(':');
                if is_name(name) {
                    Stop { scope: StopScope::Server(name.to_owned()), reason: reason(rest) }
                } else {
                    Stop::all(format!("no scope is called {line:?}, so all of them hold"))
                }
            }
            _ => Stop::all(format!("no scope is called {line:?}, so all of them hold")),
        }
    }

    /// Whether a call with this effect, for this server (none: the owner's own command), is stopped.
    pub fn covers(&self, server: Option<&str>, effect: Effect) -> bool {
        match &self.scope {
            // The log, the clock and the report of a run have no effect of their own.
            _ if effect == Effect::Run => false,
            StopScope::All => true,
            StopScope::Mutating => matches!(effect, Effect::Change | Effect::Network | Effect::Ask),
            StopScope::Server(name) => server == Some(name),
        }
    }

    /// Whether a run for this server is to end altogether.
    pub fn ends(&self, server: Option<&str>) -> bool {
        match &self.scope {
            StopScope::All => true,
            StopScope::Mutating => false,
            StopScope::Server(name) => server == Some(name),
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl fmt::Display for StopScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StopScope::All => f.write_str("all"),
            StopScope::Mutating => f.write_str("mutating"),
            StopScope::Server(name) => write!(f, "server {name}"),
        }
    }
}

/// As a line of the file.
impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.reason.is_empty() { write!(f, "{}", self.scope) } else { write!(f, "{}: {}", self.scope, self.reason) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(text: &str) -> Vec<StopScope> {
        Stop::parse(text).into_iter().map(|stop| stop.scope).collect()
    }

    #[test]
    fn a_file_says_what_is_stopped_and_why() {
        let stops = Stop::parse("# by hand\nserver hq: moved, by ann\nmutating change freeze\n");
        assert_eq!(stops[0], Stop { scope: StopScope::Server("hq".into()), reason: "moved, by ann".into() });
        assert_eq!(stops[1], Stop { scope: StopScope::Mutating, reason: "change freeze".into() });
        for stop in stops {
            assert_eq!(Stop::parse(&stop.to_string()), [stop]);
        }
    }

    #[test]
    fn what_makes_no_sense_stops_everything() {
        for text in
            ["", "  \n\n", "# only a comment", "nothing", "server", "server ../x", "resume", "server HQ", "\u{0}"]
        {
            assert_eq!(scopes(text), [StopScope::All], "{text:?}");
        }
        assert_eq!(scopes(&"server a\n".repeat(10_000)), [StopScope::All]);
        assert_eq!(scopes("server a\nmutatin"), [StopScope::Server("a".into()), StopScope::All]);
    }

    #[test]
    fn a_scope_covers_what_it_names() {
        let covers = |text: &str, server, effect| Stop::parse(text).iter().any(|stop| stop.covers(server, effect));
        for effect in [Effect::Read, Effect::Change, Effect::Network, Effect::Ask, Effect::Send] {
            assert!(covers("all", None, effect) && covers("ALL", Some("hq"), effect), "{effect:?}");
            assert!(covers("server hq", Some("hq"), effect), "{effect:?}");
            assert!(!covers("server hq", Some("hq2"), effect) && !covers("server hq", None, effect), "{effect:?}");
        }
        for (effect, stopped) in [
            (Effect::Change, true),
            (Effect::Network, true),
            (Effect::Ask, true),
            (Effect::Read, false),
            (Effect::Send, false),
        ] {
            assert_eq!(covers("mutating", Some("hq"), effect), stopped, "{effect:?}");
        }
        assert!(!covers("all", None, Effect::Run));
    }
}
