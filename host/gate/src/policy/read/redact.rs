//! `[redact.NAME]`.

use super::{Cursor, Table, Text, shown, table, texts, wrong_type};
use crate::policy::problem::E_VALUE;
use crate::redact::{FieldPath, Filter, Glob, Op, Profile, RedactRule, Unknown};
use std::collections::BTreeMap;

const OPS: &[&str] = &["keep", "drop", "hash", "truncate", "round", "map", "filter"];

pub(super) fn profile(cx: &mut Cursor, name: &Text, table: Table<'_, '_>) -> Profile {
    let unknown = match table.word(cx, "unknown", &["keep", "drop"]) {
        Some("drop") => Unknown::Drop,
        _ => Unknown::Keep,
    };
    let place = format!("[[redact.{}.rule]]", name.value);
    let rules = table.tables(cx, "rule", &place).into_iter().filter_map(|rule| read_rule(cx, rule)).collect();
    table.finish(cx);
    Profile { name: name.value.clone(), unknown, rules }
}

pub(super) fn same(a: &Profile, b: &Profile) -> bool {
    let content = |p: &Profile| p.rules.iter().map(|rule| (rule.path, rule.op.clone())).collect::<Vec<_>>();
    a.unknown == b.unknown && content(a) == content(b)
}

fn read_rule(cx: &mut Cursor, rule: Table<'_, '_>) -> Option<RedactRule> {
    let at = cx.at(&rule.span);
    let span = rule.span.clone();
    let path = rule.needs_text(cx, "path").and_then(|text| match text.value.parse::<FieldPath>() {
        Ok(path) => Some(path),
        Err(error) => {
            cx.error(E_VALUE, &text.span, format!("path: {error}"));
            None
        }
    });
    let op = match rule.needs_text(cx, "op") {
        Some(text) => read_op(cx, &rule, &text),
        None => None,
    };
    // The keys of the operations that it is not are not suggested, but are no keys of this rule either.
    rule.finish(cx);
    let rule = RedactRule { path: path?, op: op?, at };
    if let Some(why) = rule.misfit() {
        cx.error(E_VALUE, &span, format!("{}: {why}", rule.op.name()));
    }
    Some(rule)
}

/// `truncate` with `n = 3`, or `truncate(3)`.
fn read_op(cx: &mut Cursor, rule: &Table<'_, '_>, text: &Text) -> Option<Op> {
    let (word, inline) = match text.value.strip_suffix(')').and_then(|call| call.split_once('(')) {
        Some((word, number)) => (word, Some(number)),
        None => (text.value.as_str(), None),
    };
    let word = super::one_of(cx, &Text { value: word.to_owned(), span: text.span.clone() }, "op", OPS)?;
    if inline.is_some() && !matches!(word, "truncate" | "round") {
        cx.error(E_VALUE, &text.span, format!("op: {word} takes no number"));
        return None;
    }
    let mut n = |most: u64| match inline {
        Some(inline) => {
            let number = inline.trim().parse::<u64>().ok().filter(|number| *number <= most);
            if number.is_none() {
                cx.error(E_VALUE, &text.span, format!("{word}: {} is no whole number from 0 to {most}", shown(inline)));
            }
            number
        }
        None if rule.has("n") => rule.number(cx, "n", most),
        None => {
            rule.missing(cx, "n");
            None
        }
    };
    match word {
        "keep" => Some(Op::Keep),
        "drop" => Some(Op::Drop),
        "hash" => Some(Op::Hash),
        "truncate" => n(u64::from(u32::MAX)).and_then(|n| u32::try_from(n).ok()).map(Op::Truncate),
        "round" => n(u64::MAX).map(Op::Round),
        "map" => rule.table(cx, "map").map(|map| Op::Map(words(cx, &map))).or_else(|| needs(cx, rule, "map")),
        _ => {
            let filter = Filter { keep: globs(cx, rule, "keep"), drop: globs(cx, rule, "drop") };
            if filter == Filter::default() {
                return needs(cx, rule, "keep or drop");
            }
            Some(Op::Filter(filter))
        }
    }
}

fn needs(cx: &mut Cursor, rule: &Table<'_, '_>, key: &str) -> Option<Op> {
    rule.missing(cx, key);
    None
}

fn words(cx: &mut Cursor, map: &Table<'_, '_>) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for (from, value) in map.entries() {
        if let Some(to) = super::text(cx, value, "map") {
            words.insert(from.value, to.value);
        }
    }
    words
}

/// `keep = { publisher = ["Acme*"] }`.
fn globs(cx: &mut Cursor, rule: &Table<'_, '_>, key: &'static str) -> BTreeMap<String, Vec<Glob>> {
    let mut all = BTreeMap::new();
    let Some(value) = rule.value(key) else { return all };
    let Some(fields) = table(cx, value, key) else { return all };
    for (field, value) in fields.entries() {
        match texts(cx, value, &field.value) {
            Some(texts) if texts.is_empty() => cx.error(E_VALUE, &value.span(), format!("{} is empty", field.value)),
            Some(texts) => drop(all.insert(field.value, texts.into_iter().map(|text| Glob::new(text.value)).collect())),
            None => wrong_type(cx, value, &field.value, "a list of patterns"),
        }
    }
    all
}
