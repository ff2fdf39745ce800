//! What the sections share.

use super::hardware::structure;
use super::softwares::{by_name, offset, words};
use super::{plist, profile};
use crate::case::{Answer, Question};
use crate::names;
use airlock_facts::macos::ioreg::{self, Value as Property};
use airlock_facts::macos::{applications, system};
use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

pub(super) fn answer(question: &Question) -> Answer {
    match question.kind.as_str() {
        "extract softwares from xml" => {
            let list = applications::from_plist(&plist(question)?, offset(question));
            Ok(Value::Object(by_name(list.into_iter()).into_iter().map(|(name, app)| (name, words(app))).collect()))
        }
        "format date" => {
            let text = question.param_text("0")?;
            Ok(json!(applications::short_date(&text).map_or(text, |date| names::day_first(&date))))
        }
        "get offset date" => {
            let offset = question.param_text("1")?.parse()?;
            let date = applications::local_date(&question.param_text("0")?, offset);
            Ok(json!(date.map(|date| names::day_first(&date))))
        }
        "get IO devices" => {
            let objects = ioreg::objects(&question.param_text("file")?, &question.param_text("class")?);
            Ok(objects.into_iter().map(|object| Value::Object(shown(object.properties))).collect())
        }
        "parse IO reg attributes" => Ok(attribute(Property::parse(&question.param_text("0")?).context("no value")?)),
        "get system profiler infos" => infos(question),
        "get boot time" => boot_time(question),
        other => bail!("{other}: nothing of ours"),
    }
}

pub(super) fn boot_time(question: &Question) -> Answer {
    let text = ["string", "file", "0"].iter().find_map(|name| question.param_text(name).ok());
    Ok(json!(system::boot_time(&text.context("no text")?).map(|seconds| seconds.to_string())))
}

pub(super) fn host_name(question: &Question) -> Answer {
    Ok(json!(system::computer_name(&profile(question)?)))
}

fn infos(question: &Question) -> Answer {
    if question.param("type").and_then(Value::as_str) == Some("SPApplicationsDataType") {
        let list = applications::from_text(&profile(question)?);
        let list: Map<_, _> = by_name(list.into_iter()).into_iter().map(|(name, app)| (name, words(app))).collect();
        // The derived question is for the list itself.
        let list = Value::Object(list);
        return Ok(if question.title.contains("flat file") { list } else { json!({"Applications": list}) });
    }
    Ok(structure(&profile(question)?))
}

/// An object's properties, but for lists and yes or no.
fn shown(properties: Vec<(String, Property)>) -> Map<String, Value> {
    let kept = properties.into_iter().filter(|(_, value)| !matches!(value, Property::List(_) | Property::Boolean(_)));
    kept.map(|(name, value)| match value {
        Property::Data(digits) => (name, Value::String(digits)),
        other => (name, attribute(other)),
    })
    .collect()
}

fn attribute(value: Property) -> Value {
    match value {
        Property::Text(text) => Value::String(text),
        Property::Number(number) => Value::String(number.to_string()),
        Property::Boolean(yes) => Value::String(if yes { "Yes" } else { "No" }.to_owned()),
        Property::Data(digits) => Value::String(format!("<{digits}>")),
        Property::List(list) => list.into_iter().map(attribute).collect(),
        Property::Dict(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, attribute(value))).collect())
        }
    }
}
