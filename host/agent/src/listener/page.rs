//! The pages for people: no script, nothing from elsewhere, everything that was said by others escaped. Who is not trusted
//! learns that an agent is here and nothing more.

use super::view::{Doing, Refused, Status, TargetKind, TargetStatus};
use airlock_protocol::{PAGE_STYLE, html_escaped};
use jiff::Timestamp;
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");

/// A page of a few words, with a way back.
pub(super) fn short(title: &str, words: &str) -> String {
    let back = "<p><a href=\"/\">Back</a></p>\n";
    whole(title, &format!("<h1>{}</h1>\n<p>{}</p>\n{back}", html_escaped(title), html_escaped(words)))
}

/// For those who are not trusted.
pub(super) fn for_strangers() -> String {
    let words = "<p>What it does is shown to the addresses that its owner trusts: <code>[listener] trust</code> in \
                 <code>airlock.toml</code>.</p>\n";
    whole("Agent", &format!("<h1>An inventory agent is here.</h1>\n{words}"))
}

/// The first page, for those who are trusted: what is due when and why, what came of it, what was refused.
pub(super) fn home(status: &Status, now: Timestamp) -> String {
    let mut body = String::new();
    head(&mut body, status, now);
    body.push_str("<main>\n<h2>Targets</h2>\n");
    if status.targets.is_empty() {
        body.push_str("<p>None: <code>airlock.toml</code> names neither a server nor a folder.</p>\n");
    }
    for one in &status.targets {
        target(&mut body, one, now);
    }
    body.push_str("<h2>What was refused</h2>\n");
    refused(&mut body, &status.refused);
    body.push_str("</main>\n");
    whole("Airlock", &body)
}

fn whole(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n\
         <style>\n{PAGE_STYLE}{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        html_escaped(title)
    )
}

fn head(body: &mut String, status: &Status, now: Timestamp) {
    let class = match &status.doing {
        Doing::Waiting => "waiting",
        Doing::Paused => "paused",
        Doing::Running(_) => "running",
        Doing::Unknown => "unknown",
    };
    let (version, doing) = (html_escaped(&status.version), html_escaped(&status.doing.to_string()));
    let _ = write!(body, "<header>\n<h1>Airlock <small>{version}</small></h1>\n");
    let _ = writeln!(body, "<p class=\"badge {class}\">{doing}</p>");
    if let Some(since) = status.since {
        let _ = writeln!(body, "<p class=\"since\">since {}; times are those of this machine</p>", moment(since, now));
    }
    body.push_str("<form method=\"post\" action=\"/now\"><button>Contact all now</button></form>\n</header>\n");
}

fn target(body: &mut String, target: &TargetStatus, now: Timestamp) {
    let _ = write!(body, "<article>\n<h3>{}</h3>\n", html_escaped(&target.name));
    let kind = match target.kind {
        TargetKind::Server => "Server",
        TargetKind::Local => "Local",
    };
    let _ = write!(body, "<p>{kind}: {}</p>\n<dl>\n", html_escaped(&target.place));
    let when = |at: Option<i64>, never: &str| at.map_or_else(|| never.to_owned(), |at| moment(at, now));
    let because = if target.because.is_empty() { String::new() } else { format!(": {}", target.because) };
    let mut row = |name: &str, what: &str| {
        let _ = writeln!(body, "<dt>{name}</dt><dd>{}</dd>", html_escaped(what));
    };
    row("Next", &format!("{}{because}", when(target.next, "not planned")));
    row("Last that worked", &when(target.worked, "none yet"));
    if target.tried != target.worked {
        row("Last attempt", &when(target.tried, "none yet"));
    }
    for result in &target.results {
        row(&html_escaped(&result.task), &result.outcome);
    }
    if target.waiting > 0 {
        row("Not delivered yet", &format!("{} reports", target.waiting));
    }
    body.push_str("</dl>\n");
    if let Some(error) = &target.last_error {
        let _ = writeln!(body, "<p class=\"wrong\">{}</p>", html_escaped(error));
    }
    body.push_str("</article>\n");
}

fn refused(body: &mut String, refused: &[Refused]) {
    if refused.is_empty() {
        body.push_str("<p>Nothing.</p>\n");
        return;
    }
    let columns = ["When", "For", "Task", "Asked for", "Why not", "Times"];
    body.push_str("<div class=\"wide refused\"><table>\n<thead><tr>");
    for column in columns {
        let _ = write!(body, "<th scope=\"col\">{column}</th>");
    }
    body.push_str("</tr></thead>\n<tbody>\n");
    for one in refused {
        let why = format!("{}: {}", one.code, one.why);
        let cells = [one.time.clone(), one.for_whom(), one.task.clone(), one.what.clone(), why, one.times.to_string()];
        body.push_str("<tr>");
        for (column, cell) in columns.iter().zip(cells) {
            let _ = write!(body, "<td data-of=\"{column}\">{}</td>", html_escaped(&cell));
        }
        body.push_str("</tr>\n");
    }
    body.push_str("</tbody>\n</table></div>\n");
}

/// A moment in the machine's own time zone, and how far away it is.
fn moment(at: i64, now: Timestamp) -> String {
    let Ok(at) = Timestamp::from_second(at) else { return "at no time that there is".to_owned() };
    let zoned = at.to_zoned(jiff::tz::TimeZone::system());
    let seconds = at.as_second().saturating_sub(now.as_second());
    let far = length(seconds.unsigned_abs());
    let distance = match seconds {
        0 => "now".to_owned(),
        1.. => format!("in {far}"),
        _ => format!("{far} ago"),
    };
    format!("{} ({distance})", zoned.strftime("%Y-%m-%d %H:%M:%S"))
}

/// The two largest units: `2 d 3 h`, `5 min 2 s`.
fn length(seconds: u64) -> String {
    let units = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let mut left = seconds;
    let mut parts = Vec::new();
    for (size, name) in units {
        let (count, rest) = (left / size, left % size);
        left = rest;
        if count > 0 || !parts.is_empty() {
            parts.push((count, name));
        }
    }
    let shown = parts.iter().take(2).filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}"));
    shown.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listener::view::TaskResult;

    #[test]
    fn lengths_of_time() {
        let all = [0, 59, 60, 3600, 7260, 90_061].map(length);
        assert_eq!(all, ["", "59 s", "1 min", "1 h", "2 h 1 min", "1 d 1 h"]);
    }

    #[test]
    fn what_others_said_is_text_and_nothing_else() {
        let evil = "<script>alert(1)</script>\" onload='x' \u{202e}&amp;";
        let status = Status {
            doing: Doing::Running(evil.into()),
            version: evil.into(),
            since: Some(i64::MAX),
            targets: vec![TargetStatus {
                name: evil.into(),
                kind: TargetKind::Server,
                place: evil.into(),
                next: Some(1_800_000_000),
                because: evil.into(),
                tried: None,
                worked: Some(0),
                last_error: Some(evil.into()),
                results: vec![TaskResult { task: evil.into(), outcome: evil.into() }],
                waiting: 3,
            }],
            refused: vec![Refused {
                time: evil.into(),
                server: Some(evil.into()),
                neighbour: None,
                task: evil.into(),
                what: evil.into(),
                code: evil.into(),
                why: evil.into(),
                times: 2,
            }],
        };
        let page = home(&status, Timestamp::UNIX_EPOCH);
        assert!(!page.contains("<script") && !page.contains("onload='") && !page.contains('\u{202e}'), "{page}");
        assert_eq!(page.matches("&lt;script&gt;").count(), 14);
        assert!(short(evil, evil).matches("&lt;script&gt;").count() == 3);
    }

    #[test]
    fn strangers_learn_nothing() {
        let page = for_strangers();
        assert!(!page.contains(env!("CARGO_PKG_VERSION")) && !page.contains("Airlock"), "{page}");
    }
}
