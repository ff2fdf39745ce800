//! Ports of the tests' own: facts that are given, facts that never come, a report and an audit that are kept.

use airlock_gate::calls::{Asked, Level, Moment, Reading, StatusLine, Telling, Told};
use airlock_gate::ports::{Answer, Clock, Facts, Reporter};
use airlock_gate::{AuditLog, CallError, Native, Record};
use airlock_model::{Report, Row, Section};
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A machine that was made up.
#[derive(Default)]
pub struct Given(pub BTreeMap<&'static str, Vec<Row>>);

impl Given {
    /// A host with a name and a user, and one thing of every kind that a stranger must not see.
    pub fn machine() -> Self {
        let row = |fields: &[(&'static str, &str)]| {
            fields.iter().fold(Row::new(), |row, (name, value)| row.with(*name, *value))
        };
        Self(BTreeMap::from([
            ("hardware", vec![row(&[("name", "host1"), ("lastloggeduser", "ann"), ("winprodkey", "KEY-1")])]),
            ("bios", vec![row(&[("ssn", "SERIAL-1")])]),
            ("envs", vec![row(&[("key", "TOKEN"), ("val", "secret-1")])]),
            ("users", vec![row(&[("login", "ann")])]),
            ("local_users", vec![row(&[("id", "1000"), ("login", "ann")])]),
            ("processes", vec![row(&[("cmd", "psql --password=secret-2"), ("user", "ann")]).with("pid", 7_i64)]),
        ]))
    }
}

impl Facts for Given {
    fn sections(&self) -> Vec<&'static str> {
        self.0.keys().copied().collect()
    }

    fn expect(&self, _sections: &[String]) {}

    fn read<'a>(&'a self, section: &'a str) -> Answer<'a, Arc<Reading>> {
        let rows = self.0.get(section).cloned();
        Box::pin(async move {
            let rows = rows.ok_or(CallError::NotFound)?;
            Ok(Arc::new(Reading { rows, missing: Vec::new() }))
        })
    }
}

/// Facts that never come, and whether anybody still waits for them.
#[derive(Default)]
pub struct Never {
    pub waits: Arc<AtomicBool>,
}

struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Facts for Never {
    fn sections(&self) -> Vec<&'static str> {
        vec!["hardware"]
    }

    fn expect(&self, _sections: &[String]) {}

    fn read<'a>(&'a self, _section: &'a str) -> Answer<'a, Arc<Reading>> {
        let waits = Arc::clone(&self.waits);
        Box::pin(async move {
            waits.store(true, Ordering::Relaxed);
            let _waiting = Waiting(waits);
            std::future::pending().await
        })
    }
}

/// A clock that stands still.
pub struct Still;

impl Clock for Still {
    fn now(&self) -> Moment {
        Moment { seconds: 1_700_000_000, local: "2023-11-14 22:13:20".to_owned() }
    }

    fn random(&self, length: u32) -> Result<Vec<u8>, CallError> {
        Ok((0..length).map(|n| n.to_le_bytes()[0]).collect())
    }
}

/// A machine of facts alone, with a clock that stands still.
pub fn native(facts: Arc<dyn Facts>, report: Arc<Keeper>) -> Native {
    Native { facts, clock: Arc::new(Still), ..Native::none(report) }
}

/// What a run left behind.
#[derive(Debug, Default, Clone)]
pub struct Left {
    pub report: Report,
    pub notes: Vec<String>,
    pub log: Vec<(Level, String)>,
    pub told: Told,
}

/// Keeps all that a run leaves behind.
#[derive(Default)]
pub struct Keeper(pub Mutex<Left>, Telling);

impl Keeper {
    pub fn left(&self) -> Left {
        Left { told: self.1.told(), ..self.0.lock().unwrap().clone() }
    }
}

impl Reporter for Keeper {
    fn emit(&self, section: &'static Section, rows: Vec<Row>) {
        let mut left = self.0.lock().unwrap();
        let notes = left.report.emit(section, rows);
        left.notes.extend(notes.into_iter().map(|note| note.0));
    }

    fn log(&self, level: Level, message: &str) {
        self.0.lock().unwrap().log.push((level, message.to_owned()));
    }

    fn progress(&self, _done: u32, _total: u32) -> Result<(), CallError> {
        Ok(())
    }

    fn tell(&self, line: StatusLine) -> Result<(), CallError> {
        self.1.tell(line)
    }

    fn answer(&self, fields: Vec<(String, String)>) -> Result<(), CallError> {
        self.1.answer(fields)
    }

    fn asked(&self, asked: Asked) -> Result<(), CallError> {
        self.1.asked(asked)
    }
}

/// Keeps the records of an audit.
#[derive(Default, Clone)]
pub struct Records(Arc<Mutex<Vec<String>>>);

impl Records {
    /// The records, each of which has to be a line of JSON.
    pub fn all(&self) -> Vec<serde_json::Value> {
        let lines = self.0.lock().unwrap();
        let parse = |line: &String| {
            assert!(!line.contains('\n'), "more than a line: {line}");
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
        };
        lines.iter().map(parse).collect()
    }
}

impl AuditLog for Records {
    fn write(&self, record: Record) -> io::Result<()> {
        self.0.lock().unwrap().push(record.line());
        Ok(())
    }
}

/// A full disk.
pub struct FullDisk;

impl AuditLog for FullDisk {
    fn write(&self, _record: Record) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }
}
