//! An owner with a folder of policies, and the program that goes by it.

use crate::program::{Airlock, Output, run};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// The program, with a folder of policies.
pub struct Owner {
    pub airlock: Airlock,
    pub confdir: tempfile::TempDir,
}

impl Owner {
    pub fn new(policy: &str) -> Self {
        let owner = Self { airlock: Airlock::new(), confdir: tempfile::tempdir().unwrap() };
        fs::create_dir(owner.confdir.path().join("policy.d")).unwrap();
        fs::set_permissions(owner.confdir.path().join("policy.d"), fs::Permissions::from_mode(0o755)).unwrap();
        owner.write("50-hq.toml", policy);
        owner
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.confdir.path().join("policy.d").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.confdir.path().join("policy.d").join(name)).unwrap();
    }

    pub fn command(&self, words: &[&str]) -> std::process::Command {
        let mut command = self.airlock.command(&[]);
        command.arg("--confdir").arg(self.confdir.path()).args(words);
        command
    }

    pub fn run(&self, words: &[&str]) -> Output {
        run(self.command(words))
    }

    /// The sections that an inventory for a server has, and what is said on standard error.
    pub fn inventory(&self, words: &[&str]) -> (BTreeSet<String>, String) {
        let output = self.run(&[&["task", "run", "inventory", "--json", "--server", "hq"], words].concat());
        let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap_or_default();
        let sections = document["report"].as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default();
        (sections, output.stderr)
    }
}
