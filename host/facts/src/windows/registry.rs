//! Exported registry keys (`.reg`, "Windows Registry Editor Version 5.00"): the key that holds all of the file, with what
//! is below it. Keys deeper than the registry has them are left out.

use super::text::wide;
use std::collections::BTreeMap;

/// Keys and values that are kept of one export, how deep keys go, and the length of one value in characters.
const KEYS: usize = 200_000;
const VALUES: usize = 2_000_000;
const DEPTH: usize = 64;
const LENGTH: usize = 4 << 20;

/// A key. The names of keys and values are the same in upper and lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    /// The last step of its path, as it is written.
    pub name: String,
    /// By name in lower case: the name as it is written, and the value.
    values: BTreeMap<String, (String, Value)>,
    keys: BTreeMap<String, Key>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Number(u64),
    Bytes(Vec<u8>),
    Texts(Vec<String>),
}

impl Key {
    /// The key that holds all keys of an export: the first one, or the one above it where others stand beside it. None
    /// when there is no key.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('\u{feff}');
        let mut paths = text.lines().filter_map(path).take(KEYS);
        let mut common: Vec<String> = paths.next()?.split('\\').map(str::to_lowercase).collect();
        for path in paths {
            let same = common.iter().zip(path.split('\\')).take_while(|(step, other)| **step == other.to_lowercase());
            let same = same.count();
            common.truncate(same);
        }

        let mut top = Key::default();
        // The steps below the top of the key whose values come now.
        let mut here: Option<Vec<String>> = None;
        let (mut keys, mut values) = (0, 0);
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(path) = path(line) {
                keys += 1;
                if keys > KEYS {
                    break;
                }
                if let Some(name) = common.len().checked_sub(1).and_then(|last| path.split('\\').nth(last)) {
                    name.clone_into(&mut top.name);
                }
                let steps: Vec<String> =
                    path.split('\\').skip(common.len()).take(DEPTH + 1).map(str::to_owned).collect();
                here = Some(steps).filter(|steps| steps.len() <= DEPTH);
                if let Some(steps) = &here {
                    top.reach(steps);
                }
            } else if let Some(steps) = &here
                && let Some((name, value)) = entry(line, &mut lines)
                && values < VALUES
            {
                values += 1;
                top.reach(steps).values.insert(name.to_lowercase(), (name, value));
            }
        }
        Some(top)
    }

    /// The key at some steps below this one, made when it is not there.
    fn reach(&mut self, steps: &[String]) -> &mut Key {
        let mut key = self;
        for step in steps {
            key = key.keys.entry(step.to_lowercase()).or_insert_with(|| Key { name: step.clone(), ..Key::default() });
        }
        key
    }

    /// The keys in this one, by name.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.values()
    }

    /// The key at a path below this one, its steps joined by `\`.
    pub fn key(&self, path: &str) -> Option<&Key> {
        path.split('\\').try_fold(self, |key, step| key.keys.get(&step.to_lowercase()))
    }

    /// The number of values; the unnamed one counts.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// A value; the unnamed one has no name.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(&name.to_lowercase()).map(|(_, value)| value)
    }

    /// What stands before an ending in the names of values, in the order of the names.
    pub fn named<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = &'a str> {
        self.values.values().filter_map(move |(name, _)| name.strip_suffix(ending))
    }

    /// A text as it is; none when it is empty.
    pub fn raw(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            Value::Text(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// A text, without blanks around it and unless it is empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name).map(str::trim).filter(|text| !text.is_empty())
    }

    /// A number, or a text of one.
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.value(name)? {
            Value::Number(number) => Some(*number),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        match self.value(name)? {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// The path of a line that begins a key.
fn path(line: &str) -> Option<&str> {
    line.trim_end().strip_prefix('[').and_then(|line| line.strip_suffix(']'))
}

/// `"name"=value` or `@=value`; values go on over several lines.
fn entry<'a>(line: &str, lines: &mut impl Iterator<Item = &'a str>) -> Option<(String, Value)> {
    let (name, rest) = match line.strip_prefix('@') {
        Some(rest) => (String::new(), rest),
        None => quoted(line.strip_prefix('"')?)?,
    };
    let rest = rest.strip_prefix('=')?;
    if let Some(start) = rest.strip_prefix('"') {
        let mut whole = start.to_owned();
        let mut open = quoted(start).is_none();
        while open && whole.len() < LENGTH {
            let line = lines.next()?;
            whole.push('\n');
            whole.push_str(line);
            open = quoted(line).is_none();
        }
        return Some((name, Value::Text(quoted(&whole)?.0)));
    }
    let mut whole = rest.trim_end().to_owned();
    while whole.ends_with('\\') && whole.len() < LENGTH {
        whole.pop();
        whole.push_str(lines.next()?.trim());
    }
    Some((name, value(&whole)?))
}

/// The text up to the quotation mark that ends it, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut plain = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((plain, text.get(at + 1..)?)),
            '\\' => plain.push(characters.next()?.1),
            other => plain.push(other),
        }
    }
    None
}

/// `dword:…`, `hex:…`, `hex(N):…`: N is the type in hexadecimal digits.
fn value(text: &str) -> Option<Value> {
    if let Some(digits) = text.strip_prefix("dword:") {
        return u32::from_str_radix(digits.trim(), 16).ok().map(|number| Value::Number(u64::from(number)));
    }
    let (kind, digits) = match text.strip_prefix("hex(") {
        Some(rest) => rest.split_once("):")?,
        None => ("3", text.strip_prefix("hex:")?),
    };
    let pairs = digits.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let bytes: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16)).collect::<Result<_, _>>().ok()?;
    Some(match kind {
        "1" | "2" => Value::Text(wide(&bytes)),
        "4" => Value::Number(u64::from(u32::from_le_bytes(bytes.try_into().ok()?))),
        "b" => Value::Number(u64::from_le_bytes(bytes.try_into().ok()?)),
        "7" => Value::Texts(texts(&bytes)),
        _ => Value::Bytes(bytes),
    })
}

/// Texts of UTF-16, each ended by a zero.
fn texts(bytes: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut start = 0;
    for (at, pair) in bytes.chunks_exact(2).enumerate() {
        if pair == [0, 0] {
            let text = bytes.get(start..at * 2).map(wide).unwrap_or_default();
            start = at * 2 + 2;
            if !text.is_empty() {
                texts.push(text);
            }
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPORT: &str = "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\Top]\n@=\"root\"\n\n\
        [HKEY_LOCAL_MACHINE\\Top\\One\\Two]\n\"Path\"=\"C:\\\\a \\\"b\\\"\"\n\"Number\"=dword:0000000b\n\
        \"Bytes\"=hex:01,\\\r\n  02\n\"Wide\"=hex(2):61,00,62,00,00,00\n\"List\"=hex(7):61,00,00,00,62,00,00,00,00,00\n\
        \"Long\"=hex(b):01,00,00,00,01,00,00,00\n\"Lines\"=\"a\nb\"\n";

    #[test]
    fn keys_and_values_of_every_kind() {
        let key = Key::parse(EXPORT).unwrap();
        assert_eq!((key.name.as_str(), key.text(""), key.text("x")), ("Top", Some("root"), None));
        let two = key.key("ONE\\two").unwrap();
        assert_eq!((two.name.as_str(), two.text("path")), ("Two", Some("C:\\a \"b\"")));
        assert_eq!((two.number("Number"), two.number("Long")), (Some(11), Some(0x1_0000_0001)));
        assert_eq!((two.bytes("Bytes"), two.text("Wide")), (Some([1, 2].as_slice()), Some("ab")));
        assert_eq!(two.value("List"), Some(&Value::Texts(vec!["a".to_owned(), "b".to_owned()])));
        assert_eq!(two.text("Lines"), Some("a\nb"));
        assert_eq!(key.keys().count(), 1);
    }

    #[test]
    fn keys_side_by_side_have_the_one_above_them() {
        let key = Key::parse("[H\\Top\\A]\n\"x\"=\"1\"\n[H\\TOP\\B]\n").unwrap();
        assert_eq!((key.name.as_str(), key.keys().count()), ("TOP", 2));
        assert_eq!(key.key("a").and_then(|key| key.number("x")), Some(1));
        assert_eq!(Key::parse("[A]\n[B]\n").unwrap().keys().count(), 2);
    }

    #[test]
    fn damage_is_left_out() {
        for text in ["", "REGEDIT4", "[", "[]\n\"a", "[a]\n\"a\"=dword:xyz\n\"b\"=hex:zz\n\"c\"=hex(b):01\n\"d\"=\"x\\"]
        {
            assert!(Key::parse(text).is_none_or(|key| key.is_empty()), "{text}");
        }
        let deep = format!("[a]\n[a{}]\n\"x\"=\"y\"\n", "\\b".repeat(100_000));
        assert_eq!(Key::parse(&deep).unwrap().keys().count(), 0);
    }
}
