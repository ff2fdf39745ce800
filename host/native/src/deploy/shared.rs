//! A part that neighbours may have, for whoever serves it: read, and nothing else. Nothing here lists what there is, and parts
//! that came in for signed packages alone are not among them.

use airlock_gate::calls::Sha512Sum;
use nix::fcntl::OFlag;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::SystemTime;

/// The part and its bytes, from the program's own folder of deployments; none where it is not here, or no longer kept.
pub fn shared_part(folder: &Path, part: &Sha512Sum) -> io::Result<Option<(File, u64)>> {
    // Made of the digest's bytes, and so of hexadecimal digits alone.
    let path = folder.join("parts").join(part.to_string());
    let file = match OpenOptions::new().read(true).custom_flags(OFlag::O_NOFOLLOW.bits()).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let is = file.metadata()?;
    // The time of its file is when it may go.
    let is_kept = is.is_file() && is.modified()? > SystemTime::now();
    Ok(is_kept.then_some((file, is.len())))
}
