//! Reads the file of a mocked machine. What it says is checked as a whole: a test that rests on a typo tests nothing.

use super::describe::{Description, Device, Names, Time};
use super::error::MockError;
use super::tree::Tree;
use super::{Mock, State, collect, snmp};
use crate::calls::ProbeMethod;
use crate::near::hint;
use crate::sysobject::Sysobjects;
use crate::walk;
use airlock_model::schema;
use std::collections::HashMap;
use std::sync::Mutex;
use toml::Spanned;

const VERSION: u32 = 1;
/// Of a file that a person wrote, or a program for them.
const LARGEST: usize = 64 << 20;

/// A file that the mock's names, by that name: its text, or why there is none.
pub type Beside<'a> = &'a dyn Fn(&str) -> Result<String, String>;

impl Mock {
    /// A machine that is described in one text, and names no files.
    pub fn parse(text: &str) -> Result<Self, MockError> {
        Self::beside(text, &|_| Err("there is no folder to read it from".to_owned()))
    }

    /// A machine whose file may name others that lie beside it.
    pub fn beside(text: &str, read: Beside<'_>) -> Result<Self, MockError> {
        if text.len() > LARGEST {
            return Err(MockError::at(text, 0..0, format!("{} bytes; at most {LARGEST}", text.len())));
        }
        let mut about: Description = toml::from_str(text).map_err(|error| MockError::toml(text, &error))?;
        if *about.mock_version.get_ref() != VERSION {
            let why = format!("the version {}; this program knows {VERSION}", about.mock_version.get_ref());
            return Err(MockError::at(text, about.mock_version.span(), why));
        }
        let now = start(text, &about.time)?;
        check_facts(text, &about)?;
        for (name, value) in about.registry.iter().flatten().flat_map(|(_, values)| values) {
            if collect::registry_value(value).is_none() {
                let why = format!("{:?} is a text, a number of 32 bits or a list of bytes", name.get_ref());
                return Err(MockError::at(text, name.span(), why));
            }
        }
        for device in &mut about.snmp {
            objects(text, device, read)?;
        }
        for word in &about.lacking {
            let known = || ProbeMethod::ALL.iter().map(|method| method.word());
            if !known().any(|method| method == word.get_ref()) {
                let why = format!("no way of asking is called {:?}{}", word.get_ref(), hint(word.get_ref(), known()));
                return Err(MockError::at(text, word.span(), why));
            }
        }
        let sysobjects = match &about.sysobject {
            Some(name) => Some(file(text, name, read, Sysobjects::parse)?),
            None => None,
        };
        let tree = Tree::new(text, &about)?;
        let state = State {
            tree,
            now,
            random: 0,
            turns: HashMap::new(),
            changes: Vec::new(),
            parts: HashMap::new(),
            sealed_parts: HashMap::new(),
            sealed: Tree::empty(),
            installed: HashMap::new(),
            banned: Vec::new(),
            work: Tree::empty(),
            aside: Tree::empty(),
        };
        Ok(Self { about: Box::new(about), state: Mutex::new(state), sysobjects })
    }
}

fn start(text: &str, time: &Time) -> Result<u64, MockError> {
    let start = time.start.get_ref();
    let parsed = start.parse::<jiff::Timestamp>().ok().and_then(|at| u64::try_from(at.as_second()).ok());
    parsed.ok_or_else(|| {
        let why = format!("{start:?} is no time such as 2026-11-22T12:00:00Z, from 1970 on");
        MockError::at(text, time.start.span(), why)
    })
}

fn check_facts(text: &str, about: &Description) -> Result<(), MockError> {
    let unknown = |name: &Spanned<String>| {
        let known = schema::SECTIONS.iter().map(|section| section.name);
        let why = format!("no section is named {:?}{}", name.get_ref(), hint(name.get_ref(), known));
        MockError::at(text, name.span(), why)
    };
    for name in about.missing.keys() {
        schema::section(name.get_ref()).ok_or_else(|| unknown(name))?;
    }
    for (name, rows) in &about.facts {
        let section = schema::section(name.get_ref()).ok_or_else(|| unknown(name))?;
        for (field, value) in rows.iter().flatten() {
            if section.field(field.get_ref()).is_none() {
                let known = section.fields.iter().map(|field| field.name);
                let hint = hint(field.get_ref(), known);
                let why = format!("no field of {} is named {:?}{hint}", section.name, field.get_ref());
                return Err(MockError::at(text, field.span(), why));
            }
            if super::facts::value(value).is_none() {
                let why = format!("{} is a text, a number, true or false, or a list of texts", field.get_ref());
                return Err(MockError::at(text, field.span(), why));
            }
        }
    }
    Ok(())
}

/// What another file says. Its name is one of a file beside the mock's, not a way to elsewhere.
fn file<T>(
    text: &str,
    name: &Spanned<String>,
    read: Beside<'_>,
    parse: impl Fn(String) -> Result<T, String>,
) -> Result<T, MockError> {
    let path = name.get_ref();
    let is_beside = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    let content = match is_beside {
        true => read(path),
        false => Err("the name of a file in this folder, or in one below it".to_owned()),
    };
    content.and_then(parse).map_err(|why| MockError::at(text, name.span(), format!("{path:?}: {why}")))
}

fn objects(text: &str, device: &mut Device, read: Beside<'_>) -> Result<(), MockError> {
    if let Some(name) = &device.walk_file {
        device.objects = file(text, name, read, |lines| walk::parse(&lines))?;
    }
    if let Some(lines) = &device.walk {
        device.objects.extend(walk::parse(lines.get_ref()).map_err(|why| MockError::at(text, lines.span(), why))?);
    }
    let values: &Names<toml::Value> = &device.values;
    for (name, value) in values {
        let at = |why: String| MockError::at(text, name.span(), why);
        let oid = walk::oid(name.get_ref()).ok_or_else(|| at(format!("{:?} is no OID", name.get_ref())))?;
        device.objects.insert(oid, snmp::value(value).map_err(at)?);
    }
    Ok(())
}
