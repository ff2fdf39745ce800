//! Which files and folders are looked for: one filter for a real machine and for a mocked one. A pattern is matched in time
//! linear in what it is matched with, and is compiled within bounds.

use super::super::Kind;
use crate::CallError;
use regex_lite::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// The longest pattern or name, in bytes.
const LONGEST: usize = 1024;
/// Memory that a compiled pattern may take.
const LARGEST: usize = 1 << 20;

/// What is looked for. Every condition that is there has to hold; sizes are in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileQuery {
    pub root: String,
    /// Folders below `root` are looked into.
    pub recursive: bool,
    /// Both or neither: files and folders.
    pub is_file: bool,
    pub is_dir: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name in upper or lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iname: Option<String>,
    /// Somewhere in the whole path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_equals: Option<u64>,
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_greater: Option<u64>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_lower: Option<u64>,
}

/// A query that can be asked of each file.
#[derive(Debug, Clone)]
pub struct Filter {
    query: FileQuery,
    /// In lower case.
    iname: Option<String>,
    regex: Option<Regex>,
}

impl FileQuery {
    /// Fails with what is wrong with a name or with the pattern.
    pub fn filter(&self) -> Result<Filter, CallError> {
        for (what, text) in [("name", &self.name), ("iname", &self.iname), ("regex", &self.regex)] {
            if let Some(text) = text.as_ref().filter(|text| text.len() > LONGEST) {
                return Err(CallError::Invalid(format!("{what} of {} bytes; at most {LONGEST}", text.len())));
            }
        }
        let regex = self.regex.as_deref().map(compile).transpose()?;
        let iname = self.iname.as_ref().map(|name| name.to_lowercase());
        Ok(Filter { query: self.clone(), iname, regex })
    }
}

fn compile(pattern: &str) -> Result<Regex, CallError> {
    let built = RegexBuilder::new(pattern).size_limit(LARGEST).nest_limit(64).build();
    built.map_err(|why| CallError::Invalid(format!("the pattern {pattern:.80?} cannot be used: {why}")))
}

impl Filter {
    /// By what it is called, before anything else is looked at.
    pub fn accepts_name(&self, path: &str, name: &str) -> bool {
        let query = &self.query;
        query.name.as_ref().is_none_or(|wanted| wanted == name)
            && self.iname.as_ref().is_none_or(|wanted| *wanted == name.to_lowercase())
            && self.regex.as_ref().is_none_or(|regex| regex.is_match(path))
    }

    /// By what it is; the size of a folder is 0.
    pub fn accepts(&self, kind: Kind, size: u64) -> bool {
        let query = &self.query;
        let wanted = match kind {
            Kind::File => query.is_file || !query.is_dir,
            Kind::Dir => query.is_dir || !query.is_file,
            Kind::Other => false,
        };
        wanted
            && query.size_equals.is_none_or(|wanted| size == wanted)
            && query.size_greater.is_none_or(|least| size >= least)
            && query.size_lower.is_none_or(|most| size <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn query() -> FileQuery {
        FileQuery { root: "/opt".to_owned(), ..FileQuery::default() }
    }

    #[test]
    fn names_and_patterns() {
        let exact = FileQuery { name: Some("Acme.LIC".into()), ..query() }.filter().unwrap();
        assert!(exact.accepts_name("/opt/Acme.LIC", "Acme.LIC") && !exact.accepts_name("/opt/acme.lic", "acme.lic"));
        let any_case = FileQuery { iname: Some("Acme.LIC".into()), ..query() }.filter().unwrap();
        assert!(any_case.accepts_name("/opt/aCME.lic", "aCME.lic") && !any_case.accepts_name("/opt/a.lic", "a.lic"));
        let pattern = FileQuery { regex: Some(r"acme.*\.(lic|key)$".into()), ..query() }.filter().unwrap();
        assert!(pattern.accepts_name("/opt/acme/x.key", "x.key") && !pattern.accepts_name("/opt/b/x.key", "x.key"));
    }

    #[test]
    fn kinds_and_sizes() {
        let accepts =
            |is_file, is_dir, kind| FileQuery { is_file, is_dir, ..query() }.filter().unwrap().accepts(kind, 0);
        for (is_file, is_dir, file, dir) in [
            (true, false, true, false),
            (false, true, false, true),
            (true, true, true, true),
            (false, false, true, true),
        ] {
            assert_eq!((accepts(is_file, is_dir, Kind::File), accepts(is_file, is_dir, Kind::Dir)), (file, dir));
            assert!(!accepts(is_file, is_dir, Kind::Other));
        }
        let sized = |query: FileQuery, size| query.filter().unwrap().accepts(Kind::File, size);
        assert!(sized(FileQuery { size_equals: Some(3), ..query() }, 3));
        assert!(!sized(FileQuery { size_equals: Some(3), ..query() }, 4));
        // `greater` and `lower` include the size itself.
        assert!(sized(FileQuery { size_greater: Some(3), size_lower: Some(3), ..query() }, 3));
        assert!(!sized(FileQuery { size_greater: Some(3), ..query() }, 2));
        assert!(!sized(FileQuery { size_lower: Some(3), ..query() }, 4));
    }

    #[test]
    fn a_pattern_is_linear_and_bounded() {
        let filter = FileQuery { regex: Some("(a+)+$".into()), ..query() }.filter().unwrap();
        let long = format!("/{}b", "a".repeat(1 << 20));
        let began = Instant::now();
        assert!(!filter.accepts_name(&long, "x"));
        // What tries all ways to match does not end at all.
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        for pattern in ["(", "a{1000}{1000}{1000}", r"(?=x)", r"(a)\1", &"(".repeat(500), &"a".repeat(LONGEST + 1)] {
            let error = FileQuery { regex: Some(pattern.to_owned()), ..query() }.filter().unwrap_err();
            assert!(matches!(error, CallError::Invalid(_)), "{pattern:.20}");
        }
    }
}
