//! Where the program keeps what it has to remember: folders of its own, that nobody else may write.

use crate::system;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The program's folders for one user.
#[derive(Debug, Clone)]
pub struct Folders {
    state: PathBuf,
    log: PathBuf,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FoldersError {
    #[error("no folder to keep state in: neither --vardir nor HOME says where")]
    Nowhere,
    #[error("{path}: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error("{0:?} is no name of a server: letters, digits, `-`, `_` and `.`")]
    Name(String),
    #[error("{path} is not safe to use: {why}")]
    Unsafe { path: PathBuf, why: String },
}

impl Folders {
    /// The folder that the owner named, else the system's for root, else the user's own (XDG).
    pub fn new(vardir: Option<&Path>) -> Result<Self, FoldersError> {
        if let Some(folder) = vardir {
            return Ok(Self { state: folder.to_owned(), log: folder.join("log") });
        }
        if system::is_root() {
            return Ok(Self { state: "/var/lib/airlock".into(), log: "/var/log/airlock".into() });
        }
        let home = || system::variable("HOME").map(|home| Path::new(&home).join(".local/state"));
        let base = system::variable("XDG_STATE_HOME").map(PathBuf::from).or_else(home);
        let state = base.filter(|b| b.is_absolute()).ok_or(FoldersError::Nowhere)?.join("airlock");
        Ok(Self { log: state.join("log"), state })
    }

    /// All of them, whether they are there yet or not.
    pub fn all(&self) -> [&Path; 2] {
        [&self.state, &self.log]
    }

    /// The folder of compiled components.
    pub fn compiled(&self) -> Result<PathBuf, FoldersError> {
        private(&self.state)?;
        private(&self.state.join("compiled"))
    }

    /// The file of audit records.
    pub fn audit(&self) -> Result<PathBuf, FoldersError> {
        Ok(private(&self.log)?.join("audit.jsonl"))
    }

    /// Where the heads of the audit's chain are written down: not where the audit is.
    pub fn anchors(&self) -> Result<PathBuf, FoldersError> {
        Ok(private(&self.state)?.join("audit.anchors"))
    }

    /// What belongs to one server, by its local name.
    pub fn of_server(&self, name: &str) -> Result<PathBuf, FoldersError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(plain) {
            return Err(FoldersError::Name(airlock_model::short_line(name, 100)));
        }
        private(&self.state)?;
        private(&self.state.join("servers"))?;
        private(&self.state.join("servers").join(name))
    }

    /// The servers that something is kept for.
    pub fn servers(&self) -> Result<Vec<String>, FoldersError> {
        let path = self.state.join("servers");
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(FoldersError::Io { path, error }),
            Ok(entries) => entries,
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        Ok(names)
    }

    /// True for the folders of the system's own service.
    pub fn are_the_systems(&self) -> bool {
        self.state == Path::new("/var/lib/airlock")
    }

    /// What the owner trusts, and what is installed.
    pub fn trust(&self) -> Result<PathBuf, FoldersError> {
        private(&self.state)?;
        private(&self.state.join("trust"))
    }

    /// The recorded runs of installed tasks.
    pub fn recordings(&self) -> Result<PathBuf, FoldersError> {
        private(&self.state)?;
        private(&self.state.join("recordings"))
    }

    /// How far the owner's own scans have come.
    pub fn scans(&self) -> Result<PathBuf, FoldersError> {
        private(&self.state)?;
        private(&self.state.join("scans"))
    }

    /// For parts of packages and the folders of jobs; made by whoever first has some.
    pub fn deploy(&self) -> PathBuf {
        self.state.join("deploy")
    }

    /// The identity of this agent.
    pub fn state(&self) -> Result<PathBuf, FoldersError> {
        private(&self.state)
    }
}

/// Makes a folder that only this user may enter, or checks that it is one.
pub(crate) fn private(path: &Path) -> Result<PathBuf, FoldersError> {
    let at = |error| FoldersError::Io { path: path.to_owned(), error };
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(at)?;
    let metadata = fs::symlink_metadata(path).map_err(at)?;
    let unsafe_because = |why: String| FoldersError::Unsafe { path: path.to_owned(), why };
    if !metadata.is_dir() {
        return Err(unsafe_because("it is not a folder".into()));
    }
    if metadata.uid() != system::user_id() {
        return Err(unsafe_because(format!("it belongs to user {}", metadata.uid())));
    }
    if metadata.mode() & 0o022 != 0 {
        let mode = metadata.permissions().mode() & 0o777;
        return Err(unsafe_because(format!("others may write there (mode {mode:o}; chmod 700 {})", path.display())));
    }
    Ok(path.to_owned())
}
