//! A machine, and what several collectors need of it: read once, on first use.

use crate::linux::{Dmi, Guest, Pci, database_servers, host_name, short};
use crate::output::databases::Server;
use crate::recorder::Recorder;
use crate::time::Zone;
use crate::{Commands, Explainer, Roots, Scan, Snapshot};
use std::sync::{Arc, OnceLock};

/// The machine that is being observed. What is read here is read once, however many collectors ask.
#[derive(Debug)]
pub struct Machine {
    roots: Roots,
    commands: Commands,
    homes: bool,
    zone: OnceLock<Zone>,
    dmi: OnceLock<Dmi>,
    cpuinfo: OnceLock<String>,
    guest: OnceLock<Guest>,
    pci: OnceLock<Pci>,
    databases: OnceLock<Vec<Server>>,
    field_units: OnceLock<String>,
}

impl Machine {
    pub fn new(roots: Roots) -> Self {
        let commands = if roots.is_live() { Commands::live() } else { Commands::captured(&roots) };
        Self {
            roots,
            commands,
            homes: false,
            zone: OnceLock::new(),
            dmi: OnceLock::new(),
            cpuinfo: OnceLock::new(),
            guest: OnceLock::new(),
            pci: OnceLock::new(),
            databases: OnceLock::new(),
            field_units: OnceLock::new(),
        }
    }

    /// This machine itself.
    pub fn live() -> Self {
        Self::new(Roots::live())
    }

    /// This machine itself, and all that is read of it from now on.
    pub fn recorded() -> (Self, Snapshot) {
        let recorder = Arc::new(Recorder::default());
        let machine = Self::new(Roots::live().recorded(Arc::clone(&recorder)));
        (machine.with_commands(Commands::recording(Arc::clone(&recorder))), Snapshot::new(recorder))
    }

    /// A machine, and all that is read of it from now on, to explain its values by.
    pub fn explained(roots: Roots) -> (Self, Explainer) {
        if roots.is_live() {
            let (machine, snapshot) = Self::recorded();
            return (machine, Explainer::new(snapshot.recorder));
        }
        let recorder = Arc::new(Recorder::of_folder());
        (Self::new(roots.recorded(Arc::clone(&recorder))), Explainer::new(recorder))
    }

    /// Whether the collectors look into the homes of the machine's users.
    #[must_use]
    pub fn with_homes(mut self, homes: bool) -> Self {
        self.homes = homes;
        self
    }

    /// Other answers to commands than those that belong to the files.
    #[must_use]
    pub fn with_commands(mut self, commands: Commands) -> Self {
        self.commands = commands;
        self
    }

    pub fn commands(&self) -> &Commands {
        &self.commands
    }

    pub(crate) fn homes(&self) -> bool {
        self.homes
    }

    /// The machine's short name.
    pub fn host_name(&self) -> Option<String> {
        host_name(&self.roots).map(|name| short(&name).to_owned())
    }

    pub fn roots(&self) -> &Roots {
        &self.roots
    }

    pub(crate) fn zone(&self) -> &Zone {
        self.zone.get_or_init(|| Zone::of(&self.roots))
    }

    pub(crate) fn dmi(&self) -> &Dmi {
        self.dmi.get_or_init(|| Dmi::read(&self.roots))
    }

    /// `/proc/cpuinfo`, empty when there is none: the kernel takes its time to write it for many processors.
    pub(crate) fn cpuinfo(&self) -> &str {
        self.cpuinfo.get_or_init(|| self.roots.text("/proc/cpuinfo").unwrap_or_default())
    }

    /// Whether the machine is a virtual one or a container.
    pub(crate) fn guest(&self) -> &Guest {
        self.guest.get_or_init(|| Guest::of(self))
    }

    /// What the management controller prints of the machine's parts, which takes it seconds: asked once.
    pub(crate) fn field_units(&self, ask: impl FnOnce() -> String) -> &str {
        self.field_units.get_or_init(ask)
    }

    /// The devices on the PCI buses, with their names.
    pub(crate) fn pci(&self) -> &Pci {
        self.pci.get_or_init(|| Pci::of(&self.roots))
    }

    /// The database servers of the machine, which two sections are about. What cannot be read is said to the collector
    /// that asks first.
    pub(crate) fn databases(&self, scan: &Scan<'_>) -> &[Server] {
        self.databases.get_or_init(|| database_servers(scan))
    }
}
