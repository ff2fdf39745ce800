//! Machines that do not exist: folders of files as a machine has them (`tests/machines`), copied for each test.

use crate::smbios;
use std::fs;
use std::path::{Path, PathBuf};

/// A copy of a machine's files, to be changed at will.
pub struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    /// The workstation, with its firmware's tables.
    pub fn workstation() -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap() };
        copy(&kept("workstation/root"), machine.path());
        machine.link(&fs::read_to_string(kept("workstation/links.tsv")).unwrap());
        let tables = smbios::workstation();
        machine.write("sys/firmware/dmi/tables/DMI", tables.table);
        machine.write("sys/firmware/dmi/tables/smbios_entry_point", tables.entry_point);
        machine
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn argument(&self) -> &str {
        self.path().to_str().unwrap()
    }

    /// Makes symbolic links: a line has where it is and what it says. As in sysfs, some lead in circles, which programs
    /// that walk through these sources would not expect: links are not kept as links.
    fn link(&self, lines: &str) {
        for (path, target) in lines.lines().filter_map(|line| line.split_once('\t')) {
            let path = self.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink(target, path).unwrap();
        }
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Puts a file there, with the folders that it is in.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// A file or folder below `tests/machines`.
pub fn kept(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("machines").join(path)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
