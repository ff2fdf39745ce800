//! WC-01 to WC-04: paths, races, magic links, and what a right to read is good for.

use airlock_gate::Limits;
use airlock_sandbox::{Bounds, RunError};
use airlock_tests::policies::grant;
use airlock_tests::rig::{Rig, Run, Setup};
use airlock_tests::roads::{CANARY, Road};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

fn reads() -> String {
    ["files.read", "files.stat", "files.find", "files.hash"]
        .map(|verb| grant(verb, "paths = [\"BASE/acme/**\"]"))
        .concat()
}

fn writes() -> String {
    ["files.write", "files.mkdir", "files.delete"].map(|verb| grant(verb, "paths = [\"BASE/acme/**\"]")).concat()
}

/// Refused, with one record that names a code, and nothing of what is there was seen.
fn code(run: &Run, what: &str) -> String {
    assert!(run.ended.is_err(), "{what}: {:?}", run.ended);
    assert!(!format!("{run:?}").contains(CANARY), "{what}: {run:?}");
    let codes = run.refused();
    assert_eq!(codes.len(), 1, "{what}: {:#?}", run.audit);
    codes[0].clone()
}

#[test]
fn wc_01_paths_do_not_leave_what_is_granted() {
    let rig = Rig::new();
    let decided = Road::both().map(|road| {
        let mut codes = Vec::new();
        for path in [
            "../../etc/shadow",
            "BASE/acme/../../etc/shadow",
            "BASE/acme/../secret/shadow",
            "BASE/acme2/x",
            "//etc/shadow",
            "BASE//acme/a.txt",
            "BASE/acme/./a.txt",
            "BASE/acme/sub/../a.txt",
            "BASE/secret/shadow",
            "/etc/shadow",
            "BASE/acm",
            "BASE/acme\\..\\secret\\shadow",
            "BASE/acme/a.txt\0",
            "BASE/ACME/a.txt",
            "\\\\host\\share",
            "file:///etc/shadow",
            "",
            "BASE/acme/out/shadow",
            "BASE/acme/link",
            "BASE/acme/key",
            "BASE/own/key",
            "/dev/zero",
        ] {
            for act in ["read", "stat", "list", "hash", "write", "make-dir", "remove"] {
                let path = road.here(path);
                let run = rig.act("file", &[act, &path, "x", "0"], road.setup(&(reads() + &writes())));
                codes.push((act, code(&run, &format!("{} {act} {path:?}", road.name))));
            }
        }
        road.assert_untouched();
        codes
    });
    assert_eq!(decided[0], decided[1]);
    rig.goes_on();
}

#[test]
fn wc_01_twin_what_is_granted_is_read() {
    let rig = Rig::new();
    for road in Road::both() {
        let act = |act: &str, path: &str| {
            let run = rig.act("file", &[act, &road.here(path), "new", "0"], road.setup(&(reads() + &writes())));
            assert_eq!(run.ended, Ok(()), "{} {act} {path}", road.name);
            run.said().join(" ")
        };
        assert_eq!(act("read", "BASE/acme/a.txt"), "hello");
        assert_eq!(act("stat", "BASE/acme/a.txt"), "Some(Kind::File)");
        assert_eq!(act("stat", "BASE/acme/..a"), "None");
        assert_eq!(act("hash", "BASE/acme/a.txt"), "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        act("make-dir", "BASE/acme/sub/new");
        act("write", "BASE/acme/sub/new/...");
        assert_eq!(act("read", "BASE/acme/sub/new/..."), "new");
        assert_eq!(act("list", "BASE/acme/sub"), "new");
        act("remove", "BASE/acme/sub/new/...");
        act("remove", "BASE/acme/sub/new");
        road.assert_untouched();
    }
}

#[test]
fn wc_02_a_link_race_is_never_won() {
    let (rig, road) = (Rig::new(), Road::live());
    let at = |path: &str| Path::new(&road.here(path)).to_owned();
    fs::create_dir(at("BASE/acme/d")).unwrap();
    fs::write(at("BASE/acme/d/shadow"), "inside").unwrap();
    symlink("../secret", at("BASE/acme/l")).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let flipper = {
        let (over, d, l, t) = (Arc::clone(&over), at("BASE/acme/d"), at("BASE/acme/l"), at("BASE/acme/t"));
        thread::spawn(move || {
            let mut flips = 0_u64;
            while !over.load(Ordering::Relaxed) {
                // The folder and the link change places.
                let _ = fs::rename(&d, &t).and_then(|()| fs::rename(&l, &d)).and_then(|()| fs::rename(&t, &l));
                flips += 1;
            }
            flips
        })
    };
    let bounds = Bounds { deadline: Duration::from_secs(120), ..Bounds::default() };
    let limits = Limits { calls: u64::MAX, bytes: u64::MAX, ..Limits::default() };
    let setup = Setup { bounds, limits, ..road.setup(&(reads() + &writes())) };
    let run = rig.act("file", &["race", &road.here("BASE/acme/d/shadow"), "1500"], setup);
    over.store(true, Ordering::Relaxed);
    let flips = flipper.join().unwrap();
    assert_eq!(run.ended, Ok(()));
    assert!(flips > 100, "{flips}");
    let said = run.said().join("\n");
    assert!(!said.contains("escaped") && !said.contains(CANARY), "{said}");
    // Both were met.
    assert!(!said.contains("read 0,") && !said.contains("refused 0"), "{said}");
    road.assert_untouched();
    rig.goes_on();
}

#[test]
fn wc_02_twin_folders_that_change_places_are_read() {
    let (rig, road) = (Rig::new(), Road::live());
    let at = |path: &str| Path::new(&road.here(path)).to_owned();
    for folder in ["BASE/acme/d", "BASE/acme/e"] {
        fs::create_dir(at(folder)).unwrap();
        fs::write(at(folder).join("file"), folder).unwrap();
    }
    let read = || rig.act("file", &["read", &road.here("BASE/acme/d/file")], road.setup(&reads())).said().join(" ");
    assert_eq!(read(), "BASE/acme/d");
    fs::rename(at("BASE/acme/d"), at("BASE/acme/t")).unwrap();
    fs::rename(at("BASE/acme/e"), at("BASE/acme/d")).unwrap();
    assert_eq!(read(), "BASE/acme/e");
}

#[test]
fn wc_03_magic_links_are_refused() {
    let (rig, road) = (Rig::new(), Road::live());
    let everywhere = grant("files.read", "paths = [\"/proc/**\", \"BASE/acme/**\"]");
    let own = std::process::id();
    for path in [
        "/proc/self/root/etc/shadow".to_owned(),
        "/proc/self/environ".to_owned(),
        "/proc/thread-self/root/etc/passwd".to_owned(),
        "/proc/self/fd/0".to_owned(),
        format!("/proc/{own}/root/etc/passwd"),
        format!("/proc/{own}/cwd/Cargo.toml"),
        format!("/proc/{own}/environ"),
        format!("/proc/{own}/mem"),
        "/dev/fd/0".to_owned(),
        road.here("BASE/acme/magic/etc/passwd"),
    ] {
        let run = rig.act("file", &["read", &path], road.setup(&everywhere));
        let code = code(&run, &path);
        assert!(matches!(code.as_str(), "LINK" | "AGENT_PATH" | "DEVICE_PATH"), "{path}: {code}");
    }
    rig.goes_on();
}

#[test]
fn wc_03_twin_what_the_kernel_says_of_itself_is_read() {
    let (rig, road) = (Rig::new(), Road::live());
    let run =
        rig.act("file", &["read", "/proc/meminfo"], road.setup(&grant("files.read", "paths = [\"/proc/meminfo\"]")));
    assert_eq!(run.ended, Ok(()));
    assert!(run.said()[0].contains("MemTotal"));
}

#[test]
fn wc_04_a_right_to_read_changes_nothing() {
    let rig = Rig::new();
    let decided = Road::both().map(|road| {
        let codes: Vec<String> = ["write", "make-dir", "remove"]
            .iter()
            .flat_map(|act| {
                ["BASE/acme/a.txt", "BASE/acme/new", "BASE/acme/sub"].map(|path| {
                    let run = rig.act("file", &[act, &road.here(path), "", "0"], road.setup(&reads()));
                    code(&run, &format!("{} {act} {path}", road.name))
                })
            })
            .collect();
        assert!(codes.iter().all(|code| code == "NO_GRANT"), "{codes:?}");
        let run = rig.act("file", &["read", &road.here("BASE/acme/a.txt")], road.setup(&reads()));
        assert_eq!(run.said(), ["hello"]);
        // What is written through a second name would change a file outside.
        let twin =
            rig.act("file", &["write", &road.here("BASE/acme/twin"), "x", "0"], road.setup(&(reads() + &writes())));
        assert_eq!(code(&twin, "twin"), "LINK");
        road.assert_untouched();
        codes
    });
    assert_eq!(decided[0], decided[1]);
}

#[test]
fn wc_04_twin_a_right_to_write_writes() {
    let rig = Rig::new();
    for road in Road::both() {
        let run = rig.act("file", &["write", &road.here("BASE/acme/a.txt"), "bye", "0"], road.setup(&writes()));
        assert_eq!(run.ended, Ok(()), "{}", road.name);
        let run = rig.act("file", &["read", &road.here("BASE/acme/a.txt")], road.setup(&reads()));
        assert_eq!(run.said(), ["bye"]);
        // And does not read.
        let run = rig.act("file", &["read", &road.here("BASE/acme/a.txt")], road.setup(&writes()));
        assert!(matches!(run.ended, Err(RunError::Denied(_))));
    }
}
