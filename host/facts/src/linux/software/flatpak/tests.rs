//! Installations of users who do as they should, and of one who does not.

use super::*;
use crate::testing::{self, TestMachine};
use airlock_model::Row;
use nix::unistd::geteuid;
use std::fs;
use std::time::{Duration, UNIX_EPOCH};

const COMMIT: &str = "0123abcd";

/// A machine with one user, whose home is there.
fn machine() -> TestMachine {
    let machine = TestMachine::of(&[("etc/passwd", format!("joe:x:{}:100::/home/joe:/bin/sh\n", geteuid()))]);
    machine.folder("home/joe");
    machine
}

/// An application below a folder of applications.
fn app(machine: &TestMachine, apps: &str, id: &str, branch: &str) {
    let folder = format!("{apps}/{id}/x86_64/{branch}");
    machine.file(format!("{folder}/{COMMIT}/deploy"), "flathub\0more");
    machine.link(format!("{folder}/active"), COMMIT);
    let deployed = fs::File::open(machine.path(format!("{folder}/{COMMIT}"))).unwrap();
    deployed.set_modified(UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
}

fn collected(machine: &TestMachine, homes: bool) -> (Vec<Row>, Vec<String>) {
    testing::collect(&machine.machine().with_homes(homes), collect)
}

const HOME: &str = "home/joe/.local/share/flatpak/app";

fn names(rows: &[Row]) -> Vec<&str> {
    rows.iter().filter_map(|row| row.text("name")).collect()
}

#[test]
fn applications_of_users_and_of_the_machine() {
    let machine = machine();
    app(&machine, "var/lib/flatpak/app", "org.example.All", "stable");
    app(&machine, HOME, "org.example.Own", "beta");
    machine.link(format!("{HOME}/org.example.Own/current"), "x86_64/beta");
    let all = Row::new()
        .with("name", "org.example.All")
        .with("version", "stable")
        .with("arch", "x86_64")
        .with("from", "flatpak")
        .with("system_category", "system")
        .with("publisher", "flathub")
        .with("comments", "AppID: org.example.All")
        .with("install_date", "2023-11-14");
    let own = all
        .clone()
        .with("name", "org.example.Own")
        .with("comments", "AppID: org.example.Own")
        .with("version", "beta")
        .with("system_category", "user")
        .with("username", "joe");
    assert_eq!(collected(&machine, true), (vec![all.clone(), own], vec![]));
    // Homes are not touched unless that is wanted.
    assert_eq!(collected(&machine, false), (vec![all], vec![]));
}

#[test]
fn what_applications_stand_on_is_installed_too() {
    let machine = machine();
    app(&machine, "var/lib/flatpak/runtime", "org.example.Base", "23");
    app(&machine, "home/joe/.local/share/flatpak/runtime", "org.example.Base", "24");
    let rows = collected(&machine, true).0;
    let versions: Vec<_> = rows.iter().filter_map(|row| row.text("version")).collect();
    assert_eq!(versions, ["23", "24"]);
}

#[test]
fn a_description_names_the_application_and_its_version() {
    let machine = machine();
    app(&machine, HOME, "org.example.Own", "stable");
    let share = format!("{HOME}/org.example.Own/x86_64/stable/{COMMIT}/files/share");
    let text = "<component><releases>\n <release date=\"2024-01-02\" version=\"3.1.4\"/>\n<release version=\"3\"/>";
    machine.file(format!("{share}/metainfo/org.example.Own.metainfo.xml"), text);
    assert_eq!(collected(&machine, true).0[0].text("version"), Some("3.1.4"));

    assert_eq!(title("<id>x</id><name xml:lang=\"de\">X</name>\n<name> The X </name>"), Some("The X"));
    for unsure in
        ["", "<name>A</name", "<name></name>", "<name>A &amp; B</name>", "<developer><name>A</name></developer>"]
    {
        assert_eq!(title(unsure), None, "{unsure}");
    }
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
        let machine = machine();
        app(&machine, HOME, "org.example.Own", "stable");
        assert_eq!(names(&collected(&machine, true).0), ["org.example.Own"]);

        fs::rename(machine.path(format!("home/joe/{linked}")), machine.path("secret")).unwrap();
        machine.link(format!("home/joe/{linked}"), machine.path("secret"));
        let (rows, missing) = collected(&machine, true);
        assert!(rows.is_empty(), "{linked}: {rows:?}");
        assert!(missing.len() == 1 && missing[0].contains("links are not followed"), "{linked}: {missing:?}");
    }
}

#[test]
fn no_link_stands_for_an_application() {
    let machine = machine();
    app(&machine, "secret", "org.example.Secret", "stable");
    app(&machine, HOME, "org.example.Own", "stable");
    let secret = |path: &str| machine.path(format!("secret/org.example.Secret{path}"));
    machine.link(format!("{HOME}/org.example.Link"), secret(""));
    machine.link(format!("{HOME}/org.example.Own/i386"), secret("/x86_64"));
    machine.link(format!("{HOME}/org.example.Own/x86_64/beta"), secret("/x86_64/stable"));
    for target in [secret("/x86_64/stable").join(COMMIT).display().to_string(), "../stable".into(), "..".into()] {
        machine.link(format!("{HOME}/org.example.Active/x86_64/b{}/active", target.len()), target);
    }
    let (rows, missing) = collected(&machine, true);
    assert_eq!(names(&rows), ["org.example.Own"]);
    assert_eq!(missing, [format!("/{HOME}: 3 entries are no applications of Flatpak")]);
}

#[test]
fn files_behind_links_are_not_read() {
    let machine = machine();
    app(&machine, HOME, "org.example.Own", "stable");
    let deployed = format!("{HOME}/org.example.Own/x86_64/stable/{COMMIT}");
    machine.file("secret", "root-only\0");
    fs::remove_file(machine.path(format!("{deployed}/deploy"))).unwrap();
    machine.link(format!("{deployed}/deploy"), machine.path("secret"));
    assert_eq!(collected(&machine, true).0[0].get("publisher"), None);
}

#[test]
fn odd_names_are_counted_not_reported() {
    let machine = machine();
    let long = "x".repeat(250);
    for id in ["org.example.Fine", "a\u{1b}[2Jb", "white space", "<b>", long.as_str()] {
        app(&machine, HOME, id, "stable");
    }
    machine.file(format!("{HOME}/file"), "");
    let (rows, missing) = collected(&machine, true);
    assert_eq!(names(&rows), ["org.example.Fine", long.as_str()]);
    assert_eq!(missing, [format!("/{HOME}: 4 entries are no applications of Flatpak")]);
}

#[test]
fn a_home_of_somebody_else_is_not_the_users() {
    let machine = machine();
    app(&machine, HOME, "org.example.Own", "stable");
    let other = geteuid().as_raw().wrapping_add(1);
    let passwd = format!(
        "one:x:{other}:100::/home/joe:\ntwo:x:{0}:100::/:\nthree:x:{0}:100::/home/x/../joe:\nfour:x:{0}:100::home/joe:\n",
        geteuid()
    );
    machine.file("etc/passwd", &passwd);
    assert_eq!(collected(&machine, true), (vec![], vec![]));
    machine.file("etc/passwd", format!("{passwd}a:x:{0}:1::/home/joe:\nb:x:{0}:1::/home/joe:\n", geteuid()));
    assert_eq!(collected(&machine, true).0.len(), 1);
}

#[test]
fn too_many_folders_are_cut_and_that_is_said() {
    let machine = machine();
    for number in 0..30 {
        machine.folder(format!("{HOME}/org.example.N{number}"));
    }
    let (_, missing) = machine.collect(|scan| {
        let mut installation = Installation::new(scan, "/app".to_owned(), Some("joe"));
        installation.left = 20;
        installation.read(&Folder::at(machine.roots(), HOME).unwrap());
    });
    assert_eq!(missing, ["/app: not all of it was looked at"]);
}
