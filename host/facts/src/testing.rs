//! A machine made of a few files, for tests: what a collector reads is written first, then the collector is run.

use crate::{Commands, Findings, Machine, Roots, Scan};
use airlock_model::Row;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// More than any collector needs for a few files, however busy the computer is.
const TIME: Duration = Duration::from_secs(10);

/// A folder that stands for a machine and goes away with this value. Paths are the machine's own, with or without the
/// first slash; the folders above a file or a link are made with it.
pub(crate) struct TestMachine {
    _folder: tempfile::TempDir,
    roots: Roots,
    commands: Vec<(Vec<String>, Vec<u8>)>,
}

impl TestMachine {
    /// A machine without any file.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let roots = Roots::folder(folder.path());
        Self { _folder: folder, roots, commands: Vec::new() }
    }

    /// A machine with these files.
    pub(crate) fn of(files: &[(&str, impl AsRef<[u8]>)]) -> Self {
        let machine = Self::new();
        for (path, content) in files {
            machine.file(path, content);
        }
        machine
    }

    pub(crate) fn file(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        fs::write(self.place(path), content).unwrap();
    }

    /// What a tool prints when it is run with these arguments.
    pub(crate) fn command(&mut self, argv: &[&str], output: impl AsRef<[u8]>) {
        let argv = argv.iter().map(|&word| word.to_owned()).collect();
        self.commands.push((argv, output.as_ref().to_vec()));
    }

    pub(crate) fn folder(&self, path: impl AsRef<Path>) {
        fs::create_dir_all(self.path(path)).unwrap();
    }

    /// A symbolic link, which says `target` as it stands.
    pub(crate) fn link(&self, path: impl AsRef<Path>, target: impl AsRef<Path>) {
        symlink(target, self.place(path)).unwrap();
    }

    /// Where a path of the machine is.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.roots.at(path)
    }

    pub(crate) fn roots(&self) -> &Roots {
        &self.roots
    }

    pub(crate) fn machine(&self) -> Machine {
        Machine::new(self.roots.clone()).with_commands(Commands::scripted(self.commands.iter().cloned()))
    }

    /// What a collector finds: the rows, and what it says is missing.
    pub(crate) fn collect(&self, read: impl FnOnce(&Scan<'_>)) -> (Vec<Row>, Vec<String>) {
        collect(&self.machine(), read)
    }

    /// The rows of a collector that has to miss nothing.
    pub(crate) fn rows(&self, read: impl FnOnce(&Scan<'_>)) -> Vec<Row> {
        let (rows, missing) = self.collect(read);
        assert_eq!(missing, Vec::<String>::new());
        rows
    }

    fn place(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }
}

/// What a collector finds on a machine that has been told more than where its files are.
pub(crate) fn collect(machine: &Machine, read: impl FnOnce(&Scan<'_>)) -> (Vec<Row>, Vec<String>) {
    let findings = Findings::new(Instant::now() + TIME);
    read(&Scan::new(machine, &findings));
    findings.take()
}
