//! The firewall, and programs against malware.

use crate::case::{Answer, Question};
use crate::modules::security as shared;
use airlock_facts::macos::{antivirus, firewall as alf};
use airlock_facts::output::antivirus::cytool;
use serde_json::json;

pub(super) fn firewall(question: &Question) -> Answer {
    let text = |name: &str| if question.param(name).is_some() { question.param_text(name) } else { Ok(String::new()) };
    match question.kind.as_str() {
        "get firewall service PID" => Ok(json!(alf::process(&text("file")?))),
        "check running" => Ok(json!(u8::from(alf::is_running(&text("file")?, text("pid")?.parse()?)))),
        _ => {
            let running = alf::process(&text("pidFile")?)
                .is_some_and(|pid| text("runningFile").is_ok_and(|procinfo| alf::is_running(&procinfo, pid)));
            let row = alf::row(running && alf::is_enabled(&text("file")?));
            Ok(json!(row.text("status")))
        }
    }
}

pub(super) fn cortex(question: &Question) -> Answer {
    shared::antivirus(cytool::agent(&shared::texts(question)?))
}

pub(super) fn sentinelone(question: &Question) -> Answer {
    shared::antivirus(antivirus::sentinel_one(&shared::texts(question)?))
}
