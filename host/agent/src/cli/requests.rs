//! `airlock requests`: calls that wait for a person here, and the person's answer.

use crate::policies::{Places, Policies};
use crate::table::table;
use crate::terminal::{self, visible};
use airlock_gate::approvals::{Request, verb_name};
use airlock_native::{CountersFile, Folders, RequestQueue, may_approve, who};
use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use serde_json::json;
use std::fmt::Write;

#[derive(Debug, Args)]
#[command(after_help = "\
A grant with `approval` holds its calls until a person approves them: by digest, which is over the job, its files, the
component, the policy and the calls themselves. Change any of it, and it is another request. An approval is good for one
run, and in it for each of the calls once.

Examples:
  airlock requests                                what waits
  airlock requests show 7c1e0f0a9b3d2c4e          all of one request
  airlock requests approve 7c1e0f0a9b3d2c4e
  airlock requests refuse 7c1e0f0a9b3d2c4e")]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Option<Command>,

    /// As JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show all of a request
    Show(Which),
    /// Approve exactly what has this digest
    Approve(Which),
    /// Refuse it, for as long as it would have waited
    Refuse(Which),
}

#[derive(Debug, Args)]
struct Which {
    /// The digest, or its first 16 characters
    #[arg(value_name = "DIGEST")]
    digest: String,
}

pub(crate) fn run(options: &Options, places: &Places) -> anyhow::Result<()> {
    let folders = Folders::new(places.vardir())?;
    let state = folders.state()?;
    let queue = RequestQueue::new(&state, CountersFile::open(&state)?);
    let text = match &options.command {
        None => list(&queue, options.json)?,
        Some(Command::Show(which)) => {
            let all = queue.read()?;
            let request = all.find(&which.digest).map_err(|why| anyhow!("{}: {why}", which.digest))?;
            if options.json { format!("{:#}\n", as_json(request)) } else { in_full(request) }
        }
        Some(Command::Approve(which)) => answer(&queue, &folders, which, true, options.json)?,
        Some(Command::Refuse(which)) => answer(&queue, &folders, which, false, options.json)?,
    };
    Ok(terminal::print(&text)?)
}

fn answer(queue: &RequestQueue, folders: &Folders, which: &Which, yes: bool, json: bool) -> anyhow::Result<String> {
    let all = queue.read()?;
    let request = all.find(&which.digest).map_err(|why| anyhow!("{}: {why}", which.digest))?;
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
    Ok(match (json, yes, missing) {
        (true, ..) => format!("{:#}\n", json!({"digest": digest, "approved": yes && missing == 0, "missing": missing})),
        (_, false, _) => format!("Refused {digest}.\n"),
        (_, true, 0) => format!("Approved {digest} for one run.\n"),
        (_, true, more) => format!("Approved {digest}; {more} more people have to.\n"),
    })
}

fn list(queue: &RequestQueue, json: bool) -> anyhow::Result<String> {
    let all = queue.read()?;
    let waiting = all.waiting();
    if json {
        let requests: Vec<_> = waiting.iter().map(|(_, request)| as_json(request)).collect();
        return Ok(format!("{:#}\n", json!({"waiting": requests, "turned_away": all.turned_away()})));
    }
    let rows: Vec<Vec<String>> = waiting.iter().map(|(digest, request)| row(digest, request)).collect();
    let mut text = if rows.is_empty() {
        "Nothing waits for approval.\n".to_owned()
    } else {
        table(&["digest", "server", "task", "what", "approval", ">asked"], &rows)
    };
    for (server, count) in all.turned_away() {
        let server = if server.is_empty() { "the owner" } else { server };
        let _ = writeln!(text, "{count} requests of {} found the queue full and were refused.", visible(server));
    }
    Ok(text)
}

fn row(digest: &str, request: &Request) -> Vec<String> {
    let what = match request.calls.as_slice() {
        [one] => one_line(&format!("{} {}", verb_name(one), serde_json::to_string(one).unwrap_or_default()), 60),
        some => format!("{} calls", some.len()),
    };
    let short = digest.chars().take(16).collect();
    let server = request.bound.server.clone().unwrap_or_default();
    vec![short, server, request.bound.task.clone(), what, request.rule.name.clone(), request.times.to_string()]
}

/// Text of others in one line, and what is left out said.
fn one_line(text: &str, most: usize) -> String {
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
fn escaped(text: &str) -> String {
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
fn block(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "{name}:");
    let escaped: Vec<char> = escaped(value).chars().collect();
    for line in escaped.chunks(96) {
        let _ = writeln!(text, "  {}", line.iter().collect::<String>());
    }
}

fn in_full(request: &Request) -> String {
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

fn as_json(request: &Request) -> serde_json::Value {
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
