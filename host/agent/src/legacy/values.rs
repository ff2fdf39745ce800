//! The values of a configuration: the defaults, over them the files in the order of their lines, over those the command
//! line. Each remembers where it was said.

use super::files::{Files, Said, unknown};
use super::getopt::{Line, Takes};
use super::keys::{Holds, KEYS, Key, find};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A value, and where it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) text: String,
    /// `agent.cfg:12`, `--server`; empty for a default.
    pub(crate) from: String,
}

#[derive(Debug, Default)]
pub(crate) struct Values {
    values: BTreeMap<&'static str, Value>,
    /// What has to be said.
    pub(crate) remarks: Vec<String>,
    files: Files,
}

impl Values {
    /// What holds where nobody said anything.
    pub(crate) fn defaults() -> Self {
        let values = KEYS.iter().map(|key| (key.name, Value { text: key.default.to_owned(), from: String::new() }));
        Self { values: values.collect(), ..Self::default() }
    }

    /// Reads a file with all that it includes. One that cannot be read is an error, an include that is not there is none.
    pub(crate) fn read(&mut self, path: &Path) -> anyhow::Result<()> {
        for said in self.files.read(path)? {
            match said {
                Said::Setting { key, value, from } => self.set(&key, value, from),
                Said::Remark(words) => self.remarks.push(words),
            }
        }
        Ok(())
    }

    fn set(&mut self, name: &str, text: String, from: String) {
        let Some(key) = find(name) else {
            self.remarks.push(unknown(name, &from, KEYS.iter().map(|key| key.name)));
            return;
        };
        if key.holds == Holds::Number && !text.is_empty() && text.parse::<i64>().is_err() {
            let shown = airlock_model::short_line(&text, 60);
            self.remarks.push(format!("{from}: {name} = {shown:?}: expected a whole number; it is ignored"));
            return;
        }
        self.values.insert(key.name, Value { text, from });
    }

    /// What the command line says goes before all else.
    pub(crate) fn take(&mut self, line: &Line) {
        for given in line.given() {
            let name = given.known.name();
            let Some(key) = find(name) else { continue };
            let text = match given.known.takes {
                Takes::Nothing => "1".to_owned(),
                Takes::Count => line.count(name).to_string(),
                _ => given.value.clone().unwrap_or_default(),
            };
            self.values.insert(key.name, Value { text, from: format!("--{name}") });
        }
    }

    fn value(&self, name: &str) -> Option<(&'static Key, &Value)> {
        Some((find(name)?, self.values.get(name)?))
    }

    /// Where a value was said; empty for a default.
    pub(crate) fn from(&self, name: &str) -> &str {
        self.value(name).map_or("", |(_, value)| &value.from)
    }

    /// A text that is not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.value(name).map(|(_, value)| value.text.as_str()).filter(|text| !text.is_empty())
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| text != "0")
    }

    /// The elements of a list.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        self.text(name).unwrap_or_default().split(',').filter(|element| !element.is_empty()).collect()
    }

    /// A number; below zero is zero.
    pub(crate) fn number(&self, name: &str) -> u64 {
        let read = |text: &str| text.trim_start_matches('+').parse::<i64>().ok();
        let given = self.value(name).and_then(|(key, value)| read(&value.text).or_else(|| read(key.default)));
        given.and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
    }

    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        let text = self.text(name)?;
        Some(std::path::absolute(text).unwrap_or_else(|_| PathBuf::from(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::legacy::getopt::{Manner, read};
    use crate::legacy::options::AGENT;

    /// A folder with these files, of which the first is read.
    fn of(files: &[(&str, &str)]) -> (Values, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            airlock_native::make_folder(path.parent().unwrap()).unwrap();
            airlock_native::write_document(&path, text.as_bytes()).unwrap();
        }
        let mut values = Values::defaults();
        values.read(&folder.path().join(files[0].0)).unwrap();
        (values, folder)
    }

    #[test]
    fn defaults_then_files_in_the_order_of_their_lines_then_the_command_line() {
        let (mut values, folder) = of(&[
            ("agent.cfg", "tag = first\ntimeout = 10\ninclude 'conf.d/'\nserver = a,,b ,c\ninclude agent.local\n"),
            ("conf.d/20.cfg", "tag = second\ndebug = 1\nno-ssl-check = 0\n"),
            ("conf.d/10.cfg", "tag = ten\ntimeout = 20\nlocal = /x\n"),
            ("conf.d/30.conf", "tag = not read\n"),
            ("agent.local", "include = agent.cfg\nserver = 'd'\n"),
        ]);
        assert_eq!(
            (values.text("tag"), values.number("timeout"), values.number("delaytime")),
            (Some("second"), 20, 3600)
        );
        assert_eq!(values.from("tag"), folder.path().join("conf.d/20.cfg").display().to_string() + ":1");
        assert_eq!((values.list("server"), values.list("local")), (vec!["d"], vec!["/x"]));
        assert!(!values.is("no-ssl-check") && values.is("debug"));
        let words = ["--tag=third", "--debug", "--debug", "--no-ssl-check"].map(str::to_owned);
        values.take(&read(AGENT, Manner::Long, &words).unwrap());
        assert_eq!((values.text("tag"), values.number("debug"), values.is("no-ssl-check")), (Some("third"), 2, true));
        assert_eq!(values.from("no-ssl-check"), "--no-ssl-check");
        assert!(values.remarks.iter().any(|remark| remark.contains("included again")), "{:?}", values.remarks);
    }

    #[test]
    fn what_is_not_understood_is_said_with_its_line_and_changes_nothing() {
        let (values, _folder) = of(&[(
            "agent.cfg",
            "severs = http://a/\nnonsense here\ntimeout = long\ninclude nowhere.cfg\ntag = a # b\n",
        )]);
        let remarks = values.remarks.join("\n");
        for said in [
            "agent.cfg:1: unknown key \"severs\"; did you mean server?",
            "agent.cfg:2: \"nonsense here\"",
            "agent.cfg:3: timeout",
        ] {
            assert!(remarks.contains(said), "{remarks}");
        }
        assert_eq!((values.remarks.len(), values.number("timeout"), values.text("tag")), (3, 180, Some("a")));
    }

    #[test]
    fn files_that_include_each_other_end() {
        let (values, _folder) = of(&[("a.cfg", "include b.cfg\ntag = a\n"), ("b.cfg", "tag = b\ninclude a.cfg\n")]);
        assert_eq!(values.text("tag"), Some("a"));
    }

    #[test]
    fn a_pipe_or_a_file_without_an_end_is_refused() {
        let mut values = Values::defaults();
        assert!(values.read(Path::new("/dev/zero")).unwrap_err().to_string().contains("/dev/zero"));
        assert!(values.read(Path::new("/nonexistent/agent.cfg")).is_err());
    }

    #[test]
    fn every_key_but_those_of_one_side_is_an_option_too() {
        let options: Vec<&str> = AGENT.iter().map(|known| known.name()).collect();
        let only_in_files: Vec<&str> = KEYS.iter().map(|key| key.name).filter(|key| !options.contains(key)).collect();
        assert_eq!(only_in_files, ["remote-scheduling", "snmp-retries"]);
    }
}
