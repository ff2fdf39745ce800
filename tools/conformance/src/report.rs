//! What people and programs are shown of the scores.

use crate::case::{Answer, Case};
use crate::corpus::Corpus;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

pub(crate) struct Outcome {
    pub(crate) case: Case,
    pub(crate) answer: Answer,
    /// Something of ours reads the module.
    pub(crate) answered: bool,
    /// Empty when the answer matches.
    pub(crate) differences: Vec<String>,
}

#[derive(Default, Serialize)]
pub(crate) struct Score {
    pub(crate) matched: usize,
    /// Cases that differ and whose expectation is known to be wrong.
    pub(crate) reviewed: usize,
    pub(crate) cases: usize,
}

#[derive(Serialize)]
pub(crate) struct Scores {
    pub(crate) groups: BTreeMap<String, Score>,
    pub(crate) modules: BTreeMap<String, Score>,
    pub(crate) all: Score,
    /// Ids of the cases that differ, each with its differences.
    pub(crate) differing: BTreeMap<String, Vec<String>>,
}

pub(crate) fn scores(corpus: &Corpus, results: &[Outcome], reviewed: &BTreeMap<String, String>) -> Scores {
    let mut scores =
        Scores { groups: BTreeMap::new(), modules: BTreeMap::new(), all: Score::default(), differing: BTreeMap::new() };
    for result in results {
        let question = &result.case.question;
        let matched = result.differences.is_empty();
        let excused = !matched && reviewed.contains_key(&question.id);
        let group = scores.groups.entry(corpus.group(&question.module).to_owned()).or_default();
        let module = scores.modules.entry(question.module.clone()).or_default();
        for score in [group, module, &mut scores.all] {
            score.cases += 1;
            score.matched += usize::from(matched);
            score.reviewed += usize::from(excused);
        }
        if !matched {
            scores.differing.insert(question.id.clone(), result.differences.clone());
        }
    }
    scores
}

pub(crate) fn tables(scores: &Scores) {
    let line = |name: &str, score: &Score| {
        let share = percent(score);
        let wrong =
            if score.reviewed > 0 { format!("  {} wrong in the corpus", score.reviewed) } else { String::new() };
        println!("{name:<34} {:>5} / {:<5} {share:>5.1} %{wrong}", score.matched, score.cases);
    };
    println!("{:<34} {:>13}", "module", "matched");
    scores.modules.iter().for_each(|(name, score)| line(name, score));
    println!("\n{:<34} {:>13}", "group", "matched");
    scores.groups.iter().for_each(|(name, score)| line(name, score));
    line("all", &scores.all);
}

fn percent(score: &Score) -> f64 {
    let figure = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
    if score.cases == 0 { 0.0 } else { figure(score.matched) * 100.0 / figure(score.cases) }
}

pub(crate) fn json(scores: &Scores) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(scores)?);
    Ok(())
}

pub(crate) fn differences(results: &[Outcome], limit: usize) {
    for result in results.iter().filter(|result| !result.differences.is_empty()) {
        println!("{} ({})", result.case.question.id, result.case.question.module);
        for difference in result.differences.iter().take(limit) {
            println!("    {}", printable(difference));
        }
        if result.differences.len() > limit {
            println!("    … {} more", result.differences.len() - limit);
        }
    }
}

/// Questions with answers and expectations, whole.
pub(crate) fn whole(results: &[Outcome]) -> anyhow::Result<()> {
    for result in results {
        let question = &result.case.question;
        println!("{} ({}): {}, {}", question.id, question.module, question.kind, printable(&question.title));
        for input in &question.inputs {
            println!("  {}: {} {}", input.role, input.path, input.captured_from.as_deref().unwrap_or_default());
        }
        println!("  parameters {}", question.params);
        question.steps.iter().for_each(|step| println!("  step {step}"));
        question.mocked.iter().for_each(|mock| println!("  mocked {mock}"));
        println!("  expected {}", serde_json::to_string_pretty(&result.case.expected)?);
        match &result.answer {
            Ok(answer) => println!("  answer {}", serde_json::to_string_pretty(answer)?),
            Err(error) => println!("  answer: an error, {}", printable(&format!("{error:#}"))),
        }
        for difference in &result.differences {
            println!("    {}", printable(difference));
        }
    }
    Ok(())
}

pub(crate) fn write_answers(path: &Path, results: &[Outcome]) -> anyhow::Result<()> {
    let mut file = BufWriter::new(fs::File::create(path)?);
    // A question that nobody answers has no line.
    for result in results.iter().filter(|result| result.answered) {
        let id = &result.case.question.id;
        let line: Value = match &result.answer {
            Ok(answer) => json!({"id": id, "result": answer}),
            Err(error) => json!({"id": id, "error": format!("{error:#}")}),
        };
        serde_json::to_writer(&mut file, &line)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
