//! The log on the disk, with several writers, crashes and full files.

use super::*;
use airlock_gate::audit::Question;
use airlock_gate::{AuditLog, Record};
use std::fs;
use std::path::{Path, PathBuf};

struct Log {
    _folder: tempfile::TempDir,
    path: PathBuf,
    anchors: Anchors,
}

impl Log {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let anchors = Anchors { file: Some(folder.path().join("anchors")), ..Anchors::default() };
        Self { path: folder.path().join("audit.jsonl"), anchors, _folder: folder }
    }

    fn open(&self) -> AuditFile {
        AuditFile::with_anchors(&self.path, self.anchors.clone()).unwrap()
    }

    fn records(&self) -> Result<u64, String> {
        let anchors = read_anchors(self.anchors.file.as_deref().unwrap()).unwrap();
        let verified = AuditReader::new(&self.path).verify(&anchors).unwrap();
        verified.map(|verified| verified.records).map_err(|fault| fault.to_string())
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }
}

fn record(what: &str) -> Record {
    let mut record = Record::now();
    record.set("what", what);
    record
}

#[test]
fn records_of_several_processes_make_one_chain() {
    let log = Log::new();
    let (one, two) = (log.open(), log.open());
    for what in ["a", "b", "c"] {
        one.write(record(what)).unwrap();
        two.write(record(what)).unwrap();
    }
    log.open().write(record("d")).unwrap();
    assert_eq!(log.records(), Ok(7));
    assert_eq!(log.text().lines().count(), 7);
}

#[test]
fn records_of_many_threads_make_one_chain() {
    let log = Log::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let file = log.open();
                for n in 0..50 {
                    file.write(record(&n.to_string())).unwrap();
                }
            });
        }
    });
    assert_eq!(log.records(), Ok(200));
}

#[test]
fn what_a_crash_cut_short_is_said_and_the_chain_goes_on() {
    let log = Log::new();
    log.open().write(record("a")).unwrap();
    let first = log.text();
    log.open().write(record("b")).unwrap();
    let second = log.text().split_off(first.len());
    // Wherever the crash came.
    for cut in [1, 20, second.len() / 2, second.len() - 2] {
        fs::write(&log.path, format!("{first}{}", &second[..cut])).unwrap();
        log.open().write(record("c")).unwrap();
        let text = log.text();
        assert!(text.contains("audit.torn"), "{text}");
        assert_eq!(log.records(), Ok(3), "cut at {cut}\n{text}");
    }
    // A record of which only the end of the line is missing is a record.
    fs::write(&log.path, format!("{first}{}", second.trim_end())).unwrap();
    log.open().write(record("c")).unwrap();
    assert!(!log.text().contains("audit.torn"));
    assert_eq!(log.records(), Ok(3));
}

#[test]
fn a_first_record_that_was_cut_short_is_said_too() {
    let log = Log::new();
    fs::write(&log.path, "{\"boot\":\"x").unwrap();
    log.open().write(record("a")).unwrap();
    assert_eq!(log.records(), Ok(2));
}

#[test]
fn a_full_file_is_put_aside_and_the_chain_goes_on() {
    let log = Log::new();
    let file = log.open();
    // Most of a full file at once: a record that is long, many times.
    let long = "x".repeat(4000);
    let mut written = 0_u64;
    while !log.path.with_added_extension("1").exists() {
        let mut record = record("a");
        for n in 0..10 {
            record.set(&n.to_string(), &long);
        }
        file.write(record).unwrap();
        written += 1;
        assert!(written < 2000);
    }
    let after = log.text().lines().count();
    assert!(log.text().contains("audit.rotated"), "{after}");
    file.write(record("b")).unwrap();
    log.open().write(record("c")).unwrap();
    // And the record that says so.
    assert_eq!(log.records(), Ok(written + 3));
    fs::remove_file(log.path.with_added_extension("1")).unwrap();
    assert!(log.records().is_ok(), "older files go in time");
}

#[test]
fn what_is_taken_away_is_found_by_the_anchors() {
    let log = Log::new();
    let file = log.open();
    for n in 0..120 {
        file.write(record(&n.to_string())).unwrap();
    }
    file.anchor();
    assert_eq!(log.records(), Ok(120));
    let text = log.text();
    let short: String = text.split_inclusive('\n').take(110).collect();
    fs::write(&log.path, short).unwrap();
    assert!(log.records().unwrap_err().contains("ends with record 110, but record 120 was anchored"));
    fs::remove_file(&log.path).unwrap();
    log.open().write(record("new")).unwrap();
    assert!(log.records().unwrap_err().contains("are gone"), "{:?}", log.records());
}

#[test]
fn a_log_that_nobody_could_trust_is_not_written() {
    let log = Log::new();
    let elsewhere = log.path.with_file_name("elsewhere");
    fs::write(&elsewhere, "").unwrap();
    std::os::unix::fs::symlink(&elsewhere, &log.path).unwrap();
    assert!(AuditFile::open(&log.path).is_err());
    fs::remove_file(&log.path).unwrap();
    log.open().write(record("a")).unwrap();
    set_mode(&log.path, 0o666);
    assert!(AuditFile::open(&log.path).is_err());
    set_mode(&log.path, 0o600);
    assert!(AuditFile::open(&log.path).is_ok());
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn the_last_refusal_is_found_and_how_often_it_was_seen() {
    let log = Log::new();
    let file = log.open();
    for (server, path) in [("hq", "/a"), ("hq", "/b"), ("lab", "/b"), ("hq", "/b")] {
        let mut record = record("x");
        record.set("decision", "deny").set("server", server).set("ask", path);
        file.write(record).unwrap();
    }
    let reader = AuditReader::new(&log.path);
    let last = reader.last_denied(Some("hq")).unwrap().unwrap();
    assert_eq!(last.text("ask"), Some("/b"));
    assert_eq!(reader.seen(&last).unwrap().0, 2);
    assert_eq!(reader.last_denied(Some("other")).unwrap(), None);
    assert_eq!(reader.decided(&Question { last: 2, ..Question::default() }).unwrap().len(), 2);
    assert_eq!(AuditReader::new(Path::new("/nowhere/audit")).last_denied(None).unwrap(), None);
}

#[test]
fn who_follows_the_log_sees_what_is_new_and_whole() {
    let log = Log::new();
    let (file, reader) = (log.open(), AuditReader::new(&log.path));
    file.write(record("a")).unwrap();
    let mut position = reader.end();
    assert_eq!(reader.since(&mut position).unwrap(), b"");
    file.write(record("b")).unwrap();
    let new = String::from_utf8(reader.since(&mut position).unwrap()).unwrap();
    assert!(new.contains("\"what\":\"b\"") && new.lines().count() == 1, "{new}");
    assert_eq!(reader.since(&mut position).unwrap(), b"");
}

#[test]
fn anchors_are_where_and_as_often_as_the_policy_says() {
    let folder = tempfile::tempdir().unwrap();
    let folders = crate::Folders::new(Some(folder.path())).unwrap();
    let settings = |anchor: &[&'static str], every| airlock_gate::policy::AuditSettings {
        anchor: anchor.to_vec(),
        anchor_every: every,
        ..Default::default()
    };
    let log = AuditFile::under(&folders, &settings(&["file"], Some(3))).unwrap();
    for _ in 0..7 {
        log.write(Record::event("test", "x")).unwrap();
    }
    let seqs: Vec<u64> = read_anchors(&folders.anchors().unwrap()).unwrap().iter().map(|anchor| anchor.seq).collect();
    assert_eq!(seqs.windows(2).map(|two| two[1] - two[0]).collect::<Vec<_>>(), [3], "{seqs:?}");
    let to_journal =
        |anchor: &[&'static str], systems| Anchors::under(&settings(anchor, None), "x".into(), systems).to_journal;
    assert!(to_journal(&["journal"], false) && to_journal(&["syslog", "file"], false) && to_journal(&[], true));
    assert!(!to_journal(&["file"], true) && !to_journal(&[], false));
    assert_eq!(Anchors::under(&settings(&[], None), "x".into(), false).every, 50);
}
