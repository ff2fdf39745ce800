//! Waking machines up: by hand, and for servers, by the same task.

use crate::exit::Usage;
use crate::policies::Places;
use crate::run::{Component, Engine, Rights};
use airlock_gate::calls::Level;
use airlock_gate::ports::Reporter;
use airlock_gate::{CallError, Native, Policy, Source};
use airlock_model::{Row, Section, mac_address, mac_text};
use airlock_native::{MachineWake, WakeMethod};
use airlock_sandbox::Unit;
use anyhow::Context;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// For one machine: nothing is waited for.
const DEADLINE: Duration = Duration::from_secs(30);

/// What became of one machine.
#[derive(Debug)]
pub(crate) struct Woken {
    pub(crate) mac: String,
    /// What was sent where; or why nothing was.
    pub(crate) sent: Result<String, String>,
}

/// The task, as it comes with the program.
pub(crate) fn component() -> anyhow::Result<Component> {
    let task =
        airlock_builtin::task("wakeonlan").context("the program was built without its task for waking machines")?;
    Component::builtin(task)
}

/// What stands for the world in a run that wakes machines.
pub(crate) fn native(wake: MachineWake, report: Arc<dyn Reporter>) -> Native {
    Native { wake: Arc::new(wake), ..Native::none(report) }
}

pub(crate) fn job(macs: &[String]) -> String {
    json!({ "macs": macs }).to_string()
}

/// Addresses as people write them, each once.
pub(crate) fn addresses(words: &[String]) -> Result<Vec<String>, Usage> {
    let mut macs = Vec::new();
    for word in words {
        let mac = mac_address(word).map(mac_text).ok_or_else(|| {
            Usage(format!("{word:.40?}: a hardware address has six bytes, such as 00:1b:21:3c:4d:5e"))
        })?;
        if !macs.contains(&mac) {
            macs.push(mac);
        }
    }
    Ok(macs)
}

/// `ethernet,udp`: the ways, in this order.
pub(crate) fn methods(text: &str) -> Result<Vec<WakeMethod>, Usage> {
    let known = || WakeMethod::ALL.iter().map(|method| method.name());
    let mut methods = Vec::new();
    for word in text.split(',').map(str::trim) {
        let method = WakeMethod::by_name(word).ok_or_else(|| {
            let hint = airlock_gate::near::hint(word, known());
            let all: Vec<&str> = known().collect();
            Usage(format!("--methods: {word:.40?} is none{hint} (there are: {})", all.join(", ")))
        })?;
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    Ok(methods)
}

/// Wakes exactly these machines: the owner's own command line is the grant.
pub(crate) fn by_hand(macs: &[String], methods: Vec<WakeMethod>, places: &Places) -> anyhow::Result<Vec<Woken>> {
    let folders = crate::cli::folders(places.vardir());
    let engine = Engine::new(folders.as_ref())?;
    let component = component()?;
    let task = engine.load(&component)?;
    let asker = component.asker(None);
    let rights = Rights::owners(asker, places, Policy::owners_wake(macs), DEADLINE);
    let units = engine.units(&task, rights);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut woken = Vec::new();
    for mac in macs {
        let said = Arc::new(Said::default());
        let native = native(MachineWake::by(methods.clone()), Arc::clone(&said) as _);
        let unit = Unit { target: mac.clone(), job: job(std::slice::from_ref(mac)) };
        let (outcome, _gate) = runtime.block_on(units.run(unit, Source::Live(native), None));
        let sent = outcome.map(|()| said.last().unwrap_or_default()).map_err(|error| error.to_string());
        woken.push(Woken { mac: mac.clone(), sent });
    }
    units.end("ok");
    Ok(woken)
}

/// Keeps what a run said last.
#[derive(Default)]
struct Said(Mutex<Option<String>>);

impl Said {
    fn last(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Reporter for Said {
    fn emit(&self, _section: &'static Section, _rows: Vec<Row>) {}

    fn log(&self, _level: Level, message: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(airlock_model::short_line(message, 1000));
    }

    fn progress(&self, _done: u32, _total: u32) -> Result<(), CallError> {
        Ok(())
    }
}
