//! Where the time goes: `--timings`.

use crate::table::table;
use airlock_native::Timing;
use std::time::{Duration, Instant};

/// The phases of one command, each with what it took.
pub(crate) struct Phases {
    started: Instant,
    last: Instant,
    phases: Vec<(&'static str, Duration)>,
}

impl Phases {
    pub(crate) fn new(started: Instant) -> Self {
        Self { started, last: started, phases: Vec::new() }
    }

    /// Ends a phase.
    pub(crate) fn mark(&mut self, name: &'static str) {
        let now = Instant::now();
        self.phases.push((name, now - self.last));
        self.last = now;
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Both tables: the collectors, which ran beside each other, and the phases, which add up.
    pub(crate) fn show(&self, collectors: &[Timing], waited: Duration) -> String {
        let rows: Vec<Vec<String>> = collectors
            .iter()
            .map(|t| {
                let cpu = t.cpu.map_or_else(|| "not done".to_owned(), ms);
                vec![t.section.to_owned(), ms(t.wall), cpu, t.rows.to_string()]
            })
            .collect();
        let mut text = table(&["collector", ">wall ms", ">cpu ms", ">rows"], &rows);
        let mut rows: Vec<Vec<String>> = Vec::new();
        for (name, took) in &self.phases {
            rows.push(vec![(*name).to_owned(), ms(*took)]);
            if *name == RUN {
                rows.push(vec!["  of it waiting for collectors".to_owned(), ms(waited)]);
            }
        }
        rows.push(vec!["all".to_owned(), ms(self.elapsed())]);
        text.push('\n');
        text.push_str(&table(&["phase", ">wall ms"], &rows));
        text.push_str(&format!("\nsandbox (engine, component, its own code): {} ms\n", ms(self.sandbox(waited))));
        text
    }

    /// What the run costs more than the collectors: everything that is sandbox.
    fn sandbox(&self, waited: Duration) -> Duration {
        let sum: Duration =
            self.phases.iter().filter(|(name, _)| [ENGINE, LOAD, RUN].contains(name)).map(|(_, took)| *took).sum();
        sum.saturating_sub(waited)
    }
}

pub(crate) const ENGINE: &str = "sandbox: engine";
pub(crate) const LOAD: &str = "sandbox: component";
pub(crate) const RUN: &str = "sandbox: run";

fn ms(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64() * 1000.0)
}
