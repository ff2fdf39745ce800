//! Firewalls, antivirus, remote management, licences.

use super::Module;
use crate::case::{Answer, Question, latin1};
use crate::names;
use airlock_facts::output::antivirus::{Antivirus, bduitool, cytool, mdatp, sentinelctl};
use airlock_facts::output::{adobe, remote_access, systemctl, ufw};
use airlock_facts::windows::license::product_key;
use airlock_facts::{Machine, Roots};
use anyhow::Context;
use serde_json::Value;

pub(super) const MODULES: &[Module] = &[
    Module { name: "generic/firewall/systemd", answer: |question| status(systemctl::is_active(&file(question)?)) },
    Module { name: "generic/firewall/ufw", answer: |question| status(ufw::is_active(&file(question)?)) },
    Module { name: "generic/remote_mgmt/rms", answer: remote_utilities },
    Module { name: "generic/remote_mgmt/teamviewer", answer: teamviewer },
    Module { name: "linux/antivirus/bitdefender", answer: |question| antivirus(bduitool::state(&texts(question)?)) },
    Module { name: "linux/antivirus/cortex", answer: |question| antivirus(cytool::agent(&texts(question)?)) },
    Module { name: "linux/antivirus/defender", answer: defender },
    Module { name: "linux/antivirus/sentinelone", answer: |question| antivirus(sentinelctl::agent(&texts(question)?)) },
    Module { name: "tools/license", answer: license },
];

fn file(question: &Question) -> anyhow::Result<String> {
    question.param_text("file")
}

/// All that the case has of the tool, one answer after the other.
pub(super) fn texts(question: &Question) -> anyhow::Result<String> {
    let texts: anyhow::Result<Vec<String>> = question.inputs.iter().map(|input| question.text(&input.path)).collect();
    Ok(texts?.join("\n"))
}

fn status(on: Option<bool>) -> Answer {
    Ok(on.map_or(Value::Null, |on| Value::from(if on { "on" } else { "off" })))
}

pub(super) fn antivirus(found: Option<Antivirus>) -> Answer {
    Ok(found.map_or(Value::Null, |found| names::row(found.row())))
}

pub(super) fn defender(question: &Question) -> Answer {
    let folder = tempfile::tempdir()?;
    antivirus(mdatp::health(&texts(question)?, &Machine::new(Roots::folder(folder.path()))))
}

fn teamviewer(question: &Question) -> Answer {
    let text = texts(question)?;
    let id = match registry(&text, "ClientID") {
        Some(number) => {
            let number = number.strip_prefix("dword:").context("ClientID: no number")?;
            remote_access::teamviewer_number(u32::from_str_radix(number, 16)?)
        }
        None => remote_access::teamviewer_info(&text).0,
    };
    Ok(Value::from(id))
}

fn remote_utilities(question: &Question) -> Answer {
    let text = texts(question)?;
    let bytes =
        registry(&text, "InternetId").and_then(|value| value.strip_prefix("hex:").map(bytes)).unwrap_or_default();
    Ok(Value::from(remote_access::remote_utilities(&bytes)))
}

/// A value of an exported registry key, its lines joined.
fn registry(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("\n\"{name}\"="))?;
    let mut value = String::new();
    for line in rest.lines() {
        match line.trim().strip_suffix('\\') {
            Some(part) => value.push_str(part),
            None => {
                value.push_str(line.trim());
                break;
            }
        }
    }
    Some(value)
}

fn bytes(digits: &str) -> Vec<u8> {
    digits.split(',').filter_map(|byte| u8::from_str_radix(byte.trim(), 16).ok()).collect()
}

/// Adobe's cache: the text that the SQLite shell prints of it, or the database itself. Without a file it is Microsoft's
/// identifier of a product, in which the key is.
fn license(question: &Question) -> Answer {
    let Some(input) = question.inputs.first() else {
        let id = question.param("0").and_then(Value::as_str).context("no identifier")?;
        return Ok(Value::from(product_key(&latin1(id))));
    };
    Ok(names::rows(match String::from_utf8(question.bytes(&input.path)?) {
        Ok(text) => adobe::of_text(&text),
        Err(other) => adobe::of_database(other.as_bytes()),
    }))
}
