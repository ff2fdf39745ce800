//! The files of a mocked machine, and the way to one of them: as on a real machine, the folder that a grant names is
//! opened as the owner wrote it, and below it no link is followed.

use super::describe::{Description, File};
use super::error::MockError;
use crate::calls::Kind;
use crate::{CallError, Code};
use base64::prelude::{BASE64_STANDARD, Engine};
use std::collections::BTreeMap;

/// Links on the way to a folder of the owner's (as Linux has it).
const MOST_LINKS: usize = 40;

/// By absolute path.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: BTreeMap<String, Node>,
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) what: What,
    pub(super) mode: u32,
    pub(super) modified: u64,
    /// The agent's own.
    pub(super) own: bool,
    /// Names of the same file.
    pub(super) names: usize,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    File(Vec<u8>),
    /// A file of so many zero bytes.
    Zeros(u64),
    Folder,
    Link(String),
    Special,
}

impl Node {
    fn new(what: What) -> Self {
        let mode = if matches!(what, What::Folder) { 0o755 } else { 0o644 };
        Self { what, mode, modified: 0, own: false, names: 1 }
    }

    pub(super) fn kind(&self) -> Kind {
        match self.what {
            What::File(_) | What::Zeros(_) => Kind::File,
            What::Folder => Kind::Dir,
            What::Link(_) | What::Special => Kind::Other,
        }
    }

    pub(super) fn size(&self) -> u64 {
        match &self.what {
            What::File(bytes) => bytes.len() as u64,
            What::Zeros(size) => *size,
            _ => 0,
        }
    }
}

impl Tree {
    /// One folder, and nothing in it.
    pub(super) fn empty() -> Self {
        Self { nodes: BTreeMap::from([("/".to_owned(), Node::new(What::Folder))]) }
    }

    pub(super) fn new(text: &str, about: &Description) -> Result<Self, MockError> {
        let mut tree = Self::empty();
        for (path, file) in &about.files {
            let at = |why: String| MockError::at(text, path.span(), why);
            let name = path.get_ref();
            crate::calls::plain(name).map_err(|error| at(error.to_string()))?;
            let mut node = Node::new(what(file).map_err(|why| at(format!("{name}: {why}")))?);
            node.modified = file.modified;
            if let Some(mode) = &file.mode {
                let digits = u32::from_str_radix(mode, 8).ok().filter(|mode| *mode <= 0o7777);
                node.mode = digits.ok_or_else(|| at(format!("{name}: the mode {mode:?} is not like \"0644\"")))?;
            }
            tree.folders_above(name);
            tree.nodes.insert(name.clone(), node);
        }
        for (path, file) in &about.files {
            if let Some(other) = &file.same_as {
                let node =
                    tree.nodes.get_mut(other).filter(|node| node.kind() == Kind::File).ok_or_else(|| {
                        MockError::at(text, path.span(), format!("same_as: there is no file {other:?}"))
                    })?;
                node.names += 1;
                let node = node.clone();
                tree.nodes.insert(path.get_ref().clone(), node);
            }
        }
        let own = |path: &str| {
            about.own.paths.iter().any(|own| path == own || path.strip_prefix(own).is_some_and(|r| r.starts_with('/')))
        };
        for file in about.files.iter().filter_map(|(path, file)| Some((path.get_ref(), file.same_as.as_ref()?))) {
            if own(file.1)
                && let Some(node) = tree.nodes.get_mut(file.0)
            {
                node.own = true;
            }
        }
        for path in &about.own.paths {
            tree.folders_above(path);
            tree.nodes.entry(path.clone()).or_insert_with(|| Node::new(What::File(vec![])));
        }
        for (path, node) in &mut tree.nodes {
            node.own |= own(path);
        }
        Ok(tree)
    }

    fn folders_above(&mut self, path: &str) {
        let mut rest = path;
        while let Some((above, _)) = rest.rsplit_once('/').filter(|(above, _)| !above.is_empty()) {
            self.nodes.entry(above.to_owned()).or_insert_with(|| Node::new(What::Folder));
            rest = above;
        }
    }

    /// Where a path leads: to itself, with the links in the owner's part of it followed.
    pub(super) fn way(&self, path: &str, root: Option<&str>) -> Result<String, CallError> {
        let root = root.ok_or_else(|| CallError::Failed("no folder was granted".to_owned()))?;
        let below = path.strip_prefix(root).filter(|rest| rest.is_empty() || rest.starts_with('/') || root == "/");
        let below = below.ok_or_else(|| CallError::Invalid(format!("{path:?} is not below {root:?}")))?;
        let mut here = self.followed(root)?;
        if self.is_own(&here) {
            return Err(CallError::Refused(Code::AgentPath));
        }
        let names: Vec<&str> = below.split('/').filter(|name| !name.is_empty()).collect();
        for (at, name) in names.iter().enumerate() {
            let next = join(&here, name);
            match self.nodes.get(&next).map(|node| &node.what) {
                Some(What::Link(_)) => return Err(CallError::Refused(Code::Link)),
                Some(What::Folder) => {}
                // Only the last one may be something else, or not be there yet.
                _ if at + 1 < names.len() => return Err(CallError::NotFound),
                _ => {}
            }
            if self.is_own(&next) {
                return Err(CallError::Refused(Code::AgentPath));
            }
            here = next;
        }
        Ok(here)
    }

    fn followed(&self, path: &str) -> Result<String, CallError> {
        let (mut here, mut links) = ("/".to_owned(), 0);
        let mut left: Vec<String> = path.split('/').rev().filter(|n| !n.is_empty()).map(str::to_owned).collect();
        while let Some(name) = left.pop() {
            if name == ".." {
                here = here.rsplit_once('/').map_or("", |(above, _)| above).to_owned();
                if here.is_empty() {
                    here.push('/');
                }
                continue;
            }
            let next = join(&here, &name);
            if let Some(What::Link(target)) = self.nodes.get(&next).map(|node| &node.what) {
                links += 1;
                if links > MOST_LINKS {
                    return Err(CallError::Refused(Code::Link));
                }
                if target.starts_with('/') {
                    here = "/".to_owned();
                }
                left.extend(target.split('/').rev().filter(|n| !matches!(*n, "" | ".")).map(str::to_owned));
            } else {
                here = next;
            }
        }
        Ok(here)
    }

    fn is_own(&self, path: &str) -> bool {
        self.nodes.get(path).is_some_and(|node| node.own)
    }

    pub(super) fn get(&self, path: &str) -> Option<&Node> {
        self.nodes.get(path)
    }

    pub(super) fn put(&mut self, path: &str, what: What, modified: u64) {
        let node = self.nodes.entry(path.to_owned()).or_insert_with(|| Node::new(What::Folder));
        let mode = if matches!(what, What::Folder) { 0o755 } else { node.mode };
        (node.what, node.modified, node.mode) = (what, modified, mode);
    }

    /// A file with these rights.
    pub(super) fn put_file(&mut self, path: &str, what: What, mode: u32, modified: u64) {
        self.nodes.insert(path.to_owned(), Node { mode, modified, ..Node::new(what) });
    }

    pub(super) fn remove(&mut self, path: &str) {
        self.nodes.remove(path);
    }

    /// The names in a folder.
    pub(super) fn names<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let inside = move |path: &'a String| {
            let rest = path.strip_prefix(folder)?;
            let name = if folder == "/" { rest } else { rest.strip_prefix('/')? };
            (!name.is_empty() && !name.contains('/')).then_some(name)
        };
        self.nodes.keys().filter_map(inside)
    }

    /// Whether there is a folder to put `path` into.
    pub(super) fn has_folder_of(&self, path: &str) -> bool {
        let above = path.rsplit_once('/').map_or("/", |(above, _)| if above.is_empty() { "/" } else { above });
        self.nodes.get(above).is_some_and(|node| matches!(node.what, What::Folder))
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder == "/" { format!("/{name}") } else { format!("{folder}/{name}") }
}

fn what(file: &File) -> Result<What, String> {
    let mut said = Vec::new();
    if let Some(text) = &file.text {
        said.push(What::File(text.clone().into_bytes()));
    }
    if let Some(text) = &file.base64 {
        said.push(What::File(BASE64_STANDARD.decode(text).map_err(|error| format!("base64: {error}"))?));
    }
    said.extend(file.size.map(What::Zeros));
    said.extend(file.link.clone().map(What::Link));
    said.extend(file.folder.then_some(What::Folder));
    said.extend(file.special.then_some(What::Special));
    said.extend(file.same_as.is_some().then_some(What::Zeros(0)));
    match (said.pop(), said.is_empty()) {
        (None, _) => Ok(What::File(vec![])),
        (Some(what), true) => Ok(what),
        (Some(_), false) => {
            Err("one of text, base64, size, link, folder, special and same_as says what it is, not two".to_owned())
        }
    }
}
