//! Installations of users who do as they should, and of one who does not.

use super::*;
use crate::{Findings, Machine, Roots};
use nix::unistd::geteuid;
use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

const COMMIT: &str = "0123abcd";

struct Tree(tempfile::TempDir);

impl Tree {
    /// A machine with one user, whose home is there.
    fn new() -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        tree.file("etc/passwd", &format!("joe:x:{}:100::/home/joe:/bin/sh\n", geteuid()));
        fs::create_dir_all(tree.path("home/joe")).unwrap();
        tree
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    fn file(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    /// An application below a folder of applications.
    fn app(&self, apps: &str, id: &str, branch: &str) {
        let folder = format!("{apps}/{id}/x86_64/{branch}");
        self.file(&format!("{folder}/{COMMIT}/deploy"), "flathub\0more");
        symlink(COMMIT, self.path(&format!("{folder}/active"))).unwrap();
        let deployed = fs::File::open(self.path(&format!("{folder}/{COMMIT}"))).unwrap();
        deployed.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
    }

    fn collected(&self, homes: bool) -> (Vec<Row>, Vec<String>) {
        let machine = Machine::new(Roots::folder(self.0.path())).with_homes(homes);
        let findings = Findings::new(Instant::now() + Duration::from_secs(10));
        collect(&Scan::new(&machine, &findings));
        findings.take()
    }
}

const HOME: &str = "home/joe/.local/share/flatpak/app";

fn names(rows: &[Row]) -> Vec<&str> {
    rows.iter().filter_map(|row| row.text("name")).collect()
}

#[test]
fn applications_of_users_and_of_the_machine() {
    let tree = Tree::new();
    tree.app("var/lib/flatpak/app", "org.example.All", "stable");
    tree.app(HOME, "org.example.Own", "beta");
    symlink("x86_64/beta", tree.path(&format!("{HOME}/org.example.Own/current"))).unwrap();
    let all = Row::new()
        .with("name", "org.example.All")
        .with("version", "stable")
        .with("arch", "x86_64")
        .with("from", "flatpak")
        .with("system_category", "system")
        .with("publisher", "flathub")
        .with("install_date", "2023-11-14");
    let own = all
        .clone()
        .with("name", "org.example.Own")
        .with("version", "beta")
        .with("system_category", "user")
        .with("username", "joe");
    assert_eq!(tree.collected(true), (vec![all.clone(), own], vec![]));
    // Homes are not touched unless that is wanted.
    assert_eq!(tree.collected(false), (vec![all], vec![]));
}

#[test]
fn a_description_names_the_version() {
    let tree = Tree::new();
    tree.app(HOME, "org.example.Own", "stable");
    let share = format!("{HOME}/org.example.Own/x86_64/stable/{COMMIT}/files/share");
    let text = "<component><releases>\n <release date=\"2024-01-02\" version=\"3.1.4\"/>\n<release version=\"3\"/>";
    tree.file(&format!("{share}/metainfo/org.example.Own.metainfo.xml"), text);
    assert_eq!(tree.collected(true).0[0].text("version"), Some("3.1.4"));

    assert_eq!(latest("<releases><release version=\"1:2~b-3\">"), Some("1:2~b-3"));
    for unsure in [
        "",
        "<releases>",
        "<releases><!-- <release version=\"9\"/> --><release version=\"1\"/>",
        "<releases><release conversion=\"9\"/>",
        "<releases><release version=\"9 & 1\"/>",
        "<releases><release version=\"9",
        "<releases><release date=\"1\"><x version=\"9\"/>",
        "<release version=\"9\"/>",
    ] {
        assert_eq!(latest(unsure), None, "{unsure}");
    }
}

#[test]
fn no_link_leads_out_of_a_home() {
    // Wherever the link is: the same folders without it are read.
    for linked in [".local", ".local/share", ".local/share/flatpak", ".local/share/flatpak/app"] {
        let tree = Tree::new();
        tree.app(HOME, "org.example.Own", "stable");
        assert_eq!(names(&tree.collected(true).0), ["org.example.Own"]);

        fs::rename(tree.path(&format!("home/joe/{linked}")), tree.path("secret")).unwrap();
        symlink(tree.path("secret"), tree.path(&format!("home/joe/{linked}"))).unwrap();
        let (rows, missing) = tree.collected(true);
        assert!(rows.is_empty(), "{linked}: {rows:?}");
        assert!(missing.len() == 1 && missing[0].contains("links are not followed"), "{linked}: {missing:?}");
    }
}

#[test]
fn no_link_stands_for_an_application() {
    let tree = Tree::new();
    tree.app("secret", "org.example.Secret", "stable");
    tree.app(HOME, "org.example.Own", "stable");
    let secret = |path: &str| tree.path(&format!("secret/org.example.Secret{path}"));
    symlink(secret(""), tree.path(&format!("{HOME}/org.example.Link"))).unwrap();
    symlink(secret("/x86_64"), tree.path(&format!("{HOME}/org.example.Own/i386"))).unwrap();
    symlink(secret("/x86_64/stable"), tree.path(&format!("{HOME}/org.example.Own/x86_64/beta"))).unwrap();
    for target in [secret("/x86_64/stable").join(COMMIT).display().to_string(), "../stable".into(), "..".into()] {
        let branch = tree.path(&format!("{HOME}/org.example.Active/x86_64/b{}", target.len()));
        fs::create_dir_all(&branch).unwrap();
        symlink(target, branch.join("active")).unwrap();
    }
    let (rows, missing) = tree.collected(true);
    assert_eq!(names(&rows), ["org.example.Own"]);
    assert_eq!(missing, [format!("/{HOME}: 3 entries are no applications of Flatpak")]);
}

#[test]
fn files_behind_links_are_not_read() {
    let tree = Tree::new();
    tree.app(HOME, "org.example.Own", "stable");
    let deployed = format!("{HOME}/org.example.Own/x86_64/stable/{COMMIT}");
    tree.file("secret", "root-only\0");
    fs::remove_file(tree.path(&format!("{deployed}/deploy"))).unwrap();
    symlink(tree.path("secret"), tree.path(&format!("{deployed}/deploy"))).unwrap();
    assert_eq!(tree.collected(true).0[0].get("publisher"), None);
}

#[test]
fn odd_names_are_counted_not_reported() {
    let tree = Tree::new();
    let long = "x".repeat(250);
    for id in ["org.example.Fine", "a\u{1b}[2Jb", "white space", "<b>", long.as_str()] {
        tree.app(HOME, id, "stable");
    }
    tree.file(&format!("{HOME}/file"), "");
    let (rows, missing) = tree.collected(true);
    assert_eq!(names(&rows), ["org.example.Fine", long.as_str()]);
    assert_eq!(missing, [format!("/{HOME}: 4 entries are no applications of Flatpak")]);
}

#[test]
fn a_home_of_somebody_else_is_not_the_users() {
    let tree = Tree::new();
    tree.app(HOME, "org.example.Own", "stable");
    let other = geteuid().as_raw().wrapping_add(1);
    let passwd = format!(
        "one:x:{other}:100::/home/joe:\ntwo:x:{0}:100::/:\nthree:x:{0}:100::/home/x/../joe:\nfour:x:{0}:100::home/joe:\n",
        geteuid()
    );
    tree.file("etc/passwd", &passwd);
    assert_eq!(tree.collected(true), (vec![], vec![]));
    tree.file("etc/passwd", &format!("{passwd}a:x:{0}:1::/home/joe:\nb:x:{0}:1::/home/joe:\n", geteuid()));
    assert_eq!(tree.collected(true).0.len(), 1);
}

#[test]
fn too_many_folders_are_cut_and_that_is_said() {
    let tree = Tree::new();
    for number in 0..30 {
        fs::create_dir_all(tree.path(&format!("{HOME}/org.example.N{number}"))).unwrap();
    }
    let machine = Machine::new(Roots::folder(tree.0.path()));
    let findings = Findings::new(Instant::now() + Duration::from_secs(10));
    let scan = Scan::new(&machine, &findings);
    let mut installation = Installation::new(&scan, "/app".to_owned(), Some("joe"));
    installation.left = 20;
    installation.read(&Folder::at(&tree.path(HOME)).unwrap());
    assert_eq!(findings.take().1, ["/app: not all of it was looked at"]);
}
