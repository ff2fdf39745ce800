//! A file from its parts: each is uncompressed where it is gzip, all of it is hashed on the way, and the file has a name only
//! once its digest is right. How much comes out of the parts is bounded as it comes.

use super::job::JobFolder;
use super::store::{Incoming, Store, until};
use crate::off_thread::Stopped;
use airlock_gate::calls::{JobFile, Sha512Sum};
use airlock_gate::{CallError, Scope};
use flate2::bufread::MultiGzDecoder;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use std::io::{BufRead, BufReader, Read};

/// Bytes of a file where no grant says less.
const LARGEST_FILE: u64 = 64 << 30;
const CHUNK: usize = 128 << 10;
/// How gzip begins (RFC 1952, 2.3.1).
const GZIP: &[u8] = &[0x1f, 0x8b];

/// How parts are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    Gzip,
    Bytes,
}

/// Bytes of the file.
pub(super) fn assemble(
    store: &Store,
    file: &JobFile,
    job: &JobFolder,
    scope: &Scope,
    stopped: &Stopped,
) -> Result<u64, CallError> {
    let wanted = Sha512Sum::parse(&file.sha512)?;
    let parts = file.parts.iter().map(|part| Sha512Sum::parse(part)).collect::<Result<Vec<_>, _>>()?;
    // With one sealed part all of it is.
    let is_sealed = scope.is_sealed || parts.iter().any(|part| store.is_sealed(part));
    let folder = if is_sealed { job.sealed() } else { job.work() };
    let folder = open(&folder, OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())
        .map_err(|error| CallError::Failed(format!("the job's folder: {error}")))?;
    let most = scope.max_bytes.unwrap_or(LARGEST_FILE).min(LARGEST_FILE);
    let until = until(file.retention_minutes, file.shared);
    parts.iter().for_each(|part| store.prolong(part, until));
    let mut why = None;
    // Parts that only look like gzip are the file's own bytes.
    for how in [As::Gzip, As::Bytes] {
        let mut incoming = Incoming::new(&folder, most)?;
        match join(store, &parts, how, &mut incoming, stopped) {
            Ok(looked) => {
                if let Some(bytes) = incoming.keep_if(&wanted, &file.name)? {
                    return Ok(bytes);
                }
                if !looked {
                    break;
                }
            }
            Err(error @ (CallError::NotFound | CallError::Cancelled)) => return Err(error),
            Err(error) => why = why.or(Some(error)),
        }
    }
    let name = &file.name;
    if store.recheck(&parts)? {
        return Err(CallError::Failed(format!("{name}: parts of it were damaged here and are to be downloaded again")));
    }
    Err(why.unwrap_or_else(|| {
        CallError::Failed(format!("{name}: the parts together are not the file: its digest is another"))
    }))
}

/// Whether there was gzip among the parts.
fn join(
    store: &Store,
    parts: &[Sha512Sum],
    how: As,
    into: &mut Incoming<'_>,
    stopped: &Stopped,
) -> Result<bool, CallError> {
    let mut has_gzip = false;
    for part in parts {
        let failed = |error: std::io::Error| CallError::Failed(format!("part {part:.16}…: {error}"));
        let mut file = BufReader::with_capacity(CHUNK, store.read(part)?);
        let is_gzip = file.fill_buf().map_err(failed)?.starts_with(GZIP);
        has_gzip |= is_gzip;
        if is_gzip && how == As::Gzip {
            pour(&mut MultiGzDecoder::new(file), into, stopped, failed)?;
        } else {
            pour(&mut file, into, stopped, failed)?;
        }
    }
    Ok(has_gzip)
}

fn pour(
    from: &mut impl Read,
    into: &mut Incoming<'_>,
    stopped: &Stopped,
    failed: impl Fn(std::io::Error) -> CallError,
) -> Result<(), CallError> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = match from.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        if stopped.is_stopped() {
            return Err(CallError::Cancelled);
        }
        into.take(chunk.get(..count).unwrap_or_default()).map_err(&failed)?;
    }
}
