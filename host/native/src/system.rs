//! Small facts about this process that only this crate may look up.

use std::ffi::OsString;
use std::path::PathBuf;

/// A variable of the environment.
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The effective user.
pub fn user_id() -> u32 {
    nix::unistd::geteuid().as_raw()
}

pub fn is_root() -> bool {
    user_id() == 0
}

/// The program's own file.
pub fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}
