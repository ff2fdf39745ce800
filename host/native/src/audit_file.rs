//! The audit log as a file: one line of JSON a record, only ever appended to.

use airlock_gate::AuditLog;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

pub struct AuditFile {
    file: File,
}

impl AuditFile {
    pub fn open(path: &Path) -> io::Result<Self> {
        let no_link = nix::fcntl::OFlag::O_NOFOLLOW.bits();
        let file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(no_link).open(path)?;
        Ok(Self { file })
    }
}

impl AuditLog for AuditFile {
    fn write(&self, line: &str) -> io::Result<()> {
        // One write a record: records of several processes do not mix within a line.
        (&self.file).write_all(format!("{line}\n").as_bytes())
    }
}
