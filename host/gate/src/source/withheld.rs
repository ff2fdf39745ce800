//! What a policy keeps back of a recording.

use crate::Code;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// An answer, or parts of one, that the machine gave and the policy does not show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    pub name: String,
    pub call: Value,
    /// The fields that are not shown; none when it is the whole answer.
    pub parts: Vec<String>,
    /// Why the whole answer is not.
    pub code: Option<Code>,
}

impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.call.get("section").and_then(Value::as_str) {
            Some(section) => write!(f, "{} {section}", self.name)?,
            None => write!(f, "{} {}", self.name, self.call)?,
        }
        match (self.code, self.parts.as_slice()) {
            (Some(code), _) => write!(f, ": {code}"),
            (None, parts) => write!(f, ": without {}", parts.join(", ")),
        }
    }
}

/// The names that an answer has and what is shown of it has not: of fields in rows, of sections in a list of them.
pub(super) fn hidden(whole: &Value, shown: &Value) -> Vec<String> {
    if whole == shown {
        return Vec::new();
    }
    let (mut all, mut left) = (BTreeSet::new(), BTreeSet::new());
    names(whole, "", &mut all);
    names(shown, "", &mut left);
    let mut gone: Vec<String> = all.difference(&left).cloned().collect();
    // With a section go its fields.
    let sections: BTreeSet<String> = gone.iter().filter(|name| !name.contains('.')).cloned().collect();
    gone.retain(|name| name.split_once('.').is_none_or(|(section, _)| !sections.contains(section)));
    if gone.is_empty() {
        gone.push("some of its values".to_owned());
    }
    gone
}

/// Rows are lists of pairs, `["serial", {"text": "…"}]`; sections and fields are objects with a `name`.
fn names(value: &Value, within: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            let name = object.get("name").and_then(Value::as_str);
            let within = match name {
                Some(name) if within.is_empty() => name.to_owned(),
                Some(name) => format!("{within}.{name}"),
                None => within.to_owned(),
            };
            if name.is_some() {
                found.insert(within.clone());
            }
            object.iter().filter(|(_, v)| v.is_array()).for_each(|(_, v)| names(v, &within, found));
        }
        Value::Array(list) => match list.as_slice() {
            [Value::String(name), Value::Object(_)] => {
                found.insert(name.clone());
            }
            list => list.iter().for_each(|value| names(value, within, found)),
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_of_rows_and_sections_of_a_list_are_named() {
        let row = |fields: &[&str]| fields.iter().map(|f| json!([f, {"text": "x"}])).collect::<Vec<_>>();
        let whole = json!({"rows": [row(&["name", "serial"]), row(&["name"])], "missing": []});
        let shown = json!({"rows": [row(&["name"]), row(&["name"])], "missing": []});
        assert_eq!(hidden(&whole, &shown), ["serial"]);
        assert!(hidden(&whole, &whole).is_empty());
        let whole = json!([{"name": "cpus", "fields": [{"name": "speed"}, {"name": "serial"}]}, {"name": "envs", "fields": []}]);
        let shown = json!([{"name": "cpus", "fields": [{"name": "speed"}]}]);
        assert_eq!(hidden(&whole, &shown), ["cpus.serial", "envs"]);
    }
}
