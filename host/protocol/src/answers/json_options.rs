//! Jobs of the plugin in a JSON answer: `OPTION` elements that were turned into JSON member by member.
//!
//! Attributes are an object `attributes` there, the text is `content`, and elements of one name have numbers for names:
//! `"0": {"AUTHENTICATION": …}, "1": {"AUTHENTICATION": …}`. Here they become what the XML reader makes of the XML.

use super::lenient::list;
use crate::jobs::RawJob;
use airlock_model::Notes;
use serde_json::{Map, Value};

const OPTIONS: usize = 200;

/// The jobs of a message, and the names of the members that held them.
pub(super) fn options(message: &Map<String, Value>, notes: &mut Notes) -> (Vec<RawJob>, Vec<String>) {
    let mut jobs = Vec::new();
    let mut read = Vec::new();
    for (name, member) in message {
        let block = if name == "OPTION" { Some(member) } else { member.get("OPTION").filter(|_| is_number(name)) };
        let Some(block) = block else { continue };
        read.push(name.clone());
        for block in list(block) {
            if jobs.len() == OPTIONS {
                notes.add(format!("OPTION: more than {OPTIONS}, the rest left out"));
                break;
            }
            jobs.extend(RawJob::option(element(block), notes));
        }
    }
    (jobs, read)
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.len() <= 6 && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// What the element was (no deeper than a message is): attributes and numbered members are members of its own.
fn element(value: &Value) -> Value {
    let Value::Object(members) = value else { return scalar(value) };
    let mut object = Map::new();
    for (name, member) in members {
        match member {
            Value::Object(inner) if name == "attributes" || is_number(name) => {
                for (name, member) in inner {
                    add(&mut object, name, element(member));
                }
            }
            Value::String(text) if name == "content" && text.trim().is_empty() => {}
            Value::Array(list) => {
                for one in list {
                    add(&mut object, name, element(one));
                }
            }
            member => add(&mut object, name, element(member)),
        }
    }
    Value::Object(object)
}

/// XML has no numbers.
fn scalar(value: &Value) -> Value {
    super::lenient::text(value).map_or_else(|| Value::String(String::new()), Value::String)
}

fn add(object: &mut Map<String, Value>, name: &str, value: Value) {
    let is_list = super::reply::LISTS.contains(&name);
    match object.get_mut(name) {
        None if is_list => drop(object.insert(name.to_owned(), Value::Array(vec![value]))),
        None => drop(object.insert(name.to_owned(), value)),
        Some(Value::Array(values)) => values.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
}
