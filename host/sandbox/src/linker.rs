//! The second gate: one linker a world, holding that world's interfaces and nothing else. What is not in it cannot be
//! called, whatever a component says it imports.

use crate::bindings::{facts, run, types};
use crate::state::State;
use crate::world::World;
use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Engine, Result};

pub(crate) struct Linkers {
    base: Linker<State>,
    inventory: Linker<State>,
}

impl Linkers {
    pub(crate) fn new(engine: &Engine) -> Result<Self> {
        let base = base(engine)?;
        let mut inventory = base.clone();
        facts::add_to_linker::<State, HasSelf<State>>(&mut inventory, |state| state)?;
        Ok(Self { base, inventory })
    }

    pub(crate) fn of(&self, world: World) -> &Linker<State> {
        match world {
            World::Base => &self.base,
            World::Inventory => &self.inventory,
        }
    }
}

fn base(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    types::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
    run::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
    Ok(linker)
}
