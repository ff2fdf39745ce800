//! The audit log as a file: one line of JSON a record, only ever appended to.

use airlock_gate::AuditLog;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

pub struct AuditFile {
    file: File,
    /// The owner was told once that records are missing.
    failed: AtomicBool,
}

/// At this size a file is put aside under the name `….1`, in place of the one before it.
const FULL: u64 = 32 << 20;

impl AuditFile {
    pub fn open(path: &Path) -> io::Result<Self> {
        if fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() >= FULL) {
            fs::rename(path, path.with_added_extension("1"))?;
        }
        let no_link = nix::fcntl::OFlag::O_NOFOLLOW.bits();
        let file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(no_link).open(path)?;
        Ok(Self { file, failed: AtomicBool::new(false) })
    }
}

impl AuditLog for AuditFile {
    fn write(&self, line: &str) -> io::Result<()> {
        // One write a record: records of several processes do not mix within a line.
        let written = (&self.file).write_all(format!("{line}\n").as_bytes());
        if let Err(error) = &written
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            tracing::warn!("the audit log cannot be written: {error}");
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_appended_and_a_full_file_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        for line in ["{\"seq\":1}", "{\"seq\":2}"] {
            AuditFile::open(&path).unwrap().write(line).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"seq\":1}\n{\"seq\":2}\n");
        File::options().write(true).open(&path).unwrap().set_len(FULL).unwrap();
        AuditFile::open(&path).unwrap().write("{\"seq\":3}").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"seq\":3}\n");
        assert!(folder.path().join("audit.jsonl.1").exists());
    }

    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = folder.path().join("elsewhere");
        fs::write(&elsewhere, "").unwrap();
        let path = folder.path().join("audit.jsonl");
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        assert!(AuditFile::open(&path).is_err());
    }
}
