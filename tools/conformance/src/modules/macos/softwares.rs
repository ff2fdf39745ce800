//! Programs.

use super::{plist, profile};
use crate::case::{Answer, Question};
use crate::{manufacturer, names};
use airlock_facts::macos::applications::{self, Application, Evidence};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(super) fn answer(question: &Question) -> Answer {
    let xml = question.param("format").and_then(Value::as_str) == Some("xml");
    let list = if xml {
        applications::from_plist(&plist(question)?, offset(question))
    } else {
        applications::from_text(&profile(question)?)
    };
    let named = by_name(list.into_iter().filter(|application| !application.is_foreign()));
    if question.title.contains("count") {
        return Ok(json!(named.len()));
    }
    Ok(named.into_iter().map(|(name, application)| row(name, &application)).collect())
}

pub(super) fn offset(question: &Question) -> i32 {
    question
        .param("localTimeOffset")
        .and_then(Value::as_i64)
        .and_then(|seconds| i32::try_from(seconds).ok())
        .unwrap_or_default()
}

/// The list is keyed by name: what comes again has a number behind it.
pub(super) fn by_name(list: impl Iterator<Item = Application>) -> BTreeMap<String, Application> {
    let mut named = BTreeMap::new();
    for application in list {
        let name = unused(&application.name, |name| named.contains_key(name));
        named.insert(name, application);
    }
    named
}

/// A name that is not used yet: `Name`, `Name_0`, `Name_1` …
pub(super) fn unused(name: &str, used: impl Fn(&str) -> bool) -> String {
    let mut free = name.to_owned();
    let mut number = 0;
    while used(&free) {
        free = format!("{name}_{number}");
        number += 1;
    }
    free
}

fn row(name: String, application: &Application) -> Value {
    // Not by the place alone: the list knows a publisher by its own words, or by the program's name.
    let publisher = application.publisher().filter(|(_, evidence)| *evidence != Evidence::System);
    let publisher = publisher.map(|(name, _)| name);
    let publisher = publisher.or_else(|| manufacturer::of_model(application.info.as_deref()?));
    let publisher = publisher.or_else(|| manufacturer::of_model(&name));
    json!({
        "NAME": name,
        "VERSION": application.version.as_ref().map(|version| version.replace(" . ", ".")),
        "PUBLISHER": publisher,
        "ARCH": application.kind,
        "INSTALLDATE": application.modified.as_deref().map(names::day_first),
        "SYSTEM_CATEGORY": application.category(),
        "USERNAME": application.user(),
    })
}

/// A program in the tool's own words.
pub(super) fn words(application: Application) -> Value {
    let mut words = Map::new();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.insert(name.to_owned(), Value::String(value));
        }
    };
    set("Version", application.version);
    set("Location", application.location);
    set("Get Info String", application.info);
    set("Kind", application.kind);
    set("Last Modified", application.modified.as_deref().map(names::day_first));
    set("64-Bit (Intel)", application.intel_64.map(|yes| if yes { "Yes" } else { "No" }.to_owned()));
    set("Signed by", application.signed_by);
    set("Obtained from", application.obtained_from);
    Value::Object(words)
}
