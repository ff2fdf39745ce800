//! The checks of a job or of an action, one after the other, and what becomes of it.

use super::{Check, Return, Verdict, verdict};
use crate::machine::Machine;
use crate::report::Report;
use crate::trouble::Break;

/// Whose checks they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Job,
    Action,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Checked {
    /// All of them let it go on.
    Passed,
    /// One says that it starts now, whatever the others say.
    StartNow,
    Skip,
    /// One failed, in these words.
    Failed(String),
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Action => "action",
        }
    }
}

pub(crate) fn all<M: Machine>(report: &mut Report<'_, M>, checks: &[Check], level: Level) -> Result<Checked, Break> {
    let level = level.name();
    for (number, check) in (0_u32..).zip(checks) {
        let start = format!("check #{}", number + 1);
        let name = check.name();
        let why = match verdict(report.machine, check)? {
            Verdict::Passed => {
                report.check("ok", &format!("{start}, {name} passed"), number)?;
                continue;
            }
            Verdict::Failed(why) => why,
        };
        match check.on_failure {
            Return::Error => {
                let words = format!("{start}, failure on {name}, {why}");
                report.check("ko", &words, number)?;
                return Ok(Checked::Failed(words));
            }
            Return::Skip => {
                report.check("ok", &format!("{start}, {name} not successful then skip {level}"), number)?;
                report.say("ok", &format!("{level} skipped"))?;
                return Ok(Checked::Skip);
            }
            Return::StartNow => {
                report.check("ok", &format!("{start}, {name} not successful then start {level} now"), number)?;
                report.say("ok", &format!("{level} started now"))?;
                return Ok(Checked::StartNow);
            }
            Return::Warning | Return::Info => {
                let word = check.on_failure.word();
                report.check(word, &format!("{start}, {name} {word}, {why}"), number)?;
            }
            Return::Ignore => report.check("ignore", &format!("{start}, {name} passed"), number)?,
        }
    }
    Ok(Checked::Passed)
}
