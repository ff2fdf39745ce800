//! All that a request asks for, as a person reads it: what is downloaded, from where, and what is done with it then.
//!
//! What is only known once a file is here stands as `after download`; the digest that stands beside it is what it will be.

use super::kept::Kept;
use super::requests::one_line;
use crate::table::table;
use airlock_gate::approvals::{Request, verb_name};
use airlock_gate::{Ask, Verb};
use serde_json::Value;

/// Of the job's text, from here or as the request has it.
pub(super) fn steps(request: &Request, kept: &Kept) -> String {
    let text = kept.of_text(&request.bound.job).map_or(request.job_text.as_str(), |(job, _)| &job.text);
    let job: Value = serde_json::from_str(text).unwrap_or_default();
    let row = |(number, ask): (usize, &Ask)| {
        let [what, which, more] = in_columns(ask, &job);
        vec![(number + 1).to_string(), one_line(&what, 30), one_line(&which, 100), one_line(&more, 200)]
    };
    table(&[">#", "what", "which", "with"], &request.calls.iter().enumerate().map(row).collect::<Vec<_>>())
}

fn in_columns(ask: &Ask, job: &Value) -> [String; 3] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let into = ask.into.as_ref().map(|into| format!("into {into}"));
    match (ask.verb, &ask.sha512) {
        (Some(Verb::PkgFetch), Some(sha512)) => ["download".to_owned(), text(&ask.name), of_file(sha512, job)],
        (Some(Verb::PkgFetch), None) if ask.origin.is_none() => {
            ["unpack".to_owned(), text(&ask.name), into.unwrap_or_default()]
        }
        (Some(Verb::PkgInstall), Some(sha512)) => {
            let with =
                [into, Some(format!("sha512 {sha512:.16}..."))].into_iter().flatten().collect::<Vec<_>>().join(", ");
            ["after download: install".to_owned(), text(&ask.path), with]
        }
        _ => {
            let texts = [&ask.template, &ask.path, &ask.origin, &ask.publisher, &ask.name, &ask.version];
            let which: Vec<String> = texts.into_iter().flatten().cloned().collect();
            let args = ask.args.iter().flatten().map(|(name, value)| format!("{name}={value}"));
            let is_later = ask.verb == Some(Verb::FilesWrite) && ask.bytes.is_none();
            let bytes = match ask.bytes {
                Some(bytes) => Some(format!("{bytes} bytes")),
                None => is_later.then(|| "its size is known after the download".to_owned()),
            };
            let with: Vec<String> = args.chain(into).chain(bytes).collect();
            [verb_name(ask).to_owned(), which.join(" "), with.join(", ")]
        }
    }
}

/// Its digest, how many parts it has, and where they are asked for: the words of the job.
fn of_file(sha512: &str, job: &Value) -> String {
    let files = job.get("files").and_then(Value::as_object);
    let file = files.into_iter().flatten().find(|(sum, _)| sum.eq_ignore_ascii_case(sha512)).map(|(_, file)| file);
    let list = |name: &str| file.and_then(|file| file.get(name)?.as_array()).map(Vec::as_slice).unwrap_or_default();
    let parts = match list("multiparts").len() {
        1 => "1 part".to_owned(),
        count => format!("{count} parts"),
    };
    let mirrors: Vec<&str> = list("mirrors").iter().filter_map(Value::as_str).collect();
    let from = if mirrors.is_empty() { String::new() } else { format!(" from {}", mirrors.join(", ")) };
    format!("sha512 {sha512:.16}..., {parts}{from}")
}
