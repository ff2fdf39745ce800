//! Opening an answer's body.
//!
//! Tolerated, because servers do it: a plain document that is labelled as packed, a packed one that is labelled as a
//! page or not at all, some words before the packed document, bytes after it. What was passed over is counted.

use super::Coding;
use super::coding::{Label, label};
use airlock_model::short_line;
use flate2::bufread::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use std::io::Read;

/// How much may come of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the opened document.
    pub bytes: usize,
    /// Bytes of the document for one byte of what came, once it is larger than [`Limits::SMALL`].
    pub ratio: usize,
}

impl Limits {
    /// Below this many bytes the proportion does not matter: repetitive texts pack well.
    pub const SMALL: usize = 1024 * 1024;
}

impl Default for Limits {
    /// 16 MiB, 200 to 1.
    fn default() -> Self {
        Self { bytes: 16 * 1024 * 1024, ratio: 200 }
    }
}

/// A document as it was before it was packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub bytes: Vec<u8>,
    /// What it was packed in.
    pub coding: Coding,
    /// Bytes before the packed document that were passed over.
    pub before: usize,
    /// Bytes after it that were passed over.
    pub after: usize,
}

/// Why a body could not be opened.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyError {
    #[error("more than {most} bytes, expected an answer of at most that")]
    Size { most: usize },
    #[error("{packed} packed bytes give more than {ratio} times as many: expected an honest answer")]
    Ratio { packed: usize, ratio: usize },
    #[error("labelled {label}, which was not asked for: expected zlib, gzip or a plain document")]
    Coding { label: String },
    #[error("damaged {coding:?} data: {why}")]
    Damaged { coding: Coding, why: String },
    #[error("labelled {label}, but neither zlib nor gzip nor a document: it begins with {begins}")]
    Neither { label: String, begins: String },
}

/// How far words may reach before a packed document.
const BEFORE: usize = 4096;

/// Opens a body. `content_type` is the answer's header, if it has one.
pub fn open(content_type: Option<&str>, body: &[u8], limits: &Limits) -> Result<Opened, BodyError> {
    let named = content_type.unwrap_or_default();
    let label = label(named);
    if let Label::Other(kind) = label {
        return Err(BodyError::Coding { label: short_line(kind, 60) });
    }
    let own = Coding::of(body);
    if own != Coding::Plain {
        return unpack(own, body, 0, limits);
    }
    if body.len() > limits.bytes {
        return Err(BodyError::Size { most: limits.bytes });
    }
    let packed = matches!(label, Label::Packed(_));
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let is_document = text.is_empty() || matches!(text.first(), Some(b'{' | b'[' | b'<'));
    if !packed || is_document {
        // A page that was written before the document, say: the document may still follow.
        return match packed.then(|| within(body, limits)).flatten() {
            Some(opened) => Ok(opened),
            None => Ok(Opened { bytes: body.to_vec(), coding: Coding::Plain, before: 0, after: 0 }),
        };
    }
    within(body, limits).ok_or_else(|| BodyError::Neither {
        label: short_line(named, 60),
        begins: airlock_model::shown(&String::from_utf8_lossy(body.get(..body.len().min(60)).unwrap_or(body))),
    })
}

/// The first packed document behind some words. Only what opens whole counts: its first bytes may be chance.
fn within(body: &[u8], limits: &Limits) -> Option<Opened> {
    let mut tries = 8;
    for at in 1..body.len().min(BEFORE) {
        let rest = body.get(at..)?;
        // Zlib's usual headers only: others are too short to be told from a text.
        let coding = match rest {
            [0x1f, 0x8b, 8, ..] => Coding::Gzip,
            [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => Coding::Zlib,
            _ => continue,
        };
        if let Ok(opened) = unpack(coding, rest, at, limits) {
            return Some(opened);
        }
        tries -= 1;
        if tries == 0 {
            return None;
        }
    }
    None
}

fn unpack(coding: Coding, packed: &[u8], before: usize, limits: &Limits) -> Result<Opened, BodyError> {
    let damaged = |why: &dyn std::fmt::Display| BodyError::Damaged { coding, why: why.to_string() };
    let mut room = Room::new(packed.len(), limits);
    let left = match coding {
        Coding::Plain => {
            room.add(packed)?;
            0
        }
        Coding::Zlib => inflate(packed, &mut room, &damaged)?,
        Coding::Gzip => {
            let mut decoder = GzDecoder::new(packed);
            let mut chunk = [0; CHUNK];
            loop {
                let read = decoder.read(&mut chunk).map_err(|error| damaged(&error))?;
                if read == 0 {
                    break decoder.into_inner().len();
                }
                room.add(chunk.get(..read).unwrap_or_default())?;
            }
        }
    };
    Ok(Opened { bytes: room.bytes, coding, before, after: left })
}

/// Inflates a zlib stream; gives how many bytes are left behind it. A stream that breaks off is damaged.
fn inflate(
    packed: &[u8],
    room: &mut Room,
    damaged: &dyn Fn(&dyn std::fmt::Display) -> BodyError,
) -> Result<usize, BodyError> {
    let mut state = Decompress::new(true);
    let mut chunk = [0; CHUNK];
    let mut rest = packed;
    loop {
        let (read, written) = (state.total_in(), state.total_out());
        let status = state.decompress(rest, &mut chunk, FlushDecompress::None).map_err(|error| damaged(&error))?;
        let took = usize::try_from(state.total_in() - read).unwrap_or(usize::MAX);
        let gave = usize::try_from(state.total_out() - written).unwrap_or(usize::MAX);
        rest = rest.get(took..).unwrap_or_default();
        room.add(chunk.get(..gave).unwrap_or_default())?;
        if status == Status::StreamEnd {
            return Ok(rest.len());
        }
        if took == 0 && gave == 0 {
            return Err(damaged(&"it breaks off before its end"));
        }
    }
}

const CHUNK: usize = 16 * 1024;

/// What has come of a body so far: memory grows with that, and not with what is promised.
struct Room {
    bytes: Vec<u8>,
    packed: usize,
    limits: Limits,
}

impl Room {
    fn new(packed: usize, limits: &Limits) -> Self {
        Self { bytes: Vec::new(), packed, limits: *limits }
    }

    fn add(&mut self, more: &[u8]) -> Result<(), BodyError> {
        let size = self.bytes.len() + more.len();
        if size > self.limits.bytes {
            return Err(BodyError::Size { most: self.limits.bytes });
        }
        if size > Limits::SMALL && size > self.packed.saturating_mul(self.limits.ratio) {
            return Err(BodyError::Ratio { packed: self.packed, ratio: self.limits.ratio });
        }
        self.bytes.extend_from_slice(more);
        Ok(())
    }
}
