//! The first-party tasks, as the components that every task is: they get no right that a stranger's could not be given.

/// A task that comes with the program.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// The name by which servers and people ask for it.
    pub name: &'static str,
    /// Its kind: the name of its world in `wit/`.
    pub world: &'static str,
    /// One line for people.
    pub summary: &'static str,
    pub component: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/tasks.rs"));

/// The task of that name.
pub fn task(name: &str) -> Option<&'static Builtin> {
    TASKS.iter().find(|task| task.name == name)
}
