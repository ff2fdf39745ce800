//! A server's collections: each question a unit of its own, the results to the server that asked and to nobody else.

use super::Round;
use super::deploy::asks;
use super::server::Turn;
use crate::outgoing;
use crate::rest::{self, Answers};
use crate::run::{Component, Engine, Rights, live};
use crate::session::{About, Contact, Wire};
use crate::table::counted;
use airlock_gate::policy::Refusal;
use airlock_gate::redact::Tokens;
use airlock_gate::{Source, Verb};
use airlock_model::short_line;
use airlock_native::{Budget, Collected, CountersFile, JobsFile, Observation};
use airlock_protocol::answers::Jobs;
use airlock_protocol::requests::Rest as Request;
use airlock_sandbox::{Bounds, Unit};
use anyhow::Context;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// A grant of one of these makes the task one that can find something.
pub(super) const VERBS: &[Verb] =
    &[Verb::FilesFind, Verb::FilesStat, Verb::FilesHash, Verb::RegistryRead, Verb::WmiRead];
/// For one question.
const DEADLINE: Duration = Duration::from_secs(300);
const COLLECTOR: Duration = Duration::from_secs(30);

/// A task, and what became of it in words.
type Results = Vec<(String, String)>;

impl Round<'_> {
    /// Answers the questions that the server has; false: it has to be done again.
    pub(super) fn collections(
        &self,
        turn: &Turn<'_>,
        contact: &Contact,
        about: &About,
        wire: &Wire,
    ) -> (Results, bool) {
        if !about.enabled.iter().any(|task| task == "collect") || !asks(contact, "collect") {
            return (Results::new(), true);
        }
        match self.try_collections(turn, wire) {
            Ok(results) => (results.into_iter().map(|what| ("collect".to_owned(), what)).collect(), true),
            Err(error) => (vec![("collect".to_owned(), format!("failed: {error:#}"))], false),
        }
    }

    fn try_collections(&self, turn: &Turn<'_>, wire: &Wire) -> anyhow::Result<Vec<String>> {
        let task = rest::Rest::Collect;
        let mut results = Vec::new();
        for remote in self.addresses(turn, wire, task)? {
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
            if !questions.is_empty() {
                results.extend(self.collect(turn, questions, answers)?);
            }
        }
        Ok(results)
    }

    fn collect(
        &self,
        turn: &Turn<'_>,
        questions: Vec<rest::Collection>,
        mut answers: Answers<'_>,
    ) -> anyhow::Result<Vec<String>> {
        let rules = self.policies.loaded.rules.clone().context("there is no policy")?;
        let builtin =
            airlock_builtin::task("collect").context("the program was built without its task for collections")?;
        let component = Component::builtin(builtin)?;
        let asker = component.asker(Some(&turn.name));
        let state = self.folders.state()?;
        let memory = JobsFile::new(&state, CountersFile::open(&state)?);
        let about = json!(questions.iter().map(|question| &question.text).collect::<Vec<_>>()).to_string();
        let run = self.policies.begin(&asker, &about, Bounds { deadline: DEADLINE, ..Bounds::default() })?;
        let tokens = Tokens { secrets: self.policies.loaded.secrets.secrets.clone(), ..Tokens::default() };
        let redactor = outgoing::redactor(Some(&rules), &run.policy, &turn.name, self.folders, tokens)?;
        let engine = Engine::new(Some(self.folders))?;
        let loaded = engine.load(&component)?;
        let rights = Rights::of(asker.clone(), run);
        let units = engine.units(&loaded, rights);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let observation = Observation::new(Arc::clone(&self.machine), Budget::of_collectors(COLLECTOR));
        let mut said = Vec::new();
        let (mut found, mut asked) = (0, 0);
        for (number, question) in questions.iter().enumerate() {
            let so_far = u64::try_from(number).unwrap_or(u64::MAX);
            if let Err(Refusal { code, why }) = memory.would_admit(&rules, &asker, &question.text, so_far) {
                let details = json!({
                    "server": turn.name, "task": "collect", "decision": "deny", "code": code.name(), "why": why,
                });
                self.policies.tell("job refused", details);
                said.push(format!("refused: {code}: {}", short_line(&why, 200)));
                continue;
            }
            let collected = Arc::new(Collected::new(Box::new(())));
            let native = live(&self.machine, &observation, Some(self.folders), Arc::clone(&collected) as _);
            let unit = Unit { target: question.uuid.clone(), job: question.text.clone() };
            let (outcome, gate) = runtime.block_on(units.run(unit, Source::Live(native), None));
            if let Err(error) = &outcome {
                said.push(short_line(&format!("failed: {error}"), 300));
            }
            if let refused @ 1.. = gate.refused().len() {
                said.push(format!("{refused} calls refused (airlock why)"));
            }
            let mut results = collected.told().answers;
            for (_, value) in results.iter_mut().flatten() {
                *value = redactor.text(value).into_owned();
            }
            let document = json!({ "uuid": question.uuid, "answers": results }).to_string();
            self.leave(turn, "collect", document.as_bytes(), false)?;
            answers.send(&question.uuid, &question.sid, &results)?;
            // Remembered once it is answered: a question does no harm, and an answer that was lost is made anew.
            memory
                .admit(&rules, &asker, &question.text, so_far)
                .map_err(|Refusal { code, why }| anyhow::anyhow!("{code}: {why}"))?;
            found += results.len();
            asked += 1;
        }
        answers.done()?;
        units.end("ok");
        said.insert(0, format!("{} to {}", counted(found, "result"), counted(asked, "question")));
        Ok(said)
    }
}
