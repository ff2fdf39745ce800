//! The corpus' folder: cases, and which modules count towards which score.

use crate::case::{Case, Question};
use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) struct Corpus {
    folder: PathBuf,
    scope: Scope,
}

/// `scope.json`: a module belongs to the first group whose prefix it has.
#[derive(Deserialize)]
struct Scope {
    // In the file's order, in which no prefix of one group begins a module of another.
    groups: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct File {
    cases: Vec<Value>,
}

impl Corpus {
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("scope.json");
        let text = fs::read(&path).with_context(|| path.display().to_string())?;
        let scope = serde_json::from_slice(&text).with_context(|| path.display().to_string())?;
        Ok(Self { folder: folder.to_owned(), scope })
    }

    /// The group that a module counts towards: by the longest prefix that it has.
    pub(crate) fn group(&self, module: &str) -> &str {
        let prefixes = self.scope.groups.iter().flat_map(|(group, list)| list.iter().map(move |p| (group, p)));
        let best = prefixes.filter(|(_, prefix)| module.starts_with(prefix.as_str())).max_by_key(|(_, p)| p.len());
        best.map_or("none", |(group, _)| group)
    }

    /// Every case, in the order of the files' names.
    pub(crate) fn cases(&self) -> anyhow::Result<Vec<Case>> {
        let mut files = Vec::new();
        files_below(&self.folder.join("cases"), &mut files)?;
        files.sort();
        let mut cases = Vec::new();
        for path in files {
            let text = fs::read(&path)?;
            let file: File = serde_json::from_slice(&text).with_context(|| path.display().to_string())?;
            for mut value in file.cases {
                let expected = value.get_mut("expected").map(Value::take).unwrap_or_default();
                let mut question: Question =
                    serde_json::from_value(value).with_context(|| path.display().to_string())?;
                question.corpus.clone_from(&self.folder);
                cases.push(Case { question, expected });
            }
        }
        Ok(cases)
    }
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            files_below(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "json") {
            files.push(path);
        }
    }
    Ok(())
}
