//! Commands that the policy spells out: a task names a template and fills its gaps.

use crate::Error;
use crate::bindings::airlock::process::process as wit;

pub use wit::{Argument, Outcome};

/// Runs a template's command with these arguments, by their names, and waits for its end.
pub fn run(template: &str, arguments: &[(&str, &str)]) -> Result<Outcome, Error> {
    let argument = |(name, value): &(&str, &str)| Argument { name: (*name).to_owned(), value: (*value).to_owned() };
    wit::run(template, &arguments.iter().map(argument).collect::<Vec<_>>())
}
