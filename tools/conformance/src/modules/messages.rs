//! Messages to and from servers: an inventory in its final JSON, queries in XML, answers read.
//!
//! A case is a few calls in order, of which later ones are made on what earlier ones gave.

use super::Module;
use crate::case::{Answer, Question};
use airlock_model::schema;
use airlock_protocol::answers::{Answer as Received, ContactAnswer, Message, Status, expiration};
use airlock_protocol::bodies::Limits;
use airlock_protocol::requests::{Contact, prolog, query};
use airlock_protocol::{Envelope, additional_content, inventory_json};
use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

pub(super) const MODULES: &[Module] = &[
    Module { name: "messages/json/contact", answer },
    Module { name: "messages/json/inventory", answer },
    Module { name: "messages/json/message", answer },
    Module { name: "messages/xml/query", answer },
    Module { name: "messages/xml/query/inventory", answer },
    Module { name: "messages/xml/query/prolog", answer },
    Module { name: "messages/xml/response", answer },
];

fn answer(question: &Question) -> Answer {
    if question.steps.is_empty() {
        return made(&question.module, &question.params);
    }
    // What each call gave, from `step1` on. A call that fails gives nothing: cases go on after it.
    let mut given: Vec<Value> = Vec::new();
    let mut made_last = Value::Null;
    for step in &question.steps {
        let text = |name: &str| step.get(name).and_then(Value::as_str).unwrap_or_default();
        let arguments = step.get("params").or_else(|| step.get("args")).cloned().unwrap_or_default();
        let result = match text("do") {
            "new" | "read a server response" | "get all lines" => {
                made_last = made(text("module"), &arguments).unwrap_or_default();
                made_last.clone()
            }
            call => {
                let number: usize =
                    text("on").strip_prefix("step").and_then(|n| n.parse().ok()).context("on no step")?;
                let on = given.get_mut(number.saturating_sub(1)).context("on a step that is not there")?;
                let changed = called(call, text("module"), on, &arguments)?;
                if call == "set" {
                    on.clone_from(&changed);
                }
                made_last = on.clone();
                changed
            }
        };
        given.push(result);
    }
    // A case that is about the message made of it all shows what one call got of it.
    if question.result == "derived" { Ok(made_last) } else { given.pop().context("no steps") }
}

/// A message made or read, as a value.
fn made(module: &str, arguments: &Value) -> Answer {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    match module {
        "messages/json/message" => match arguments.get("message") {
            Some(message) => read(message),
            None => {
                let supported: Vec<&str> = arguments
                    .get("supported_params")
                    .and_then(Value::as_array)
                    .map(|names| names.iter().filter_map(Value::as_str).collect())
                    .unwrap_or_default();
                let members = arguments.as_object().into_iter().flatten();
                Ok(members.filter(|(name, _)| supported.contains(&name.as_str())).map(owned).collect())
            }
        },
        "messages/json/contact" => match arguments.get("message") {
            Some(message) => read(message),
            None => contact(arguments),
        },
        "messages/json/inventory" => inventory(arguments),
        "messages/xml/response" => response(text("content")),
        "messages/xml/query/prolog" => Ok(prolog(text("deviceid"))?.into()),
        "messages/xml/query" => Ok(query(text("query"), text("deviceid"), &object(arguments.get("content")))?.into()),
        "messages/xml/query/inventory" => {
            Ok(query("INVENTORY", text("deviceid"), &object(arguments.get("content")))?.into())
        }
        _ => Ok(Value::Null),
    }
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

fn object(value: Option<&Value>) -> Map<String, Value> {
    value.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// A JSON message out of its text, or out of what it says.
fn read(message: &Value) -> Answer {
    let text = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
    let received = Received::read(None, text.as_bytes(), &Limits::default())?;
    Ok(Value::Object(received.answer.json()?.into_object()))
}

/// What is asked of a message.
fn called(call: &str, module: &str, on: &Value, arguments: &Value) -> Answer {
    let message = Message::from(object(Some(on)));
    let first = arguments.get(0).cloned().unwrap_or_default();
    Ok(match call {
        "action" => message.action().into(),
        "status" => match message.status() {
            None => "".into(),
            Some(Status::Ok) => "ok".into(),
            Some(Status::Pending) => "pending".into(),
            Some(Status::Error) => "error".into(),
            Some(Status::Other(word)) => word.into(),
        },
        // The peer has no other word for none than nought.
        "expiration" => on.get("expiration").and_then(expiration).map_or(0, |period| period.as_secs()).into(),
        "is valid message" => {
            // There a contact answer without a period is none.
            let valid = ContactAnswer::of(&message).is_ok_and(|said| said.expiration.is_some_and(|p| !p.is_zero()));
            u8::from(valid).into()
        }
        "set" => read(&first)?,
        "get" => first.as_str().and_then(|name| on.get(name)).cloned().unwrap_or_default(),
        "get options info by name" => {
            let options = on.get("OPTION").and_then(Value::as_array).into_iter().flatten();
            let mut named: Vec<Value> = options.filter(|option| option.get("NAME") == Some(&first)).cloned().collect();
            if named.len() < 2 { named.pop().unwrap_or_default() } else { named.into() }
        }
        other => bail!("{module}: {other} is not known"),
    })
}

/// An answer of either kind: XML with its options among the other members.
fn response(content: &str) -> Answer {
    match Received::read(None, content.as_bytes(), &Limits::default())?.answer {
        Received::Json(message) => Ok(Value::Object(message.into_object())),
        Received::Xml(reply) => {
            let mut members = reply.members;
            let options: Vec<Value> = reply.options.iter().map(|job| Value::Object(job.as_it_came().clone())).collect();
            if !options.is_empty() {
                members.insert("OPTION".to_owned(), options.into());
            }
            Ok(Value::Object(members))
        }
        Received::Empty => bail!("nothing"),
    }
}

/// A contact out of names and values in turn.
fn contact(arguments: &Value) -> Answer {
    let list = arguments.as_array().map(Vec::as_slice).unwrap_or_default();
    let of = |name: &str| list.chunks(2).find(|pair| pair.first().and_then(Value::as_str) == Some(name))?.get(1);
    let text = |name: &str| of(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let tasks = |name: &str| {
        let tasks = of(name).and_then(Value::as_array).into_iter().flatten();
        tasks.filter_map(Value::as_str).map(str::to_lowercase).collect()
    };
    let contact = Contact {
        deviceid: text("deviceid"),
        name: text("name"),
        version: text("version"),
        installed_tasks: tasks("installed-tasks"),
        enabled_tasks: tasks("enabled-tasks"),
        tag: Some(text("tag")),
        ..Contact::default()
    };
    Ok(serde_json::from_str(&contact.json()?)?)
}

/// An inventory in its final JSON. The cases' sections are single objects or lists, without what rows must have.
fn inventory(arguments: &Value) -> Answer {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let asked = object(arguments.get("content"));
    let version = asked.iter().find(|(name, _)| name.eq_ignore_ascii_case("versionclient"));
    let mut envelope = Envelope::computer(text("deviceid"), version.and_then(|(_, v)| v.as_str()).unwrap_or_default());
    envelope.itemtype = text("itemtype");
    envelope.tag = arguments.get("tag").and_then(Value::as_str).map(str::to_owned);
    envelope.partial =
        arguments.get("partial").is_some_and(|partial| matches!(partial.to_string().as_str(), "1" | "true" | "\"1\""));
    let mut filled = asked.clone();
    let mut added: Vec<(&str, &str)> = Vec::new();
    for (name, section) in &mut filled {
        let Some(known) = schema::section_called(name) else { continue };
        // An object within a row that lacks something is simply not sent.
        let required = || known.fields.iter().filter(|field| field.required && field.object().is_none());
        let rows = match section {
            Value::Array(rows) => rows.as_mut_slice(),
            one => std::slice::from_mut(one),
        };
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            for field in required() {
                if !row.keys().any(|key| key.eq_ignore_ascii_case(field.name)) {
                    row.insert(field.name.to_owned(), field.values.first().copied().unwrap_or("1").into());
                    added.push((known.name, field.name));
                }
            }
        }
    }
    let file = json!({"content": filled}).to_string();
    let (report, _) = additional_content("case.json", file.as_bytes())?;
    let mut message: Value = serde_json::from_str(&inventory_json(&report, &envelope))?;
    let content = message.get_mut("content").and_then(Value::as_object_mut).context("no content")?;
    if version.is_none() {
        content.remove("versionclient");
    }
    for (name, section) in &mut *content {
        for (_, field) in added.iter().filter(|(added, _)| added == name) {
            let rows = section.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut);
            rows.for_each(|row| drop(row.remove(*field)));
        }
        let single = asked.iter().any(|(asked, value)| value.is_object() && asked.eq_ignore_ascii_case(name));
        if let Some(row) = section.as_array_mut().filter(|_| single).and_then(|rows| rows.pop()) {
            *section = row;
        }
    }
    Ok(message)
}
