//! A log as a whole: what is written, whether a change of it is found, and what is read of it again.

use super::chain::{Head, torn};
use super::*;
use crate::{Ask, Effect, Verb};
use serde_json::Value;
use std::collections::VecDeque;
use std::io::BufRead;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Record>>>);

impl AuditLog for Kept {
    fn write(&self, record: Record) -> std::io::Result<()> {
        self.0.lock().unwrap().push(record);
        Ok(())
    }
}

impl Kept {
    fn lines(&self) -> Vec<String> {
        let mut head = Head::default();
        let seal = |record: &Record| {
            let (line, next) = head.seal(record.clone());
            head = next;
            line
        };
        self.0.lock().unwrap().iter().map(seal).collect()
    }

    fn records(&self) -> Vec<Value> {
        self.0.lock().unwrap().iter().map(|record| serde_json::from_str(&record.line()).unwrap()).collect()
    }
}

fn ask(audit: &Audit, path: &str, effect: Effect, decision: Decision<'_>) -> u64 {
    let ask = Ask::path(Verb::FilesRead, path);
    let counters = Counters::default();
    let opening =
        Opening { call: "files.read", verb: "files.read", effect, ask: &ask, detail: None, decision, counters };
    let entry = audit.open(&opening);
    let number = entry.number;
    if matches!(decision, Decision::Allow { .. }) {
        audit.close(entry, Ok("ok"));
    }
    number
}

const ALLOW: Decision<'_> = Decision::Allow { rule: "50-hq.toml:3" };
const DENY: Decision<'_> = Decision::Deny { code: "NO_GRANT", why: "nearest grant: none" };

fn audit(log: &Kept) -> Audit {
    Audit::new(Box::new(log.clone()), "run-1".into(), "deploy@abc".into(), Some("hq".into())).with_policy("p1")
}

/// A log of some length, as lines.
fn log() -> Vec<String> {
    let kept = Kept::default();
    let audit = audit(&kept);
    for path in ["/a", "/b", "/c"] {
        ask(&audit, path, Effect::Change, ALLOW);
    }
    ask(&audit, "/d", Effect::Read, DENY);
    audit.end("ok", &Counters::default());
    kept.lines()
}

fn check_with(lines: &[String], anchors: &[Anchor]) -> Result<Verified, Fault> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let mut reader = text.as_bytes();
    verify(&mut [("audit.jsonl".to_owned(), &mut reader as &mut dyn BufRead)], anchors)
}

fn check(lines: &[String]) -> Result<Verified, Fault> {
    check_with(lines, &[])
}

#[test]
fn a_log_as_it_was_written_is_without_fault() {
    let verified = check(&log()).unwrap();
    assert_eq!((verified.records, verified.first, verified.head.seq), (8, 1, 8));
    assert_eq!(verified.notes, Vec::<String>::new());
    assert_eq!(check(&[]).unwrap().records, 0);
}

#[test]
fn the_first_fault_is_named() {
    let lines = log();
    let changed = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        let fault = check(&lines).unwrap_err();
        (fault.line, fault.seq, fault.what)
    };
    type Change = dyn Fn(&mut Vec<String>);
    let cases: [(&str, &Change, u64, Option<u64>, &str); 9] = [
        ("edited", &|l| l[2] = l[2].replace("/b", "/x"), 3, Some(3), "was changed"),
        ("one deleted", &|l| drop(l.remove(3)), 4, Some(4), "record 4 is missing"),
        ("some deleted", &|l| drop(l.drain(3..5)), 4, Some(4), "records 4 to 5 are missing"),
        ("the first deleted", &|l| drop(l.drain(..2)), 1, Some(3), "begins with record 3"),
        ("swapped", &|l| l.swap(3, 4), 4, Some(4), "record 4 was moved"),
        ("said twice", &|l| l.insert(4, l[3].clone()), 5, Some(4), "is there twice"),
        ("an old one again", &|l| l.insert(6, l[2].clone()), 7, Some(3), "comes again"),
        ("rubbish put in", &|l| l.insert(2, "rubbish".into()), 3, None, "no record"),
        (
            "forged",
            &|l| l[3] = Head { seq: 3, hash: "0".repeat(64) }.seal(Record::now()).0,
            4,
            Some(4),
            "does not follow",
        ),
    ];
    for (name, change, line, seq, says) in cases {
        let (at, of, what) = changed(change);
        assert_eq!((at, of), (line, seq), "{name}: {what}");
        assert!(what.contains(says), "{name}: {what}");
    }
}

#[test]
fn every_change_of_a_byte_and_every_line_left_out_but_the_last_is_found() {
    let lines = log();
    for at in 0..lines.len() {
        for byte in (0..lines[at].len()).step_by(7) {
            let mut changed = lines.clone();
            let mut bytes = changed[at].clone().into_bytes();
            bytes[byte] = if bytes[byte] == b'x' { b'y' } else { b'x' };
            changed[at] = String::from_utf8(bytes).unwrap();
            assert!(check(&changed).is_err(), "byte {byte} of line {at}");
        }
        let mut left_out = lines.clone();
        left_out.remove(at);
        assert_eq!(check(&left_out).is_ok(), at == lines.len() - 1, "line {at}");
    }
}

#[test]
fn an_anchor_finds_what_the_chain_cannot() {
    let lines = log();
    let head = check(&lines).unwrap().head;
    let anchor = [Anchor { seq: head.seq, hash: head.hash, from: "journal".into() }];
    assert_eq!(check_with(&lines, &anchor).unwrap().anchors, 1);
    let short = check_with(&lines[..6], &anchor).unwrap_err();
    assert!(short.what.contains("ends with record 6, but record 8 was anchored (journal)"), "{short}");
    let gone = check_with(&[], &anchor).unwrap_err();
    assert!(gone.what.contains("record 8 was anchored"), "{gone}");
    // The whole chain written anew, without the refusal: consistent by itself.
    let kept = Kept::default();
    let audit = audit(&kept);
    for path in ["/a", "/b", "/c", "/d"] {
        ask(&audit, path, Effect::Change, ALLOW);
    }
    let anew = kept.lines();
    assert!(check(&anew).is_ok());
    assert!(check_with(&anew, &anchor).unwrap_err().what.contains("written anew"));
}

#[test]
fn a_line_that_a_crash_cut_short_is_no_fault_if_the_next_record_says_so() {
    let mut lines = log();
    let head = check(&lines).unwrap().head;
    let cut = lines[2][..40].to_owned();
    let mut unsaid = lines.clone();
    unsaid.push(cut.clone());
    unsaid.push(head.seal(Record::now()).0);
    assert!(check(&unsaid).unwrap_err().what.contains("40 bytes that are no record"));
    lines.push(cut.clone());
    lines.push(head.seal(torn(cut.as_bytes())).0);
    let verified = check(&lines).unwrap();
    assert_eq!((verified.records, verified.notes.len()), (9, 1), "{verified:?}");
    // Without an end, as the crash left it.
    let text = format!("{}\n{cut}", log().join("\n"));
    let verified = verify(&mut [("a".into(), &mut text.as_bytes() as &mut dyn BufRead)], &[]).unwrap();
    assert!(verified.notes[0].contains("cut short"), "{verified:?}");
}

#[test]
fn lines_without_end_cost_no_memory() {
    let mut long = vec![b'x'; 3 << 20];
    long.push(b'\n');
    let mut reader = long.as_slice();
    let fault = verify(&mut [("a".into(), &mut reader as &mut dyn BufRead)], &[]).unwrap_err();
    assert!(fault.what.contains("no record"), "{fault}");
}

#[test]
fn equal_refusals_are_written_once_and_counted() {
    let kept = Kept::default();
    let audit = audit(&kept);
    let first = ask(&audit, "/etc/shadow", Effect::Read, DENY);
    for _ in 0..33 {
        assert_eq!(ask(&audit, "/etc/shadow", Effect::Read, DENY), first);
    }
    let other = ask(&audit, "/etc/passwd", Effect::Read, DENY);
    assert_ne!(other, first);
    audit.end("ok", &Counters::default());
    let records = kept.records();
    assert_eq!(records.len(), 3, "{records:#?}");
    assert_eq!(records[2]["again"], serde_json::json!([{"n": first, "times": 33}]));
}

#[test]
fn looks_of_one_kind_are_counted_at_last_and_changes_never() {
    let kept = Kept::default();
    let audit = audit(&kept);
    for n in 0..500 {
        ask(&audit, &format!("/{n}"), Effect::Read, ALLOW);
        ask(&audit, &format!("/{n}"), Effect::Change, ALLOW);
    }
    audit.end("ok", &Counters::default());
    let records = kept.records();
    let opened = records.iter().filter(|record| record.get("ask").is_some()).count();
    assert_eq!(opened, 100 + 500);
    assert!(records.iter().any(|record| record["note"] == "those to come of this kind are counted"));
    assert_eq!(records.last().unwrap()["counted"][0]["times"], 500);
}

#[test]
fn refusals_without_end_do_not_fill_the_log() {
    let kept = Kept::default();
    let audit = audit(&kept);
    for n in 0..5000 {
        ask(&audit, &format!("/{n}"), Effect::Read, DENY);
    }
    audit.end("ok", &Counters::default());
    assert_eq!(kept.records().len(), 1000 + 1 + 1);
}

#[test]
fn a_record_says_who_asked_for_what_under_which_rule() {
    let kept = Kept::default();
    ask(&audit(&kept), "/a", Effect::Change, ALLOW);
    let record = &kept.records()[0];
    for (name, value) in [
        ("run", "run-1"),
        ("server", "hq"),
        ("task", "deploy"),
        ("digest", "abc"),
        ("policy", "p1"),
        ("verb", "files.read"),
        ("decision", "allow"),
        ("rule", "50-hq.toml:3"),
    ] {
        assert_eq!(record[name], value, "{record}");
    }
    assert_eq!(record["ask"]["path"], "/a");
    assert!(kept.0.lock().unwrap()[0].is_durable());
}

#[test]
fn decisions_are_found_again_with_their_outcome() {
    let kept = Kept::default();
    let audit = audit(&kept);
    ask(&audit, "/a", Effect::Change, ALLOW);
    for _ in 0..3 {
        ask(&audit, "/b", Effect::Read, DENY);
    }
    audit.end("ok", &Counters::default());
    let text = kept.lines().join("\n");
    let ask = |question: &Question| {
        let mut found = VecDeque::new();
        find(&mut text.as_bytes(), question, &mut found).unwrap();
        found
    };
    let all = ask(&Question { last: 10, ..Question::default() });
    assert_eq!(all.len(), 3);
    assert_eq!((all[0].outcome.as_deref(), all[0].is_denied()), (Some("ok"), false));
    let denied = ask(&Question { last: 10, only_denied: true, ..Question::default() });
    assert_eq!((denied.len(), denied[0].times), (1, 3));
    let like = Question { last: 10, like: Some(denied[0].record.clone()), ..Question::default() };
    assert_eq!(ask(&like).len(), 1);
    assert_eq!(ask(&Question { last: 1, ..Question::default() })[0].text("end"), Some("ok"));
    assert_eq!(ask(&Question { last: 9, server: Some("lab".into()), ..Question::default() }).len(), 0);
    assert_eq!(ask(&Question { last: 9, run: Some("run".into()), ..Question::default() }).len(), 3);
}
