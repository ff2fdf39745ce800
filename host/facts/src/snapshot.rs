//! Writes what was read of a machine to a folder that can stand for the machine ([`crate::Roots::folder`]).

use crate::commands::RECORDED;
use crate::pseudonyms::Pseudonyms;
use crate::recorder::{Entry, Recorder, Records};
use crate::roots::{ANSWERS, Answer};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// All that has been read of a machine.
pub struct Snapshot {
    pub(crate) recorder: Arc<Recorder>,
}

/// What a written snapshot holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Written {
    pub files: usize,
    pub bytes: u64,
    pub links: usize,
    pub commands: usize,
    /// Files for which there was no room, or that could not be written, in words.
    pub left_out: Vec<String>,
}

impl Snapshot {
    pub(crate) fn new(recorder: Arc<Recorder>) -> Self {
        Self { recorder }
    }

    /// Writes everything below `folder`, which must not be there yet or must be empty. Only its owner may read it.
    pub fn write(&self, folder: &Path, pseudonyms: &Pseudonyms) -> io::Result<Written> {
        create(folder)?;
        let records = self.recorder.lock();
        let mut written = Written { commands: records.commands.len(), ..Written::default() };
        written.left_out.extend(records.left_out.iter().map(|path| format!("{}: no room", path.display())));
        for (path, entry) in &records.entries {
            let place = folder.join(pseudonyms.path(path).strip_prefix("/").unwrap_or(path));
            if let Err(error) = put(&place, path, entry, pseudonyms, &mut written) {
                written.left_out.push(format!("{}: {error}", path.display()));
            }
        }
        answers(folder, &records, pseudonyms)?;
        Ok(written)
    }
}

fn create(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => match fs::read_dir(folder)?.next() {
            None => Ok(()),
            Some(_) => Err(io::Error::new(ErrorKind::AlreadyExists, "the folder is not empty")),
        },
        other => other,
    }
}

fn put(place: &Path, path: &Path, entry: &Entry, pseudonyms: &Pseudonyms, written: &mut Written) -> io::Result<()> {
    match entry {
        Entry::Folder => DirBuilder::new().mode(0o700).recursive(true).create(place),
        Entry::Link(target) => {
            above(place)?;
            written.links += 1;
            symlink(pseudonyms.path(target), place)
        }
        Entry::File { bytes, modified } => {
            above(place)?;
            let content = bytes.as_deref().map(|bytes| pseudonyms.content(path, bytes)).unwrap_or_default();
            let mut file = new_file(place)?;
            file.write_all(&content)?;
            written.files += 1;
            written.bytes += u64::try_from(content.len()).unwrap_or(u64::MAX);
            match modified {
                Some(time) => file.set_modified(*time),
                None => Ok(()),
            }
        }
    }
}

fn above(place: &Path) -> io::Result<()> {
    match place.parent() {
        Some(folder) => DirBuilder::new().mode(0o700).recursive(true).create(folder),
        None => Ok(()),
    }
}

fn new_file(place: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(place)
}

/// What tools and system calls said, one JSON object a line.
fn answers(folder: &Path, records: &Records, pseudonyms: &Pseudonyms) -> io::Result<()> {
    let at = |path: &str| -> PathBuf {
        let names = Path::new(path).components().filter(|step| matches!(step, Component::Normal(_)));
        folder.join(names.collect::<PathBuf>())
    };
    above(&at(ANSWERS))?;
    let mut file = BufWriter::new(new_file(&at(ANSWERS))?);
    for (question, answer) in &records.answers {
        // Parts of devices are bytes in which no name can be found and replaced.
        if pseudonyms.is_empty() || !question.starts_with("device ") {
            let line = Answer { question: pseudonyms.text(question), answer: pseudonyms.text(answer) };
            serde_json::to_writer(&mut file, &line)?;
            file.write_all(b"\n")?;
        }
    }
    file.flush()?;
    let mut file = BufWriter::new(new_file(&at(RECORDED))?);
    for command in &records.commands {
        let mut command = command.clone();
        command.argv.iter_mut().for_each(|word| *word = pseudonyms.text(word));
        command.stdout = pseudonyms.text(&command.stdout);
        command.complaint = pseudonyms.text(&command.complaint);
        serde_json::to_writer(&mut file, &command)?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

impl Pseudonyms {
    fn path(&self, path: &Path) -> PathBuf {
        if self.is_empty() {
            return path.to_owned();
        }
        PathBuf::from(std::ffi::OsStr::from_bytes(&self.bytes(path.as_os_str().as_bytes())))
    }

    /// A file's bytes as they are written. Of a process's command line only the program stays: arguments hold passwords.
    fn content(&self, path: &Path, bytes: &[u8]) -> Vec<u8> {
        let is_command_line = path.starts_with("/proc") && path.file_name().is_some_and(|name| name == "cmdline");
        if !self.is_empty() && is_command_line && path.components().count() == 4 {
            return bytes.split_inclusive(|byte| *byte == 0).next().unwrap_or_default().to_vec();
        }
        self.bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Findings, Machine, Roots, collector};
    use std::time::{Duration, Instant};

    fn rows(machine: &Machine, section: &str) -> Vec<airlock_model::Row> {
        let findings = Findings::new(Instant::now() + Duration::from_secs(20));
        collector(section).unwrap().collect(machine, &findings);
        findings.take().0
    }

    #[test]
    fn a_snapshot_of_this_machine_gives_the_same_rows() {
        let (machine, snapshot) = Machine::recorded();
        let sections =
            ["bios", "cpus", "drives", "local_users", "networks", "storages", "softwares", "operatingsystem"];
        let before: Vec<_> = sections.iter().map(|section| rows(&machine, section)).collect();
        let folder = tempfile::tempdir().unwrap();
        let written = snapshot.write(&folder.path().join("machine"), &Pseudonyms::none()).unwrap();
        assert!(written.files > 5 && written.left_out.is_empty(), "{written:?}");
        let copy = Machine::new(Roots::folder(folder.path().join("machine")));
        for (section, before) in sections.iter().zip(before) {
            assert_eq!(rows(&copy, section), before, "{section}");
        }
        let again = snapshot.write(&folder.path().join("machine"), &Pseudonyms::none()).unwrap_err();
        assert_eq!(again.to_string(), "the folder is not empty");
    }
}
