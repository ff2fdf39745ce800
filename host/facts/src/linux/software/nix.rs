//! Packages of Nix: what the system of NixOS is made of, and what is in the profiles.
//!
//! A profile names its packages itself: `manifest.json`, or the older `manifest.nix` (Nix manual, "Profiles"). The system's
//! are only in Nix's database, so the tool is asked. The profiles of single users are left alone unless homes are wanted.

use crate::Scan;
use crate::output::nix::{package, packages, row};
use serde_json::Value;
use std::collections::BTreeSet;

const SYSTEM: &str = "/run/current-system";
const DEFAULT: &str = "/nix/var/nix/profiles/default";
const USERS: &str = "/nix/var/nix/profiles/per-user";

/// More users than this are left out.
const MOST_USERS: usize = 10_000;

pub(super) fn collect(scan: &Scan<'_>) {
    if !scan.roots().exists("/nix/var/nix") {
        return;
    }
    if scan.roots().link(SYSTEM).is_ok() {
        for row in packages(&scan.output("nix-store", &["--query", "--requisites", SYSTEM]).unwrap_or_default()) {
            scan.row(row);
        }
    }
    profile(scan, DEFAULT, None);
    // On NixOS and where Nix came as a package, root's profile is everybody's.
    profile(scan, &format!("{USERS}/root/profile"), None);
    if scan.machine.homes() {
        for name in scan.names(USERS).iter().filter(|name| *name != "root").take(MOST_USERS) {
            profile(scan, &format!("{USERS}/{name}/profile"), Some(name));
        }
    }
}

fn profile(scan: &Scan<'_>, path: &str, user: Option<&str>) {
    // What a user has made of the own profile is not looked for outside the store, which is root's alone.
    let in_store = scan.roots().real(path).is_ok_and(|real| real.starts_with("/nix/store"));
    if !in_store {
        return;
    }
    let read = |name: &str| scan.roots().text(format!("{path}/{name}")).ok();
    let paths = match (read("manifest.json"), read("manifest.nix")) {
        (Some(text), _) => of_json(&text),
        (None, Some(text)) => Some(of_nix(&text)),
        (None, None) => return,
    };
    let Some(paths) = paths else {
        scan.missing(format_args!("{path}/manifest.json: not understood"));
        return;
    };
    let mut seen = BTreeSet::new();
    for found in paths.iter().filter_map(|path| package(path)).filter(|found| seen.insert(*found)) {
        let mut row = row(found);
        row.set("system_category", if user.is_some() { "user" } else { "system" }).maybe("username", user);
        scan.row(row);
    }
}

/// The store paths of the elements: a list of them, or an object with their names.
fn of_json(text: &str) -> Option<Vec<String>> {
    let manifest: Value = serde_json::from_str(text).ok()?;
    let elements: Vec<&Value> = match manifest.get("elements")? {
        Value::Array(list) => list.iter().collect(),
        Value::Object(named) => named.values().collect(),
        _ => return None,
    };
    let active = elements.into_iter().filter(|one| one.get("active") != Some(&Value::Bool(false)));
    let paths = active.filter_map(|one| one.get("storePaths")?.as_array());
    Some(paths.flatten().filter_map(|path| path.as_str().map(str::to_owned)).collect())
}

/// `outPath = "…";` of an expression that Nix has written itself.
fn of_nix(text: &str) -> Vec<String> {
    let values = text.split("outPath = \"").skip(1);
    values.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, TestMachine};
    use airlock_model::Row;

    const HASH: &str = "0c7c96gikmzv87i7lv3vq5s1cmfjd6zf";

    fn with_profile(machine: &TestMachine, path: &str, name: &str, manifest: (&str, &str)) {
        machine.file(format!("nix/store/{HASH}-{name}/{}", manifest.0), manifest.1);
        machine.folder(std::path::Path::new(path).parent().unwrap());
        machine.link(path, format!("/nix/store/{HASH}-{name}"));
    }

    #[test]
    fn profiles_name_their_packages() {
        let machine = TestMachine::new();
        let json = format!(
            "{{\"version\":3,\"elements\":{{\"lab\":{{\"active\":true,\"storePaths\":[\"/nix/store/{HASH}-lab-1.2\",\
             \"/nix/store/{HASH}-lab-1.2-man\"]}},\"old\":{{\"active\":false,\"storePaths\":[\"/nix/store/{HASH}-old-1\"]}}}}}}"
        );
        let nix = format!("[ {{ name = \"own-3\"; outPath = \"/nix/store/{HASH}-own-3\"; }} ]");
        with_profile(&machine, "nix/var/nix/profiles/default", "all", ("manifest.json", &json));
        with_profile(&machine, "nix/var/nix/profiles/per-user/joe/profile", "joe", ("manifest.nix", &nix));
        let all =
            Row::new().with("name", "lab").with("version", "1.2").with("from", "nix").with("system_category", "system");
        let own = Row::new()
            .with("name", "own")
            .with("version", "3")
            .with("from", "nix")
            .with("system_category", "user")
            .with("username", "joe");
        let read = |homes| testing::collect(&machine.machine().with_homes(homes), collect);
        assert_eq!(read(false), (vec![all.clone()], vec![]));
        assert_eq!(read(true), (vec![all, own], vec![]));
    }

    #[test]
    fn the_system_is_asked_of_the_tool() {
        let mut machine = TestMachine::new();
        machine.folder("nix/var/nix");
        machine.folder("run");
        machine.link("run/current-system", "/nix/store/x");
        let text = format!("/nix/store/{HASH}-lab-1.2\n/nix/store/{HASH}-etc\n");
        machine.command(&["nix-store", "--query", "--requisites", SYSTEM], text);
        assert_eq!(machine.rows(collect).len(), 1);
    }

    #[test]
    fn a_profile_outside_the_store_and_one_that_makes_no_sense() {
        let machine = TestMachine::of(&[("secret/manifest.nix", "outPath = \"/nix/store/x\"")]);
        machine.folder("nix/var/nix/profiles");
        machine.link("nix/var/nix/profiles/default", "/secret");
        assert_eq!(machine.collect(collect), (vec![], vec![]));

        let machine = TestMachine::new();
        with_profile(&machine, "nix/var/nix/profiles/default", "all", ("manifest.json", "{\"elements\":7}"));
        let (rows, missing) = machine.collect(collect);
        assert!(rows.is_empty());
        assert_eq!(missing, [format!("{DEFAULT}/manifest.json: not understood")]);
    }
}
