//! Applications installed with Flatpak: for the whole machine, and for single users where the owner wants homes to be
//! looked into.
//!
//! An installation is a folder `app/ID/ARCH/BRANCH` for each application, in which the link `active` names the folder of
//! what is deployed (flatpak-installation(5), flatpak(1)). A user writes in the own home what he likes: names that
//! Flatpak would not accept are no applications, no link is followed, and a home that belongs to somebody else is not
//! the user's. What is left out for that is said.

use super::folder::Folder;
use crate::Scan;
use crate::linux::accounts;
use crate::output::flatpak::comment;
use crate::output::package::Package;
use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path};

const MACHINE: &str = "/var/lib/flatpak";
const USER: [&str; 3] = [".local", "share", "flatpak"];

/// Applications, and what these stand on.
const KINDS: [&str; 2] = ["app", "runtime"];

/// More homes than this are left out.
const MOST_HOMES: usize = 10_000;
/// More folders than this in one installation are left out.
const MOST_FOLDERS: usize = 8_000;
/// More of an application's description of itself than this is not looked at.
const DESCRIPTION: u64 = 256 << 10;

pub(super) fn collect(scan: &Scan<'_>) {
    for kind in KINDS {
        let path = format!("{MACHINE}/{kind}");
        match Folder::at(scan.roots(), &path) {
            Ok(folder) => Installation::new(scan, path, None).read(&folder),
            Err(error) if is_absence(&error) => {}
            Err(error) => scan.missing(format_args!("{path}: {error}")),
        }
    }
    if scan.machine.homes() {
        of_users(scan);
    }
}

fn of_users(scan: &Scan<'_>) {
    let text = scan.text("/etc/passwd").unwrap_or_default();
    let mut seen = BTreeSet::new();
    let mut closed = 0_u32;
    for account in accounts::accounts(&text) {
        if !is_home(account.home) || !seen.insert((account.id, account.home)) {
            continue;
        }
        if scan.expired() || seen.len() > MOST_HOMES {
            scan.missing(format_args!("applications in homes: {} and what comes later is left out", account.home));
            break;
        }
        match kinds_of(scan, account.home, account.id) {
            Ok(kinds) => {
                for (kind, folder) in kinds {
                    let path = format!("{}/{}/{kind}", account.home, USER.join("/"));
                    Installation::new(scan, path, Some(account.login)).read(&folder);
                }
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => closed += 1,
            Err(error) => {
                scan.missing(format_args!("{}/{}: {error}; links are not followed", account.home, USER.join("/")));
            }
        }
    }
    if closed > 0 {
        scan.missing(format_args!("applications in {closed} homes that this user may not look into"));
    }
}

/// A folder of the machine that can be somebody's own.
fn is_home(path: &str) -> bool {
    let steps = || Path::new(path).components().skip(1);
    path.starts_with('/') && steps().next().is_some() && steps().all(|step| matches!(step, Component::Normal(_)))
}

/// What is installed in a home; nothing when the home is somebody else's.
fn kinds_of(scan: &Scan<'_>, home: &str, user: u32) -> io::Result<Vec<(&'static str, Folder)>> {
    let mut folder = match Folder::at(scan.roots(), home) {
        Err(error) if is_absence(&error) => return Ok(Vec::new()),
        other => other?,
    };
    // Accounts of services share the folders of the system.
    if folder.metadata()?.uid() != user {
        return Ok(Vec::new());
    }
    for name in USER {
        folder = match folder.folder(name) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
    }
    let mut kinds = Vec::new();
    for kind in KINDS {
        match folder.folder(kind) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            other => kinds.push((kind, other?)),
        }
    }
    Ok(kinds)
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// One set of applications: the machine's or a user's.
struct Installation<'a> {
    scan: &'a Scan<'a>,
    path: String,
    user: Option<&'a str>,
    /// How many more folders are looked into.
    left: usize,
    odd: u32,
}

impl<'a> Installation<'a> {
    fn new(scan: &'a Scan<'_>, path: String, user: Option<&'a str>) -> Self {
        Self { scan, path, user, left: MOST_FOLDERS, odd: 0 }
    }

    fn read(mut self, apps: &Folder) {
        for id in self.names(apps) {
            let Some(app) = self.enter(apps, &id) else { continue };
            for arch in self.names(&app) {
                let Some(branches) = self.enter(&app, &arch) else { continue };
                for branch in self.names(&branches) {
                    if let Some(folder) = self.enter(&branches, &branch) {
                        self.deployed(&id, &arch, &branch, &folder);
                    }
                }
            }
        }
        if self.left == 0 {
            self.scan.missing(format_args!("{}: not all of it was looked at", self.path));
        }
        if self.odd > 0 {
            self.scan.missing(format_args!("{}: {} entries are no applications of Flatpak", self.path, self.odd));
        }
    }

    fn names(&self, folder: &Folder) -> Vec<String> {
        folder.names(self.left).unwrap_or_else(|error| {
            self.scan.missing(format_args!("{}: {error}", self.path));
            Vec::new()
        })
    }

    /// Looks into a folder, if there is time for another one. Only those on the way down are open at once: whoever makes
    /// thousands of folders must not use up what this process may open.
    fn enter(&mut self, folder: &Folder, name: &str) -> Option<Folder> {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 || self.scan.expired() {
            self.left = 0;
            return None;
        }
        match folder.folder(name) {
            Ok(inner) if is_word(name) => return Some(inner),
            // This link says which branch starts when none is named.
            Err(_) if name == "current" => {}
            _ => self.odd += 1,
        }
        None
    }

    fn deployed(&self, id: &str, arch: &str, branch: &str, folder: &Folder) {
        // Without the link nothing is installed.
        let Some(active) = folder.link("active").and_then(|name| folder.folder(&name).ok()) else { return };
        let at = active.metadata().ok().map(|meta| meta.mtime()).filter(|secs| *secs > 1);
        let description = description(&active, id).unwrap_or_default();
        let package = Package {
            name: title(&description).unwrap_or(id).into(),
            version: latest(&description).unwrap_or(branch).into(),
            arch,
            from: "flatpak",
            category: if self.user.is_some() { "user" } else { "system" }.into(),
            publisher: origin(&active).unwrap_or_default().into(),
            comments: comment(id).into(),
            installed: at.and_then(|secs| self.scan.machine.local_date(secs)).unwrap_or_default().into(),
            user: self.user.unwrap_or_default(),
            ..Package::default()
        };
        self.scan.row(package.row());
    }
}

/// Where it came from: the text at the beginning of the record of its deployment, which ends with a zero.
fn origin(active: &Folder) -> Option<String> {
    let head = active.head("deploy", 256).ok()?;
    let name = str::from_utf8(head.split(|byte| *byte == 0).next()?).ok()?;
    is_word(name).then(|| name.to_owned())
}

/// What an application says of itself (AppStream).
fn description(active: &Folder, id: &str) -> Option<String> {
    let share = active.folder("files").ok()?.folder("share").ok()?;
    let of = |folder: &str, kind: &str| {
        let text = share.folder(folder).ok()?.head(&format!("{id}.{kind}.xml"), DESCRIPTION).ok()?;
        String::from_utf8(text).ok()
    };
    of("metainfo", "metainfo").or_else(|| of("metainfo", "appdata")).or_else(|| of("appdata", "appdata"))
}

/// Its name for people: the first name without a language, before any that is its makers'. A name with signs that XML
/// would have to explain is not taken.
fn title(description: &str) -> Option<&str> {
    let (before, rest) = description.split_once("<name>")?;
    let (name, _) = rest.split_once("</name>")?;
    let name = name.trim();
    let plain = (1..=255).contains(&name.len()) && !name.contains(|c: char| matches!(c, '<' | '&') || c.is_control());
    (plain && !before.contains("<developer")).then_some(name)
}

/// The version of the latest release, which is the first one. Only from a text in which it stands right behind the beginning of the
/// list: what needs more reading than that is not known for sure.
fn latest(description: &str) -> Option<&str> {
    let (_, list) = description.split_once("<releases>")?;
    let (attributes, _) = list.trim_start().strip_prefix("<release ")?.split_once('>')?;
    let (before, value) = attributes.split_once("version=\"")?;
    let (version, _) = value.split_once('"')?;
    (before.is_empty() || before.ends_with(char::is_whitespace)).then_some(version).filter(|version| is_word(version))
}

/// As Flatpak names applications, architectures, branches and remotes.
fn is_word(name: &str) -> bool {
    (1..=255).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+~:".contains(&b))
}

#[cfg(test)]
mod tests;
