//! What the mocked machine is.

use super::Mock;
use crate::CallError;
use crate::calls::Reading;
use crate::ports::{Answer, Facts};
use airlock_model::{Row, Value, schema};
use std::borrow::Cow;
use std::sync::Arc;

/// As the file has it; none when no field can have such a value.
pub(super) fn value(value: &toml::Value) -> Option<Value> {
    Some(match value {
        toml::Value::String(text) => Value::Text(text.clone()),
        toml::Value::Integer(number) => Value::Integer(*number),
        toml::Value::Boolean(yes) => Value::Boolean(*yes),
        toml::Value::Array(list) => {
            Value::Texts(list.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

impl Mock {
    /// None: the machine does not have the section.
    fn reading(&self, section: &str) -> Option<Reading> {
        let rows = self.about.facts.iter().find(|(name, _)| name.get_ref() == section).map(|(_, rows)| rows);
        let missing = self.about.missing.iter().find(|(name, _)| name.get_ref() == section).map(|(_, why)| why);
        let known = schema::section(section).filter(|_| rows.is_some() || missing.is_some())?;
        let row = |fields: &super::describe::Names<toml::Value>| {
            let named = |(name, v): (&toml::Spanned<String>, &toml::Value)| {
                Some((Cow::Borrowed(known.field(name.get_ref())?.name), value(v)?))
            };
            // As the file has them, not by the alphabet.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| name.span().start);
            fields.into_iter().filter_map(named).collect::<Row>()
        };
        let rows = rows.into_iter().flatten().map(row).collect();
        Some(Reading { rows, missing: missing.cloned().unwrap_or_default() })
    }
}

impl Facts for Mock {
    fn sections(&self) -> Vec<&'static str> {
        let names = schema::SECTIONS.iter().map(|section| section.name);
        names.filter(|name| self.reading(name).is_some()).collect()
    }

    fn expect(&self, _sections: &[String]) {}

    fn read<'a>(&'a self, section: &'a str) -> Answer<'a, Arc<Reading>> {
        Box::pin(async move { self.reading(section).map(Arc::new).ok_or(CallError::NotFound) })
    }
}
