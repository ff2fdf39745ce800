//! The kill switch as a file: `STOP` beside the configuration. Local only: no server can set or clear it.
//!
//! Whatever is there and cannot be read as a stop (no right to read it, a folder, a link, a pipe) stops everything. Only in
//! a folder that this user may not look into nothing is seen to be there.

use crate::write_document;
use airlock_gate::guards::Stops;
use airlock_gate::{Stop, StopScope};
use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const LONGEST: u64 = 64 << 10;

/// The files that may stop this program: that of the system, and that of the folder it was given.
#[derive(Debug, Clone)]
pub struct StopFile {
    paths: Vec<PathBuf>,
}

impl StopFile {
    /// `confdir` is where this program's configuration is. The system's own switch holds in any case.
    pub fn new(confdir: &Path) -> Self {
        let own = confdir.join("STOP");
        let system = PathBuf::from("/etc/airlock/STOP");
        Self { paths: if own == system { vec![own] } else { vec![own, system] } }
    }

    /// The file that commands write.
    pub fn path(&self) -> Option<&Path> {
        self.paths.first().map(PathBuf::as_path)
    }

    /// What is stopped, and by which file.
    pub fn read(&self) -> Vec<(PathBuf, Stop)> {
        self.paths.iter().flat_map(|path| read(path).into_iter().map(|stop| (path.clone(), stop))).collect()
    }

    /// Adds a stop; one with the same scope is replaced.
    pub fn add(&self, stop: Stop) -> io::Result<()> {
        let Some(path) = self.path() else { return Ok(()) };
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let stop = Stop { reason: one_line(&stop.reason), ..stop };
        let mut stops = match fs::symlink_metadata(path) {
            Ok(_) => read(path),
            Err(_) => Vec::new(),
        };
        stops.retain(|old| old.scope != stop.scope);
        stops.push(stop);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        write(path, &stops)
    }

    /// Takes stops away: those with this scope, or all. Gives how many went.
    pub fn resume(&self, scope: Option<&StopScope>) -> io::Result<usize> {
        let Some(path) = self.path() else { return Ok(0) };
        if fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(0);
        }
        let stops = read(path);
        let left: Vec<Stop> = stops.iter().filter(|s| scope.is_some_and(|scope| s.scope != *scope)).cloned().collect();
        let gone = stops.len() - left.len();
        match (gone, left.is_empty()) {
            (0, _) => {}
            (_, true) => fs::remove_file(path)?,
            (_, false) => write(path, &left)?,
        }
        Ok(gone)
    }
}

impl Stops for StopFile {
    fn stops(&self) -> Vec<Stop> {
        self.paths.iter().flat_map(|path| read(path)).collect()
    }
}

fn read(path: &Path) -> Vec<Stop> {
    match content(path) {
        Ok(text) => Stop::parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => Vec::new(),
        // A folder that is none has no file in it.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Vec::new(),
        // A folder that this user may not even look into is another user's, and so is its switch.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && fs::symlink_metadata(path).is_err() => {
            Vec::new()
        }
        Err(error) => vec![Stop::all(format!("{} is there and cannot be read: {error}", path.display()))],
    }
}

fn content(path: &Path) -> io::Result<String> {
    // A pipe must not make us wait.
    let flags = nix::fcntl::OFlag::O_NOFOLLOW | nix::fcntl::OFlag::O_NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits()).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not an ordinary file"));
    }
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn write(path: &Path, stops: &[Stop]) -> io::Result<()> {
    let text: String = stops.iter().map(|stop| format!("{stop}\n")).collect();
    write_document(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, StopFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = StopFile { paths: vec![folder.path().join("STOP")] };
        (folder, file)
    }

    #[test]
    fn without_a_file_nothing_is_stopped() {
        let (_folder, file) = file();
        assert!(file.stops().is_empty());
        assert_eq!(file.resume(None).unwrap(), 0);
    }

    #[test]
    fn stops_are_added_and_taken_away_by_scope() {
        let (_folder, file) = file();
        let server = |name: &str| StopScope::Server(name.into());
        for (scope, reason) in
            [(server("hq"), "moved\nserver x"), (StopScope::Mutating, "freeze"), (server("hq"), "again")]
        {
            file.add(Stop { scope, reason: reason.into() }).unwrap();
        }
        let stops = file.stops();
        assert_eq!(stops.len(), 2);
        assert_eq!(stops[1], Stop { scope: server("hq"), reason: "again".into() });
        assert_eq!(file.resume(Some(&server("lab"))).unwrap(), 0);
        assert_eq!(file.resume(Some(&StopScope::Mutating)).unwrap(), 1);
        assert_eq!(file.resume(None).unwrap(), 1);
        assert!(file.stops().is_empty());
    }

    #[test]
    fn what_cannot_be_read_stops_everything() {
        use std::os::unix::fs::symlink;
        let all = |file: &StopFile| matches!(file.stops().as_slice(), [Stop { scope: StopScope::All, .. }]);
        let (folder, stop) = file();
        let path = folder.path().join("STOP");
        fs::create_dir(&path).unwrap();
        assert!(all(&stop), "a folder");
        fs::remove_dir(&path).unwrap();
        symlink("/nowhere/at/all", &path).unwrap();
        assert!(all(&stop), "a link to nothing");
        fs::remove_file(&path).unwrap();
        symlink("STOP", &path).unwrap();
        assert!(all(&stop), "a link to itself");
        fs::remove_file(&path).unwrap();
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert!(all(&stop), "a pipe");
        fs::remove_file(&path).unwrap();
        fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
        assert!(all(&stop), "no text");
        fs::write(&path, "").unwrap();
        assert!(all(&stop), "empty");
    }
}
