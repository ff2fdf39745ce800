//! Calls that wait for a person here, and the person's answer.

use super::kept::{Kept, since};
use super::steps::steps;
use crate::policies::Policies;
use crate::table::table;
use crate::terminal::visible;
use airlock_gate::Ask;
use airlock_gate::approvals::{Request, verb_name};
use airlock_native::{Folders, RequestQueue, may_approve, who};
use anyhow::{anyhow, bail};
use serde_json::json;
use std::fmt::Write;

/// All of one request.
pub(super) fn show(request: &Request, kept: &Kept, json: bool) -> String {
    if json { format!("{:#}\n", as_json(request)) } else { in_full(request, kept) }
}

/// A person's answer, in words; and the server of the job, where it is approved.
pub(super) fn answer(
    queue: &RequestQueue,
    folders: &Folders,
    which: &str,
    yes: bool,
    json: bool,
) -> anyhow::Result<(String, Option<String>)> {
    let all = queue.read()?;
    let request = all.find(which).map_err(|why| anyhow!("{which}: {why}"))?;
    let server = request.bound.server.clone().filter(|_| yes);
    let (digest, who) = (request.digest(), who());
    let details =
        json!({"digest": digest, "approval": request.bound.approval, "server": request.bound.server, "by": who});
    if !may_approve(&request.rule.by) {
        Policies::note_in(Some(folders), "approval not accepted", details);
        bail!("{who} may not approve {:?}: the policy names {}", request.rule.name, request.rule.by.join(", "));
    }
    let missing = if yes {
        queue.approve(&digest, &who)?.map_err(|why| anyhow!(why))?
    } else {
        queue.refuse(&digest, &who)?.map_err(|why| anyhow!(why))?;
        0
    };
    Policies::note_in(Some(folders), if yes { "approved" } else { "refused" }, details);
    let text = match (json, yes, missing) {
        (true, ..) => format!("{:#}\n", json!({"digest": digest, "approved": yes && missing == 0, "missing": missing})),
        (_, false, _) => format!("Refused {digest}.\n"),
        (_, true, 0) => format!("Approved {digest} for one run.\n"),
        (_, true, more) => format!("Approved {digest}; {more} more people have to.\n"),
    };
    Ok((text, server.filter(|_| missing == 0)))
}

pub(super) fn list(queue: &RequestQueue, kept: &Kept, json: bool) -> anyhow::Result<String> {
    let all = queue.read()?;
    let waiting = all.waiting();
    if json {
        let requests: Vec<_> = waiting.iter().map(|(_, request)| as_json(request)).collect();
        return Ok(format!("{:#}\n", json!({"waiting": requests, "turned_away": all.turned_away()})));
    }
    let rows: Vec<Vec<String>> = waiting.iter().map(|(digest, request)| row(digest, request, kept)).collect();
    let mut text = if rows.is_empty() {
        "Nothing waits for approval.\n".to_owned()
    } else {
        table(&["id", "server", "task", "what", "approval", ">waiting", "digest"], &rows)
    };
    for (server, count) in all.turned_away() {
        let server = if server.is_empty() { "the owner" } else { server };
        let _ = writeln!(text, "{count} requests of {} found the queue full and were refused.", visible(server));
    }
    Ok(text)
}

fn row(digest: &str, request: &Request, kept: &Kept) -> Vec<String> {
    let what = match request.calls.as_slice() {
        [one] => one_line(&in_words(one), 60),
        some => format!("{} calls: {}", some.len(), one_line(&some.first().map(in_words).unwrap_or_default(), 44)),
    };
    let id = kept.of_text(&request.bound.job).map_or_else(|| "-".to_owned(), |(job, _)| format!("j-{}", job.number));
    let short = digest.chars().take(16).collect();
    let server = request.bound.server.clone().unwrap_or_default();
    vec![id, server, request.bound.task.clone(), what, request.rule.name.clone(), since(request.first), short]
}

/// A call as people say it: `run touch file=/opt/acme/a`, `files.write /opt/acme/b`.
fn in_words(ask: &Ask) -> String {
    let mut words = vec![verb_name(ask).to_owned()];
    let texts = [&ask.template, &ask.path, &ask.origin, &ask.publisher, &ask.name, &ask.version, &ask.into];
    words.extend(texts.into_iter().flatten().cloned());
    words.extend(ask.args.iter().flatten().map(|(name, value)| format!("{name}={value}")));
    words.join(" ")
}

/// Text of others in one line, and what is left out said.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let text = escaped(text);
    let count = text.chars().count();
    if count <= most {
        return text;
    }
    let start: String = text.chars().take(most).collect();
    format!("{start}… ({} more characters)", count - most)
}

/// Everything that is not an ordinary visible character of ASCII, as its number; runs of spaces with their length: what
/// looks alike does not read alike, and nothing stands far to the right.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut spaces = 0_usize;
    let flush = |out: &mut String, spaces: &mut usize| {
        match *spaces {
            0..=2 => out.extend(std::iter::repeat_n(' ', *spaces)),
            many => {
                let _ = write!(out, "⟨{many} spaces⟩");
            }
        }
        *spaces = 0;
    };
    for c in text.chars() {
        if c == ' ' {
            spaces += 1;
            continue;
        }
        flush(&mut out, &mut spaces);
        if c.is_ascii_graphic() {
            out.push(c);
        } else {
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
        }
    }
    flush(&mut out, &mut spaces);
    out
}

/// Long texts go over several lines: nothing is hidden behind the width of a terminal.
pub(super) fn block(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "{name}:");
    let escaped: Vec<char> = escaped(value).chars().collect();
    for line in escaped.chunks(96) {
        let _ = writeln!(text, "  {}", line.iter().collect::<String>());
    }
}

fn in_full(request: &Request, kept: &Kept) -> String {
    let bound = &request.bound;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<11}{}", escaped(value));
    };
    line("digest", &request.digest());
    line("approval", &request.rule.name);
    line("server", bound.server.as_deref().unwrap_or("(the owner)"));
    line("task", &bound.task);
    line("component", &bound.component);
    line("policy", &bound.policy);
    for file in &bound.files {
        line("file", file);
    }
    line("asked", &format!("{} times", request.times));
    let needed = request.rule.required.max(1);
    line("approved", &format!("{} of {needed} {}", request.approved_by.len(), request.approved_by.join(", ")));
    line("job", &format!("{} bytes, sha256 {}", request.job_bytes, bound.job));
    let _ = write!(text, "What it will do:\n{}", steps(request, kept));
    block(&mut text, "The job", &request.job_text);
    let more = request.job_bytes.saturating_sub(request.job_text.len() as u64);
    if more > 0 {
        let _ = writeln!(text, "  … {more} more bytes, which the digest covers and nobody has seen");
    }
    for (number, ask) in request.calls.iter().enumerate() {
        let call = serde_json::to_string(ask).unwrap_or_default();
        block(&mut text, &format!("Call {} of {}", number + 1, request.calls.len()), &call);
    }
    text
}

pub(super) fn as_json(request: &Request) -> serde_json::Value {
    let bound = &request.bound;
    json!({
        "digest": request.digest(),
        "approval": request.rule.name,
        "by": request.rule.by,
        "required": request.rule.required.max(1),
        "approved_by": request.approved_by,
        "server": bound.server,
        "task": bound.task,
        "component": bound.component,
        "policy": bound.policy,
        "files": bound.files,
        "job": {"sha256": bound.job, "bytes": request.job_bytes, "text": request.job_text},
        "calls": request.calls,
        "first": request.first,
        "last": request.last,
        "times": request.times,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_obeyed_nothing_looks_like_something_else_and_nothing_is_out_of_sight() {
        let hostile = format!("ok\u{1b}[2J\r\u{202e}gnp.exe \u{430}cme{}rm -rf /", " ".repeat(10_000));
        let text = escaped(&hostile);
        assert_eq!(text, "ok⟨U+001B⟩[2J⟨U+000D⟩⟨U+202E⟩gnp.exe ⟨U+0430⟩cme⟨10000 spaces⟩rm -rf /");
        assert!(one_line(&"x".repeat(100), 60).ends_with("(40 more characters)"));
        let mut out = String::new();
        block(&mut out, "n", &"y".repeat(500));
        assert!(out.lines().all(|line| line.chars().count() <= 98) && out.matches('y').count() == 500);
    }
}
