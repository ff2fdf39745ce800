//! `airlock audit verify`.

use super::{Log, reading};
use crate::exit::Usage;
use crate::terminal::{self, one_line};
use airlock_gate::audit::{Anchor, Verified};
use airlock_native::{Folders, is_there, read_anchors};
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::path::Path;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  airlock audit verify                                   against the heads that were anchored on this machine
  airlock audit verify --anchor /mnt/backup/anchors      and against those of another file
  airlock audit verify --anchor 1042:9f3c…               and against a line of the journal (journalctl -t airlock)
  airlock audit verify --file copy/audit.jsonl           a copy, on another machine

Each record covers the one before it, so a record that was changed, taken out, moved, put in or said twice is found. Who
can write the log can also write it anew, or cut off its end: only a head that was kept elsewhere shows that. The journal
gets one every 50 records and at the end of each run; forward it to another machine.

Exit codes: 0 the log is as it was written; 1 it is not, the first fault is named; 2 usage.")]
pub(crate) struct Options {
    /// Compare with heads that were kept elsewhere: a file of anchors, or SEQ:HASH
    #[arg(long, value_name = "FILE|SEQ:HASH")]
    anchor: Vec<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    log: Log,
}

pub(crate) fn run(options: &Options, vardir: Option<&Path>) -> anyhow::Result<()> {
    let (path, reader) = options.log.reader(vardir)?;
    let mut anchors = Vec::new();
    if options.log.file.is_none() {
        let own = Folders::new(vardir)?.anchors()?;
        anchors = read_anchors(&own).with_context(|| own.display().to_string())?;
    }
    for given in &options.anchor {
        anchors.extend(anchor(given)?);
    }
    let (text, fault) = match reading(&path, reader.verify(&anchors))? {
        Ok(verified) if options.json => (terminal::json(&as_json(&verified)), None),
        Ok(verified) => (in_words(&verified, anchors.len()), None),
        Err(fault) => {
            let document =
                json!({"ok": false, "file": fault.file, "line": fault.line, "seq": fault.seq, "fault": fault.what});
            (if options.json { terminal::json(&document) } else { String::new() }, Some(fault))
        }
    };
    terminal::print(&text)?;
    match fault {
        Some(fault) => Err(anyhow::Error::new(fault).context("the audit log is not as it was written")),
        None => Ok(()),
    }
}

fn anchor(given: &str) -> anyhow::Result<Vec<Anchor>> {
    if let Some((seq, hash)) = given.split_once(':')
        && let Ok(seq) = seq.parse()
        && hash.len() == 64
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Ok(vec![Anchor { seq, hash: hash.to_ascii_lowercase(), from: "--anchor".to_owned() }]);
    }
    let path = Path::new(given);
    if !is_there(path) {
        let what = "neither a file nor SEQ:HASH with the 64 digits of a head (seq=… hash=… in the journal)";
        return Err(Usage(format!("--anchor {given}: {what}")).into());
    }
    let anchors = read_anchors(path).with_context(|| given.to_owned())?;
    if anchors.is_empty() {
        return Err(Usage(format!("--anchor {given}: there is no anchor in it")).into());
    }
    Ok(anchors)
}

fn as_json(verified: &Verified) -> serde_json::Value {
    json!({
        "ok": true,
        "records": verified.records,
        "first": verified.first,
        "last": verified.head.seq,
        "head": verified.head.hash,
        "anchors": verified.anchors,
        "notes": verified.notes,
    })
}

fn in_words(verified: &Verified, given: usize) -> String {
    if verified.records == 0 {
        return "Nothing is recorded yet.\n".to_owned();
    }
    let mut text = format!(
        "{} records, {} to {}, each as it was written.\nhead {}:{}\n",
        verified.records, verified.first, verified.head.seq, verified.head.seq, verified.head.hash
    );
    text.push_str(&match (verified.anchors, given) {
        (_, 0) => {
            "No head was anchored: that the end is missing, or all was written anew, would not be seen.\n".to_owned()
        }
        (agree, _) => format!("{agree} anchored heads agree.\n"),
    });
    for note in &verified.notes {
        text.push_str(&format!("note: {}\n", one_line(note)));
    }
    text
}
