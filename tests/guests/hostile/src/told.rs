//! What is told to the server of a job: in order, too much, and what makes no sense there.

use airlock_task::status::{Line, Step, answer, asked, tell};
use airlock_task::{Error, run, words};

/// So many lines, then an answer, then what a person said.
pub(crate) fn lines(number: usize) -> Result<(), Error> {
    for at in 0..number {
        tell(Line {
            step: Some(Step::Processing),
            status: Some("ok".to_owned()),
            message: format!("line {at}"),
            action: u32::try_from(at).ok(),
            ..Line::default()
        })?;
    }
    answer(&[("path".to_owned(), "/opt/acme/a".to_owned()), ("size".to_owned(), "9".to_owned())])?;
    asked("before", "continue", "on_ok", "ann")
}

/// Each is refused; the log says how, and one that makes sense goes through.
pub(crate) fn senseless() {
    let line = |status: &str, file: Option<&str>| Line {
        status: Some(status.to_owned()),
        file: file.map(str::to_owned),
        message: "m".to_owned(),
        ..Line::default()
    };
    let results = [
        tell(line("root", None)),
        tell(line("ok", Some("../../etc"))),
        answer(&[("_sid".to_owned(), "1".to_owned())]),
        answer(&[("v".to_owned(), "v".repeat(1 << 20))]),
        asked(&"k".repeat(1000), "", "", ""),
        tell(Line { message: "x".repeat(5000), ..Line::default() }),
    ];
    for result in results {
        run::log(run::Level::Info, &result.map_or_else(|error| words(&error), |()| "told".to_owned()));
    }
}
