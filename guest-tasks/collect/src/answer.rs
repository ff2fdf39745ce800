//! Results in the form that servers know: one map for each file and each instance, one for all values of a registry key. An
//! answer is bounded; what does not fit into one is split, and a value that is too long is cut, with a word in the log.

use crate::machine::{Fields, Machine};

/// Fields of one answer, bytes of all of them, bytes of one value.
const MOST: usize = 200;
const LARGEST: usize = 60 << 10;
const LONGEST: usize = 30 << 10;

pub(crate) fn files(found: Vec<(String, u64)>) -> Vec<Fields> {
    let fields = |(path, size): (String, u64)| vec![("path".to_owned(), path), ("size".to_owned(), size.to_string())];
    found.into_iter().map(fields).collect()
}

pub(crate) fn registry(machine: &mut impl Machine, values: Fields) -> Vec<Fields> {
    parts(fitting(machine, values))
}

pub(crate) fn instances(machine: &mut impl Machine, found: Vec<Fields>) -> Vec<Fields> {
    found.into_iter().flat_map(|fields| parts(fitting(machine, fields))).collect()
}

/// Fields that the server's own are not mistaken for, each of a length that there is room for.
fn fitting(machine: &mut impl Machine, fields: Fields) -> Fields {
    let mut kept = Fields::new();
    for (name, mut value) in fields {
        // The value of a key that has no name of its own.
        let name = if name.is_empty() { "(Default)".to_owned() } else { name };
        if name.starts_with('_') || name.len() > 1024 || ["action", "uuid"].contains(&name.as_str()) {
            machine.warn(&format!("{name:.100?}: no field of an answer can be called so; it is left out"));
            continue;
        }
        if value.len() > LONGEST {
            machine.warn(&format!("{name:.100?}: {} bytes, of which {LONGEST} are answered", value.len()));
            value.truncate(value.floor_char_boundary(LONGEST));
        }
        kept.push((name, value));
    }
    kept
}

fn parts(fields: Fields) -> Vec<Fields> {
    let mut parts: Vec<Fields> = Vec::new();
    let mut bytes = 0;
    for (name, value) in fields {
        let more = name.len() + value.len();
        match parts.last_mut() {
            Some(last) if last.len() < MOST && bytes + more <= LARGEST => {
                bytes += more;
                last.push((name, value));
            }
            _ => {
                bytes = more;
                parts.push(vec![(name, value)]);
            }
        }
    }
    parts
}
