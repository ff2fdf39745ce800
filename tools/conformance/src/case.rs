//! One case: a question that adapters see, and the expected answer, which they do not.

use anyhow::{Context, anyhow};
use serde::Deserialize;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) struct Case {
    pub(crate) question: Question,
    pub(crate) expected: Value,
}

/// What an adapter is given.
#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    pub(crate) id: String,
    pub(crate) module: String,
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) inputs: Vec<Input>,
    /// The parameters of the call: an object, or a list.
    #[serde(default)]
    pub(crate) params: Value,
    /// When several calls lead to the result.
    #[serde(default)]
    pub(crate) steps: Vec<Value>,
    #[serde(default)]
    pub(crate) trees: Vec<Value>,
    /// What the surroundings answer: `{"call", "args", "returns"}`.
    #[serde(default)]
    pub(crate) mocked: Vec<Value>,
    /// `derived` when the case's own test made the result out of what the calls gave.
    #[serde(default)]
    pub(crate) result: String,
    #[serde(default)]
    pub(crate) timezone: Option<String>,
    #[serde(skip)]
    pub(crate) corpus: PathBuf,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    #[serde(default)]
    pub(crate) role: String,
    pub(crate) path: String,
    /// The command whose output the file stands for.
    #[serde(default)]
    pub(crate) captured_from: Option<String>,
}

/// What an adapter answers: a value, or an error's words.
pub(crate) type Answer = anyhow::Result<Value>;

impl Question {
    /// The bytes of one of the corpus' files.
    pub(crate) fn bytes(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let plain = Path::new(path).components().all(|step| matches!(step, std::path::Component::Normal(_)));
        anyhow::ensure!(plain, "{path}: not a path inside the corpus");
        fs::read(self.corpus.join(path)).with_context(|| path.to_owned())
    }

    /// The text of one of the corpus' files; bytes that are not UTF-8 become U+FFFD.
    pub(crate) fn text(&self, path: &str) -> anyhow::Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes(path)?).into_owned())
    }

    /// The input with a role, which comes once.
    pub(crate) fn input(&self, role: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.role == role)
    }

    /// The text of the input with a role.
    pub(crate) fn input_text(&self, role: &str) -> anyhow::Result<String> {
        self.text(&self.input(role).with_context(|| format!("no input with the role {role}"))?.path)
    }

    /// The text of the file that a parameter stands for (`{"$resource": path}`), or the parameter's own text. `name` is
    /// a key, or a number of a positional one.
    pub(crate) fn param_text(&self, name: &str) -> anyhow::Result<String> {
        let value = self.param(name).with_context(|| format!("no parameter {name}"))?;
        self.value_text(value)
    }

    /// The text that a value of the case stands for.
    pub(crate) fn value_text(&self, value: &Value) -> anyhow::Result<String> {
        match value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            other => match other.get("$resource").and_then(Value::as_str) {
                Some(path) => self.text(path),
                None => Err(anyhow!("neither a text nor a file: {other}")),
            },
        }
    }

    pub(crate) fn param(&self, name: &str) -> Option<&Value> {
        match &self.params {
            Value::Array(list) => list.get(name.parse::<usize>().ok()?),
            other => other.get(name).filter(|value| !value.is_null()),
        }
    }

    /// What the surroundings answer to the first call of that name.
    pub(crate) fn mocked(&self, call: &str) -> Option<&Value> {
        self.mocked.iter().find(|mock| mock.get("call").and_then(Value::as_str) == Some(call))?.get("returns")
    }

    /// Writes one of the case's trees to a folder of its own.
    pub(crate) fn tree(&self, number: usize) -> anyhow::Result<TempDir> {
        let tree = self.trees.get(number).with_context(|| format!("no tree {number}"))?;
        let folder = tempfile::tempdir()?;
        plant(folder.path(), tree)?;
        Ok(folder)
    }
}

/// Writes a tree as the corpus describes it: a text is a file, an object a folder, `{"$link": target}` a symbolic link.
fn plant(place: &Path, tree: &Value) -> anyhow::Result<()> {
    match tree {
        Value::String(text) => fs::write(place, latin1(text))?,
        Value::Object(entries) => {
            if let Some(target) = entries.get("$link").and_then(Value::as_str) {
                std::os::unix::fs::symlink(target, place)?;
                return Ok(());
            }
            fs::create_dir_all(place)?;
            for (name, entry) in entries {
                anyhow::ensure!(!name.contains('/') && name != "..", "{name}: not a name");
                plant(&place.join(name), entry)?;
            }
        }
        other => anyhow::bail!("neither a file nor a folder: {other}"),
    }
    Ok(())
}

/// Bytes that stand in JSON as the characters of the same number; text beyond that stays UTF-8.
pub(crate) fn latin1(text: &str) -> Vec<u8> {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    bytes.unwrap_or_else(|| text.as_bytes().to_vec())
}
