//! A server's collections: each question a unit of its own, the results to the server that asked and to nobody else. A question
//! is on the disk before anything is done about it: one that was cut short, or whose answer did not arrive, is answered at
//! the next contact. One that was answered stays until the server has heard that nothing more comes, else it would wait.

use super::Round;
use super::deploy::{asks, is_left};
use super::server::Turn;
use crate::outgoing;
use crate::rest::{self, Answers};
use crate::run::{Component, Engine, Rights, Units, live};
use crate::session::{About, Contact, Wire};
use crate::table::counted;
use airlock_gate::calls::StatusLine;
use airlock_gate::policy::{Refusal, Rules};
use airlock_gate::redact::{Redactor, Tokens};
use airlock_gate::{Asker, Code, Source, Verb};
use airlock_model::short_line;
use airlock_native::{Budget, Collected, CountersFile, JobJournal, JobJournals, JobsFile, KeptJob, Observation, Word};
use airlock_protocol::answers::Jobs;
use airlock_protocol::requests::Rest as Request;
use airlock_sandbox::{Bounds, Unit};
use anyhow::Context;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeSet;
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
/// One result of a question: names and values.
type Found = Vec<(String, String)>;

/// A question whose run was cut short so often is answered with nothing.
const MOST_RUNS: u32 = 5;

/// All questions of one address.
struct Questions<'a> {
    turn: &'a Turn<'a>,
    remote: &'a str,
    rules: &'a Rules,
    asker: &'a Asker,
    memory: &'a JobsFile,
    journals: &'a JobJournals,
}

/// What answers them.
struct Answering<'a> {
    units: &'a Units,
    runtime: &'a Runtime,
    observation: &'a Observation,
    redactor: &'a Redactor,
}

/// What came of them.
#[derive(Default)]
struct Came {
    said: Vec<String>,
    found: usize,
    asked: usize,
    /// Answered, now or before: done once the server has heard that nothing more comes.
    answered: Vec<JobJournal>,
    /// The server's names for questions that are left for the next contact.
    waiting: BTreeSet<String>,
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
                    journal.sent(journal.state.words.len())?;
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
        let all = Questions { turn, remote, rules: &rules, asker: &asker, memory: &memory, journals };
        let mut came = Came::default();
        for question in questions {
            self.keep_question(&all, question, &mut came)?;
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
        let answering = Answering {
            units: &units,
            runtime: &tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            observation: &Observation::new(Arc::clone(&self.machine), Budget::of_collectors(COLLECTOR)),
            redactor: &redactor,
        };
        for question in &left {
            self.answer(&all, &answering, question, &mut answers, &mut came)?;
        }
        answers.done(&came.waiting)?;
        for journal in std::mem::take(&mut came.answered) {
            if !came.waiting.contains(&journal.job.uuid) {
                all.ends(journal)?;
            }
        }
        units.end("ok");
        came.said.insert(0, format!("{} to {}", counted(came.found, "result"), counted(came.asked, "question")));
        Ok(came.said)
    }

    /// Keeps a question before it is thought about: whatever becomes of this program, it is answered then.
    fn keep_question(&self, all: &Questions<'_>, question: rest::Collection, came: &mut Came) -> anyhow::Result<()> {
        if all.journals.open(&question.text)?.is_some_and(|known| !known.state.is_over()) {
            return Ok(());
        }
        if let Err(refusal) = all.memory.would_admit(all.rules, all.asker, &question.text, 0) {
            came.said.push(self.question_refused(all.turn, &refusal));
            return Ok(());
        }
        // One that was answered before and may be asked again.
        all.journals.forget(&question.text)?;
        all.journals.keep(KeptJob {
            server: all.turn.name.clone(),
            task: "collect".to_owned(),
            uuid: question.uuid,
            remote: all.remote.to_owned(),
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
        all: &Questions<'_>,
        answering: &Answering<'_>,
        question: &KeptJob,
        answers: &mut Answers<'_>,
        came: &mut Came,
    ) -> anyhow::Result<()> {
        let Some(mut journal) = all.journals.open(&question.text)? else { return Ok(()) };
        if !journal.state.words.is_empty() {
            answers.answered(&question.uuid);
            came.said.push(format!("j-{}: was answered before; the server is told that this is all", question.number));
            came.answered.push(journal);
            return Ok(());
        }
        let so_far = u64::try_from(came.asked).unwrap_or(u64::MAX);
        if let Err(refusal) = all.memory.would_admit(all.rules, all.asker, &question.text, so_far) {
            came.said.push(self.question_refused(all.turn, &refusal));
            if refusal.code == Code::Quota {
                // What is too much now is answered at the next contact.
                came.waiting.insert(question.uuid.clone());
            } else {
                journal.done(&format!("refused: {}", refusal.code), now())?;
            }
            return Ok(());
        }
        let (results, how) = if journal.state.runs >= MOST_RUNS {
            let how = format!("interrupted {MOST_RUNS} times; answered with nothing");
            came.said.push(format!("j-{}: {how}", question.number));
            (Vec::new(), how)
        } else {
            journal.begins()?;
            self.find(all, answering, question, came)?
        };
        answers.send(&question.uuid, &question.sid, &results)?;
        journal.word(Word::Line(StatusLine { message: how, ..StatusLine::default() }))?;
        came.answered.push(journal);
        came.found += results.len();
        came.asked += 1;
        Ok(())
    }

    /// What is found, in the egress ledger before it leaves; and how it went, in words.
    fn find(
        &self,
        all: &Questions<'_>,
        answering: &Answering<'_>,
        question: &KeptJob,
        came: &mut Came,
    ) -> anyhow::Result<(Vec<Found>, String)> {
        let Answering { units, runtime, observation, redactor } = answering;
        let collected = Arc::new(Collected::new(Box::new(())));
        let native = live(&self.machine, observation, Some(self.folders), Arc::clone(&collected) as _);
        let unit = Unit { target: question.uuid.clone(), job: question.text.clone() };
        let (outcome, gate) = runtime.block_on(units.run(unit, Source::Live(native), None));
        if let refused @ 1.. = gate.refused().len() {
            came.said.push(format!("{refused} calls refused (airlock why)"));
        }
        let mut results = collected.told().answers;
        for (_, value) in results.iter_mut().flatten() {
            *value = redactor.text(value).into_owned();
        }
        let document = json!({ "uuid": question.uuid, "answers": results }).to_string();
        self.leave(all.turn, "collect", document.as_bytes(), false)?;
        let how = match outcome {
            Ok(()) => format!("answered with {}", counted(results.len(), "result")),
            Err(error) => {
                let how = short_line(&format!("failed: {error}"), 300);
                came.said.push(how.clone());
                how
            }
        };
        Ok((results, how))
    }
}

impl Questions<'_> {
    /// The server has heard it all: it is remembered first, so that it is not asked anew once its journal is closed.
    fn ends(&self, mut journal: JobJournal) -> anyhow::Result<()> {
        match self.memory.admit(self.rules, self.asker, &journal.job.text, 0) {
            // A crash came between the two before.
            Err(refusal) if refusal.code == Code::Replayed => {}
            other => other.map_err(|Refusal { code, why }| anyhow::anyhow!("{code}: {why}"))?,
        }
        let how = journal.state.words.iter().find_map(|word| match word {
            Word::Line(line) => Some(line.message.clone()),
            Word::Asked(_) => None,
        });
        journal.sent(journal.state.words.len())?;
        Ok(journal.done(&how.unwrap_or_default(), now())?)
    }
}

fn now() -> u64 {
    u64::try_from(Timestamp::now().as_second()).unwrap_or(0)
}
