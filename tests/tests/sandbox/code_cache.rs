//! Compiled code that is kept: used as it was kept, and compiled anew when it is not.

use airlock_native::CodeFolder;
use airlock_sandbox::{Checked, CodeCache, Loaded, Sandbox, Unit, World};
use airlock_tests::HOSTILE;
use airlock_tests::rig::{Rig, Setup};
use std::fs;
use std::path::{Path, PathBuf};

struct Kept(CodeFolder);

impl CodeCache for Kept {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.get(key)
    }

    fn put(&self, key: &str, code: &[u8]) {
        self.0.put(key, code);
    }
}

fn load(sandbox: &Sandbox, folder: &Path) -> Loaded {
    let cache = Kept(CodeFolder::new(folder.to_owned()));
    sandbox.load(&Checked::new(HOSTILE, World::Everything).unwrap(), &cache).unwrap()
}

fn only_file(folder: &Path) -> PathBuf {
    let files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

fn works(rig: &Rig, task: &Loaded) {
    let unit = Unit { target: "read hardware".to_owned(), job: String::new() };
    assert_eq!(rig.run_task(task, unit, Setup::default()).ended, Ok(()));
}

#[test]
fn code_that_was_kept_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::new();
    assert!(!load(&rig.sandbox, folder.path()).cached);
    let again = load(&rig.sandbox, folder.path());
    assert!(again.cached);
    works(&rig, &again);
    // And by another process's engine.
    assert!(load(&Sandbox::new().unwrap(), folder.path()).cached);
}

#[test]
fn code_that_was_changed_is_compiled_anew() {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::new();
    load(&rig.sandbox, folder.path());
    let file = only_file(folder.path());
    let good = fs::read(&file).unwrap();
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let strange = [b"\x7fELF".as_slice(), &[0; 4096]].concat();
    for (what, bytes) in
        [("flipped", flipped), ("cut", good[..good.len() / 2].to_vec()), ("empty", vec![]), ("strange", strange)]
    {
        fs::write(&file, bytes).unwrap();
        let task = load(&rig.sandbox, folder.path());
        assert!(!task.cached, "{what}");
        works(&rig, &task);
        // And what was bad is replaced.
        assert_eq!(fs::read(only_file(folder.path())).unwrap().len(), good.len(), "{what}");
        assert!(load(&rig.sandbox, folder.path()).cached, "{what}");
    }
}

#[test]
fn another_engines_code_under_the_right_digest_is_compiled_anew() {
    /// Well kept, but no code of this engine.
    struct Nonsense;
    impl CodeCache for Nonsense {
        fn get(&self, _key: &str) -> Option<Vec<u8>> {
            Some(b"code of an engine that was here before".to_vec())
        }
        fn put(&self, _key: &str, _code: &[u8]) {}
    }
    let rig = Rig::new();
    let task = rig.sandbox.load(&Checked::new(HOSTILE, World::Everything).unwrap(), &Nonsense).unwrap();
    assert!(!task.cached);
    works(&rig, &task);
}
