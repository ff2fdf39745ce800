//! Redaction profiles as values: what `[redact.NAME]` of a policy says.

use super::{FieldPath, Glob};
use crate::Location;
use airlock_model::{Field, Kind, Shape};
use std::collections::BTreeMap;

/// A profile. Several that apply at once are a union: what one of them withholds is withheld.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    pub name: String,
    pub unknown: Unknown,
    pub rules: Vec<RedactRule>,
}

/// What happens to what no rule names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unknown {
    #[default]
    Keep,
    /// The profile is an allow list: a field that an update adds is withheld until it is listed.
    Drop,
}

/// One `[[redact.NAME.rule]]`. A rule on a field goes before one on its section.
#[derive(Debug, Clone, PartialEq)]
pub struct RedactRule {
    pub path: FieldPath,
    pub op: Op,
    pub at: Location,
}

/// What is done to a value. One that an operation cannot be done to is dropped, never let through.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    Keep,
    Drop,
    /// A keyed digest, the same for the same value, and another one for each server.
    Hash,
    /// The first so many characters.
    Truncate(u32),
    /// Down to a multiple of this number.
    Round(u64),
    /// One text for another. What is not listed is what `*` says, and without that dropped.
    Map(BTreeMap<String, String>),
    /// Rows of a list.
    Filter(Filter),
}

/// Which rows of a list are sent. In doubt a row is withheld: what is kept has to match letter by letter, what is dropped
/// matches in upper and lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A row needs all of these fields, each matching one of its patterns.
    pub keep: BTreeMap<String, Vec<Glob>>,
    /// A row with one of these fields matching one of its patterns is dropped.
    pub drop: BTreeMap<String, Vec<Glob>>,
}

impl Op {
    /// As it is written in a policy.
    pub fn name(&self) -> &'static str {
        match self {
            Op::Keep => "keep",
            Op::Drop => "drop",
            Op::Hash => "hash",
            Op::Truncate(_) => "truncate",
            Op::Round(_) => "round",
            Op::Map(_) => "map",
            Op::Filter { .. } => "filter",
        }
    }
}

impl RedactRule {
    /// Why the operation does not fit what it is for, in words for the author of the policy. Done all the same, it would
    /// withhold the value.
    pub fn misfit(&self) -> Option<String> {
        let path = self.path;
        match (&self.op, path) {
            (Op::Keep | Op::Drop, FieldPath::Section(_) | FieldPath::Field(..)) => None,
            (Op::Drop, FieldPath::Member(super::Member::DeviceId)) => {
                Some("a document needs its deviceid: use `hash`".to_owned())
            }
            (Op::Filter(filter), FieldPath::Section(section)) => {
                if section.shape != Shape::List {
                    return Some(format!("{} appears once: there are no rows to filter", section.name));
                }
                let unknown =
                    filter.keep.keys().chain(filter.drop.keys()).find(|name| section.field(name).is_none())?;
                let hint = crate::near::hint(unknown, section.fields.iter().map(|field| field.name));
                Some(format!("{} has no field {unknown:?}{hint}", section.name))
            }
            (Op::Filter(_), _) => {
                Some(format!("{path} is not a list: `filter` needs a path such as content.softwares"))
            }
            (Op::Round(0), _) => Some("`round` to 0 is nothing".to_owned()),
            (op, FieldPath::Section(section)) => {
                Some(format!("`{}` is for one field: name it, as in {}.FIELD", op.name(), FieldPath::Section(section)))
            }
            (Op::Round(_), FieldPath::Field(_, field)) if field.kind == Kind::Integer => None,
            (Op::Round(_), _) => Some(format!("{path} is not a number")),
            (_, FieldPath::Member(_)) => None,
            (op, FieldPath::Field(_, field)) => {
                let is_text = matches!(field.kind, Kind::Text | Kind::Texts);
                let why = match op {
                    _ if !is_text => format!("{path} is not a text: it would be withheld"),
                    Op::Map(map) => return misfit_of_map(field, map),
                    _ if !field.values.is_empty() => {
                        format!("{path} is one of a few words: it would be withheld (use `map` or `drop`)")
                    }
                    _ => return None,
                };
                Some(why)
            }
        }
    }
}

/// A field that is one of a few words cannot be mapped to another.
fn misfit_of_map(field: &Field, map: &BTreeMap<String, String>) -> Option<String> {
    if field.values.is_empty() {
        return None;
    }
    let to = map.values().find(|to| !field.values.contains(&to.as_str()))?;
    Some(format!("{} is never {to:?}, but one of {}", field.name, field.values.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misfit(path: &str, op: Op) -> Option<String> {
        RedactRule { path: path.parse().unwrap(), op, at: Location::new("50-hq.toml", 7) }.misfit()
    }

    fn filter(field: &str) -> Op {
        Op::Filter(Filter { keep: BTreeMap::from([(field.into(), vec![Glob::new("Acme*")])]), ..Filter::default() })
    }

    #[test]
    fn operations_that_fit() {
        for (path, op) in [
            ("content.users", Op::Drop),
            ("content.users.*.login", Op::Hash),
            ("content.networks.*.ipaddress", Op::Truncate(3)),
            ("content.hardware.memory", Op::Round(1024)),
            ("content.softwares", filter("publisher")),
            ("content.softwares.*.publisher", Op::Map(BTreeMap::from([("a".into(), "b".into())]))),
            ("deviceid", Op::Hash),
            ("tag", Op::Drop),
            ("tag", Op::Keep),
        ] {
            assert_eq!(misfit(path, op), None, "{path}");
        }
    }

    #[test]
    fn operations_that_do_not_fit_say_why() {
        for (path, op, says) in [
            ("content.hardware.memory", Op::Hash, "not a text"),
            ("content.users.*.login", Op::Round(10), "not a number"),
            ("content.hardware.memory", Op::Round(0), "nothing"),
            ("content.users", Op::Hash, "one field"),
            ("content.bios", filter("ssn"), "appears once"),
            ("content.softwares", filter("publishr"), "did you mean publisher?"),
            ("content.bios.ssn", filter("ssn"), "not a list"),
            ("deviceid", Op::Drop, "use `hash`"),
        ] {
            let why = misfit(path, op).unwrap_or_default();
            assert!(why.contains(says), "{path}: {why}");
        }
    }
}
