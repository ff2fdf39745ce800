//! Where a server's jobs are: its own word, within its own origin.

use crate::round::origin;
use crate::session::{SessionError, Wire};
use airlock_model::short_line;
use airlock_protocol::answers::{Config, Message};
use airlock_protocol::requests::Rest as Request;
use anyhow::{Context, bail};

/// A task of this kind: how servers spell it, and the version that is announced (what servers expect of that version is what
/// is done).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    Deploy,
    Collect,
}

impl Rest {
    /// As policies and this program call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Collect => "collect",
        }
    }

    pub(crate) fn of(name: &str) -> Option<Self> {
        [Self::Deploy, Self::Collect].into_iter().find(|task| task.name() == name)
    }

    fn spelled(self) -> &'static str {
        match self {
            Self::Deploy => "Deploy",
            Self::Collect => "Collect",
        }
    }

    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Deploy => "3.3",
            Self::Collect => "2.9",
        }
    }
}

/// The addresses of a task's jobs; none: there is nothing to do.
///
/// # Errors
/// The server names another origin than its own: whoever is there has not asked for anything here.
pub(crate) fn where_jobs_are(wire: &Wire, server: &str, device: &str, task: Rest) -> anyhow::Result<Vec<String>> {
    let request = Request::get_config(device, task.spelled(), task.version());
    let message = match wire.rest(server, &request) {
        // As servers answer an agent that they have no inventory of.
        Err(SessionError::Refused { status: 400, .. }) => return Ok(Vec::new()),
        other => other?,
    };
    addresses(&message, server, task)
}

fn addresses(message: &Message, server: &str, task: Rest) -> anyhow::Result<Vec<String>> {
    let config = Config::of(message).context("the answer to getConfig")?;
    for note in &config.notes {
        tracing::debug!("getConfig: {note}");
    }
    let mut addresses = Vec::new();
    for entry in config.schedule.into_iter().filter(|entry| entry.task.eq_ignore_ascii_case(task.spelled())) {
        let (theirs, own) = (origin(&entry.remote), origin(server));
        if theirs != own {
            let theirs = short_line(&theirs, 200);
            bail!(
                "refused: it names {theirs} for its jobs, which is not itself ({own}): a job's server is the one that sent it"
            );
        }
        if !addresses.contains(&entry.remote) {
            addresses.push(entry.remote);
        }
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(remote: &str) -> anyhow::Result<Vec<String>> {
        let text = serde_json::json!({"configValidityPeriod": 600, "schedule": [
            {"task": "Deploy", "remote": remote}, {"task": "ESX", "remote": "https://elsewhere.example/"},
            {"task": "deploy", "remote": remote}
        ]});
        addresses(&Message::read(&text.to_string()).unwrap(), "https://glpi.example/front/inventory.php", Rest::Deploy)
    }

    #[test]
    fn a_server_sends_to_itself_and_to_nobody_else() {
        for own in ["https://glpi.example/plugins/glpiinventory/b/deploy/", "https://GLPI.example:443/b/"] {
            assert_eq!(of(own).unwrap(), [own]);
        }
        for other in [
            "http://glpi.example/b/",
            "https://glpi.example:8443/b/",
            "https://glpi.example.evil.test/b/",
            "https://glpi.example@evil.test/b/",
            "//glpi.example/b/",
            "/b/",
            "https://127.0.0.1/b/",
        ] {
            let error = of(other).unwrap_err().to_string();
            assert!(error.starts_with("refused: it names"), "{other}: {error}");
        }
    }

    #[test]
    fn nothing_to_do_is_no_error_and_no_answer_is_one() {
        let of = |text: &str| addresses(&Message::read(text).unwrap(), "https://glpi.example/", Rest::Collect);
        assert!(of("{}").unwrap().is_empty());
        assert!(of(r#"{"schedule":[]}"#).unwrap().is_empty());
        assert!(of(r#"{"version":"10"}"#).is_err());
    }
}
