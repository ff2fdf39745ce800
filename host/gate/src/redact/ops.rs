//! What an operation makes of a value. What it cannot be done to is withheld.

use super::{Glob, Op};
use airlock_model::{Field, Kind, Value};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt::Write as _;

/// Of a digest, in hexadecimal digits: enough that two values of one machine, or of a million machines, do not meet.
const DIGITS: usize = 16;

/// The key of one server: the same value is another digest for another server.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A keyed digest of a text, `~` and 16 hexadecimal digits: HMAC-SHA-256, cut. Nobody without the key can find the
    /// text by trying.
    pub fn hash(&self, text: &str) -> String {
        let mut out = String::from("~");
        // HMAC takes a key of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return out };
        mac.update(text.as_bytes());
        for byte in mac.finalize().into_bytes().iter().take(DIGITS / 2) {
            let _ = write!(out, "{byte:02x}");
        }
        out
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// All operations of all profiles on one value, in an order that does not depend on theirs: `map`, `round`, `truncate`,
/// and at last `hash`. None: withheld.
pub(super) fn apply(ops: &[&Op], key: &Key, field: &Field, value: Value) -> Option<Value> {
    let value = ops.iter().try_fold((value, false), |(value, mapped), op| match op {
        // Two that do not agree, or of which one does not know what the other made: withheld.
        Op::Map(_) if mapped => None,
        Op::Map(map) => {
            let to = |text: &str| map.get(text).or_else(|| map.get("*")).cloned();
            Some((texts(field, value, to)?, true))
        }
        _ => Some((value, mapped)),
    });
    let (mut value, _) = value?;
    let mut steps: Vec<u64> = Vec::new();
    let (mut length, mut hashed) = (None::<u32>, false);
    for op in ops {
        match op {
            Op::Keep | Op::Map(_) => {}
            Op::Drop | Op::Filter(_) => return None,
            Op::Round(step) => steps.push(*step),
            Op::Truncate(n) => length = Some(length.map_or(*n, |known| known.min(*n))),
            Op::Hash => hashed = true,
        }
    }
    steps.sort_unstable();
    for step in steps {
        value = match value {
            Value::Integer(number) if field.kind == Kind::Integer => Value::Integer(round(number, step)?),
            _ => return None,
        };
    }
    if let Some(length) = length {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        value = texts(field, value, |text| Some(text.chars().take(length).collect()))?;
    }
    if hashed {
        value = texts(field, value, |text| Some(key.hash(text)))?;
    }
    (!value.is_empty()).then_some(value)
}

fn round(number: i64, step: u64) -> Option<i64> {
    let step = i64::try_from(step).ok().filter(|step| *step > 0)?;
    number.checked_sub(number.checked_rem_euclid(step)?)
}

/// Changes a text, or each of a list. A date, a number or one of a few words is none.
fn texts(field: &Field, value: Value, change: impl Fn(&str) -> Option<String>) -> Option<Value> {
    match value {
        Value::Text(text) if field.kind == Kind::Text => {
            let changed = change(&text)?;
            (field.values.is_empty() || field.values.contains(&changed.as_str())).then_some(Value::Text(changed))
        }
        Value::Texts(all) if field.kind == Kind::Texts => {
            Some(Value::Texts(all.iter().filter_map(|text| change(text)).filter(|text| !text.is_empty()).collect()))
        }
        _ => None,
    }
}

/// Whether one of the patterns matches a value, or one of a list of texts.
pub(super) fn matches(patterns: &[Glob], value: &Value, any_case: bool) -> bool {
    let one = |text: &str| {
        patterns.iter().any(|glob| if any_case { glob.matches_any_case(text) } else { glob.matches(text) })
    };
    match value {
        Value::Text(text) => one(text),
        Value::Texts(all) => all.iter().any(|text| one(text)),
        other => one(&other.to_text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_model::schema::section;
    use std::collections::BTreeMap;

    fn done(path: (&str, &str), ops: &[Op], value: impl Into<Value>) -> Option<Value> {
        let field = section(path.0).unwrap().field(path.1).unwrap();
        apply(&ops.iter().collect::<Vec<_>>(), &Key::new([7; 32]), field, value.into())
    }

    fn map(pairs: &[(&str, &str)]) -> Op {
        Op::Map(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<BTreeMap<_, _>>())
    }

    const LOGIN: (&str, &str) = ("users", "login");
    const MEMORY: (&str, &str) = ("hardware", "memory");

    #[test]
    fn each_operation_does_what_it_says() {
        assert_eq!(done(LOGIN, &[Op::Keep], "ann"), Some("ann".into()));
        assert_eq!(done(LOGIN, &[Op::Drop], "ann"), None);
        assert_eq!(done(LOGIN, &[Op::Truncate(2)], "ännchen"), Some("än".into()));
        assert_eq!(done(LOGIN, &[Op::Truncate(0)], "ann"), None);
        assert_eq!(done(MEMORY, &[Op::Round(1024)], 7900_i64), Some(7168_i64.into()));
        assert_eq!(done(LOGIN, &[map(&[("ann", "a")])], "ann"), Some("a".into()));
        assert_eq!(done(LOGIN, &[map(&[("ann", "a")])], "bob"), None);
        assert_eq!(done(LOGIN, &[map(&[("ann", "a"), ("*", "other")])], "bob"), Some("other".into()));
        let members = vec!["ann".to_owned(), "bob".to_owned()];
        let kept = done(("local_groups", "members"), &[map(&[("ann", "a")])], members);
        assert_eq!(kept, Some(vec!["a".to_owned()].into()));
    }

    #[test]
    fn a_digest_is_stable_and_differs_by_server() {
        let [one, other] = [Key::new([1; 32]), Key::new([2; 32])];
        assert_eq!(one.hash("ann"), one.hash("ann"));
        assert_ne!(one.hash("ann"), other.hash("ann"));
        assert_ne!(one.hash("ann"), one.hash("bob"));
        // RFC 4231, test case 2, has a shorter key: this one was computed with Python's hmac.
        assert_eq!(Key::new([0; 32]).hash(""), "~b613679a0814d9ec");
        assert_eq!(one.hash("ann").len(), 17);
        assert!(!format!("{one:?}").contains('1'));
    }

    #[test]
    fn what_an_operation_does_not_fit_is_withheld() {
        for (path, op, value) in [
            (MEMORY, Op::Hash, Value::Integer(1)),
            (MEMORY, Op::Truncate(1), Value::Integer(1)),
            (MEMORY, map(&[("*", "x")]), Value::Integer(1)),
            (MEMORY, Op::Round(0), Value::Integer(1)),
            (MEMORY, Op::Round(u64::MAX), Value::Integer(1)),
            (LOGIN, Op::Round(10), "ann".into()),
            (("operatingsystem", "boot_time"), Op::Truncate(4), "2026-01-02 03:04:05".into()),
            (("operatingsystem", "boot_time"), Op::Hash, "2026-01-02 03:04:05".into()),
            (LOGIN, Op::Filter(crate::redact::Filter::default()), "ann".into()),
        ] {
            assert_eq!(done(path, std::slice::from_ref(&op), value), None, "{path:?} {op:?}");
        }
    }

    #[test]
    fn the_order_of_profiles_does_not_matter() {
        let ops = [Op::Hash, Op::Truncate(3), Op::Keep, Op::Truncate(2), Op::Hash];
        let expected = Some(Value::Text(Key::new([7; 32]).hash("an")));
        for turn in 0..ops.len() {
            let mut turned = ops.to_vec();
            turned.rotate_left(turn);
            assert_eq!(done(LOGIN, &turned, "anna"), expected);
        }
        assert_eq!(
            done(MEMORY, &[Op::Round(10), Op::Round(4)], 7_i64),
            done(MEMORY, &[Op::Round(4), Op::Round(10)], 7_i64)
        );
        assert_eq!(done(LOGIN, &[map(&[("a", "b")]), map(&[("b", "c")])], "a"), None);
    }
}
