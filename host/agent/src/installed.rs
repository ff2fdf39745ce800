//! An installed component on its way into a run. Who it is comes from the lock file and its signatures, which are
//! checked again here; nothing that the component says of itself counts.

use crate::admission::{declared, is_mutating};
use airlock_native::Folders;
use airlock_native::trust_store::{Ready, TrustFolder};
use airlock_sandbox::{World, inspect};
use anyhow::Context;
use jiff::Timestamp;

/// A component that may run, under the name that it is installed by.
pub(crate) struct Runnable {
    pub(crate) component: Vec<u8>,
    pub(crate) world: World,
    pub(crate) publisher: String,
    /// The keys that signed it and count.
    pub(crate) keys: Vec<String>,
}

/// Whether a component of that name is installed.
pub(crate) fn is_installed(folders: &Folders, name: &str) -> anyhow::Result<bool> {
    Ok(TrustFolder::open(folders)?.lock()?.get(name).is_some())
}

/// The installed component of that name, if it may run now. Its age, when there is something to say of it, is said.
pub(crate) fn runnable(folders: &Folders, name: &str) -> anyhow::Result<Runnable> {
    let ready = TrustFolder::open(folders)?.ready(name, Timestamp::now());
    let Ready { verified, package, .. } = ready.with_context(|| format!("the task {name}"))?;
    let inspection = inspect(&package.component).with_context(|| format!("the task {name}"))?;
    let world = declared(&verified, &inspection).with_context(|| format!("the task {name}"))?;
    verified.check_run(is_mutating(&verified.manifest.imports))?;
    if let Some(warning) = verified.warning() {
        tracing::warn!("{warning}");
    }
    let keys = verified.keys.iter().map(ToString::to_string).collect();
    Ok(Runnable { component: package.component, world, publisher: verified.publisher.to_string(), keys })
}
