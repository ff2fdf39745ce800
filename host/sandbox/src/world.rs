//! The kinds of task, each with the interfaces that it may import.

/// A kind of task: a world of `wit/task.wit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum World {
    /// The run itself and nothing else.
    Base,
    /// What this machine is.
    Inventory,
    /// A server's questions about this machine.
    Collect,
    /// Other machines that are to wake up.
    WakeOnLan,
    /// A device in the network.
    NetInventory,
    /// What is at an address of the network.
    NetDiscovery,
    /// Software for this machine.
    Deploy,
    /// All that there is.
    Everything,
}

/// What every task has. `types` are shapes, not rights.
const BASE: [&str; 2] = ["airlock:types/types", "airlock:task/run"];

impl World {
    /// From the narrowest to the widest.
    pub const ALL: &[World] = &[
        World::Base,
        World::Inventory,
        World::Collect,
        World::WakeOnLan,
        World::NetInventory,
        World::NetDiscovery,
        World::Deploy,
        World::Everything,
    ];

    pub fn name(self) -> &'static str {
        match self {
            World::Base => "base",
            World::Inventory => "inventory",
            World::Collect => "collect",
            World::WakeOnLan => "wake-on-lan",
            World::NetInventory => "net-inventory",
            World::NetDiscovery => "net-discovery",
            World::Deploy => "deploy",
            World::Everything => "everything",
        }
    }

    pub fn by_name(name: &str) -> Option<World> {
        World::ALL.iter().copied().find(|world| world.name() == name)
    }

    /// The interfaces that a component of this kind may import, beside those that all have.
    pub(crate) fn interfaces(self) -> &'static [&'static str] {
        match self {
            World::Base => &[],
            World::Inventory => &["airlock:facts/facts"],
            World::Collect => &["airlock:collect/collect", "airlock:files/files", "airlock:task/status"],
            World::WakeOnLan => &["airlock:net/wake"],
            World::NetInventory => &["airlock:snmp/snmp", "airlock:snmp/sysobject"],
            World::NetDiscovery => &["airlock:net/probe", "airlock:snmp/snmp", "airlock:snmp/sysobject"],
            World::Deploy => &[
                "airlock:deploy/deploy",
                "airlock:deploy/prompt",
                "airlock:facts/facts",
                "airlock:files/files",
                "airlock:net/http",
                "airlock:process/process",
                "airlock:task/status",
            ],
            World::Everything => &[
                "airlock:deploy/deploy",
                "airlock:deploy/prompt",
                "airlock:collect/collect",
                "airlock:facts/facts",
                "airlock:files/files",
                "airlock:net/http",
                "airlock:net/probe",
                "airlock:net/wake",
                "airlock:process/process",
                "airlock:snmp/snmp",
                "airlock:snmp/sysobject",
                "airlock:task/status",
            ],
        }
    }

    /// Whether an import such as `airlock:facts/facts@0.1.0` is one of this kind's.
    pub fn has(self, import: &str) -> bool {
        let name = import.split_once('@').map_or(import, |(name, _version)| name);
        BASE.contains(&name) || self.interfaces().contains(&name)
    }
}
