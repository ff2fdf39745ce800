//! Snaps, from what snapd keeps: each is mounted below one folder, with its own description `meta/snap.yaml`; the file that
//! is mounted tells its size. Who publishes it is in the store's signed statements (snapcraft.io/docs/assertions), which
//! only root may read.

use crate::Scan;
use crate::output::package::Package;
use crate::output::snap::{FOUNDATIONS, first_of, scalar};
use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;

/// Where snaps are mounted; the second one on distributions that keep the root folder clean.
const MOUNTS: [&str; 2] = ["/snap", "/var/lib/snapd/snap"];
const FILES: &str = "/var/lib/snapd/snaps";
const STATEMENTS: &str = "/var/lib/snapd/assertions/asserts-v0";

pub(super) fn collect(scan: &Scan<'_>) {
    if !scan.roots().exists(FILES) {
        return;
    }
    let Some(&mounts) = MOUNTS.iter().find(|path| scan.roots().exists(path)) else { return };
    let mut publishers = None;
    for name in scan.names(mounts) {
        if scan.expired() {
            scan.missing("snaps: out of time");
            return;
        }
        // Beside the snaps there is a folder of links to their programs, and a text for people.
        let folder = format!("{mounts}/{name}");
        let Some(revision) = scan.roots().link_name(format!("{folder}/current")) else { continue };
        let Ok(yaml) = scan.roots().text(format!("{folder}/{revision}/meta/snap.yaml")) else {
            scan.missing(format_args!("snap {name}: its description is not there; is it mounted?"));
            continue;
        };
        if scalar(&yaml, "type").is_some_and(|kind| FOUNDATIONS.contains(&kind)) {
            continue;
        }
        let date = |secs| scan.machine.local_date(secs);
        let mounted = scan.roots().metadata(&folder).ok().map(|folder| folder.mtime());
        let file = scan.roots().metadata(format!("{FILES}/{name}_{revision}.snap")).ok();
        let publishers = publishers.get_or_insert_with(|| Publishers::of(scan));
        let package = Package {
            name: scalar(&yaml, "name").unwrap_or(&name).into(),
            version: scalar(&yaml, "version").unwrap_or(&revision).into(),
            arch: first_of(&yaml, "architectures").unwrap_or_default(),
            bytes: file.map(|file| file.len()),
            from: "snap",
            publisher: publishers.by_name(scan, &name).unwrap_or_default().into(),
            comments: scalar(&yaml, "summary").unwrap_or_default().into(),
            helplink: first_of(&yaml, "contact").unwrap_or_default(),
            installed: mounted.and_then(date).unwrap_or_default().into(),
            ..Package::default()
        };
        scan.row(package.row());
    }
}

/// The accounts that publish snaps, by the names of these.
struct Publishers(HashMap<String, String>);

impl Publishers {
    /// Reads the statements that name the snaps; not an error where there are none, or none for this user.
    fn of(scan: &Scan<'_>) -> Self {
        let mut accounts = HashMap::new();
        // Its folders are series and identifiers.
        let declared = format!("{STATEMENTS}/snap-declaration/16");
        for id in scan.roots().names(&declared).unwrap_or_default() {
            let Some(text) = statement(scan, &format!("{declared}/{id}")) else { continue };
            if let (Some(name), Some(account)) = (scalar(&text, "snap-name"), scalar(&text, "publisher-id")) {
                accounts.insert(name.to_owned(), account.to_owned());
            }
        }
        Self(accounts)
    }

    fn by_name(&self, scan: &Scan<'_>, snap: &str) -> Option<String> {
        let account = self.0.get(snap).filter(|account| account.bytes().all(|b| b.is_ascii_alphanumeric()))?;
        let text = statement(scan, &format!("{STATEMENTS}/account/{account}"))?;
        scalar(&text, "display-name").map(str::to_owned)
    }
}

/// The statement that holds: the newest one of `active`, `active.1` …
fn statement(scan: &Scan<'_>, folder: &str) -> Option<String> {
    let names = scan.roots().names(folder).ok()?;
    let active = names.iter().filter(|name| name.as_str() == "active" || name.starts_with("active."));
    let newest = active.max_by_key(|name| (name.len(), name.as_str()))?;
    scan.roots().text(format!("{folder}/{newest}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;
    use airlock_model::Row;

    #[test]
    fn mounted_snaps_are_rows() {
        let machine = TestMachine::of(&[
            ("var/lib/snapd/snaps/draw_7.snap", "0123456789"),
            ("snap/README", "for people"),
            ("snap/draw/7/meta/snap.yaml", "name: draw\nversion: '3.2'\nsummary: Pictures\narchitectures:\n- amd64\n"),
            ("snap/core99/1/meta/snap.yaml", "name: core99\ntype: base\n"),
            (
                "var/lib/snapd/assertions/asserts-v0/snap-declaration/16/abc/active",
                "type: snap-declaration\nsnap-name: draw\npublisher-id: lab1\n",
            ),
            ("var/lib/snapd/assertions/asserts-v0/account/lab1/active.1", "type: account\ndisplay-name: The Lab\n"),
        ]);
        machine.link("snap/draw/current", "7");
        machine.link("snap/core99/current", "1");
        machine.folder("snap/bin");
        let mut rows = machine.rows(collect);
        assert!(rows[0].remove("install_date").is_some());
        let draw = Row::new()
            .with("name", "draw")
            .with("version", "3.2")
            .with("arch", "amd64")
            .with("filesize", 10_i64)
            .with("from", "snap")
            .with("publisher", "The Lab")
            .with("comments", "Pictures");
        assert_eq!(rows, [draw]);
    }

    #[test]
    fn one_that_is_not_mounted_is_said() {
        let machine = TestMachine::of(&[("var/lib/snapd/snaps/draw_7.snap", "")]);
        machine.folder("snap/draw/7");
        machine.link("snap/draw/current", "7");
        let (rows, missing) = machine.collect(collect);
        assert!(rows.is_empty());
        assert_eq!(missing, ["snap draw: its description is not there; is it mounted?"]);
    }
}
