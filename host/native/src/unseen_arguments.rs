//! A command line that nobody else on the machine reads: the program starts itself again with a harmless one, and hands
//! itself the real one through a file that has no name.
//!
//! Everybody may read the arguments of every process (`ps`, /proc/PID/cmdline), and a process cannot take its own back.
//! Until the program has started again, some milliseconds, they are there to be seen: a secret is safer in a file.

use nix::sys::memfd::{MFdFlags, memfd_create};
use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Names the open file that has the real arguments. It goes before all others.
const WORD: &str = "--unseen-arguments=";
/// Linux itself takes no longer command line unless it was told to (MAX_ARG_STRLEN and a quarter of the stack).
const LONGEST: u64 = 8 << 20;

/// The arguments of this process, its own name first. True: they came unseen.
pub fn arguments() -> io::Result<(Vec<OsString>, bool)> {
    let seen: Vec<OsString> = std::env::args_os().collect();
    let number = seen.get(1).and_then(|word| word.to_str()?.strip_prefix(WORD)?.parse::<i32>().ok());
    let Some(number) = number else { return Ok((seen, false)) };
    // Opened by its name in /proc, for a bare number is nobody's; the number itself is then closed, so that nothing that
    // this process starts inherits it.
    let mut bytes = Vec::new();
    File::open(format!("/proc/self/fd/{number}"))?.take(LONGEST).read_to_end(&mut bytes)?;
    nix::unistd::close(number)?;
    let own = seen.into_iter().next().unwrap_or_default();
    if let Some(name) = Path::new(&own).file_name().and_then(|name| CString::new(name.as_bytes()).ok()) {
        // As `ps` calls it: without this, the file that was started last, which is no name.
        let _ = nix::sys::prctl::set_name(&name);
    }
    let words = bytes.split(|byte| *byte == 0).map(|word| OsString::from_vec(word.to_vec()));
    // Each word ends with a zero.
    let count = bytes.iter().filter(|byte| **byte == 0).count();
    Ok((std::iter::once(own).chain(words.take(count)).collect(), true))
}

/// Becomes this program once more, with `words` (its own name first) as its arguments and `shown` as what others see of
/// them. Returns only when that fails.
pub fn start_again(words: &[OsString], shown: &[OsString]) -> io::Error {
    again(words, shown).unwrap_or_else(|error| error)
}

fn again(words: &[OsString], shown: &[OsString]) -> io::Result<io::Error> {
    let mut file = File::from(memfd_create(c"arguments", MFdFlags::empty())?);
    for word in words.iter().skip(1) {
        file.write_all(word.as_bytes())?;
        file.write_all(&[0])?;
    }
    let number = file.as_raw_fd();
    let own: &OsStr = words.first().map_or(OsStr::new("airlock"), OsString::as_os_str);
    let failed =
        Command::new("/proc/self/exe").arg0(own).arg(format!("{WORD}{number}")).args(shown.iter().skip(1)).exec();
    Ok(failed)
}
