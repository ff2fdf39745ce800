//! A question as servers write it: lenient where they are (numbers as texts, 0 and 1 for no and yes, an empty text for
//! nothing), strict in what may be said at all.

use serde_json::{Map, Value};

/// Results of one question, when it does not say and at most.
const USUAL: u32 = 50;
const MOST: u32 = 10_000;
/// Properties of one class.
const MOST_PROPERTIES: usize = 100;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    Files(Find),
    /// The path of a key with `*` behind it, or of a value.
    Registry(String),
    Wmi(Wmi),
}

/// Which files are looked for; sizes in bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Find {
    pub root: String,
    pub recursive: bool,
    pub is_file: bool,
    pub is_dir: bool,
    pub name: Option<String>,
    pub iname: Option<String>,
    pub regex: Option<String>,
    pub size_equals: Option<u64>,
    /// At least.
    pub size_greater: Option<u64>,
    /// At most.
    pub size_lower: Option<u64>,
    pub sha512: Option<String>,
    pub sha256: Option<String>,
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wmi {
    pub class: String,
    pub properties: Vec<String>,
}

/// Reads a question: one object of the server's list.
///
/// # Errors
/// What is missing, unknown or makes no sense, in words.
pub fn parse(text: &str) -> Result<Job, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("not a question in JSON: {error}"))?;
    of_value(&value)
}

/// As [`parse`], of what was read already.
pub fn of_value(value: &Value) -> Result<Job, String> {
    let job = Said(value.as_object().ok_or("a question is an object")?);
    let function = job.text("function")?.ok_or("function: the mandatory value is missing")?;
    if job.text("uuid")?.is_none() {
        return Err("uuid: the mandatory value is missing".to_owned());
    }
    match function.as_str() {
        "findFile" => {
            job.knows(&["dir", "limit", "recursive", "filter"])?;
            files(&job).map(Job::Files)
        }
        "getFromRegistry" => {
            job.knows(&["path", "exists", "defined", "depth"])?;
            Ok(Job::Registry(job.text("path")?.ok_or("path: the mandatory value is missing")?))
        }
        "getFromWMI" => {
            job.knows(&["class", "properties"])?;
            wmi(&job).map(Job::Wmi)
        }
        "runCommand" => Err("runCommand: commands are not run for collections".to_owned()),
        other => Err(format!("no function is called {other:.100?} (there are: findFile, getFromRegistry, getFromWMI)")),
    }
}

fn files(job: &Said<'_>) -> Result<Find, String> {
    let root = job.text("dir")?.ok_or("dir: the mandatory value is missing")?;
    let filter = match job.0.get("filter") {
        Some(Value::Object(filter)) => Said(filter),
        None | Some(Value::Null) => return Err("filter: the mandatory value is missing".to_owned()),
        Some(_) => return Err("filter: no object".to_owned()),
    };
    filter.only(&[
        "is_file",
        "is_dir",
        "regex",
        "sizeEquals",
        "sizeGreater",
        "sizeLower",
        "checkSumSHA512",
        "checkSumSHA2",
        "name",
        "iname",
    ])?;
    let flag = |key: &str| match filter.0.get(key) {
        None => Err(format!("filter.{key}: the mandatory value is missing")),
        Some(_) => filter.flag(key),
    };
    let (is_file, is_dir) = (flag("is_file")?, flag("is_dir")?);
    let (sha512, sha256) = (filter.text("checkSumSHA512")?, filter.text("checkSumSHA2")?);
    // 0 is what servers send for "whatever is usual".
    let limit = job.number("limit")?.filter(|limit| *limit > 0);
    Ok(Find {
        // A folder has no digest.
        is_dir: is_dir && sha512.is_none() && sha256.is_none(),
        root: if root.len() > 1 { root.trim_end_matches('/').to_owned() } else { root },
        recursive: job.flag("recursive")?,
        is_file,
        name: filter.text("name")?,
        iname: filter.text("iname")?,
        regex: filter.text("regex")?,
        size_equals: filter.number("sizeEquals")?,
        size_greater: filter.number("sizeGreater")?,
        size_lower: filter.number("sizeLower")?,
        sha512,
        sha256,
        limit: limit.map_or(USUAL, |limit| u32::try_from(limit).unwrap_or(MOST).min(MOST)),
    })
}

fn wmi(job: &Said<'_>) -> Result<Wmi, String> {
    let class = job.text("class")?.ok_or("class: the mandatory value is missing")?;
    let list = match job.0.get("properties") {
        Some(Value::Array(list)) => list.iter().map(Value::as_str).collect::<Option<Vec<_>>>(),
        Some(Value::String(text)) => Some(vec![text.as_str()]),
        None | Some(Value::Null) => return Err("properties: the mandatory value is missing".to_owned()),
        Some(_) => None,
    };
    let list = list.ok_or("properties: no list of texts")?;
    // One text may hold several.
    let properties: Vec<String> = match list.as_slice() {
        [one] => one.split([',', ' ', '\t']).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        many => many.iter().map(|name| (*name).to_owned()).collect(),
    };
    if properties.is_empty() || properties.len() > MOST_PROPERTIES {
        return Err(format!("properties: {} of them; 1 to {MOST_PROPERTIES} are answered", properties.len()));
    }
    Ok(Wmi { class, properties })
}

/// What an object says.
struct Said<'a>(&'a Map<String, Value>);

impl Said<'_> {
    /// Refuses members that are none of these or of every question.
    fn knows(&self, known: &[&str]) -> Result<(), String> {
        let every = ["function", "uuid", "_sid"];
        self.only(&[known, &every].concat())
    }

    fn only(&self, known: &[&str]) -> Result<(), String> {
        match self.0.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(format!("{key:.100?} is no part of such a question (there are: {})", known.join(", "))),
        }
    }

    /// An empty text says nothing.
    fn text(&self, key: &str) -> Result<Option<String>, String> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(_) => Err(format!("{key}: no text")),
        }
    }

    fn number(&self, key: &str) -> Result<Option<u64>, String> {
        let number = match self.0.get(key) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) if text.is_empty() => return Ok(None),
            Some(Value::String(text)) => text.parse().ok(),
            Some(Value::Number(number)) => number.as_u64(),
            Some(_) => None,
        };
        number.map(Some).ok_or_else(|| format!("{key}: no whole number from 0 on"))
    }

    fn flag(&self, key: &str) -> Result<bool, String> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::Number(number)) => Ok(number.as_u64() != Some(0)),
            Some(Value::String(text)) => Ok(!matches!(text.as_str(), "" | "0" | "false" | "no")),
            Some(_) => Err(format!("{key}: neither yes nor no")),
        }
    }
}
