//! A job from its first word to its last, in the order and with the words that servers know.

use crate::action;
use crate::check::{self, Checked, Level};
use crate::download;
use crate::job::{self, Job, Refusal};
use crate::machine::{Machine, Step};
use crate::person::{self, Moment, Then};
use crate::report::Report;
use crate::trouble::Break;
use airlock_task::{Denial, Error, words};

/// How a job ended. The server was told, but for a job that goes on later.
#[derive(Debug, Clone)]
pub enum End {
    Done,
    /// A check said so.
    Skipped,
    /// A person said so.
    Stopped,
    /// It is no job that can be run here.
    NoJob(Refusal),
    Failed(String),
    /// The owner's policy refused what it needs.
    Refused(Denial),
    /// A person here has to approve a call first: the same job can be run again.
    Held(Denial),
    /// The run is over before the job is.
    Over(Error),
}

/// Runs the job of a unit.
pub fn run<M: Machine>(machine: &mut M, unit: &str) -> End {
    let mut report = Report::new(machine);
    match job::parse(unit) {
        Ok(job) => whole(&mut report, &job),
        Err(refusal) => {
            report.step = Some(Step::Checking);
            match report.say("ko", &format!("job refused: {refusal}")) {
                Ok(()) => End::NoJob(refusal),
                Err(Break::Over(error)) => End::Over(error),
                Err(Break::Held(denial)) => End::Held(denial),
            }
        }
    }
}

fn whole<M: Machine>(report: &mut Report<'_, M>, job: &Job) -> End {
    match steps(report, job) {
        Ok(end) => end,
        // Whoever runs it knows how long it waits, and tells the server.
        Err(Break::Held(denial)) => End::Held(denial),
        // Who stops a run knows whether it goes on later.
        Err(Break::Over(Error::Cancelled)) => End::Over(Error::Cancelled),
        Err(Break::Over(error)) => match report.say("ko", &words(&error)) {
            Ok(()) | Err(_) => End::Over(error),
        },
    }
}

fn steps<M: Machine>(report: &mut Report<'_, M>, job: &Job) -> Result<End, Break> {
    report.step = Some(Step::Checking);
    report.note("starting")?;
    match check::all(report, &job.checks, Level::Job)? {
        Checked::Passed => report.say("ok", "all checks are ok")?,
        Checked::StartNow => {}
        Checked::Skip => return Ok(End::Skipped),
        Checked::Failed(words) => return Ok(End::Failed(words)),
    }
    let asked = |report: &mut Report<'_, M>, moment| person::ask(report, &job.questions, moment);
    if asked(report, Moment::Before)? == Then::Stop {
        return Ok(End::Stopped);
    }
    report.step = Some(Step::Downloading);
    report.note("downloading files")?;
    if let Err((number, trouble)) = download::fetch(report, &job.packages)? {
        asked(report, Moment::AfterDownloadFailure)?;
        let file = job.packages.get(number).map(|package| &package.file);
        let (name, sha512) = file.map_or(("", ""), |file| (file.name.as_str(), file.sha512.as_str()));
        let words = format!("{name} download failed");
        report.file("ko", &words, sha512)?;
        return Ok(trouble.denied.map_or(End::Failed(words), End::Refused));
    }
    report.say("ok", "success")?;
    if asked(report, Moment::AfterDownload)? == Then::Stop {
        return Ok(End::Stopped);
    }
    report.step = Some(Step::Prepare);
    if let Err(trouble) = download::prepare(report, &job.packages)? {
        asked(report, Moment::AfterFailure)?;
        let words = "failed to prepare work dir".to_owned();
        report.say("ko", &words)?;
        return Ok(trouble.denied.map_or(End::Failed(words), End::Refused));
    }
    report.say("ok", "success")?;
    if let Some(end) = actions(report, job)? {
        return Ok(end);
    }
    asked(report, Moment::After)?;
    report.step = None;
    report.say("ok", "job successfully completed")?;
    Ok(End::Done)
}

/// All actions; an end where one failed.
fn actions<M: Machine>(report: &mut Report<'_, M>, job: &Job) -> Result<Option<End>, Break> {
    let mut number = 0_u32;
    for action in &job.actions {
        report.action = Some(number);
        report.step = Some(Step::Checking);
        match check::all(report, &action.checks, Level::Action)? {
            Checked::Passed | Checked::StartNow => {}
            // It is as if it were not there.
            Checked::Skip | Checked::Failed(_) => continue,
        }
        report.step = Some(Step::Processing);
        let name = action.name.clone().unwrap_or_else(|| format!("action #{}", number + 1));
        let outcome = action::run(report, action)?;
        for line in &outcome.lines {
            report.note(&format!("{name}: {line}"))?;
        }
        if outcome.failed {
            person::ask(report, &job.questions, Moment::AfterFailure)?;
            let words = format!("{name}, processing failure");
            report.say("ko", &words)?;
            return Ok(Some(outcome.denied.map_or(End::Failed(words), End::Refused)));
        }
        report.say("ok", &format!("{name}, processing success"))?;
        number += 1;
    }
    report.action = None;
    Ok(None)
}
