//! The program under the names of other agents: links to it, a home of its own, and a user who is not root, so that it
//! finds neither this machine's configuration of Airlock nor its state.

use crate::program::{Output, program, run};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `nobody`, where the tests are run by root.
const NOBODY: u32 = 65534;

pub struct DropIn {
    folder: tempfile::TempDir,
}

impl DropIn {
    #[allow(clippy::new_without_default, reason = "it is work, not a value")]
    pub fn new() -> Self {
        let drop_in = Self { folder: tempfile::tempdir().unwrap() };
        fs::set_permissions(drop_in.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(drop_in.path("bin")).unwrap();
        fs::copy(program(), drop_in.path("bin/airlock")).unwrap();
        fs::set_permissions(drop_in.path("bin/airlock"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(drop_in.path("home")).unwrap();
        drop_in.give("home");
        drop_in
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Hands a folder or file to the user whom the program runs as.
    pub fn give(&self, name: &str) {
        if nix::unistd::geteuid().is_root() {
            chown(self.path(name), Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }

    /// Writes a file below the user's home (`home/…`).
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = Path::new(name);
        let folders: Vec<&Path> = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()).collect();
        for folder in folders.into_iter().rev() {
            if !self.folder.path().join(folder).is_dir() {
                fs::create_dir(self.folder.path().join(folder)).unwrap();
                self.give(folder.to_str().unwrap());
            }
        }
        fs::write(self.path(name), bytes).unwrap();
        self.give(name);
        self.path(name)
    }

    /// The program, called so.
    pub fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let link = self.path("bin").join(name);
        if !link.exists() {
            symlink(self.path("bin/airlock"), &link).unwrap();
        }
        let mut command = Command::new(link);
        command.args(arguments);
        self.as_user(&mut command);
        command
    }

    /// Any command, as the same user, who finds the program's names first.
    pub fn as_user(&self, command: &mut Command) {
        let path = format!("{}:/usr/bin:/bin:/usr/sbin:/sbin", self.text("bin"));
        command.env_clear().env("HOME", self.path("home")).env("PATH", path).current_dir(self.path("home"));
        if nix::unistd::geteuid().is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
    }

    pub fn run(&self, name: &str, arguments: &[&str]) -> Output {
        run(self.command(name, arguments))
    }

    /// Runs a command that has to succeed.
    pub fn done(&self, name: &str, arguments: &[&str]) -> Output {
        let output = self.run(name, arguments);
        assert!(output.status.success(), "{name} {arguments:?}: {}\n{}", output.status, output.stderr);
        output
    }
}
