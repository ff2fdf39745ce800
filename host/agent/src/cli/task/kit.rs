//! What a task's author needs of Airlock (interfaces, SDK, model, the versions they were tested with), packed into the program
//! by its build script.

use airlock_protocol::bodies::{Limits, open};
use anyhow::{Context, anyhow};

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kit.z"));

/// The files of the kit, by their path in the workspace.
pub(super) struct Kit(Vec<(String, String)>);

impl Kit {
    pub(super) fn unpacked() -> anyhow::Result<Self> {
        let bytes = open(Some("application/x-compress-zlib"), PACKED, &Limits::default())?.bytes;
        let mut rest = std::str::from_utf8(&bytes)?;
        let mut files = Vec::new();
        // As build.rs writes it: a line of name and length, then the text.
        while !rest.is_empty() {
            let damaged = || anyhow!("the kit in this program is damaged");
            let (line, after) = rest.split_once('\n').with_context(damaged)?;
            let (name, length) = line.rsplit_once(' ').with_context(damaged)?;
            let (text, more) = after.split_at_checked(length.parse()?).with_context(damaged)?;
            files.push((name.to_owned(), text.to_owned()));
            rest = more;
        }
        Ok(Self(files))
    }

    /// One of the workspace's own files: `Cargo.toml`, `Cargo.lock`.
    pub(super) fn text(&self, name: &str) -> anyhow::Result<&str> {
        let found = self.0.iter().find(|(path, _)| path == name);
        found.map(|(_, text)| text.as_str()).with_context(|| format!("the kit in this program has no {name}"))
    }

    /// All that is written beside a new task.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.0.iter().filter(|(path, _)| path.contains('/'));
        own.map(|(path, text)| (path.as_str(), text.as_str()))
    }
}
