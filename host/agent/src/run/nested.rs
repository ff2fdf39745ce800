//! A component that came with a deployment's job: let in by its signatures as any other from outside, and run under what the
//! owner grants its signer for that server. It is not installed; it has a record, a gate and an instance of its own, and it
//! ends with the job.

use super::{Component, Engine, Kept, Order, live};
use crate::admission::admit;
use crate::events;
use crate::exit::Usage;
use crate::fetch;
use crate::policies::Policies;
use airlock_facts::Machine;
use airlock_gate::calls::StatusLine;
use airlock_gate::guards::{Changes, Stops};
use airlock_gate::ports::{Answer, Nested};
use airlock_gate::{CallError, Guards, Source, Stop, Verb};
use airlock_native::trust_store::TrustFolder;
use airlock_native::{Budget, Folders, Observation};
use airlock_sandbox::{Bounds, Unit};
use anyhow::bail;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Of one component's run, where the owner does not say less.
const DEADLINE: Duration = Duration::from_secs(900);
/// What the facts of its run may take.
const COLLECTOR: Duration = Duration::from_secs(30);
/// Bytes of what it logged that its job gets to see.
const MOST_OUTPUT: usize = 64 << 10;

/// Who runs the components of one server's jobs.
#[derive(Clone)]
pub(crate) struct NestedRuns {
    pub(crate) policies: Policies,
    pub(crate) folders: Folders,
    pub(crate) machine: Arc<Machine>,
    pub(crate) server: String,
    /// A change that the component makes is one of its job.
    pub(crate) changes: Arc<dyn Changes>,
}

/// The owner's stops, and one more: the job is over.
struct WithJob {
    owners: Arc<dyn Stops>,
    is_over: Arc<AtomicBool>,
}

impl Stops for WithJob {
    fn stops(&self) -> Vec<Stop> {
        let mut stops = self.owners.stops();
        if self.is_over.load(Ordering::Relaxed) {
            stops.push(Stop::all("the job that it came with is over"));
        }
        stops
    }
}

/// Ends the run when nobody waits for it any more.
struct Ends(Arc<AtomicBool>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Nested for NestedRuns {
    fn run<'a>(&'a self, component: &'a Path, arguments: &'a [String]) -> Answer<'a, String> {
        Box::pin(async move {
            let ends = Ends(Arc::new(AtomicBool::new(false)));
            let (runs, component, arguments) = (self.clone(), component.to_owned(), arguments.to_vec());
            let (is_over, (done, answer)) = (Arc::clone(&ends.0), tokio::sync::oneshot::channel());
            // A runtime of its own needs a thread of its own.
            thread::spawn(move || {
                let ran = runs.admit_and_run(&component, &arguments, is_over);
                // Nobody waits any more: the job is over.
                let _ = done.send(ran);
            });
            let ran =
                answer.await.map_err(|_| CallError::Failed("a defect of this program; please report it".to_owned()))?;
            ran.map_err(|error| CallError::Failed(format!("{error:#}")))
        })
    }
}

impl NestedRuns {
    fn admit_and_run(&self, path: &Path, arguments: &[String], is_over: Arc<AtomicBool>) -> anyhow::Result<String> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let component = self.admitted(path).map_err(|error| {
            // Where it lay is nothing that anybody needs to know.
            let words = format!("{error:#}").replace(&format!("{}/", path.parent().unwrap_or(path).display()), "");
            anyhow::anyhow!("refused: {name}: {words}")
        })?;
        let asker = component.asker(Some(&self.server));
        let (policy, _) = self.policies.rights(&asker);
        if !policy.grants_any_of(Verb::ALL) {
            let (task, server) = (&asker.task, &self.server);
            bail!("refused: {name}: the owner's policy grants nothing to the task {task} for the server {server}");
        }
        let job = json!({ "arguments": arguments }).to_string();
        let run = self.policies.begin(&asker, &job, Bounds { deadline: DEADLINE, ..Bounds::default() })?;
        let stops = Arc::new(WithJob { owners: Arc::clone(&run.guards.stops), is_over });
        let guards = Guards { stops, changes: Arc::clone(&self.changes), ..run.guards };
        let engine = Engine::new(Some(&self.folders))?;
        let loaded = engine.load(&component)?;
        let observation = Observation::new(Arc::clone(&self.machine), Budget::of_collectors(COLLECTOR));
        let kept = Arc::new(Kept::default());
        let native = live(&self.machine, &observation, Some(&self.folders), Arc::clone(&kept) as _);
        let order = Order {
            asker,
            policy: run.policy,
            digest: Some(run.digest),
            guards,
            limits: run.limits,
            bounds: run.bounds,
            source: Source::Live(native),
            unit: Unit { target: arguments.join(" "), job },
        };
        let ended = engine.run(&loaded, order)?;
        let told = kept.told().lines.into_iter().map(|StatusLine { message, .. }| message);
        let lines: Vec<String> = kept.lines().into_iter().chain(told).collect();
        let mut output = lines.join("\n");
        output.truncate(output.floor_char_boundary(MOST_OUTPUT));
        match ended.outcome {
            Ok(()) => Ok(output),
            Err(error) if output.is_empty() => bail!("{name}: {error}"),
            Err(error) => bail!("{output}\n{name}: {error}"),
        }
    }

    /// Whose it is, whether it is what was signed, what it asks for: as for one that is installed.
    fn admitted(&self, path: &Path) -> anyhow::Result<Component> {
        let Some(text) = path.to_str() else { return Err(Usage("its name is not UTF-8".to_owned()).into()) };
        let trust = TrustFolder::open(&self.folders)?;
        let mut source = fetch::source(text, &fetch::Fetching::default())?;
        let what = || format!("{} for {}", path.file_name().unwrap_or_default().to_string_lossy(), self.server);
        let admitted = admit(source.as_mut(), &trust.trust()?, false)
            .map_err(|error| events::refused(&self.folders, "task.nested", &what(), error))?;
        let verified = &admitted.verified;
        // An older one does not come after it, by whatever road.
        trust.change(|store| {
            store.raise_mark(verified);
            Ok(())
        })?;
        events::record(
            &self.folders,
            "task.nested",
            json!({
                "server": self.server, "task": verified.manifest.name.to_string(), "version": verified.manifest.version.to_string(),
                "counter": verified.manifest.counter, "publisher": verified.publisher.to_string(),
                "digest": verified.manifest.sha256, "decision": "allow",
            }),
        )?;
        Ok(Component::signed(admitted))
    }
}
