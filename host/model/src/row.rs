//! Named values in the order in which they were found.

use crate::Value;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One row of a section: only the fields that are known. Names are those of the schema (lower case).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Row {
    fields: Vec<(Cow<'static, str>, Value)>,
}

impl Row {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field, replacing an earlier value. An empty value is the same as none and changes nothing.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> &mut Self {
        let (name, value) = (name.into(), value.into());
        if value.is_empty() {
            return self;
        }
        match self.fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.fields.push((name, value)),
        }
        self
    }

    /// Looks at every field, and keeps those for which `keep` says so; it may change them.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&mut Cow<'static, str>, &mut Value) -> bool) {
        self.fields.retain_mut(|(name, value)| keep(name, value));
    }

    /// Sets a field if there is something to set.
    pub fn maybe(&mut self, name: impl Into<Cow<'static, str>>, value: Option<impl Into<Value>>) -> &mut Self {
        if let Some(value) = value {
            self.set(name, value);
        }
        self
    }

    /// Sets a field that nobody has set yet.
    pub fn otherwise(&mut self, name: impl Into<Cow<'static, str>>, value: Option<impl Into<Value>>) -> &mut Self {
        let name = name.into();
        if self.get(&name).is_none() {
            self.maybe(name, value);
        }
        self
    }

    /// The same as [`Row::set`], for a row that is being built in one expression.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.fields.iter().position(|(known, _)| known == name)?;
        Some(self.fields.remove(at).1)
    }

    /// Takes every field of `later`, which wins where both know one.
    pub fn merge(&mut self, later: Row) {
        for (name, value) in later.fields {
            self.set(name, value);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields.iter().map(|(name, value)| (name.as_ref(), value))
    }

    pub fn len(&self) -> usize {
        self.fields.len()
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl IntoIterator for Row {
    type Item = (Cow<'static, str>, Value);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.into_iter()
    }
}

/// As for an iterator of fields.
impl From<Vec<(Cow<'static, str>, Value)>> for Row {
    fn from(fields: Vec<(Cow<'static, str>, Value)>) -> Self {
        Self { fields }
    }
}

/// Takes the fields as they are: the caller says that no name comes twice and no value is empty, or that
/// [`crate::Report::emit`] will look at it.
impl FromIterator<(Cow<'static, str>, Value)> for Row {
    fn from_iter<T: IntoIterator<Item = (Cow<'static, str>, Value)>>(fields: T) -> Self {
        Self { fields: fields.into_iter().collect() }
    }
}
