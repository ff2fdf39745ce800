//! What a job asks of whoever runs it. The component asks the host; tests and the conformance tool ask machines of their own.
//!
//! Places are texts: `work:a/b` is below the job's own folder, `/opt/b` is on the machine.

use airlock_task::Error;
pub use airlock_task::status::{Line, Step};

/// What a call gives, or why it was not answered.
pub type Answer<T> = Result<T, Error>;

/// A file that belongs to a job, as the host needs to know it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// One name, without folders.
    pub name: String,
    /// SHA-512 of the whole file: 128 hexadecimal digits.
    pub sha512: String,
    /// SHA-512 of each part as it is downloaded, in order.
    pub parts: Vec<String>,
    pub retention_minutes: u32,
    /// Neighbours may have its parts.
    pub shared: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Dir,
    /// A link, a device, a pipe, a socket.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
}

/// A command of the owner's policy, with what goes into its gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub template: String,
    pub arguments: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// None: by a signal.
    pub exit_code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// What a person is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    pub title: String,
    pub text: String,
    /// In the words of the protocol: `ok`, `okcancel`, `yesno`, …
    pub buttons: String,
    /// `none`, `warning`, `question`, `info`, `error`.
    pub icon: String,
    /// Seconds; 0: shown, and not waited for.
    pub timeout: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// In the words of the protocol: `ok`, `cancel`, `yes`, …
    Pressed(String),
    Timeout,
    NoOneThere,
}

/// A key of the Windows registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    /// Names of the keys below it.
    pub keys: Vec<String>,
    pub values: Vec<Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Value {
    /// Empty: the key's own value.
    pub name: String,
    /// `REG_SZ`, `REG_DWORD`, …
    pub kind: Option<String>,
    pub data: String,
}

/// Each call may be refused. What a machine does not say that it can do, it cannot do.
pub trait Machine {
    /// Tells the server.
    fn tell(&mut self, line: Line) -> Answer<()>;

    /// Tells the server what a person answered.
    fn asked(&mut self, _kind: &str, _behavior: &str, _event: &str) -> Answer<()> {
        Err(Error::Unsupported)
    }

    fn has_part(&mut self, _part: &str) -> Answer<bool> {
        Err(Error::Unsupported)
    }

    fn fetch_part(&mut self, _mirror: &str, _part: &str, _of: &File) -> Answer<u64> {
        Err(Error::Unsupported)
    }

    fn assemble(&mut self, _file: &File) -> Answer<u64> {
        Err(Error::Unsupported)
    }

    fn unpack(&mut self, _archive: &str, _into: &str) -> Answer<u32> {
        Err(Error::Unsupported)
    }

    fn install(&mut self, _name: &str, _into: Option<&str>) -> Answer<String> {
        Err(Error::Unsupported)
    }

    fn stat(&mut self, _at: &str) -> Answer<Option<Metadata>> {
        Err(Error::Unsupported)
    }

    fn list(&mut self, _at: &str) -> Answer<Vec<String>> {
        Err(Error::Unsupported)
    }

    /// SHA-512 in hexadecimal.
    fn hash(&mut self, _at: &str) -> Answer<String> {
        Err(Error::Unsupported)
    }

    /// Megabytes (1000 kB).
    fn free_space(&mut self, _at: &str) -> Answer<u64> {
        Err(Error::Unsupported)
    }

    fn copy(&mut self, _from: &str, _to: &str) -> Answer<u32> {
        Err(Error::Unsupported)
    }

    fn rename(&mut self, _from: &str, _to: &str) -> Answer<u32> {
        Err(Error::Unsupported)
    }

    /// With those above it.
    fn make_dir(&mut self, _at: &str) -> Answer<()> {
        Err(Error::Unsupported)
    }

    /// A file or a whole tree.
    fn remove(&mut self, _at: &str) -> Answer<()> {
        Err(Error::Unsupported)
    }

    fn recognise(&mut self, _line: &str) -> Answer<Command> {
        Err(Error::Unsupported)
    }

    fn run_template(&mut self, _command: &Command) -> Answer<Outcome> {
        Err(Error::Unsupported)
    }

    /// What the component logged, and how it ended.
    fn run_component(&mut self, _name: &str, _arguments: &[String]) -> Answer<String> {
        Err(Error::Unsupported)
    }

    fn ask(&mut self, _prompt: &Prompt) -> Answer<Reply> {
        Err(Error::Unsupported)
    }

    /// A key by its path (`HKEY_LOCAL_MACHINE/SOFTWARE/X`); none when it is not there.
    fn registry(&mut self, _key: &str) -> Answer<Option<Key>> {
        Err(Error::Unsupported)
    }
}
