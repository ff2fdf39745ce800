//! Runs a case and compares what came of it with what was expected.

use super::case::{CASSETTE, Case, ERROR, EXPECTED, MOCK};
use crate::run::{Component, Engine, On, Outcome, Setting, mock_beside, unit};
use airlock_gate::cassette::Cassette;
use airlock_gate::policy::PolicyFile;
use airlock_native::write_document;
use airlock_sandbox::Loaded;
use anyhow::{Context, anyhow};
use similar::TextDiff;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is the same for all cases.
pub(super) struct Tests<'a> {
    engine: &'a Engine<'a>,
    task: Option<&'a str>,
    write: bool,
    /// Each component is compiled once.
    loaded: Mutex<BTreeMap<String, Arc<(Component, Loaded)>>>,
}

/// What came of a case.
pub(super) struct Tested {
    pub(super) name: String,
    /// Empty: it passed. Each may have several lines.
    pub(super) troubles: Vec<String>,
    /// What was written, with `--write`.
    pub(super) written: bool,
    /// What the task logged.
    pub(super) log: Vec<String>,
    pub(super) took: Duration,
}

impl Tested {
    pub(super) fn passed(&self) -> bool {
        self.troubles.is_empty()
    }
}

impl<'a> Tests<'a> {
    pub(super) fn new(engine: &'a Engine<'a>, task: Option<&'a str>, write: bool) -> Self {
        Self { engine, task, write, loaded: Mutex::default() }
    }

    pub(super) fn run(&self, case: &Case) -> Tested {
        let started = Instant::now();
        let mut tested =
            Tested { name: case.name.clone(), troubles: vec![], written: false, log: vec![], took: Duration::ZERO };
        if let Err(error) =
            self.outcome(case, &mut tested).and_then(|outcome| self.compare(case, &outcome, &mut tested))
        {
            tested.troubles.push(format!("{error:#}"));
        }
        tested.took = started.elapsed();
        tested
    }

    fn outcome(&self, case: &Case, tested: &mut Tested) -> anyhow::Result<Outcome> {
        let about = case.about()?;
        let cassette = match case.text(CASSETTE)? {
            Some(text) => Some(Cassette::parse(&text).map_err(|error| anyhow!("{CASSETTE}: {error}"))?),
            None => None,
        };
        let header = cassette.as_ref().map(|cassette| cassette.header.clone());
        let recorded = header.as_ref().map(|header| header.task.clone());
        let task = match (&about.task, self.task) {
            (Some(task), _) if task.ends_with(".wasm") => case.path(task).display().to_string(),
            (Some(task), _) => task.clone(),
            (None, Some(task)) => task.to_owned(),
            (None, None) => recorded
                .filter(|name| airlock_builtin::task(name).is_some())
                .ok_or_else(|| anyhow!("which task? case.toml says task = \"…\", or the command line --task"))?,
        };
        let policy = case.text("policy.toml")?.map(|text| PolicyFile::new("policy.toml", text));
        let job = case.text("job.json")?.or_else(|| header.as_ref().map(|header| header.job.clone()));
        let target = about.target.clone().or_else(|| header.as_ref().map(|header| header.target.clone()));
        let server = about.server.clone().or_else(|| header.and_then(|header| header.server));
        let unit = unit(job.as_deref(), target.as_deref()).context("job.json")?;
        let on = match (cassette, case.text(MOCK)?) {
            (Some(cassette), _) => On::Recording(cassette),
            (None, Some(text)) => {
                On::Mock(mock_beside(&text, &case.folder).map_err(|error| anyhow!("{MOCK}: {error}"))?)
            }
            (None, None) => return Err(anyhow!("there is neither {MOCK} nor {CASSETTE}")),
        };
        let loaded = self.load(&task)?;
        let setting = Setting { server: server.as_deref(), policy: policy.as_ref(), unit, on };
        let (outcome, log) = setting.run(self.engine, &loaded.0, &loaded.1)?;
        tested.log = log;
        Ok(outcome)
    }

    fn load(&self, task: &str) -> anyhow::Result<Arc<(Component, Loaded)>> {
        let mut all = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = all.get(task) {
            return Ok(Arc::clone(loaded));
        }
        let component = Component::find(task, self.engine.folders())?;
        let loaded = self.engine.load(&component)?;
        let loaded = Arc::new((component, loaded));
        all.insert(task.to_owned(), Arc::clone(&loaded));
        Ok(loaded)
    }

    fn compare(&self, case: &Case, outcome: &Outcome, tested: &mut Tested) -> anyhow::Result<()> {
        // Leftovers and misses are faults of the case, whatever was expected.
        for (heading, lines) in [
            ("recorded, and not asked for", &outcome.leftovers.unused),
            ("asked for, and not recorded", &outcome.leftovers.missed),
        ] {
            tested.troubles.extend(lines.iter().map(|line| format!("{heading}: {line}")));
        }
        let failed = outcome.outcome.strip_prefix("failed: ");
        let (expected, error) = (case.text(EXPECTED)?, case.text(ERROR)?);
        let (name, expected, is) = match (expected, error, failed) {
            (None, Some(error), _) => (ERROR, Some(error), format!("{}\n", failed.unwrap_or(&outcome.outcome))),
            (None, None, Some(failed)) => (ERROR, None, format!("{failed}\n")),
            (expected, None, _) => (EXPECTED, expected, outcome.to_json()?),
            (Some(_), Some(_), _) => return Err(anyhow!("it has both {EXPECTED} and {ERROR}: which is expected?")),
        };
        if expected.as_deref().map(str::trim_end) == Some(is.trim_end()) {
            return Ok(());
        }
        if self.write {
            write(&case.path(name), &is)?;
            tested.written = true;
            return Ok(());
        }
        tested.troubles.push(match expected {
            None => format!("nothing is expected yet (--write writes {name}); it came out as\n{is}"),
            Some(expected) => format!("not as {name} has it\n{}", difference(&expected, &is)),
        });
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    write_document(path, text.as_bytes()).with_context(|| path.display().to_string())
}

fn difference(expected: &str, is: &str) -> String {
    let diff = TextDiff::from_lines(expected, is);
    diff.unified_diff().context_radius(2).header("expected", "came out").to_string()
}
