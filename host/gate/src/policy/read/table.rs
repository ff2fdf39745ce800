//! A table while it is read. A key that nobody asked for is an error: a slip of the finger must not turn a rule into
//! another one.

use super::cursor::{Cursor, shown};
use crate::policy::problem::{E_MISSING, E_TYPE, E_VALUE};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

pub(crate) type Value<'i> = Spanned<DeValue<'i>>;

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) span: Range<usize>,
}

pub(crate) struct Table<'a, 'i> {
    table: &'a DeTable<'i>,
    pub(crate) span: Range<usize>,
    /// `[server.hq]`, for messages.
    pub(crate) place: String,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'a, 'i> Table<'a, 'i> {
    pub(crate) fn new(table: &'a DeTable<'i>, span: Range<usize>, place: impl Into<String>) -> Self {
        Self { table, span, place: place.into(), asked: RefCell::default() }
    }

    pub(crate) fn value(&self, key: &'static str) -> Option<&'a Value<'i>> {
        self.asked.borrow_mut().insert(key);
        self.table.get(key)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// Keys that are no names of the language but of the owner.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (Text, &'a Value<'i>)> {
        self.table.iter().map(|(key, value)| (Text { value: key.get_ref().to_string(), span: key.span() }, value))
    }

    /// Every key that was not asked for is an error.
    pub(crate) fn finish(self, cx: &mut Cursor) {
        let asked = self.asked.into_inner();
        for key in self.table.keys().filter(|key| !asked.contains(key.get_ref().as_ref())) {
            cx.unknown_key(&key.span(), key.get_ref(), &self.place, asked.iter().copied());
        }
    }

    /// Keys that this table could have but that mean nothing here are not suggested.
    pub(crate) fn known(&self, key: &'static str) {
        self.asked.borrow_mut().insert(key);
    }

    pub(crate) fn unasked(&self) -> Vec<Text> {
        let asked = self.asked.borrow();
        let keys = self.table.keys().filter(|key| !asked.contains(key.get_ref().as_ref()));
        keys.map(|key| Text { value: key.get_ref().to_string(), span: key.span() }).collect()
    }

    pub(crate) fn text(&self, cx: &mut Cursor, key: &'static str) -> Option<Text> {
        text(cx, self.value(key)?, key)
    }

    pub(crate) fn needs_text(&self, cx: &mut Cursor, key: &'static str) -> Option<Text> {
        if !self.has(key) {
            self.value(key);
            self.missing(cx, key);
            return None;
        }
        self.text(cx, key)
    }

    pub(crate) fn missing(&self, cx: &mut Cursor, key: &str) {
        cx.error(E_MISSING, &self.span, format!("{} needs the key {key}", self.place));
    }

    /// A list of texts; one alone may stand without brackets.
    pub(crate) fn texts(&self, cx: &mut Cursor, key: &'static str) -> Option<Vec<Text>> {
        texts(cx, self.value(key)?, key)
    }

    pub(crate) fn number(&self, cx: &mut Cursor, key: &'static str, most: u64) -> Option<u64> {
        number(cx, self.value(key)?, key, most)
    }

    pub(crate) fn flag(&self, cx: &mut Cursor, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            wrong_type(cx, value, key, "true or false");
        }
        flag
    }

    pub(crate) fn table(&self, cx: &mut Cursor, key: &'static str) -> Option<Table<'a, 'i>> {
        let value = self.value(key)?;
        table(cx, value, &format!("{key} of {}", self.place))
    }

    /// `[[key]]`.
    pub(crate) fn tables(&self, cx: &mut Cursor, key: &'static str, place: &str) -> Vec<Table<'a, 'i>> {
        let Some(value) = self.value(key) else { return vec![] };
        let Some(array) = value.get_ref().as_array() else {
            wrong_type(cx, value, key, &format!("tables under [[{key}]]"));
            return vec![];
        };
        items(array).filter_map(|item| table(cx, item, place)).collect()
    }

    /// A word of a fixed list.
    pub(crate) fn word(&self, cx: &mut Cursor, key: &'static str, words: &[&'static str]) -> Option<&'static str> {
        let text = self.text(cx, key)?;
        one_of(cx, &text, key, words)
    }

    pub(crate) fn words(
        &self,
        cx: &mut Cursor,
        key: &'static str,
        words: &[&'static str],
    ) -> Option<Vec<&'static str>> {
        let texts = self.texts(cx, key)?;
        Some(texts.iter().filter_map(|text| one_of(cx, text, key, words)).collect())
    }
}

pub(crate) fn items<'a, 'i>(array: &'a DeArray<'i>) -> impl Iterator<Item = &'a Value<'i>> {
    array.iter()
}

pub(crate) fn one_of(cx: &mut Cursor, text: &Text, key: &str, words: &[&'static str]) -> Option<&'static str> {
    let found = words.iter().find(|word| **word == text.value);
    if found.is_none() {
        let message = format!("{key} is never {}", shown(&text.value));
        cx.unknown(E_VALUE, &text.span, message, &text.value, words.iter().copied());
    }
    found.copied()
}

pub(crate) fn table<'a, 'i>(cx: &mut Cursor, value: &'a Value<'i>, place: &str) -> Option<Table<'a, 'i>> {
    match value.get_ref().as_table() {
        Some(table) => Some(Table::new(table, value.span(), place)),
        None => {
            wrong_type(cx, value, place, "a table");
            None
        }
    }
}

pub(crate) fn text(cx: &mut Cursor, value: &Value, key: &str) -> Option<Text> {
    let Some(text) = value.get_ref().as_str() else {
        wrong_type(cx, value, key, "a text in quotes");
        return None;
    };
    if text.chars().any(char::is_control) || text.len() > 4096 {
        cx.error(E_VALUE, &value.span(), format!("{key} is one line of at most 4096 bytes"));
        return None;
    }
    Some(Text { value: text.to_owned(), span: value.span() })
}

pub(crate) fn texts(cx: &mut Cursor, value: &Value, key: &str) -> Option<Vec<Text>> {
    match value.get_ref() {
        DeValue::String(_) => text(cx, value, key).map(|one| vec![one]),
        DeValue::Array(array) => {
            let all: Vec<Option<Text>> = items(array).map(|item| text(cx, item, key)).collect();
            all.into_iter().collect()
        }
        _ => {
            wrong_type(cx, value, key, "a list of texts");
            None
        }
    }
}

/// A whole number from 0 to `most`.
pub(crate) fn number(cx: &mut Cursor, value: &Value, key: &str, most: u64) -> Option<u64> {
    let Some(integer) = value.get_ref().as_integer() else {
        wrong_type(cx, value, key, "a whole number");
        return None;
    };
    let number = u64::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|number| *number <= most);
    if number.is_none() {
        cx.error(E_VALUE, &value.span(), format!("{key} is a whole number from 0 to {most}"));
    }
    number
}

pub(crate) fn wrong_type(cx: &mut Cursor, value: &Value, key: &str, expected: &str) {
    let is = value.get_ref().type_str();
    cx.error(E_TYPE, &value.span(), format!("{key} is {expected}, not of type {is}"));
}
