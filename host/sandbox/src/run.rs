//! One unit of work in a store of its own: its deadline, its bounds, and how it ended.

use crate::bindings::{Description, Everything, Failure, WitUnit};
use crate::compile::Loaded;
use crate::convert;
use crate::engine::Sandbox;
use crate::error::{Bound, RunError};
use crate::state::{Hit, Limiter, State};
use crate::ticker::TICK;
use airlock_gate::{CallError, Gate};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use wasmtime::{Store, Trap, UpdateDeadline};

/// A unit of work: what it is about, and the job as JSON.
#[derive(Debug, Clone, Default)]
pub struct Unit {
    /// An address, a package; empty for the machine itself.
    pub target: String,
    pub job: String,
}

/// The bounds of one run. All are always in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// From the start of the run to its end, host calls included.
    pub deadline: Duration,
    /// Time that the component itself computes; what it waits for does not count. None: only the deadline.
    pub cpu: Option<Duration>,
    /// Bytes of memory of the component.
    pub memory: usize,
    /// Elements of its tables.
    pub table: usize,
    /// Bytes of one message from the component to the host.
    pub message: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(300), cpu: None, memory: 64 << 20, table: 20_000, message: 4 << 20 }
    }
}

/// How often a run looks whether the owner has stopped it. A call with an effect is not made in any case.
const LOOK: Duration = Duration::from_millis(200);

impl Sandbox {
    /// Runs one unit to its end, to its deadline, or until the owner stops it. The gate is the component's only way out.
    pub async fn run(&self, task: &Loaded, unit: Unit, gate: Arc<Gate>, bounds: &Bounds) -> Result<(), RunError> {
        let work = async |store: &mut Store<State>, guest: Everything| {
            let unit = WitUnit { target: unit.target, job: unit.job };
            guest.airlock_task_task().call_execute(store, &unit).await
        };
        let ended = self.guarded(task, gate, bounds, work).await?;
        ended.map_err(|failure| match failure {
            Failure::BadJob(why) => RunError::BadJob(why),
            Failure::Denied(denial) => RunError::Denied(convert::denial_from_wit(denial)),
            Failure::Failed(why) => RunError::Failed(why),
        })
    }

    /// Asks a component what it is. Nothing is granted on its word.
    pub async fn describe(&self, task: &Loaded, gate: Arc<Gate>, bounds: &Bounds) -> Result<Description, RunError> {
        let work =
            async |store: &mut Store<State>, guest: Everything| guest.airlock_task_task().call_describe(store).await;
        self.guarded(task, gate, bounds, work).await
    }

    async fn guarded<T>(
        &self,
        task: &Loaded,
        gate: Arc<Gate>,
        bounds: &Bounds,
        work: impl AsyncFnOnce(&mut Store<State>, Everything) -> wasmtime::Result<T>,
    ) -> Result<T, RunError> {
        let start = |error: wasmtime::Error| ended(error, bounds);
        let _time_passes = self.ticker.start().map_err(|e| RunError::Start(format!("no thread for its clock: {e}")))?;
        let mut store = self.store(Arc::clone(&gate), bounds);
        let running = async {
            let guest = task.pre.instantiate_async(&mut store).await.map_err(start)?;
            work(&mut store, guest).await.map_err(start)
        };
        let running = contained(running);
        // At the deadline the future is dropped, and with it the component's stack and whatever host call it waits for.
        tokio::select! {
            biased;
            why = stopped(&gate) => Err(RunError::Stopped(why)),
            result = tokio::time::timeout(bounds.deadline, running) => match result {
                Ok(result) => result,
                Err(_elapsed) => Err(RunError::Deadline(bounds.deadline)),
            },
        }
    }

    fn store(&self, gate: Arc<Gate>, bounds: &Bounds) -> Store<State> {
        let limiter = Limiter::new(bounds.memory, bounds.table, Arc::clone(&self.all_memory));
        let mut store = Store::new(&self.engine, State::new(gate, limiter));
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(bounds.message);
        // At every tick the component makes way for the timer above.
        store.set_epoch_deadline(1);
        let (cpu, mut ticks) = (bounds.cpu, 0_u32);
        store.epoch_deadline_callback(move |_store| {
            // Only a component that computes comes by here.
            ticks = ticks.saturating_add(1);
            match cpu {
                Some(most) if TICK.saturating_mul(ticks) > most => Err(Hit(Bound::Cpu { limit: most }).into()),
                _ => Ok(UpdateDeadline::Yield(1)),
            }
        });
        store
    }
}

/// A panic in a host call is a defect of ours: it ends this run, and the program goes on.
async fn contained<T>(running: impl Future<Output = Result<T, RunError>>) -> Result<T, RunError> {
    let mut running = std::pin::pin!(running);
    std::future::poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(context))).unwrap_or_else(|_| {
            Poll::Ready(Err(RunError::Crashed("the host failed while it did what the task asked for".to_owned())))
        })
    })
    .await
}

/// Comes back when the owner has stopped the run.
async fn stopped(gate: &Gate) -> String {
    loop {
        match gate.stopped() {
            Some(why) => return why,
            None => tokio::time::sleep(LOOK).await,
        }
    }
}

/// What ended a run, by name.
fn ended(error: wasmtime::Error, bounds: &Bounds) -> RunError {
    if let Some(Hit(bound)) = error.downcast_ref::<Hit>() {
        return RunError::Bound(bound.clone());
    }
    if let Some(CallError::Overrun { calls, refused }) = error.downcast_ref::<CallError>() {
        return RunError::Bound(Bound::Calls { calls: *calls, refused: *refused });
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => return RunError::Bound(Bound::Stack),
        Some(Trap::UnreachableCodeReached) => {
            return RunError::Crashed("it gave up (panic or abort; its log may say why)".to_owned());
        }
        Some(trap) => return RunError::Crashed(trap.to_string()),
        None => {}
    }
    // wasmtime has no public type for this one; a test with a hostile component holds it to these words.
    let text = format!("{:#}", error);
    if text.contains("fuel allocated for hostcalls") {
        return RunError::Bound(Bound::Message { limit: bounds.message });
    }
    RunError::Crashed(text)
}
