//! A server's collections: each question a unit of its own, the results to the server that asked and to nobody else. A question
//! is on the disk before anything is done about it: one that was cut short, or whose answer did not arrive, is answered at
//! the next contact.

use super::Round;
use super::deploy::{asks, is_left};
use super::server::Turn;
use crate::outgoing;
use crate::rest::{self, Answers};
use crate::run::{Component, Engine, Rights, Units, live};
use crate::session::{About, Contact, Wire};
use crate::table::counted;
use airlock_gate::policy::{Refusal, Rules};
use airlock_gate::redact::{Redactor, Tokens};
use airlock_gate::{Asker, Code, Source, Verb};
use airlock_model::short_line;
use airlock_native::{Budget, Collected, CountersFile, JobJournals, JobsFile, KeptJob, Observation};
use airlock_protocol::answers::Jobs;
use airlock_protocol::requests::Rest as Request;
use airlock_sandbox::{Bounds, Unit};
use anyhow::Context;
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// A grant of one of these makes the task one that can find something.
pub(super) const VERBS: &[Verb] =
    &[Verb::FilesFind, Verb::FilesStat, Verb::FilesHash, Verb::RegistryRead, Verb::WmiRead];
/// For one question.
const DEADLINE: Duration = Duration::from_secs(300);
const COLLECTOR: Duration = Duration::from_secs(30);

/// A task, and what became of it in words.
type Results = Vec<(String, String)>;

/// A question whose run was cut short so often is answered with nothing.
const MOST_RUNS: u32 = 5;

/// All questions of one address.
struct Questions<'a> {
    rules: &'a Rules,
    asker: &'a Asker,
    units: &'a Units,
    runtime: &'a Runtime,
    observation: &'a Observation,
    redactor: &'a Redactor,
    memory: &'a JobsFile,
    journals: &'a JobJournals,
}

/// What came of them.
#[derive(Default)]
struct Came {
    said: Vec<String>,
    found: usize,
    asked: usize,
}

impl Round<'_> {
    /// Answers the questions that the server has, and those that are left; false: it has to be done again.
    pub(super) fn collections(
        &self,
        turn: &Turn<'_>,
        contact: &Contact,
        about: &About,
        wire: &Wire,
    ) -> (Results, bool) {
        let is_enabled = about.enabled.iter().any(|task| task == "collect");
        match self.try_collections(turn, wire, is_enabled, asks(contact, "collect")) {
            Ok(results) => (results.into_iter().map(|what| ("collect".to_owned(), what)).collect(), true),
            Err(error) => (vec![("collect".to_owned(), format!("failed: {error:#}"))], false),
        }
    }

    fn try_collections(
        &self,
        turn: &Turn<'_>,
        wire: &Wire,
        is_enabled: bool,
        is_asked: bool,
    ) -> anyhow::Result<Vec<String>> {
        let task = rest::Rest::Collect;
        let journals = JobJournals::of_server(self.folders, &turn.name)?;
        let left: Vec<KeptJob> = journals.all()?.into_iter().filter(is_left(task.name())).map(|(job, _)| job).collect();
        if !is_enabled {
            for job in &left {
                if let Some(mut journal) = journals.open(&job.text)? {
                    journal.done("disabled by local policy", now())?;
                }
            }
            return Ok(left.iter().map(|job| format!("j-{}: disabled by local policy", job.number)).collect());
        }
        let mut remotes = if is_asked { self.addresses(turn, wire, task)? } else { Vec::new() };
        for job in left {
            if !remotes.contains(&job.remote) {
                remotes.push(job.remote);
            }
        }
        let mut results = Vec::new();
        for remote in remotes {
            let mut jobs = Jobs::of(wire.rest(&remote, &Request::get_jobs(&self.device_id, None))?, task.name())?;
            for note in &jobs.notes {
                tracing::info!("{}: {}: {note}", turn.name, task.name());
            }
            let answers = Answers::new(wire, &remote, jobs.token.take());
            let questions =
                rest::collections(jobs).context("its jobs are refused, all of them").inspect_err(|error| {
                    let details = json!({ "server": turn.name, "task": "collect", "why": format!("{error:#}") });
                    self.policies.tell("jobs refused", details);
                })?;
            let is_left = is_left(task.name());
            let has_any =
                !questions.is_empty() || journals.all()?.iter().any(|kept| is_left(kept) && kept.0.remote == remote);
            if has_any {
                results.extend(self.collect(turn, &journals, questions, &remote, answers)?);
            }
        }
        journals.sweep(now())?;
        Ok(results)
    }

    fn collect(
        &self,
        turn: &Turn<'_>,
        journals: &JobJournals,
        questions: Vec<rest::Collection>,
        remote: &str,
        mut answers: Answers<'_>,
    ) -> anyhow::Result<Vec<String>> {
        let rules = self.policies.loaded.rules.clone().context("there is no policy")?;
        let builtin =
            airlock_builtin::task("collect").context("the program was built without its task for collections")?;
        let component = Component::builtin(builtin)?;
        let asker = component.asker(Some(&turn.name));
        let state = self.folders.state()?;
        let memory = JobsFile::new(&state, CountersFile::open(&state)?);
        let mut came = Came::default();
        for question in questions {
            self.keep_question(turn, journals, &memory, (&rules, &asker), question, remote, &mut came)?;
        }
        let left: Vec<KeptJob> = journals
            .all()?
            .into_iter()
            .filter(is_left("collect"))
            .map(|(job, _)| job)
            .filter(|job| job.remote == remote)
            .collect();
        let about = json!(left.iter().map(|question| &question.text).collect::<Vec<_>>()).to_string();
        let run = self.policies.begin(&asker, &about, Bounds { deadline: DEADLINE, ..Bounds::default() })?;
        let tokens = Tokens { secrets: self.policies.loaded.secrets.secrets.clone(), ..Tokens::default() };
        let redactor = outgoing::redactor(Some(&rules), &run.policy, &turn.name, self.folders, tokens)?;
        let engine = Engine::new(Some(self.folders))?;
        let loaded = engine.load(&component)?;
        let rights = Rights::of(asker.clone(), run);
        let units = engine.units(&loaded, rights);
        let all = Questions {
            rules: &rules,
            asker: &asker,
            units: &units,
            runtime: &tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            observation: &Observation::new(Arc::clone(&self.machine), Budget::of_collectors(COLLECTOR)),
            redactor: &redactor,
            memory: &memory,
            journals,
        };
        for question in &left {
            self.answer(turn, &all, question, &mut answers, &mut came)?;
        }
        answers.done()?;
        units.end("ok");
        came.said.insert(0, format!("{} to {}", counted(came.found, "result"), counted(came.asked, "question")));
        Ok(came.said)
    }

    /// Keeps a question before it is thought about: whatever becomes of this program, it is answered then.
    #[allow(clippy::too_many_arguments, reason = "they are what a question is kept with, and used nowhere else")]
    fn keep_question(
        &self,
        turn: &Turn<'_>,
        journals: &JobJournals,
        memory: &JobsFile,
        (rules, asker): (&Rules, &Asker),
        question: rest::Collection,
        remote: &str,
        came: &mut Came,
    ) -> anyhow::Result<()> {
        if journals.open(&question.text)?.is_some_and(|known| known.state.done.is_none()) {
            return Ok(());
        }
        if let Err(refusal) = memory.would_admit(rules, asker, &question.text, 0) {
            came.said.push(self.question_refused(turn, &refusal));
            return Ok(());
        }
        // One that was answered before and may be asked again.
        journals.forget(&question.text)?;
        journals.keep(KeptJob {
            server: turn.name.clone(),
            task: "collect".to_owned(),
            uuid: question.uuid,
            remote: remote.to_owned(),
            sid: question.sid,
            text: question.text,
            came: now(),
            ..KeptJob::default()
        })?;
        Ok(())
    }

    fn question_refused(&self, turn: &Turn<'_>, Refusal { code, why }: &Refusal) -> String {
        let details =
            json!({ "server": turn.name, "task": "collect", "decision": "deny", "code": code.name(), "why": why });
        self.policies.tell("job refused", details);
        format!("refused: {code}: {}", short_line(why, 200))
    }

    /// A run that was cut short is begun anew, for a question changes nothing; an answer of which it is not known whether it
    /// arrived is sent again.
    fn answer(
        &self,
        turn: &Turn<'_>,
        all: &Questions<'_>,
        question: &KeptJob,
        answers: &mut Answers<'_>,
        came: &mut Came,
    ) -> anyhow::Result<()> {
        let Some(mut journal) = all.journals.open(&question.text)? else { return Ok(()) };
        let so_far = u64::try_from(came.asked).unwrap_or(u64::MAX);
        if let Err(refusal) = all.memory.would_admit(all.rules, all.asker, &question.text, so_far) {
            came.said.push(self.question_refused(turn, &refusal));
            // What is too much now is answered at the next contact.
            if refusal.code != Code::Quota {
                journal.done(&format!("refused: {}", refusal.code), now())?;
            }
            return Ok(());
        }
        let mut results = Vec::new();
        let mut how = String::new();
        if journal.state.runs >= MOST_RUNS {
            how = format!("interrupted {MOST_RUNS} times; answered with nothing");
            came.said.push(format!("j-{}: {how}", question.number));
        } else {
            journal.begins()?;
            let collected = Arc::new(Collected::new(Box::new(())));
            let native = live(&self.machine, all.observation, Some(self.folders), Arc::clone(&collected) as _);
            let unit = Unit { target: question.uuid.clone(), job: question.text.clone() };
            let (outcome, gate) = all.runtime.block_on(all.units.run(unit, Source::Live(native), None));
            if let Err(error) = &outcome {
                how = short_line(&format!("failed: {error}"), 300);
                came.said.push(how.clone());
            }
            if let refused @ 1.. = gate.refused().len() {
                came.said.push(format!("{refused} calls refused (airlock why)"));
            }
            results = collected.told().answers;
            for (_, value) in results.iter_mut().flatten() {
                *value = all.redactor.text(value).into_owned();
            }
            let document = json!({ "uuid": question.uuid, "answers": results }).to_string();
            self.leave(turn, "collect", document.as_bytes(), false)?;
        }
        answers.send(&question.uuid, &question.sid, &results)?;
        if how.is_empty() {
            how = format!("answered with {}", counted(results.len(), "result"));
        }
        journal.done(&how, now())?;
        // Remembered once it is answered: an answer that was lost is made anew.
        all.memory
            .admit(all.rules, all.asker, &question.text, so_far)
            .map_err(|Refusal { code, why }| anyhow::anyhow!("{code}: {why}"))?;
        came.found += results.len();
        came.asked += 1;
        Ok(())
    }
}

fn now() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or(0)
}
