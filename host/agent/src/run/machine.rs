//! This machine, as what tasks may ask for.

use airlock_facts::Machine;
use airlock_gate::Native;
use airlock_gate::ports::{Nested, Reporter};
use airlock_native::trust_store::TrustFolder;
use airlock_native::{
    Folders, MachineClock, MachineCollect, MachineDeploy, MachineFiles, MachineHttp, MachineProbe, MachineProcess,
    MachinePrompt, MachineSysobjects, MachineWake, Observation, OwnFiles,
};
use airlock_net::server::Mirrors;
use std::sync::Arc;

/// The ports of a machine that is observed. The agent's own folders are no task's to touch.
pub(crate) fn live(
    machine: &Arc<Machine>,
    observation: &Observation,
    folders: Option<&Folders>,
    report: Arc<dyn Reporter>,
) -> Native {
    live_with(machine, observation, folders, report, OfJob::default())
}

/// What a server's job has beside the machine.
#[derive(Default)]
pub(crate) struct OfJob {
    /// Who runs the components that come with it.
    pub(crate) nested: Option<Arc<dyn Nested>>,
    /// How the mirrors are believed that its server names.
    pub(crate) mirrors: Option<Mirrors>,
}

/// As [`live`], for a server's job.
pub(crate) fn live_with(
    machine: &Arc<Machine>,
    observation: &Observation,
    folders: Option<&Folders>,
    report: Arc<dyn Reporter>,
    of: OfJob,
) -> Native {
    let own = Arc::new(OwnFiles::of_agent(folders));
    let none = Native::none(report);
    Native {
        // Without a folder of the program's own there is nowhere to keep a package.
        deploy: match folders {
            Some(folders) => {
                let mut deploy = MachineDeploy::new(Arc::clone(&own), folders.deploy());
                if let Some(nested) = of.nested {
                    deploy = deploy.with_nested(nested);
                }
                if let Some(mirrors) = of.mirrors {
                    deploy = deploy.with_mirrors(mirrors);
                }
                match TrustFolder::open(folders) {
                    Ok(trust) => Arc::new(deploy.with_trust(trust)),
                    Err(error) => {
                        tracing::debug!("without its folder of keys no package is installed: {error}");
                        Arc::new(deploy)
                    }
                }
            }
            None => none.deploy,
        },
        facts: Arc::new(observation.clone()),
        clock: Arc::new(MachineClock(Arc::clone(machine))),
        collect: Arc::new(MachineCollect::new(Arc::clone(&own))),
        files: Arc::new(MachineFiles::new(Arc::clone(&own))),
        http: Arc::new(MachineHttp::default()),
        process: Arc::new(MachineProcess::new(own).kept()),
        probe: Arc::new(MachineProbe::default()),
        wake: Arc::new(MachineWake::default()),
        prompt: Arc::new(MachinePrompt::default()),
        sysobjects: Arc::new(MachineSysobjects::default()),
        ..none
    }
}
