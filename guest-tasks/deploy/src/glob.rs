//! The patterns of copy, move and delete: `*`, `?`, `[a-z]`, `[!a-z]`, `{one,other}`, `\` before a character that means
//! itself. A pattern never goes from folder to folder, and a name that begins with a dot is meant only by one that does.

use crate::machine::{Kind, Machine};
use crate::place::{join, of, shown, split};
use crate::trouble::{Break, Kind as TroubleKind, Trouble, tried};

/// Patterns that braces make of one, and places that one means.
const MOST_PATTERNS: usize = 256;
const MOST_PLACES: usize = 10_000;

pub(crate) fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[', '{', '\\'])
}

/// The places that a pattern means, in the order of their names; a path without a pattern means itself.
pub(crate) fn places<M: Machine>(machine: &mut M, pattern: &str) -> Result<Result<Vec<String>, Trouble>, Break> {
    if !is_pattern(pattern) {
        return Ok(of(pattern).map(|place| vec![place]).map_err(Trouble::failed));
    }
    let mut found = Vec::new();
    for pattern in braces(pattern) {
        let place = match of(&pattern) {
            Ok(place) => place,
            Err(why) => return Ok(Err(Trouble::failed(why))),
        };
        let (start, steps) = split(&place);
        let steps: Vec<&str> = steps.split('/').filter(|step| !step.is_empty()).collect();
        if let Err(trouble) = walk(machine, start.to_owned(), &steps, &mut found)? {
            return Ok(Err(trouble));
        }
    }
    found.dedup();
    Ok(Ok(found))
}

fn walk<M: Machine>(
    machine: &mut M,
    at: String,
    steps: &[&str],
    found: &mut Vec<String>,
) -> Result<Result<(), Trouble>, Break> {
    let Some((step, rest)) = steps.split_first() else {
        if found.len() == MOST_PLACES {
            return Ok(Err(Trouble::failed(format!("more than {MOST_PLACES} files and folders are meant"))));
        }
        found.push(at);
        return Ok(Ok(()));
    };
    if !is_pattern(step) {
        return walk(machine, join(&at, step), rest, found);
    }
    let names = match tried(machine.list(&at), || format!("the names in {}", shown(&at)))? {
        Ok(names) => names,
        Err(Trouble { kind: TroubleKind::NotFound, .. }) => return Ok(Ok(())),
        Err(trouble) => return Ok(Err(trouble)),
    };
    for name in names.iter().filter(|name| matches(step, name)) {
        let place = join(&at, name);
        if !rest.is_empty() && !is_folder(machine, &place)? {
            continue;
        }
        if let Err(trouble) = walk(machine, place, rest, found)? {
            return Ok(Err(trouble));
        }
    }
    Ok(Ok(()))
}

fn is_folder<M: Machine>(machine: &mut M, place: &str) -> Result<bool, Break> {
    let found = tried(machine.stat(place), || shown(place))?;
    Ok(matches!(found, Ok(Some(found)) if found.kind == Kind::Dir))
}

/// The patterns that braces stand for; what is no pair of braces with a comma means itself.
fn braces(pattern: &str) -> Vec<String> {
    let mut open = vec![pattern.to_owned()];
    let mut done = Vec::new();
    while let Some(pattern) = open.pop() {
        match pair(&pattern) {
            Some((before, inside, after)) if open.len() + done.len() < MOST_PATTERNS => {
                // The first comes out first.
                open.extend(commas(inside).into_iter().rev().map(|one| format!("{before}{one}{after}")));
            }
            _ => done.push(pattern),
        }
    }
    done
}

/// The first pair of braces that has a comma of its own: what is before, in and after it.
fn pair(pattern: &str) -> Option<(&str, &str, &str)> {
    let starts = pattern.match_indices('{').map(|(at, _)| at);
    starts.filter(|at| !pattern.get(..*at).is_some_and(|before| before.ends_with('\\'))).find_map(|start| {
        let mut depth = 0_u32;
        let rest = pattern.get(start..)?;
        let end = rest.char_indices().find_map(|(at, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            (depth == 0).then_some(start + at)
        })?;
        let inside = pattern.get(start + 1..end)?;
        (commas(inside).len() > 1).then_some((pattern.get(..start)?, inside, pattern.get(end + 1..)?))
    })
}

/// What is between the commas that are in no braces.
fn commas(inside: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_i32, 0, Vec::new());
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.extend(inside.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(inside.get(start..));
    parts
}

/// Whether a name is meant by a pattern without folders. Time grows with the product of their lengths, no faster.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with(['.', '\\']) {
        return false;
    }
    let (mut pattern, mut name) = (pattern, name);
    // Where the last star was, and where in the name what it stands for ends.
    let mut star: Option<(&str, &str)> = None;
    loop {
        if let Some(rest) = pattern.strip_prefix('*') {
            star = Some((rest, name));
            pattern = rest;
            continue;
        }
        if pattern.is_empty() && name.is_empty() {
            return true;
        }
        let mut rest = name.chars();
        let step = rest.next().and_then(|c| one(pattern, c));
        match step {
            Some(after) => (pattern, name) = (after, rest.as_str()),
            None => {
                let Some((after, at)) = star else { return false };
                let mut longer = at.chars();
                if longer.next().is_none() {
                    return false;
                }
                star = Some((after, longer.as_str()));
                (pattern, name) = (after, longer.as_str());
            }
        }
    }
}

/// The rest of a pattern whose first element means this character.
fn one(pattern: &str, c: char) -> Option<&str> {
    let mut rest = pattern.chars();
    match rest.next()? {
        '?' => Some(rest.as_str()),
        '[' => match set(rest.as_str(), c) {
            Some((meant, after)) => meant.then_some(after),
            // Without its end it means itself.
            None => (c == '[').then_some(rest.as_str()),
        },
        '\\' => rest.next().filter(|escaped| *escaped == c).map(|_| rest.as_str()),
        other => (other == c).then_some(rest.as_str()),
    }
}

/// Whether a character is in a set, and what comes after the set; none without its end.
fn set(pattern: &str, c: char) -> Option<(bool, &str)> {
    let (not, body) = match pattern.strip_prefix(['!', '^']) {
        Some(body) => (true, body),
        None => (false, pattern),
    };
    // A bracket that comes first is in the set.
    let end = body.char_indices().skip(1).find(|(_, c)| *c == ']').map(|(at, _)| at)?;
    let members: Vec<char> = body.get(..end)?.chars().collect();
    let mut members = members.as_slice();
    let mut meant = false;
    loop {
        members = match members {
            [from, '-', to, rest @ ..] => {
                meant |= (*from..=*to).contains(&c);
                rest
            }
            [one, rest @ ..] => {
                meant |= *one == c;
                rest
            }
            [] => break,
        };
    }
    Some((meant != not, body.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_pattern_means() {
        for (pattern, name) in [
            ("*", "a"),
            ("*.conf", "a.conf"),
            ("a*b*c", "aXbYbc"),
            ("?.txt", "ä.txt"),
            ("[a-c]x", "bx"),
            ("[!a-c]x", "dx"),
            ("[]]", "]"),
            ("[a", "[a"),
            (".*", ".x"),
            ("\\*", "*"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*.conf", "a.conf.old"),
            ("*", ".hidden"),
            ("?", "ab"),
            ("[a-c]x", "dx"),
            ("\\*", "a"),
            ("", "a"),
            ("a", ""),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_of_stars_takes_no_time() {
        let start = std::time::Instant::now();
        assert!(!matches(&"*a".repeat(2000), &"a".repeat(1999)));
        assert!(start.elapsed().as_secs() < 2);
    }

    #[test]
    fn braces_stand_for_each_of_theirs() {
        assert_eq!(braces("a{b,c{d,e}}f"), ["abf", "acdf", "acef"]);
        assert_eq!(braces("{a}{b,c}"), ["{a}b", "{a}c"]);
        assert_eq!(braces("{a"), ["{a"]);
        assert!(braces(&"{a,b}".repeat(100)).len() <= 2 * MOST_PATTERNS);
    }
}
