//! Scores the parsers on a corpus of cases: input taken from real machines, and what has to come of it.
//!
//! An adapter a module (`modules/`) turns a case's question into calls of our parsers, and their rows into the names that
//! the corpus uses. It never sees the expected answer.

mod case;
mod compare;
mod corpus;
/// Makers under one name each: the inventory task's own opinion, by its own source file.
#[path = "../../../guest-tasks/inventory/src/manufacturer.rs"]
#[expect(unreachable_pub, reason = "in its own crate it is public")]
mod manufacturer;
mod modules;
mod names;
mod recorded;
mod report;

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

/// Score the parsers on a corpus of real machines' data
#[derive(Parser)]
#[command(name = "cargo xtask conformance", max_term_width = 100)]
struct Options {
    /// The corpus: a folder with cases/, resources/ and scope.json
    #[arg(long, value_name = "DIR")]
    corpus: PathBuf,
    /// Only modules that begin so
    #[arg(long, value_name = "PREFIX")]
    module: Option<String>,
    /// Only cases whose id contains this; shows the question, the answer and what was expected
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,
    /// List every case that differs, with up to this many differences
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "3")]
    differences: Option<usize>,
    /// Write the scores as JSON
    #[arg(long)]
    json: bool,
    /// Write every answer to a file, one JSON object a line: {"id", "result"} or {"id", "error"}
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Fail when a group scores below the figures in this file
    #[arg(long, value_name = "FILE")]
    recorded: Option<PathBuf>,
    /// Cases whose expectation is wrong, with the reason: counted apart
    #[arg(long, value_name = "FILE")]
    reviewed: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let corpus = corpus::Corpus::open(&options.corpus)?;
    let mut results = Vec::new();
    for case in corpus.cases()? {
        let wanted = options.module.as_ref().is_none_or(|prefix| case.question.module.starts_with(prefix))
            && options.case.as_ref().is_none_or(|text| case.question.id.contains(text.as_str()));
        if wanted {
            // A question that nobody answers is no failure that a case may ask for.
            let (answered, answer, differences) = match modules::answer(&case.question) {
                Some(answer) => {
                    let differences = compare::differences(&answer, &case.expected);
                    (true, answer, differences)
                }
                None => {
                    (false, Err(anyhow::anyhow!("nothing of ours reads this module")), vec!["not answered".to_owned()])
                }
            };
            results.push(report::Outcome { case, answer, answered, differences });
        }
    }
    if let Some(path) = &options.answers {
        report::write_answers(path, &results)?;
    }
    if options.case.is_some() {
        report::whole(&results)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(limit) = options.differences {
        report::differences(&results, limit);
    }
    let reviewed = recorded::reviewed(options.reviewed.as_deref())?;
    let scores = report::scores(&corpus, &results, &reviewed);
    if options.json {
        report::json(&scores)?
    } else {
        report::tables(&scores)
    }
    let problems = recorded::check(options.recorded.as_deref(), &scores, &reviewed)?;
    for problem in &problems {
        eprintln!("error: {problem}");
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
