//! Commands. A job has a free command line; what runs is a command that the owner's policy spells out.
//!
//! The line is handed to the host, which knows the lines that the owner recognises; there is no shell, and what nobody
//! recognises is refused with the words that tell the server's operator what to ask for.

use super::own::{self, Own};
use super::{Outcome, returned};
use crate::job::Returned;
use crate::machine::{Machine, Outcome as Ended};
use crate::place::shown;
use crate::trouble::{Break, Kind, Trouble, tried};
use airlock_model::visible;

const BEFORE: &str = "================================";
const AFTER: &str = "--------------------------------";
/// What a command line is refused with that nothing recognises.
const FREE: &str = "refused: free command; ask the owner for a template";
/// Output lines that are told when the job wants all.
const MOST_LINES: usize = 2000;
/// Names of variables that are told.
const MOST_NAMES: usize = 20;

/// What the job says of a command.
pub(super) struct Wanted<'a> {
    pub(super) exec: &'a str,
    /// Output lines; below 0: all.
    pub(super) lines: i64,
    pub(super) returned: Option<&'a [Returned]>,
    pub(super) variables: &'a [String],
}

/// How it went, whatever it was that ran.
struct Ran {
    /// None: a signal ended it, or it never began.
    code: Option<i32>,
    output: String,
    error: Option<String>,
}

pub(super) fn run<M: Machine>(machine: &mut M, wanted: &Wanted<'_>) -> Result<Outcome, Break> {
    let ran = match own::of(wanted.exec) {
        Some(Own::Component { name, arguments }) => component(machine, &name, &arguments)?,
        Some(Own::Package { name, into }) => package(machine, &name, into.as_deref())?,
        None => template(machine, wanted.exec)?,
    };
    let mut outcome = match ran {
        Ok(ran) => told(wanted, &ran),
        Err(trouble) => {
            let mut outcome = Outcome::default();
            outcome.add(trouble);
            outcome
        }
    };
    if !wanted.variables.is_empty() {
        let names: Vec<String> = wanted.variables.iter().take(MOST_NAMES).map(|name| shown(name)).collect();
        let words = format!("the job's environment is not passed on: {}", names.join(", "));
        outcome.lines.insert(0, words);
    }
    Ok(outcome)
}

fn template<M: Machine>(machine: &mut M, line: &str) -> Result<Result<Ran, Trouble>, Break> {
    let command = match tried(machine.recognise(line), String::new)? {
        Ok(command) => command,
        Err(trouble) => {
            let words = match trouble.kind {
                Kind::Refused | Kind::NotFound => FREE.to_owned(),
                _ => trouble.words,
            };
            return Ok(Err(Trouble { words, ..trouble }));
        }
    };
    let what = || format!("the command {}", command.template);
    Ok(match tried(machine.run_template(&command), what)? {
        Ok(ended) => Ok(Ran { code: ended.exit_code, output: output(&ended), error: signal(&ended) }),
        Err(trouble) if trouble.denied.is_some() => Err(trouble),
        Err(Trouble { kind: Kind::Timeout, .. }) => {
            Ok(Ran::never("took longer than it may, and was ended with all that it had started".to_owned()))
        }
        Err(trouble) => Ok(Ran::never(trouble.words)),
    })
}

fn signal(ended: &Ended) -> Option<String> {
    ended.exit_code.is_none().then(|| "ended by a signal".to_owned())
}

/// What it wrote: first what it says, then what it complains of.
fn output(ended: &Ended) -> String {
    let mut text = String::from_utf8_lossy(&ended.stdout).into_owned();
    if !text.is_empty() && !text.ends_with('\n') && !ended.stderr.is_empty() {
        text.push('\n');
    }
    text.push_str(&String::from_utf8_lossy(&ended.stderr));
    text
}

fn component<M: Machine>(machine: &mut M, name: &str, arguments: &[String]) -> Result<Result<Ran, Trouble>, Break> {
    let answer = machine.run_component(name, arguments);
    Ok(match tried(answer, || format!("the component {name}"))? {
        Ok(output) => Ok(Ran { code: Some(0), output, error: None }),
        Err(trouble) if trouble.denied.is_some() => Err(trouble),
        // One that was not let in, or did not come to its end, has no exit code that could count as well done.
        Err(trouble) => Ok(Ran { code: None, output: trouble.words, error: None }),
    })
}

fn package<M: Machine>(machine: &mut M, name: &str, into: Option<&str>) -> Result<Result<Ran, Trouble>, Break> {
    Ok(match tried(machine.install(name, into), || format!("the package {name}"))? {
        Ok(folder) => Ok(Ran { code: Some(0), output: format!("installed in {folder}\n"), error: None }),
        Err(trouble) if trouble.denied.is_some() => Err(trouble),
        Err(trouble) => Ok(Ran { code: Some(1), output: trouble.words, error: None }),
    })
}

impl Ran {
    fn never(error: String) -> Self {
        Self { code: None, output: String::new(), error: Some(error) }
    }
}

/// What the server is told of it, and whether it succeeded.
fn told(wanted: &Wanted<'_>, ran: &Ran) -> Outcome {
    let (ok, verdict) = match (ran.code, wanted.returned) {
        (Some(code), Some(checks)) => returned::verdict(checks, code, &ran.output),
        (Some(_), None) => (true, Vec::new()),
        // What did not end by itself did not succeed.
        (None, _) => (false, Vec::new()),
    };
    if ok && wanted.lines == 0 {
        return Outcome::default();
    }
    let most = usize::try_from(wanted.lines).unwrap_or(MOST_LINES).min(MOST_LINES);
    let output: Vec<&str> = ran.output.lines().collect();
    let cut = output.len().saturating_sub(most);
    let mut lines = vec![BEFORE.to_owned(), format!("Started cmd: {}", wanted.exec), BEFORE.to_owned()];
    if wanted.lines < 0 && cut > 0 {
        lines.push(format!("({cut} lines before are left out)"));
    }
    lines.extend(output.iter().skip(cut).map(|line| visible(line)));
    lines.push(AFTER.to_owned());
    lines.extend(ran.error.clone());
    let code = ran.code.map_or_else(|| "none".to_owned(), |code| code.to_string());
    lines.push(format!("exit status: `{code}'"));
    lines.extend(verdict);
    Outcome { lines, failed: !ok, denied: None }
}
