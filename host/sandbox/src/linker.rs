//! The second gate: one linker a world, holding that world's interfaces and nothing else. What is not in it cannot be
//! called, whatever a component says it imports.

use crate::bindings::{
    collect, deploy, facts, files, http, probe, process, prompt, run, snmp, status, sysobject, types, wake,
};
use crate::state::State;
use crate::world::World;
use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Engine, Result};

pub(crate) struct Linkers(Vec<(World, Linker<State>)>);

impl Linkers {
    pub(crate) fn new(engine: &Engine) -> Result<Self> {
        let base = base(engine)?;
        let mut all = Vec::with_capacity(World::ALL.len());
        for world in World::ALL {
            let mut linker = base.clone();
            for interface in world.interfaces() {
                add(&mut linker, interface)?;
            }
            all.push((*world, linker));
        }
        Ok(Self(all))
    }

    /// None only for a world that [`World::ALL`] does not have.
    pub(crate) fn of(&self, world: World) -> Option<&Linker<State>> {
        self.0.iter().find(|(name, _)| *name == world).map(|(_, linker)| linker)
    }
}

fn base(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    types::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
    run::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
    Ok(linker)
}

fn add(linker: &mut Linker<State>, interface: &str) -> Result<()> {
    match interface {
        "airlock:deploy/deploy" => deploy::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        "airlock:collect/collect" => collect::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        "airlock:deploy/prompt" => prompt::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        "airlock:facts/facts" => facts::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        "airlock:files/files" => files::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        "airlock:net/http" => http::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        "airlock:net/probe" => probe::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        "airlock:net/wake" => wake::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        "airlock:process/process" => process::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        "airlock:snmp/snmp" => snmp::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        "airlock:snmp/sysobject" => sysobject::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        "airlock:task/status" => status::add_to_linker::<State, HasSelf<State>>(linker, |state| state),
        unknown => Err(wasmtime::Error::msg(format!("no interface is called {unknown}"))),
    }
}
