//! What the store of one run holds: the gate, and the bounds of the component's own resources.

use crate::error::Bound;
use crate::expected::Expected;
use airlock_gate::Gate;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wasmtime::ResourceLimiter;
use wasmtime::component::ResourceTable;

pub(crate) struct State {
    pub(crate) gate: Arc<Gate>,
    pub(crate) limiter: Limiter,
    /// What the component holds handles of; it ends with the store.
    pub(crate) table: ResourceTable,
    /// What it has begun to ask.
    pub(crate) expected: Option<Expected>,
}

/// Open resources of one run.
const MOST_HANDLES: usize = 256;

impl State {
    pub(crate) fn new(gate: Arc<Gate>, limiter: Limiter) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(MOST_HANDLES);
        Self { gate, limiter, table, expected: None }
    }
}

/// Refuses growth past the bounds by ending the run with the bound's name; a component whose allocation merely failed
/// would die of something that explains nothing.
pub(crate) struct Limiter {
    pub(crate) memory: usize,
    pub(crate) table: usize,
    /// Bytes of all memories and elements of all tables so far: the bounds are for the run, not for each.
    memory_used: usize,
    table_used: usize,
    all: Arc<AllMemory>,
}

/// The memory of all components that run at the moment.
#[derive(Debug)]
pub(crate) struct AllMemory {
    used: AtomicUsize,
    limit: usize,
}

impl AllMemory {
    pub(crate) fn new(limit: usize) -> Self {
        Self { used: AtomicUsize::new(0), limit }
    }

    /// Takes some more, if there is as much left.
    fn take(&self, more: usize) -> Result<(), Bound> {
        let used = self.used.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        if used > self.limit {
            self.used.fetch_sub(more, Ordering::Relaxed);
            return Err(Bound::AllMemory { asked: used, limit: self.limit });
        }
        Ok(())
    }
}

impl Drop for Limiter {
    fn drop(&mut self) {
        self.all.used.fetch_sub(self.memory_used, Ordering::Relaxed);
    }
}

/// A bound as an error that travels through wasmtime and comes out of the run.
#[derive(Debug)]
pub(crate) struct Hit(pub(crate) Bound);

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Hit {}

impl Limiter {
    pub(crate) fn new(memory: usize, table: usize, all: Arc<AllMemory>) -> Self {
        Self { memory, table, memory_used: 0, table_used: 0, all }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let asked = self.memory_used.saturating_sub(current).saturating_add(desired);
        if asked > self.memory {
            return Err(Hit(Bound::Memory { asked, limit: self.memory }).into());
        }
        self.all.take(asked.saturating_sub(self.memory_used)).map_err(Hit)?;
        self.memory_used = self.memory_used.max(asked);
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let asked = self.table_used.saturating_sub(current).saturating_add(desired);
        if asked > self.table {
            return Err(Hit(Bound::Table { asked, limit: self.table }).into());
        }
        self.table_used = asked;
        Ok(true)
    }

    /// A component is a handful of core instances (its module, shims, adapters); an interpreter in several libraries has
    /// some dozens.
    fn instances(&self) -> usize {
        128
    }

    fn tables(&self) -> usize {
        32
    }

    fn memories(&self) -> usize {
        4
    }
}
