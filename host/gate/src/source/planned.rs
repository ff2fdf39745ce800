//! What a rehearsal has planned for the machine's files: each path that would be another than it is.

use std::collections::BTreeMap;

/// What would be at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Now {
    /// What is there.
    Unchanged,
    /// A file; its bytes are kept aside under this name.
    File(String),
    Folder,
    /// A file that is not downloaded yet.
    Awaited,
    Nothing,
}

/// By absolute path. What is below a folder that would be made, or gone, is only what is planned there.
#[derive(Debug, Default)]
pub(super) struct Planned {
    nodes: BTreeMap<String, Now>,
    files: u64,
    /// Folders of the job into which archives are unpacked that are not downloaded yet: anything may be in them.
    open: Vec<String>,
}

impl Planned {
    pub(super) fn at(&self, path: &str) -> Now {
        if let Some(now) = self.nodes.get(path) {
            return now.clone();
        }
        let mut rest = path;
        while let Some((above, _)) = rest.rsplit_once('/').filter(|(above, _)| !above.is_empty()) {
            if self.nodes.contains_key(above) {
                return Now::Nothing;
            }
            rest = above;
        }
        Now::Unchanged
    }

    pub(super) fn set(&mut self, path: &str, now: Now) {
        self.nodes.insert(path.to_owned(), now);
    }

    pub(super) fn opens(&mut self, folder: String) {
        self.open.push(folder);
    }

    /// Whether something at a place of the job's folder, which is not there, may come out of an archive.
    pub(super) fn is_open(&self, name: &str) -> bool {
        let below = |folder: &String| name.strip_prefix(folder.as_str()).is_some_and(|rest| is_below(folder, rest));
        self.open.iter().any(below)
    }

    /// A name for bytes that are kept aside.
    pub(super) fn aside(&mut self) -> String {
        self.files = self.files.saturating_add(1);
        format!("{:08}", self.files)
    }

    /// Whether something at a path or below it would change.
    pub(super) fn touches(&self, path: &str) -> bool {
        self.at(path) != Now::Unchanged || self.below(path).next().is_some()
    }

    /// The names in a folder that would change, and how.
    pub(super) fn names<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a Now)> {
        self.below(folder).filter(|(name, _)| !name.contains('/'))
    }

    fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a Now)> {
        let inside = move |(path, now): (&'a String, &'a Now)| {
            let rest = path.strip_prefix(folder)?;
            let name = if is_base(folder) { rest } else { rest.strip_prefix('/')? };
            (!name.is_empty()).then_some((name, now))
        };
        self.nodes.iter().filter_map(inside)
    }
}

/// What is in it follows its name without a separator between them: `/`, `work:`.
fn is_base(folder: &str) -> bool {
    folder.ends_with(['/', ':'])
}

fn is_below(folder: &str, rest: &str) -> bool {
    !rest.is_empty() && (is_base(folder) || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_planned_hides_what_is_there() {
        let mut planned = Planned::default();
        planned.set("/opt/a", Now::Folder);
        planned.set("/opt/a/b", Now::File("1".into()));
        planned.set("/opt/gone", Now::Nothing);
        for (path, now) in [
            ("/opt", Now::Unchanged),
            ("/opt/ab", Now::Unchanged),
            ("/opt/a", Now::Folder),
            ("/opt/a/b", Now::File("1".into())),
            ("/opt/a/c", Now::Nothing),
            ("/opt/gone/x/y", Now::Nothing),
        ] {
            assert_eq!(planned.at(path), now, "{path}");
        }
        assert!(planned.touches("/opt") && planned.touches("/") && !planned.touches("/opt/ab"));
        assert_eq!(planned.names("/opt").map(|(name, _)| name).collect::<Vec<_>>(), ["a", "gone"]);
    }
}
