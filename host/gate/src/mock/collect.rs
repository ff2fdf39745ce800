//! What the mocked machine says when a server asks about it: its files, and a registry and a WMI where its file has them.

use super::{Mock, State};
use crate::calls::{FindFiles, Found, FoundFiles, Kind, RegistryRead, WmiRead};
use crate::policy::Below;
use crate::ports::{Answer, Collect, Wake};
use crate::{CallError, Scope, calls};
use airlock_model::mac_text;

/// Folders in each other: a real machine opens each.
const DEEPEST: usize = 200;

impl Mock {
    fn walk(&self, call: &FindFiles, scope: &Scope) -> Result<FoundFiles, CallError> {
        let filter = call.query.filter()?;
        let below = scope.below.as_ref().ok_or(CallError::NotFound)?;
        let state = self.lock();
        let way = state.tree.way(&call.query.root, scope.root.as_deref())?;
        let mut walk = Walk { state: &state, call, filter, below, most: call.most(scope), found: Vec::new() };
        let kind = state.tree.get(&way).ok_or(CallError::NotFound)?.kind();
        walk.candidate(&call.query.root, &way);
        if kind == Kind::Dir {
            walk.folder(&call.query.root, &way, 0)?;
        }
        let found = walk.found;
        if call.limit.is_none() && found.len() > walk.most {
            return Err(CallError::Failed("more files than are granted: look for fewer".to_owned()));
        }
        Ok(FoundFiles { found, unreadable: 0 })
    }
}

struct Walk<'a> {
    state: &'a State,
    call: &'a FindFiles,
    filter: calls::Filter,
    below: &'a Below,
    most: usize,
    found: Vec<Found>,
}

impl Walk<'_> {
    /// One more than there may be is enough to know.
    fn is_enough(&self) -> bool {
        self.found.len() >= self.most + usize::from(self.call.limit.is_none())
    }

    /// `path` as it was asked for, `way` where that is.
    fn candidate(&mut self, path: &str, way: &str) {
        let Some(node) = self.state.tree.get(way) else { return };
        let name = path.rsplit('/').next().unwrap_or_default();
        let (kind, size) = (node.kind(), node.size());
        if !node.own
            && !self.is_enough()
            && self.filter.accepts_name(path, name)
            && self.filter.accepts(kind, if kind == Kind::File { size } else { 0 })
            && self.below.shows(path)
        {
            self.found.push(Found::new(path.to_owned(), kind, size));
        }
    }

    fn folder(&mut self, path: &str, way: &str, depth: usize) -> Result<(), CallError> {
        if depth > DEEPEST {
            return Err(CallError::Exhausted(crate::Spent::Handles));
        }
        let names: Vec<String> = self.state.tree.names(way).map(str::to_owned).collect();
        for name in names {
            if self.is_enough() {
                return Ok(());
            }
            let (path, way) = (joined(path, &name), joined(way, &name));
            self.candidate(&path, &way);
            let is_folder = self.state.tree.get(&way).is_some_and(|node| node.kind() == Kind::Dir && !node.own);
            if is_folder && self.call.query.recursive && self.below.leads_to(&path) {
                self.folder(&path, &way, depth + 1)?;
            }
        }
        Ok(())
    }
}

fn joined(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}

/// As registries tell names from each other.
fn same_key(key: &str, parts: &[&str]) -> bool {
    let known: Vec<&str> = key.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    known.len() == parts.len() && known.iter().zip(parts).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// A value of the registry in words: text as it is, a number as `0x0000000c`, bytes as `00 ff`.
pub(super) fn registry_value(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => u32::try_from(*number).ok().map(|number| format!("0x{number:08x}")),
        toml::Value::Array(bytes) => {
            let byte = |value: &toml::Value| u8::try_from(value.as_integer()?).ok().map(|byte| format!("{byte:02x}"));
            bytes.iter().map(byte).collect::<Option<Vec<_>>>().map(|bytes| bytes.join(" "))
        }
        _ => None,
    }
}

impl Collect for Mock {
    fn find_files<'a>(&'a self, call: FindFiles, scope: &'a Scope) -> Answer<'a, FoundFiles> {
        Box::pin(async move { self.walk(&call, scope) })
    }

    fn registry(&self, call: RegistryRead) -> Answer<'_, Vec<(String, String)>> {
        Box::pin(async move {
            let registry = self.about.registry.as_ref().ok_or(CallError::Unsupported)?;
            let parts = call.parts();
            let (last, above) = parts.split_last().ok_or(CallError::NotFound)?;
            let values = registry.iter().find(|(key, _)| same_key(key.get_ref(), above)).map(|(_, values)| values);
            let values = values.ok_or(CallError::NotFound)?.iter();
            let wanted = values.filter(|(name, _)| *last == "*" || name.get_ref().eq_ignore_ascii_case(last));
            let value =
                |(name, value): (&toml::Spanned<String>, _)| Some((name.get_ref().clone(), registry_value(value)?));
            let found: Vec<_> = wanted.filter_map(value).collect();
            if found.is_empty() && *last != "*" { Err(CallError::NotFound) } else { Ok(found) }
        })
    }

    fn wmi(&self, call: WmiRead) -> Answer<'_, Vec<Vec<(String, String)>>> {
        Box::pin(async move {
            let wmi = self.about.wmi.as_ref().ok_or(CallError::Unsupported)?;
            let known =
                wmi.iter().find(|(class, _)| class.eq_ignore_ascii_case(&call.class)).ok_or(CallError::NotFound)?;
            let instance = |instance: &std::collections::BTreeMap<String, String>| {
                let of = |name: &String| {
                    let value = instance.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
                    value.map(|(_, value)| (name.clone(), value.clone()))
                };
                call.properties.iter().filter_map(of).collect()
            };
            Ok(known.1.iter().map(instance).collect())
        })
    }
}

impl Wake for Mock {
    fn wake(&self, mac: [u8; 6]) -> Answer<'_, String> {
        let mac = mac_text(mac);
        self.changed(format!("woke {mac}"));
        Box::pin(async move { Ok(format!("a magic packet for {mac} in the mocked network")) })
    }
}
