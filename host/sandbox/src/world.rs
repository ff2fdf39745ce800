//! The kinds of task, each with the interfaces that it may import.

/// A kind of task: a world of `wit/task.wit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum World {
    /// The run itself and nothing else.
    Base,
    /// What this machine is.
    Inventory,
}

impl World {
    pub const ALL: &[World] = &[World::Base, World::Inventory];

    pub fn name(self) -> &'static str {
        match self {
            World::Base => "base",
            World::Inventory => "inventory",
        }
    }

    pub fn by_name(name: &str) -> Option<World> {
        World::ALL.iter().copied().find(|world| world.name() == name)
    }

    /// The interfaces that a component of this kind may import. `types` are shapes, not rights.
    pub(crate) fn interfaces(self) -> &'static [&'static str] {
        match self {
            World::Base => &["airlock:types/types", "airlock:task/run"],
            World::Inventory => &["airlock:types/types", "airlock:task/run", "airlock:facts/facts"],
        }
    }

    /// Whether an import such as `airlock:facts/facts@0.1.0` is one of this kind's.
    pub fn has(self, import: &str) -> bool {
        let name = import.split_once('@').map_or(import, |(name, _version)| name);
        self.interfaces().contains(&name)
    }
}
