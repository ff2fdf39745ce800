//! Collections: what a server answers on the way to a question, and the question.

use super::Module;
use crate::case::{Answer, Question};
use airlock_collect::job;
use airlock_protocol::answers::{Config, Jobs, Message};
use anyhow::{Context, anyhow, bail};
use serde_json::Value;

pub(super) const MODULES: &[Module] = &[Module { name: "task/collect", answer }];

/// Each run asks where its jobs are, and there for the jobs.
fn answer(question: &Question) -> Answer {
    let runs = question.steps.iter().filter(|step| step.get("do").and_then(Value::as_str) == Some("run")).count();
    let mut answers = question.mocked.iter().map(|mock| mock.get("returns").cloned().unwrap_or_default());
    let mut last = Err(anyhow!("nothing is run"));
    for _ in 0..runs.max(1) {
        last = run(&mut answers);
    }
    last
}

fn run(answers: &mut impl Iterator<Item = Value>) -> Answer {
    let mut next = || {
        let answer = answers.next().filter(|answer| !answer.is_null()).context("communication error: no answer")?;
        Ok::<_, anyhow::Error>(Message::read(&answer.to_string())?)
    };
    let config = Config::of(&next()?)?;
    let entry = config.schedule.into_iter().find(|entry| entry.task.eq_ignore_ascii_case("collect"));
    if entry.context("no collection is scheduled")?.remote.is_empty() {
        bail!("a collection without an address");
    }
    let jobs = Jobs::of(next()?, "collect")?.jobs;
    if jobs.is_empty() {
        bail!("there is nothing to do");
    }
    for one in &jobs {
        job::of_value(&Value::Object(one.as_it_came().clone())).map_err(|why| anyhow!("{why}"))?;
    }
    Ok(Value::from(jobs.len()))
}
