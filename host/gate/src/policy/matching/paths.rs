//! Paths: a folder stands for itself and all below it; `*` stands for any run of characters within one name, `**` for
//! any number of folders. Compared name by name, never letter by letter across a separator.

use crate::Verb;
use crate::redact::Glob;
use std::fmt;

/// The longest pattern, in bytes and in names; more than any owner writes.
const LONGEST: usize = 512;
const DEEPEST: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    text: String,
    names: Vec<Name>,
    /// The names in front of the first star.
    root: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Literal(String),
    Glob(Glob),
    AnyFolders,
}

/// Whether a path says what it means: absolute, nothing empty, no dots, no characters that separate elsewhere.
pub(crate) fn plain(path: &str) -> bool {
    let Some(below) = path.strip_prefix('/') else { return false };
    let odd = path.contains(['\0', '\\']) || path.chars().any(char::is_control) || path.len() > 4096;
    !odd && (below.is_empty() || !below.split('/').any(|name| matches!(name, "" | "." | "..")))
}

/// Whether a path is a folder or in it.
pub(crate) fn at_or_below(path: &str, folder: &str) -> bool {
    let folder = folder.strip_suffix('/').unwrap_or(folder);
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl PathPattern {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("at most {LONGEST} bytes"));
        }
        let trimmed = if text.len() > 1 { text.strip_suffix('/').unwrap_or(text) } else { text };
        if !plain(trimmed) {
            return Err("a path is absolute and plain: it begins with /, and has no `.`, `..`, `//` or `\\`".into());
        }
        let below = trimmed.strip_prefix('/').unwrap_or(trimmed);
        let words: Vec<&str> = if below.is_empty() { vec![] } else { below.split('/').collect() };
        if words.len() > DEEPEST {
            return Err(format!("at most {DEEPEST} names"));
        }
        let names = words.iter().map(|word| match *word {
            "**" => Ok(Name::AnyFolders),
            word if word.contains("**") => Err("`**` stands for folders: it is a name of its own".to_owned()),
            word if word.contains('*') => Ok(Name::Glob(Glob::new(word))),
            word => Ok(Name::Literal(word.to_owned())),
        });
        let names = names.collect::<Result<Vec<_>, _>>()?;
        let literal = words.iter().take_while(|word| !word.contains('*'));
        let root: String = literal.flat_map(|word| ["/", word]).collect();
        Ok(Self { text: trimmed.to_owned(), names, root: if root.is_empty() { "/".into() } else { root } })
    }

    /// The folder that the owner named: everything that the pattern covers is in it or is it.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    fn is_literal(&self) -> bool {
        self.names.iter().all(|name| matches!(name, Name::Literal(_)))
    }

    /// Below which folder a path was granted: where the owner wrote the whole path, the folder that it is in.
    pub(crate) fn root_of<'a>(&'a self, path: &'a str) -> &'a str {
        if path != self.root {
            return &self.root;
        }
        match path.rsplit_once('/') {
            Some(("", _)) | None => "/",
            Some((parent, _)) if self.is_literal() => parent,
            Some(_) => &self.root,
        }
    }

    /// Whether a grant of it covers a plain path. `/x/**` is what is in `/x`; `/x` itself only to look at it.
    pub(crate) fn covers(&self, path: &str, verb: Verb) -> bool {
        let itself = matches!(verb, Verb::FilesFind | Verb::FilesStat);
        if self.is_literal() { at_or_below(path, &self.text) } else { self.matches(path, itself, false) }
    }

    /// Whether something at or below a plain path may be covered, as far as the names up to there say. A folder that is
    /// not in what the owner named leads nowhere, though what was named is below it.
    pub(crate) fn leads_to(&self, path: &str) -> bool {
        at_or_below(path, &self.root) && (self.is_literal() || self.matches(path, true, true))
    }

    /// Whether a forbid of it touches a path: in doubt it does.
    pub(crate) fn touches(&self, path: &str) -> bool {
        if self.is_literal() { at_or_below(path, &self.text) } else { self.matches(path, true, false) }
    }

    /// Whether a forbid of it touches a path and everything below it.
    pub(crate) fn touches_all_of(&self, path: &str) -> bool {
        self.is_literal() && at_or_below(path, &self.text)
    }

    /// Stars over names: where a name does not fit, the last `**` takes one more.
    fn matches(&self, path: &str, last_may_be_empty: bool, is_a_beginning: bool) -> bool {
        let below = path.strip_prefix('/').unwrap_or(path);
        let names: Vec<&str> = if below.is_empty() { vec![] } else { below.split('/').collect() };
        let (mut at, mut p) = (0, 0);
        let mut back: Option<(usize, usize)> = None;
        while at < names.len() {
            match self.names.get(p) {
                Some(Name::AnyFolders) => {
                    back = Some((p, at));
                    p += 1;
                    continue;
                }
                Some(Name::Literal(name)) if names.get(at) == Some(&name.as_str()) => {
                    at += 1;
                    p += 1;
                    continue;
                }
                Some(Name::Glob(glob)) if names.get(at).is_some_and(|name| glob.matches(name)) => {
                    at += 1;
                    p += 1;
                    continue;
                }
                _ => {}
            }
            let Some((star, from)) = back else { return false };
            at = from + 1;
            p = star + 1;
            back = Some((star, at));
        }
        // Behind the last name of the path: a `**` here would stand for nothing.
        let rest = self.names.get(p..).unwrap_or_default();
        is_a_beginning || rest.is_empty() || (last_may_be_empty && rest.iter().all(|name| *name == Name::AnyFolders))
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, path: &str) -> bool {
        PathPattern::parse(pattern).unwrap().covers(path, Verb::FilesRead)
    }

    #[test]
    fn folders_stars_and_what_looks_alike() {
        for (pattern, path) in [
            ("/opt/acme", "/opt/acme"),
            ("/opt/acme", "/opt/acme/a.txt"),
            ("/opt/acme/", "/opt/acme/a/b"),
            ("/opt/acme/**", "/opt/acme/a"),
            ("/opt/acme/**", "/opt/acme/a/b/c"),
            ("/etc/*.conf", "/etc/a.conf"),
            ("/srv/*/logs/**", "/srv/x/logs/y/z"),
            ("/srv/**/x.log", "/srv/x.log"),
            ("/srv/**/x.log", "/srv/a/b/x.log"),
            ("/srv/**/a/**/b", "/srv/a/a/x/a/b"),
            ("/", "/anything/at/all"),
            ("/**", "/x"),
            ("/a/**/**", "/a/b"),
        ] {
            assert!(covers(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/opt/acme", "/opt/acme2/x"),
            ("/opt/acme", "/opt"),
            ("/opt/acme/**", "/opt/acme2/x"),
            ("/opt/acme/**", "/opt/acme"),
            ("/etc/*.conf", "/etc/d/a.conf"),
            ("/etc/*", "/etc/a/b"),
            ("/etc/*.conf", "/etc/.conf/x"),
            ("/srv/**/x.log", "/srv/x.log/y"),
            ("/srv/*/x", "/srv/x"),
            ("/a/**/b/**", "/a/b"),
            ("/a/**/b/**", "/a/x/b"),
        ] {
            assert!(!covers(pattern, path), "{pattern} {path}");
        }
        let pattern = PathPattern::parse("/opt/acme/**").unwrap();
        assert!(pattern.covers("/opt/acme", Verb::FilesFind) && !pattern.covers("/opt/acme", Verb::FilesDelete));
        assert!(pattern.touches("/opt/acme"));
    }

    #[test]
    fn what_leads_to_something_that_is_covered() {
        let leads = |pattern: &str, path: &str| PathPattern::parse(pattern).unwrap().leads_to(path);
        for (pattern, path) in [
            ("/opt/acme", "/opt/acme/x/y"),
            ("/opt/acme/**/*.lic", "/opt/acme"),
            ("/opt/acme/**/*.lic", "/opt/acme/a/b"),
            ("/srv/*/logs/**", "/srv"),
            ("/srv/*/logs/**", "/srv/x"),
            ("/srv/*/logs/**", "/srv/x/logs/y/z"),
            ("/**", "/"),
        ] {
            assert!(leads(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/opt/acme/**/*.lic", "/opt"),
            ("/opt/acme/**/*.lic", "/"),
            ("/opt/acme", "/opt"),
            ("/opt/acme/**", "/opt/acme2"),
            ("/srv/*/logs/**", "/srv/x/secret"),
            ("/srv/*/logs", "/srv/x/logs/y"),
        ] {
            assert!(!leads(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn the_root_is_what_the_owner_named() {
        let root = |pattern: &str, path: &str| PathPattern::parse(pattern).unwrap().root_of(path).to_owned();
        assert_eq!(root("/opt/acme/**", "/opt/acme/x"), "/opt/acme");
        assert_eq!(root("/opt/acme", "/opt/acme/x"), "/opt/acme");
        assert_eq!(root("/etc/hostname", "/etc/hostname"), "/etc");
        assert_eq!(root("/srv/*/logs", "/srv/x/logs"), "/srv");
        assert_eq!(root("/opt/acme/**", "/opt/acme"), "/opt/acme");
        assert_eq!(root("/file", "/file"), "/");
        assert_eq!(root("/**", "/x/y"), "/");
    }

    #[test]
    fn patterns_that_are_none() {
        for text in ["", "opt", "./x", "/a/../b", "/a//b", "/a/./b", "\\\\server\\x", "/a/b**", "/a/***", "//server/x"]
        {
            assert!(PathPattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_pattern_makes_it_slow() {
        let pattern = PathPattern::parse(&format!("/{}z", "**/a*a*a*/".repeat(25))).unwrap();
        let path = format!("/{}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/".repeat(130).trim_end_matches('/'));
        let began = std::time::Instant::now();
        for _ in 0..100 {
            assert!(!pattern.covers(&path, Verb::FilesRead));
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    }
}
