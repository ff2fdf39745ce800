//! `airlock:snmp/snmp`.

use crate::bindings::snmp::{Host, HostSession, Syntax, VarBind};
use crate::state::State;
use airlock_gate::calls::{self, SnmpGet, SnmpWalk};
use airlock_gate::{CallError, Spent, snmp_target};
use std::net::IpAddr;
use wasmtime::component::{Resource, ResourceTableError};

/// A session as a task holds it: a number that means something in its own run only.
#[derive(Debug, Clone)]
#[allow(unreachable_pub, reason = "the generated code re-exports it")]
pub struct Session {
    address: IpAddr,
    port: u16,
    credential: String,
}

impl Host for State {}

impl HostSession for State {
    async fn open(&mut self, target: String) -> Result<Resource<Session>, CallError> {
        let (address, port) = snmp_target(&target)?;
        let credential = self.gate.snmp_session(address, port).await?;
        self.table.push(Session { address, port, credential }).map_err(|error| match error {
            ResourceTableError::Full => CallError::Exhausted(Spent::Handles),
            other => CallError::Failed(other.to_string()),
        })
    }

    async fn credential(&mut self, session: Resource<Session>) -> wasmtime::Result<String> {
        Ok(self.table.get(&session)?.credential.clone())
    }

    async fn get(&mut self, session: Resource<Session>, oids: Vec<String>) -> Result<Vec<VarBind>, CallError> {
        let Session { address, port, credential } = self.session(&session)?;
        let reply = self.gate.call(SnmpGet { address, port, credential, oids }).await?;
        Ok(reply.into_iter().map(bind_to_wit).collect())
    }

    async fn walk(&mut self, session: Resource<Session>, root: String, max: u32) -> Result<Vec<VarBind>, CallError> {
        let Session { address, port, credential } = self.session(&session)?;
        let reply = self.gate.call(SnmpWalk { address, port, credential, root, max }).await?;
        Ok(reply.into_iter().map(bind_to_wit).collect())
    }

    async fn drop(&mut self, session: Resource<Session>) -> wasmtime::Result<()> {
        self.table.delete(session)?;
        Ok(())
    }
}

impl State {
    fn session(&self, session: &Resource<Session>) -> Result<Session, CallError> {
        self.table.get(session).cloned().map_err(|_| CallError::NotFound)
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
