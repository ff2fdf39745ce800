//! `airlock:snmp/snmp`.

use crate::bindings::snmp::{Host, HostSession, Syntax, VarBind};
use crate::expected::Expected;
use crate::state::State;
use airlock_gate::calls::{self, Peer, SnmpGet, SnmpWalk, Walked};
use airlock_gate::{CallError, Spent, snmp_target};
use std::sync::Arc;
use wasmtime::component::{Resource, ResourceTableError};

/// Texts that are kept for [`HostSession::incomplete`]; a task that never asks has lost nothing that it wanted.
const MOST_TEXTS: usize = 1_000;

/// A session as a task holds it: a number that means something in its own run only.
#[derive(Debug, Clone)]
#[allow(unreachable_pub, reason = "the generated code re-exports it")]
pub struct Session {
    peer: Peer,
    /// What was cut short and not yet asked about.
    cut: Vec<String>,
}

impl Host for State {}

impl HostSession for State {
    async fn open(&mut self, target: String) -> Result<Resource<Session>, CallError> {
        let (gate, target) = (Arc::clone(&self.gate), snmp_target(&target)?);
        let peer = Expected::beside(&mut self.expected, gate.snmp_session(target)).await?;
        self.hold(peer)
    }

    async fn credential(&mut self, session: Resource<Session>) -> wasmtime::Result<String> {
        Ok(self.table.get(&session)?.peer.credential.clone())
    }

    async fn get(&mut self, session: Resource<Session>, oids: Vec<String>) -> Result<Vec<VarBind>, CallError> {
        let reply = self.gate.call(SnmpGet { peer: self.peer(&session)?, oids }).await?;
        Ok(self.taken(&session, "get", reply))
    }

    async fn walk(&mut self, session: Resource<Session>, root: String, max: u32) -> Result<Vec<VarBind>, CallError> {
        let tables = self.walk_many(session, vec![root], max).await?;
        Ok(tables.into_iter().flatten().collect())
    }

    async fn walk_many(
        &mut self,
        session: Resource<Session>,
        roots: Vec<String>,
        max: u32,
    ) -> Result<Vec<Vec<VarBind>>, CallError> {
        let call = SnmpWalk { peer: self.peer(&session)?, roots: roots.clone(), max };
        let reply = self.gate.call(call).await?;
        Ok(roots.iter().zip(reply).map(|(root, table)| self.taken(&session, root, table)).collect())
    }

    async fn incomplete(&mut self, session: Resource<Session>) -> wasmtime::Result<Vec<String>> {
        Ok(std::mem::take(&mut self.table.get_mut(&session)?.cut))
    }

    async fn in_context(&mut self, session: Resource<Session>, vlan: u32) -> Result<Resource<Session>, CallError> {
        let peer = self.peer(&session)?;
        let peer = self.gate.snmp_in_vlan(&peer, vlan).await?;
        self.hold(peer)
    }

    async fn drop(&mut self, session: Resource<Session>) -> wasmtime::Result<()> {
        self.table.delete(session)?;
        Ok(())
    }
}

impl State {
    fn hold(&mut self, peer: Peer) -> Result<Resource<Session>, CallError> {
        self.table.push(Session { peer, cut: vec![] }).map_err(|error| match error {
            ResourceTableError::Full => CallError::Exhausted(Spent::Handles),
            other => CallError::Failed(other.to_string()),
        })
    }

    fn peer(&self, session: &Resource<Session>) -> Result<Peer, CallError> {
        self.table.get(session).map(|session| session.peer.clone()).map_err(|_| CallError::NotFound)
    }

    /// A table as the task gets it; that it is not whole is kept for who asks.
    fn taken(&mut self, session: &Resource<Session>, what: &str, table: Walked) -> Vec<VarBind> {
        if let (Some(why), Ok(session)) = (table.cut, self.table.get_mut(session))
            && session.cut.len() < MOST_TEXTS
        {
            session.cut.push(format!("{what}: {why}"));
        }
        table.binds.into_iter().map(bind_to_wit).collect()
    }
}

fn bind_to_wit(bind: calls::VarBind) -> VarBind {
    VarBind { oid: bind.oid, value: value_to_wit(bind.value) }
}

fn value_to_wit(value: calls::Syntax) -> Syntax {
    match value {
        calls::Syntax::Null => Syntax::Null,
        calls::Syntax::Integer(number) => Syntax::Integer(number),
        calls::Syntax::Octets(bytes) => Syntax::Octets(bytes),
        calls::Syntax::Oid(oid) => Syntax::Oid(oid),
        calls::Syntax::IpAddress([a, b, c, d]) => Syntax::IpAddress((a, b, c, d)),
        calls::Syntax::Counter32(number) => Syntax::Counter32(number),
        calls::Syntax::Gauge32(number) => Syntax::Gauge32(number),
        calls::Syntax::TimeTicks(number) => Syntax::TimeTicks(number),
        calls::Syntax::Counter64(number) => Syntax::Counter64(number),
        calls::Syntax::Opaque(bytes) => Syntax::Opaque(bytes),
        calls::Syntax::NoSuchObject => Syntax::NoSuchObject,
        calls::Syntax::NoSuchInstance => Syntax::NoSuchInstance,
        calls::Syntax::EndOfMibView => Syntax::EndOfMibView,
    }
}
