//! Checks of the Windows registry. Elsewhere there is none, and every such check fails.

use super::Check;
use super::verdict::{about, named, unanswered};
use crate::machine::{Key, Machine, Value};
use crate::trouble::{Break, Kind, Trouble, tried};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    KeyExists,
    KeyMissing,
    ValueExists,
    ValueMissing,
    Equals,
    NotEquals,
    Type,
}

impl Wanted {
    pub(super) fn of(kind: &str) -> Option<Self> {
        Some(match kind {
            "winkeyExists" => Self::KeyExists,
            "winkeyMissing" => Self::KeyMissing,
            "winvalueExists" => Self::ValueExists,
            "winvalueMissing" => Self::ValueMissing,
            "winkeyEquals" => Self::Equals,
            "winkeyNotEquals" => Self::NotEquals,
            "winvalueType" => Self::Type,
            _ => return None,
        })
    }
}

pub(super) fn verdict<M: Machine>(machine: &mut M, check: &Check, wanted: Wanted) -> Result<Result<(), String>, Break> {
    let Some(path) = &check.path else { return Ok(Err("the check has no path".to_owned())) };
    if matches!(wanted, Wanted::Equals | Wanted::Type) && check.value.is_none() {
        return Ok(Err("the check has no value".to_owned()));
    }
    // Either slash; a path that ends in one means the key's own value.
    let slashes = path.replace('\\', "/");
    let (key, name) = slashes.rsplit_once('/').unwrap_or((&slashes, ""));
    let found = match tried(machine.registry(key), || named(check, path))? {
        Ok(key) => key.unwrap_or_default(),
        Err(Trouble { kind: Kind::NotFound, .. }) => Key::default(),
        Err(Trouble { kind: Kind::Unsupported, .. }) => {
            return Ok(Err(about(path, "cannot be looked at: this machine has no registry")));
        }
        Err(trouble) => return Ok(Err(unanswered(path, &trouble))),
    };
    let is_key = found.keys.iter().any(|key| key.eq_ignore_ascii_case(name));
    let value = found.values.iter().find(|value| value.name.eq_ignore_ascii_case(name));
    let asked = check.value.as_deref().unwrap_or_default();
    let holds = match wanted {
        Wanted::KeyExists => is_key,
        Wanted::KeyMissing => !is_key,
        Wanted::ValueExists => value.is_some(),
        Wanted::ValueMissing => value.is_none(),
        Wanted::Equals => value.is_some_and(|value| is(value, asked)),
        Wanted::NotEquals => !value.is_some_and(|value| is(value, asked)),
        Wanted::Type => value.is_some_and(|value| value.kind.as_deref() == Some(asked)),
    };
    let why = match wanted {
        Wanted::KeyExists => "key is missing",
        Wanted::KeyMissing => "key exists",
        Wanted::ValueMissing => "value exists",
        Wanted::NotEquals => "has that value",
        Wanted::Equals if value.is_some() => "has another value",
        Wanted::Type if value.is_some() => "has another type",
        Wanted::ValueExists | Wanted::Equals | Wanted::Type => "value is missing",
    };
    Ok(if holds { Ok(()) } else { Err(about(path, why)) })
}

/// The same text, or the same number where it is one: `0x0a` and `10`.
fn is(value: &Value, asked: &str) -> bool {
    let is_number = value.kind.as_deref() == Some("REG_DWORD") || value.data.starts_with("0x");
    value.data == asked || (is_number && number(&value.data).is_some_and(|n| number(asked) == Some(n)))
}

fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}
