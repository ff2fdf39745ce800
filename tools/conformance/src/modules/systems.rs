//! Distributions, file systems, the machine as a whole.

use super::Module;
use crate::case::{Answer, Question};
use airlock_facts::linux::{os, os_release};
use airlock_facts::output::stat;
use airlock_facts::{Machine, Roots};
use anyhow::Context;
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

pub(super) const MODULES: &[Module] =
    &[Module { name: "linux/distro/osrelease", answer: distribution }, Module { name: "linux/os", answer: installed }];

/// A machine's folder with nothing but its files of `/etc` and the zone of its clock.
fn machine(question: &Question, files: &[(&str, String)]) -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("etc"))?;
    fs::write(folder.path().join("etc/timezone"), question.timezone.as_deref().unwrap_or("UTC"))?;
    for (name, text) in files {
        fs::write(folder.path().join("etc").join(name), text)?;
    }
    Ok(folder)
}

fn distribution(question: &Question) -> Answer {
    let mut files = Vec::new();
    if question.steps.is_empty() {
        files.push(("os-release", question.param_text("file")?));
    }
    for step in &question.steps {
        let file = question.value_text(step.pointer("/params/file").context("a step without a file")?)?;
        let what = step.get("do").and_then(Value::as_str).unwrap_or_default().to_lowercase();
        let name = match what.as_str() {
            what if what.contains("release") => "os-release",
            what if what.contains("debian") => "debian_version",
            what if what.contains("cent") => "centos-release",
            what if what.contains("su") => "SuSE-release",
            _ => anyhow::bail!("{what}: no such file"),
        };
        files.push((name, file));
    }
    let folder = machine(question, &files)?;
    let found = os_release::read(&Roots::folder(folder.path()));
    Ok(json!({
        "NAME": found.name, "VERSION": found.version, "FULL_NAME": found.full_name, "SERVICE_PACK": found.service_pack,
    }))
}

fn installed(question: &Question) -> Answer {
    let text = question.param_text("file")?;
    if question.kind.contains("rpm") {
        let folder = machine(question, &[])?;
        return Ok(json!(os::installed_by_rpm(&Machine::new(Roots::folder(folder.path())), &text)));
    }
    Ok(json!(stat::birth(&text)))
}
