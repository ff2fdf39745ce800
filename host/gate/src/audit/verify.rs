//! Whether a log is as it was written: the first record that was changed, taken out, moved, put in or said twice.

use super::chain::{Head, Sealed, says_torn};
use std::collections::BTreeMap;
use std::io::{self, BufRead};

/// More than the longest record.
const LONGEST: u64 = 256 << 10;

/// A head that was written down elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub seq: u64,
    pub hash: String,
    /// Where it was written down, for people.
    pub from: String,
}

/// A log without a fault.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Verified {
    pub records: u64,
    /// The first record that is there; those before it were rotated away.
    pub first: u64,
    pub head: Head,
    /// Anchors that the log agrees with.
    pub anchors: usize,
    /// What is no fault, but should be known.
    pub notes: Vec<String>,
}

/// The first fault of a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub struct Fault {
    pub file: String,
    pub line: u64,
    /// The record's number, as far as it has one.
    pub seq: Option<u64>,
    pub what: String,
}

/// Reads files of records, oldest first, line by line, and compares them with what was anchored.
pub fn verify(files: &mut [(String, &mut dyn BufRead)], anchors: &[Anchor]) -> Result<Verified, Fault> {
    let mut walk = Walk::new(anchors);
    for (name, reader) in files {
        walk.file = name.clone();
        walk.line = 0;
        while let Some((bytes, is_ended)) = next_line(*reader).map_err(|error| walk.fault(None, error.to_string()))? {
            walk.line += 1;
            walk.step(bytes, is_ended)?;
        }
    }
    walk.done()
}

struct Walk<'a> {
    anchors: BTreeMap<u64, Vec<&'a Anchor>>,
    verified: Verified,
    file: String,
    line: u64,
    /// A line that is no record: only the one behind it can excuse it.
    broken: Option<(String, u64, Vec<u8>)>,
    /// A gap, and the number that is missing: the line behind it tells whether it was moved.
    gap: Option<(Fault, u64)>,
    last_line: String,
}

impl<'a> Walk<'a> {
    fn new(all: &'a [Anchor]) -> Self {
        let mut anchors: BTreeMap<u64, Vec<&Anchor>> = BTreeMap::new();
        for anchor in all {
            anchors.entry(anchor.seq).or_default().push(anchor);
        }
        let (verified, file, last_line) = Default::default();
        Self { anchors, verified, file, line: 0, broken: None, gap: None, last_line }
    }

    fn fault(&self, seq: Option<u64>, what: impl Into<String>) -> Fault {
        Fault { file: self.file.clone(), line: self.line, seq, what: what.into() }
    }

    fn step(&mut self, bytes: Vec<u8>, is_ended: bool) -> Result<(), Fault> {
        let sealed = std::str::from_utf8(&bytes).ok().and_then(Sealed::read);
        if let Some((mut fault, missing)) = self.gap.take() {
            if sealed.is_some_and(|sealed| sealed.seq == missing) {
                fault.what = format!("record {missing} was moved: it comes after one that follows it");
            }
            return Err(fault);
        }
        let Some(sealed) = sealed else {
            if let Some(earlier) = self.broken.take() {
                return Err(no_record(earlier));
            }
            self.broken = Some((self.file.clone(), self.line, bytes));
            if !is_ended {
                self.last_line = format!("{}:{}", self.file, self.line);
            }
            return Ok(());
        };
        if let Some(broken) = self.broken.take() {
            if !says_torn(&sealed.record, &broken.2) {
                return Err(no_record(broken));
            }
            let note =
                format!("{}:{}: a line that a crash cut short; the record behind it says so", broken.0, broken.1);
            self.verified.notes.push(note);
        }
        self.follow(&sealed)?;
        self.verified.head = sealed.head();
        self.verified.records += 1;
        if !is_ended {
            self.verified.notes.push(format!("{}:{}: the last line has no end", self.file, self.line));
        }
        Ok(())
    }

    /// Whether a record is whole, and the one that is due.
    fn follow(&mut self, sealed: &Sealed) -> Result<(), Fault> {
        let (seq, head) = (sealed.seq, &self.verified.head);
        let fault = |what: String| Err(self.fault(Some(seq), what));
        if !sealed.is_whole {
            return fault(format!("record {seq} was changed: its digest is not that of its words"));
        }
        if head.is_start() {
            let is_first = seq == 1 && sealed.prev == head.hash;
            let event = sealed.record.get("event").and_then(serde_json::Value::as_str);
            if !is_first && event != Some("audit.rotated") {
                return fault(match event {
                    Some("audit.lost") => format!("the records before {seq} are gone: the file was taken away"),
                    _ => format!("the log begins with record {seq}: those before it are missing"),
                });
            }
            self.verified.first = seq;
        } else if sealed.hash == head.hash {
            return fault(format!("record {seq} is there twice"));
        } else if seq > head.seq + 1 {
            let missing = head.seq + 1;
            let what = match seq - missing {
                1 => format!("record {missing} is missing"),
                _ => format!("records {missing} to {} are missing", seq - 1),
            };
            self.gap = Some((self.fault(Some(missing), what), missing));
            return Ok(());
        } else if seq <= head.seq {
            return fault(format!("record {seq} comes again, or was moved: {} is due", head.seq + 1));
        } else if sealed.prev != head.hash {
            return fault(format!(
                "record {seq} does not follow the one before it: one of the two was put in or changed"
            ));
        }
        for anchor in self.anchors.remove(&seq).unwrap_or_default() {
            if anchor.hash != sealed.hash {
                let what = format!(
                    "record {seq} is not the one that was anchored ({}): the log was written anew",
                    anchor.from
                );
                return Err(self.fault(Some(seq), what));
            }
            self.verified.anchors += 1;
        }
        Ok(())
    }

    fn done(mut self) -> Result<Verified, Fault> {
        if let Some((fault, _)) = self.gap.take() {
            return Err(fault);
        }
        if let Some(broken) = self.broken.take() {
            if self.last_line.is_empty() {
                return Err(no_record(broken));
            }
            self.verified
                .notes
                .push(format!("{}: the last line was cut short; the next run will say so", self.last_line));
        }
        let (last, first) = (self.verified.head.seq, self.verified.first);
        // Anchors of records that were rotated away say nothing any more.
        if let Some((seq, anchor)) =
            self.anchors.iter().find_map(|(seq, all)| (*seq > last).then_some((seq, all.first()?)))
        {
            let what = format!(
                "the log ends with record {last}, but record {seq} was anchored ({}): its end is missing",
                anchor.from
            );
            return Err(self.fault(Some(last + 1), what));
        }
        if let Some((seq, anchor)) =
            self.anchors.iter().find_map(|(seq, all)| (*seq >= first.max(1)).then_some((seq, all.first()?)))
        {
            return Err(self.fault(Some(*seq), format!("record {seq} was anchored ({}) and is missing", anchor.from)));
        }
        Ok(self.verified)
    }
}

fn no_record((file, line, bytes): (String, u64, Vec<u8>)) -> Fault {
    Fault { file, line, seq: None, what: format!("{} bytes that are no record", bytes.len()) }
}

/// A line without its end, and whether it had one. Of a line that is too long only the beginning is given: it is no
/// record then.
pub(super) fn next_line(reader: &mut dyn BufRead) -> io::Result<Option<(Vec<u8>, bool)>> {
    let mut line = Vec::new();
    let read = io::Read::take(&mut *reader, LONGEST).read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.pop_if(|byte| *byte == b'\n').is_some() {
        return Ok(Some((line, true)));
    }
    if (read as u64) < LONGEST {
        return Ok(Some((line, false)));
    }
    // The rest of it, in pieces.
    loop {
        let piece = reader.fill_buf()?;
        if piece.is_empty() {
            return Ok(Some((line, false)));
        }
        let end = piece.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(piece.len(), |at| at + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(Some((line, true)));
        }
    }
}
