//! The jobs that are kept, for people and for programs.

use super::requests::{self, block, escaped, one_line};
use super::steps::steps;
use crate::run::told;
use crate::table::table;
use airlock_gate::approvals::{Queue, Request};
use airlock_gate::jobs::digest;
use airlock_native::{Folders, JobJournals, JobState, KeptJob, Word};
use anyhow::bail;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fmt::Write;

/// All jobs of all servers.
pub(super) struct Kept(Vec<(KeptJob, JobState)>);

impl Kept {
    pub(super) fn read(folders: &Folders) -> anyhow::Result<Self> {
        let mut all = Vec::new();
        for server in folders.servers()? {
            all.extend(JobJournals::look_at(folders, &server)?);
        }
        all.sort_by_key(|(job, _)| job.number);
        Ok(Self(all))
    }

    /// The job of that name; none where it is no name of a job.
    pub(super) fn find(&self, name: &str) -> anyhow::Result<Option<&(KeptJob, JobState)>> {
        let Some(number) = name.strip_prefix("j-") else { return Ok(None) };
        match number.parse().ok().and_then(|number: u64| self.0.iter().find(|(job, _)| job.number == number)) {
            Some(job) => Ok(Some(job)),
            None => bail!("{}: no job has that name (airlock jobs list)", one_line(name, 60)),
        }
    }

    /// The job whose text has this digest.
    pub(super) fn of_text(&self, sha256: &str) -> Option<&(KeptJob, JobState)> {
        self.0.iter().find(|(job, _)| digest(&job.text) == sha256)
    }

    pub(super) fn list(&self, json: bool) -> String {
        if json {
            return format!("{:#}\n", json!({ "jobs": self.0.iter().map(as_json).collect::<Vec<_>>() }));
        }
        if self.0.is_empty() {
            return "No job is kept.\n".to_owned();
        }
        let row = |(job, state): &(KeptJob, JobState)| {
            let id = format!("j-{}", job.number);
            vec![
                id,
                job.server.clone(),
                job.task.clone(),
                one_line(&what(job), 40),
                one_line(&how(state), 60),
                since(job.came),
            ]
        };
        table(&["id", "server", "task", "what", "how it stands", ">came"], &self.0.iter().map(row).collect::<Vec<_>>())
    }
}

/// Days, hours or minutes since then.
pub(super) fn since(seconds: u64) -> String {
    let now = u64::try_from(Timestamp::now().as_second()).unwrap_or(0);
    match now.saturating_sub(seconds) {
        age @ 172_800.. => format!("{}d", age / 86_400),
        age @ 7_200.. => format!("{}h", age / 3_600),
        age => format!("{}m", age / 60),
    }
}

/// What a job is about: the names of its files and the kinds of its actions.
fn what(job: &KeptJob) -> String {
    let document: Value = serde_json::from_str(&job.text).unwrap_or_default();
    let files = document.get("files").and_then(Value::as_object);
    let names = files.into_iter().flat_map(|files| files.values()).filter_map(|file| file.get("name")?.as_str());
    let actions = document.pointer("/job/actions").and_then(Value::as_array);
    let kinds =
        actions.into_iter().flatten().filter_map(|action| action.as_object()?.keys().next().map(String::as_str));
    let (names, kinds): (Vec<&str>, Vec<&str>) = (names.collect(), kinds.collect());
    [names.join(", "), kinds.join(", ")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

fn how(state: &JobState) -> String {
    match (&state.done, &state.waits) {
        (Some((how, _)), _) => how.clone(),
        (None, Some(_)) => "waits for approval".to_owned(),
        (None, None) if state.runs > 0 => "begun".to_owned(),
        (None, None) => "waits for its turn".to_owned(),
    }
}

fn as_json((job, state): &(KeptJob, JobState)) -> Value {
    json!({
        "id": format!("j-{}", job.number),
        "server": job.server,
        "task": job.task,
        "uuid": job.uuid,
        "came": job.came,
        "sha256": digest(&job.text),
        "what": what(job),
        "state": how(state),
        "done": state.done.is_some(),
        "runs": state.runs,
        "told": state.words,
        "taken": state.sent,
        "job": serde_json::from_str::<Value>(&job.text).unwrap_or_default(),
    })
}

/// With what it waits for.
pub(super) fn show(job: &(KeptJob, JobState), kept: &Kept, queue: &Queue, json: bool) -> String {
    let bounds = job.1.waits.iter().flat_map(|(bounds, _)| bounds);
    let requests: Vec<&Request> =
        bounds.filter_map(|bound| queue.of(bound)).filter(|request| request.is_waiting()).collect();
    if json {
        let mut shown = as_json(job);
        if let Some(members) = shown.as_object_mut() {
            members.insert("waiting".to_owned(), requests.iter().map(|request| requests::as_json(request)).collect());
        }
        return format!("{shown:#}\n");
    }
    let (job, state) = job;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<8}{}", escaped(value));
    };
    line("job", &format!("j-{}", job.number));
    line("server", &job.server);
    line("task", &job.task);
    line("uuid", &job.uuid);
    line("from", &job.remote);
    line("sha256", &digest(&job.text));
    line("stands", &how(state));
    for request in requests {
        let (name, digest) = (escaped(&request.rule.name), request.digest());
        let _ = writeln!(text, "Waits for the approval {name} (airlock jobs approve {digest:.16}):");
        text += &steps(request, kept);
    }
    block(&mut text, "The job", &job.text);
    let _ = writeln!(text, "Told its server ({} of {} taken):", state.sent, state.words.len());
    for word in &state.words {
        let words = match word {
            Word::Line(line) => told(line),
            Word::Asked(asked) => format!("{} {}: {} ({})", asked.kind, asked.event, asked.behavior, asked.user),
        };
        let _ = writeln!(text, "  {}", escaped(&words));
    }
    text
}
