//! A recording is played as it was made, shows what another policy would withhold, and says what does not fit; a rehearsal
//! changes nothing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a surprise ends the test")]

mod nobody;

use airlock_gate::calls::{FactsRead, FactsSections, FileRead, FileStat, FileWrite, Now, Random};
use airlock_gate::cassette::{Cassette, FORMAT, Header};
use airlock_gate::mock::Mock;
use airlock_gate::policy::{Circumstances, Policy, PolicyFile, Rules};
use airlock_gate::{Asker, Audit, CallError, Gate, Limits, Native, NoLog, Plan, Recorder, Replay, Source};
use nobody::Nobody;
use std::sync::Arc;

const MACHINE: &str = r#"
mock_version = 1
time = { start = "2026-11-22T12:00:00Z", step = 1 }
[[facts.hardware]]
name = "host1"
memory = 4096
[[facts.softwares]]
name = "bash"
[files]
"/opt/a" = { text = "one" }
"/opt/link" = { link = "/etc" }
"#;

fn policy(categories: &str) -> Arc<Policy> {
    let grant = |verb: &str, rest: &str| {
        format!("[[grant]]\nserver = [\"owner\"]\ntask = [\"t\"]\nverb = \"{verb}\"\n{rest}\n")
    };
    let head = "policy_version = 1\nid = \"t\"\nserial = 1\nlayer = \"local\"\nmode = \"enforce\"\n";
    let text = [
        head.to_owned(),
        grant("inventory.read", &format!("categories = [{categories}]")),
        grant("files.read", "paths = [\"/opt/**\"]\nmax_bytes = 1000"),
        grant("files.stat", "paths = [\"/opt/**\"]"),
        grant("files.write", "paths = [\"/opt/**\"]\nmax_bytes = 1000"),
    ]
    .concat();
    let rules = Rules::parse(&[PolicyFile::new("t.toml", text)]).unwrap_or_else(|problems| panic!("{problems:?}"));
    let asker = Asker { task: "t".to_owned(), ..Asker::default() };
    Arc::new(rules.for_run(&asker, &Circumstances::default()))
}

const WIDE: &str = "\"*\"";

fn gate(categories: &str, source: Source) -> Gate {
    let audit = Audit::new(Box::new(NoLog), "r".to_owned(), "t@0".to_owned(), None);
    Gate::new(policy(categories), Limits::default(), audit, source)
}

fn machine() -> (Arc<Mock>, Native) {
    let mock = Arc::new(Mock::parse(MACHINE).unwrap());
    let native = mock.native(Arc::new(Nobody));
    (mock, native)
}

fn file(path: &str) -> FileRead {
    FileRead { path: path.to_owned(), offset: 0, length: 9 }
}

/// What a task does that looks at everything; its answers as one text.
async fn look(gate: &Gate) -> String {
    let hardware = gate.call(FactsRead { section: "hardware".to_owned() }).await;
    let now = (gate.call(Now {}).await, gate.call(Now {}).await);
    let chance = gate.call(Random { length: 4 }).await;
    let files = (gate.call(file("/opt/a")).await, gate.call(file("/opt/none")).await);
    let stat = gate.call(FileStat { path: "/opt/none".to_owned() }).await;
    format!("{:?}", (gate.call(FactsSections {}).await, hardware, now, chance, files, stat))
}

/// A run that was recorded, by way of its text.
async fn recorded() -> (String, Cassette) {
    let recorder = Arc::new(Recorder::default());
    let gate = gate(WIDE, Source::Record(machine().1, Arc::clone(&recorder)));
    let answers = look(&gate).await;
    assert!(matches!(gate.call(file("/etc/passwd")).await, Err(CallError::Denied(_))));
    let (exchanges, denied) = recorder.take().unwrap();
    let header = Header { cassette: FORMAT, job: "{}".to_owned(), ..Header::default() };
    let cassette = Cassette { header, exchanges, denied, end: "ok".to_owned() };
    assert_eq!((cassette.exchanges.len(), cassette.denied.len()), (8, 1));
    (answers, Cassette::parse(&cassette.to_text().unwrap()).unwrap())
}

fn playing(categories: &str, cassette: Cassette) -> (Arc<Replay>, Gate) {
    let replay = Arc::new(Replay::new(cassette));
    let source = Source::Replay(Native::none(Arc::new(Nobody)), Arc::clone(&replay));
    (Arc::clone(&replay), gate(categories, source))
}

#[tokio::test]
async fn a_recording_is_played_as_it_was_made() {
    let (answers, cassette) = recorded().await;
    let (replay, gate) = playing(WIDE, cassette);
    assert_eq!(look(&gate).await, answers);
    assert_eq!(gate.leftovers(), (vec![], vec![]));
    assert_eq!(replay.missed(), []);
}

#[tokio::test]
async fn answers_are_found_by_the_call_and_not_by_their_place() {
    let (_, mut cassette) = recorded().await;
    let first = cassette.exchanges.clone();
    cassette.exchanges.reverse();
    let (replay, gate) = playing(WIDE, cassette);
    let _ = look(&gate).await;
    assert!(replay.unused().is_empty() && replay.missed().is_empty() && !first.is_empty());
}

#[tokio::test]
async fn what_is_not_recorded_is_an_error_that_names_the_nearest_call() {
    let (_, cassette) = recorded().await;
    let (replay, gate) = playing(WIDE, cassette);
    let Err(CallError::Failed(why)) = gate.call(file("/opt/b")).await else { panic!("it is answered") };
    assert!(why.contains("/opt/b") && why.contains(r#"path "/opt/a" in place of "/opt/b""#), "{why}");
    for _ in 0..2 {
        gate.call(Now {}).await.unwrap();
    }
    let Err(CallError::Failed(why)) = gate.call(Now {}).await else { panic!("it is answered") };
    assert!(why.contains("asked for once more"), "{why}");
    assert_eq!(replay.missed().len(), 2);
    // Six answers are left that nobody asked for.
    let (withheld, unused) = gate.leftovers();
    assert_eq!((withheld.len(), unused.len()), (0, 6));
}

#[tokio::test]
async fn a_narrower_policy_shows_what_it_withholds_of_the_same_recording() {
    let (_, cassette) = recorded().await;
    let (replay, gate) = playing("\"software\"", cassette.clone());
    let refused = gate.call(FactsRead { section: "hardware".to_owned() }).await;
    assert!(matches!(refused, Err(CallError::Denied(_))), "{refused:?}");
    gate.call(FactsSections {}).await.unwrap();
    let (withheld, _) = gate.leftovers();
    let words: Vec<String> = withheld.iter().map(ToString::to_string).collect();
    assert!(words.contains(&"facts.read hardware: NO_GRANT".to_owned()), "{words:?}");
    assert!(words.iter().any(|w| w.starts_with("facts.sections {}: without hardware")), "{words:?}");
    assert!(replay.missed().is_empty());
    // The recording itself still has all of it.
    assert!(cassette.to_text().unwrap().contains("host1"));
}

#[tokio::test]
async fn a_rehearsal_looks_and_changes_nothing() {
    let (mock, native) = machine();
    let plan = Arc::new(Plan::default());
    let gate = gate(WIDE, Source::Rehearse(native, Arc::clone(&plan)));
    let write = |path: &str| FileWrite { path: path.to_owned(), offset: 0, data: b"hello".to_vec() };
    gate.call(write("/opt/a")).await.unwrap();
    assert!(matches!(gate.call(write("/etc/passwd")).await, Err(CallError::Denied(_))));
    assert_eq!(gate.call(file("/opt/a")).await.unwrap().0, b"one");
    assert_eq!(plan.steps(), ["write /opt/a (5 bytes)"]);
    assert!(mock.changes().is_empty());
}

#[tokio::test]
async fn stand_ins_are_in_the_texts_and_not_in_the_names() {
    let (_, cassette) = recorded().await;
    let renamed = cassette.renamed(|text| text.replace("host1", "abcde").replace("name", "xxxx"));
    let text = renamed.to_text().unwrap();
    assert!(!text.contains("host1") && text.contains("abcde") && text.contains("\"name\""), "{text}");
    let again = Cassette::parse(&text).unwrap();
    assert!(again.header.pseudonyms);
    let (replay, gate) = playing(WIDE, again);
    let reading = gate.call(FactsRead { section: "hardware".to_owned() }).await.unwrap();
    assert_eq!(reading.rows[0].text("name"), Some("abcde"));
    assert!(replay.missed().is_empty());
}
