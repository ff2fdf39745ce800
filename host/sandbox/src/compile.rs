//! From a checked component to code that can run: from the cache when it is there, else by Cranelift.

use crate::bindings::EverythingPre;
use crate::engine::Sandbox;
use crate::error::LoadError;
use crate::load::{Checked, Digest};
use crate::state::State;
use crate::world::World;
use std::hash::{DefaultHasher, Hash, Hasher};
use wasmtime::component::Component;

/// Keeps compiled code. The implementer vouches that what `get` returns is, byte for byte, what `put` was given on this
/// machine: code that was changed on the way would run outside every limit.
pub trait CodeCache {
    fn get(&self, key: &str) -> Option<Vec<u8>>;
    fn put(&self, key: &str, code: &[u8]);
}

/// Keeps nothing.
#[derive(Debug, Default)]
pub struct NoCache;

impl CodeCache for NoCache {
    fn get(&self, _key: &str) -> Option<Vec<u8>> {
        None
    }

    fn put(&self, _key: &str, _code: &[u8]) {}
}

/// Compiles components somewhere else: what a stranger wrote takes its compiler's time and memory, and is better let
/// loose in a process with limits of its own.
pub trait Compiler {
    /// What [`Sandbox::compile`] returns for these bytes, from the same program; or why not, for people.
    fn compile(&self, component: &[u8]) -> Result<Vec<u8>, String>;
}

/// A component that is ready to run, any number of times.
#[derive(Clone)]
pub struct Loaded {
    pub(crate) pre: EverythingPre<State>,
    digest: Digest,
    world: World,
    /// True when its code came from the cache.
    pub cached: bool,
}

impl Loaded {
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The kind of task that it runs as.
    pub fn world(&self) -> World {
        self.world
    }
}

impl Sandbox {
    /// Compiles a component in this process, or takes its code from the cache. For those that come with the program.
    pub fn load(&self, checked: &Checked<'_>, cache: &dyn CodeCache) -> Result<Loaded, LoadError> {
        self.load_by(checked, cache, |component| self.compile(component))
    }

    /// As [`Self::load`], compiled by `compiler`. For those from outside.
    pub fn load_with(
        &self,
        checked: &Checked<'_>,
        cache: &dyn CodeCache,
        compiler: &dyn Compiler,
    ) -> Result<Loaded, LoadError> {
        self.load_by(checked, cache, |component| compiler.compile(component).map_err(LoadError::Compile))
    }

    /// The code of a component, for this machine and this program.
    pub fn compile(&self, component: &[u8]) -> Result<Vec<u8>, LoadError> {
        self.engine.precompile_component(component).map_err(|e| LoadError::Compile(format!("{e:#}")))
    }

    fn load_by(
        &self,
        checked: &Checked<'_>,
        cache: &dyn CodeCache,
        compile: impl FnOnce(&[u8]) -> Result<Vec<u8>, LoadError>,
    ) -> Result<Loaded, LoadError> {
        let key = self.cache_key(checked.digest);
        if let Some(component) = cache.get(&key).and_then(|code| self.component_of(&code)) {
            return self.link(&component, checked, true);
        }
        let code = compile(checked.bytes)?;
        cache.put(&key, &code);
        let component =
            self.component_of(&code).ok_or_else(|| LoadError::Compile("its code does not load again".to_owned()))?;
        self.link(&component, checked, false)
    }

    /// Code depends on the component, on the engine's version and on its settings.
    fn cache_key(&self, digest: Digest) -> String {
        let mut hasher = DefaultHasher::new();
        self.engine.precompile_compatibility_hash().hash(&mut hasher);
        format!("{digest}-{:016x}", hasher.finish())
    }

    /// Code that this engine does not accept (an older version's, a torn file's) is as good as none.
    #[allow(unsafe_code, reason = "wasmtime has no safe way to load compiled code")]
    fn component_of(&self, code: &[u8]) -> Option<Component> {
        // SAFETY: `deserialize` runs what it is given. The bytes come from this process's own compiler or from a
        // `CodeCache`, whose contract is that they are unchanged since; nothing from outside is ever passed here
        // (`load::imports` refuses precompiled input).
        unsafe { Component::deserialize(&self.engine, code) }.ok()
    }

    fn link(&self, component: &Component, checked: &Checked<'_>, cached: bool) -> Result<Loaded, LoadError> {
        let world: World = checked.world;
        let fits = |e: wasmtime::Error| LoadError::DoesNotFit { world: world.name(), why: format!("{e:#}") };
        let linker =
            self.linkers.of(world).ok_or_else(|| LoadError::Engine(format!("no linker for {}", world.name())))?;
        let pre = linker.instantiate_pre(component).and_then(EverythingPre::new).map_err(fits)?;
        Ok(Loaded { pre, digest: checked.digest, world, cached })
    }
}
