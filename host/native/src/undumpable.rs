//! A process that holds secrets keeps them to itself: no core of it is written, and other processes of the same user can
//! neither attach to it nor read its memory and environment (`PR_SET_DUMPABLE`, prctl(2); `PTRACE_MODE_READ`, ptrace(2)).

use std::io;

/// From here on, and until it starts another program. Root can look into everything still.
pub fn keep_to_itself() -> io::Result<()> {
    Ok(nix::sys::prctl::set_dumpable(false)?)
}
