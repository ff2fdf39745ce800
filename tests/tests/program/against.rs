//! `airlock task inspect --against`: recorded runs of the installed version, played to another.

use airlock_tests::HOSTILE;
use airlock_tests::program::{Airlock, Output};
use airlock_tests::strangers::{Publisher, Release};
use airlock_tests::wasm::replaced;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// An owner with a task of acme's, a policy for it, and a folder that it may look at.
struct Scene {
    airlock: Airlock,
    publisher: Publisher,
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let (airlock, publisher, folder) = (Airlock::new(), Publisher::new(), tempfile::tempdir().unwrap());
        publisher.key(&airlock, "acme");
        airlock.trust(&publisher, "acme", "acme", "acme-*");
        let scene = Self { airlock, publisher, folder };
        scene.policy("");
        fs::write(scene.path("a"), "x").unwrap();
        let first = scene.release("1.0.0", 1, HOSTILE);
        let output = scene.airlock.install(&first, &[]);
        assert!(output.status.success(), "{output:?}");
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn release(&self, version: &str, counter: u64, component: &[u8]) -> PathBuf {
        let release = Release { worlds: &["everything"], ..Release::new("acme-check", version, counter, component) };
        self.publisher.publish(version, &release, &["acme"])
    }

    /// The release that looks at another place.
    fn other(&self, version: &str, counter: u64, place: &str) -> PathBuf {
        self.release(version, counter, &replaced(HOSTILE, b"/srv/acme/version-1", place.as_bytes()))
    }

    fn policy(&self, more: &str) {
        let public = fs::read_to_string(self.publisher.path("acme.pub")).unwrap();
        let key = public.lines().find(|line| line.starts_with("RW")).expect("a minisign key").to_owned();
        let text = format!(
            "policy_version = 1\n[server.hq]\norigin = \"https://glpi.example\"\n\
             [publisher.acme]\nkeys = [{key:?}]\nnames = [\"acme-*\"]\n\
             [[grant]]\nserver = [\"hq\"]\ntask = [\"acme-check\"]\nverb = \"files.stat\"\n\
             paths = [\"{}/**\", \"/srv/acme/**\"]\n{more}",
            self.folder.path().display()
        );
        fs::write(self.publisher.path("policy.toml"), text).unwrap();
    }

    fn with_policy(&self, words: &[&str]) -> Output {
        self.airlock.run(&[words, &["--policy", &self.publisher.text("policy.toml")]].concat())
    }

    fn run_it(&self, name: &str) {
        let target = format!("visit {}", self.path(name).display());
        let output = self.with_policy(&["task", "run", "acme-check", "--server", "hq", "--target", &target]);
        assert!(output.status.success(), "{output:?}");
    }

    fn kept(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.airlock.vardir().join("recordings")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    fn inspect(&self, what: &Path, against: &str) -> Output {
        self.with_policy(&["task", "inspect", what.to_str().unwrap(), "--against", against])
    }

    /// What is different, as JSON: change, path, runs, code.
    fn changes(&self, what: &Path, against: &str) -> Vec<(String, String, u64, Option<String>)> {
        let output = self.with_policy(&["task", "inspect", what.to_str().unwrap(), "--against", against, "--json"]);
        assert!(output.status.success(), "{output:?}");
        let document: Value = serde_json::from_str(&output.stdout).unwrap();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let one = |row: &Value| {
            assert_eq!(row["name"], "files.stat", "{row}");
            let (change, path) = (text(&row["change"]).unwrap(), text(&row["call"]["path"]).unwrap());
            (change, path, row["runs"].as_u64().unwrap(), text(&row["refused"]))
        };
        document["against"]["changes"].as_array().unwrap().iter().map(one).collect()
    }
}

fn change(kind: &str, path: &str, runs: u64, refused: Option<&str>) -> (String, String, u64, Option<String>) {
    (kind.to_owned(), path.to_owned(), runs, refused.map(str::to_owned))
}

const OLD: &str = "/srv/acme/version-1";

#[test]
fn a_new_version_is_held_against_what_was_asked_before() {
    let scene = Scene::new();
    for name in ["a", "b", "c"] {
        scene.run_it(name);
    }
    let kept = scene.kept();
    assert_eq!(kept.len(), 3, "{kept:?}");
    assert!(kept.iter().all(|path| fs::metadata(path).unwrap().permissions().mode() & 0o777 == 0o600));
    // From here on the machine is not looked at: it would say something else.
    fs::remove_file(scene.path("a")).unwrap();
    assert_eq!(scene.changes(Path::new("acme-check"), "last:20"), []);
    let words = scene.inspect(Path::new("acme-check"), "last:20");
    assert!(
        words.stdout.contains("against 3 recorded runs\n    It makes the calls that were made before"),
        "{words:?}"
    );

    let new = "/srv/acme/version-2";
    let next = scene.other("2.0.0", 2, new);
    assert_eq!(scene.changes(&next, "last:20"), [change("new", new, 3, None), change("gone", OLD, 3, None)]);
    assert_eq!(scene.changes(&next, "last:2"), [change("new", new, 2, None), change("gone", OLD, 2, None)]);
    let words = scene.inspect(&next, "last:20");
    assert!(words.stdout.contains("+ new") && words.stdout.contains("allows it"), "{words:?}");
    assert!(words.stdout.contains("- no longer") && words.stdout.contains(OLD), "{words:?}");

    // What the policy would refuse is said.
    let place = "/etc/acme/version-1";
    let outside = scene.other("3.0.0", 3, place);
    assert_eq!(
        scene.changes(&outside, "last:1"),
        [change("new", place, 1, Some("NO_GRANT")), change("gone", OLD, 1, None)]
    );
    // Nothing of it was installed, kept or recorded.
    assert_eq!(scene.airlock.installed(), [("acme-check".to_owned(), "1.0.0".to_owned())]);
    assert_eq!(scene.kept().len(), 3);
}

#[test]
fn a_recording_of_ones_own_or_a_folder_of_them_does_as_well() {
    let scene = Scene::new();
    fs::create_dir(scene.path("runs")).unwrap();
    let (one, target) = (scene.path("runs/one.cassette"), format!("visit {}", scene.path("a").display()));
    let record = ["task", "record", "acme-check", "--server", "hq", "--target", &target, "-o", one.to_str().unwrap()];
    let output = scene.with_policy(&record);
    assert!(output.status.success(), "{output:?}");
    assert!(scene.kept().is_empty(), "recorded once, where it was asked to be");
    let new = "/srv/acme/version-2";
    let next = scene.other("2.0.0", 2, new);
    for against in [one, scene.path("runs")] {
        let found = scene.changes(&next, against.to_str().unwrap());
        assert_eq!(found, [change("new", new, 1, None), change("gone", OLD, 1, None)]);
    }
    let none = scene.inspect(&next, "last:20");
    assert!(none.status.code() == Some(1) && none.stderr.contains("no run of acme-check is recorded"), "{none:?}");
    for bad in ["last:0", "last:x", "last:99999"] {
        assert_eq!(scene.inspect(&next, bad).status.code(), Some(2), "{bad}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(scene.inspect(&next, empty.path().to_str().unwrap()).status.code(), Some(2));
    fs::write(scene.path("broken.cassette"), "{}\n").unwrap();
    let broken = scene.inspect(&next, scene.path("broken.cassette").to_str().unwrap());
    assert!(broken.status.code() == Some(1) && broken.stderr.contains("not a recording"), "{broken:?}");
}

#[test]
fn the_owner_says_how_many_runs_are_kept() {
    let scene = Scene::new();
    scene.policy("[audit]\nrecordings = 2\n");
    for name in ["a", "b", "c", "d"] {
        scene.run_it(name);
    }
    let kept = scene.kept();
    assert_eq!(kept.len(), 2, "{kept:?}");
    let texts: String = kept.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    assert!(texts.contains("/c\"") && texts.contains("/d\"") && !texts.contains("/a\""), "the newest: {texts}");
    // A damaged one is said, and the others are compared.
    fs::write(&kept[0], "cut off").unwrap();
    let output = scene.inspect(Path::new("acme-check"), "last:20");
    assert!(output.status.success() && output.stdout.contains("against 1 recorded run\n"), "{output:?}");
    assert!(output.stdout.contains("not compared: "), "{output:?}");
    scene.policy("[audit]\nrecordings = 0\n");
    scene.run_it("e");
    assert!(scene.kept().iter().all(|path| !fs::read_to_string(path).unwrap().contains("/e\"")));
    // With the task goes what its runs were told.
    scene.airlock.done(&["task", "remove", "acme-check"]);
    assert!(scene.kept().is_empty());
}
