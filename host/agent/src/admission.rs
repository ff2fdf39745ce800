//! Whether a component from outside comes in: whose it is, whether it is what was signed, what it asks for. One road for
//! every source: first the manifest and its signatures, then, and only as much as was signed, the component.

use crate::fetch::Source;
use airlock_gate::policy::OWN_TASKS;
use airlock_native::trust_store::Package;
use airlock_sandbox::{Inspection, World, inspect};
use airlock_trust::{TrustError, TrustStore, Verified, authenticate};
use anyhow::{Context, bail};
use jiff::Timestamp;

/// A component that may be installed.
pub(crate) struct Admitted {
    pub(crate) verified: Verified,
    pub(crate) package: Package,
    pub(crate) inspection: Inspection,
    /// The kind that it is to run as.
    pub(crate) world: World,
}

/// Fetches and checks. `allow_rollback` is the owner's word for one that is older than what was seen.
pub(crate) fn admit(source: &mut dyn Source, store: &TrustStore, allow_rollback: bool) -> anyhow::Result<Admitted> {
    let signed = source.signed()?;
    let verified = authenticate(&signed.manifest, &signed.signatures, store, Timestamp::now())?;
    if !allow_rollback {
        store.check_mark(&verified)?;
    }
    let name = &verified.manifest.name;
    if OWN_TASKS.contains(&name.as_str()) {
        bail!(
            "{name} is the name of a task of the program itself; a component from outside is signed for a name of its own"
        );
    }
    // Another's component is not begun with when it could not run.
    verified.check_run(is_mutating(&verified.manifest.imports))?;
    verified.check_agent(&env!("CARGO_PKG_VERSION").parse().context("the program's own version")?)?;
    let component = source.component(verified.manifest.size)?;
    verified.check_bytes(&component)?;
    let inspection = inspect(&component)?;
    let world = declared(&verified, &inspection)?;
    let request = source.request()?;
    let package = Package { manifest: signed.manifest, signatures: signed.signatures, component, request };
    Ok(Admitted { verified, package, inspection, world })
}

/// Holds a component to the imports and the kinds that were signed for it; the kind that it runs as.
pub(crate) fn declared(verified: &Verified, inspection: &Inspection) -> Result<World, TrustError> {
    let imports = declared_imports(inspection);
    let worlds = &verified.manifest.worlds;
    if let Some(unknown) = worlds.iter().find(|name| World::by_name(name).is_none()) {
        let known: Vec<&str> = World::ALL.iter().map(|world| world.name()).collect();
        return Err(TrustError::Declared(format!(
            "no kind of task is called {unknown} (there are: {})",
            known.join(", ")
        )));
    }
    verified.check_declared(&imports, |world, import| World::by_name(world).is_some_and(|world| world.has(import)))?;
    let fits = worlds.iter().find_map(|name| World::by_name(name));
    fits.ok_or_else(|| TrustError::Declared("it is for no kind of task".to_owned()))
}

/// The rights among imports, without their versions: what an update may not add unseen.
pub(crate) fn rights(imports: &[String]) -> Vec<String> {
    let is_right =
        |interface: &&str| !matches!(*interface, "airlock:types/types" | "airlock:task/run" | "airlock:snmp/sysobject");
    let mut rights: Vec<String> = imports.iter().map(|i| interface(i)).filter(is_right).map(str::to_owned).collect();
    rights.sort();
    rights.dedup();
    rights
}

pub(crate) fn interface(import: &str) -> &str {
    import.split_once('@').map_or(import, |(interface, _version)| interface)
}

/// Whether a task with these imports can change anything on this machine.
pub(crate) fn is_mutating(imports: &[String]) -> bool {
    let changes = ["airlock:deploy/deploy", "airlock:files/files", "airlock:process/process"];
    imports.iter().any(|import| changes.contains(&interface(import)))
}

/// What a component imports, as a manifest declares it.
pub(crate) fn declared_imports(inspection: &Inspection) -> Vec<String> {
    inspection.imports.iter().map(|import| import.name.clone()).collect()
}
