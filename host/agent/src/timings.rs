//! Where the time goes: `--timings`.

use crate::table::table;
use airlock_native::Timing;
use airlock_native::system::thread_time;
use std::time::{Duration, Instant};

/// The phases of one command, each with what it took.
pub(crate) struct Phases {
    started: Instant,
    last: (Instant, Duration),
    phases: Vec<Phase>,
    /// The component's code was not in the cache: other threads compiled it meanwhile.
    pub(crate) compiled: bool,
}

struct Phase {
    name: &'static str,
    wall: Duration,
    /// Of the main thread: collectors have threads of their own.
    cpu: Duration,
}

/// Those that are the price of the sandbox.
pub(crate) const ENGINE: &str = "sandbox: engine";
pub(crate) const LOAD: &str = "sandbox: component";
pub(crate) const RUN: &str = "sandbox: run";

impl Phases {
    pub(crate) fn new(started: Instant) -> Self {
        Self { started, last: (started, Duration::ZERO), phases: Vec::new(), compiled: false }
    }

    /// Ends a phase.
    pub(crate) fn mark(&mut self, name: &'static str) {
        let now = (Instant::now(), thread_time());
        self.phases.push(Phase { name, wall: now.0 - self.last.0, cpu: now.1.saturating_sub(self.last.1) });
        self.last = now;
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Both tables: the collectors, which ran beside each other, and the phases, which follow each other.
    pub(crate) fn show(&self, collectors: &[Timing]) -> String {
        let cpu = |time: Option<Duration>| time.map_or_else(|| "not done".to_owned(), ms);
        let rows = collectors.iter().map(|t| vec![t.section.to_owned(), ms(t.wall), cpu(t.cpu), t.rows.to_string()]);
        let collectors = table(&["collector", ">wall ms", ">cpu ms", ">rows"], &rows.collect::<Vec<_>>());
        let mut rows: Vec<Vec<String>> =
            self.phases.iter().map(|phase| vec![phase.name.to_owned(), ms(phase.wall), ms(phase.cpu)]).collect();
        rows.push(vec!["all".to_owned(), ms(self.elapsed()), ms(self.phases.iter().map(|p| p.cpu).sum())]);
        let phases = table(&["phase (main thread)", ">wall ms", ">cpu ms"], &rows);
        let sandbox = ms(self.sandbox());
        let compiled = if self.compiled { " and compiled the component, which the next run need not" } else { "" };
        format!(
            "{collectors}\n{phases}\nThe sandbox (engine, component, run with all its host calls) took {sandbox} ms of the processor{compiled}.\n"
        )
    }

    /// What everything costs that is there because the task is a component: the main thread does nothing else
    /// meanwhile, and waiting for collectors costs it no processor time.
    fn sandbox(&self) -> Duration {
        self.phases.iter().filter(|phase| [ENGINE, LOAD, RUN].contains(&phase.name)).map(|phase| phase.cpu).sum()
    }
}

fn ms(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64() * 1000.0)
}
