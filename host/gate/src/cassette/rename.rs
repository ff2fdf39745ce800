//! A recording for others: what names one machine, its network or a person in it is replaced, everywhere by the same.

use super::{Answer, Cassette};
use crate::calls::registry;
use serde_json::Value;

impl Cassette {
    /// The same recording with every text put through `replace`. Names of calls, of fields and of kinds stay: a replay
    /// would not know them.
    pub fn renamed(mut self, replace: impl Fn(&str) -> String) -> Self {
        for exchange in &mut self.exchanges {
            texts(&mut exchange.call, &replace);
            if let Answer::Reply(reply) = &mut exchange.answer {
                // Of sections and fields the schema speaks, not the machine.
                if exchange.name != "facts.sections" {
                    texts(reply, &replace);
                }
            }
        }
        for denied in &mut self.denied {
            texts(&mut denied.call, &replace);
        }
        self.header.target = replace(&self.header.target);
        self.header.job = replace(&self.header.job);
        self.header.pseudonyms = true;
        self
    }
}

fn texts(value: &mut Value, replace: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) if !registry::NAMES.contains(&text.as_str()) => *text = replace(text),
        Value::Array(list) => match list.as_mut_slice() {
            // A field of a row: its name is the schema's.
            [Value::String(_), field @ Value::Object(_)] => texts(field, replace),
            list => list.iter_mut().for_each(|value| texts(value, replace)),
        },
        Value::Object(object) => {
            for (name, value) in object.iter_mut() {
                // The section that is read, the kind of a value.
                if !(matches!(name.as_str(), "section" | "type" | "kind" | "algorithm") && value.is_string()) {
                    texts(value, replace);
                }
            }
        }
        _ => {}
    }
}
