//! Devices in the mocked machine's network.

use super::Mock;
use super::describe::Device;
use crate::CallError;
use crate::calls::{Peer, SnmpGet, SnmpOpen, SnmpWalk, Syntax, VarBind, Walked};
use crate::ports::{Answer, Snmp};
use crate::walk;

impl Mock {
    /// A device says nothing to who does not have its credential, as if it were not there.
    fn device(&self, peer: &Peer) -> Result<&Device, CallError> {
        let asked = (peer.address, peer.port, peer.transport, peer.vlan, &peer.credential);
        let is = |d: &&Device| (d.address, d.port, d.transport, d.vlan, &d.credential) == asked;
        self.about.snmp.iter().find(is).ok_or(CallError::Timeout)
    }
}

/// A value as the file has it.
pub(super) fn value(value: &toml::Value) -> Result<Syntax, String> {
    const KINDS: &str = "a text, a number, or one of { hex, oid, ip, counter32, gauge32, timeticks, counter64 }";
    match value {
        toml::Value::String(text) => Ok(Syntax::Octets(text.clone().into_bytes())),
        toml::Value::Integer(number) => Ok(Syntax::Integer(*number)),
        toml::Value::Table(table) => {
            let mut entries = table.iter();
            let (Some((kind, value)), None) = (entries.next(), entries.next()) else { return Err(KINDS.to_owned()) };
            let text = value.as_str().map(str::to_owned).or_else(|| value.as_integer().map(|n| n.to_string()));
            let text = text.ok_or_else(|| KINDS.to_owned())?;
            let word = match kind.as_str() {
                "hex" => "Hex-STRING",
                "oid" => "OID",
                "ip" => "IpAddress",
                "counter32" => "Counter32",
                "gauge32" => "Gauge32",
                "timeticks" => "Timeticks",
                "counter64" => "Counter64",
                other => return Err(format!("{other:?} is no kind of value: expected {KINDS}")),
            };
            walk::value(word, &text).ok_or_else(|| format!("{text:?} is no {kind}"))
        }
        _ => Err(format!("expected {KINDS}")),
    }
}

impl Snmp for Mock {
    fn open<'a>(&'a self, call: &'a SnmpOpen) -> Answer<'a, ()> {
        Box::pin(async move { self.device(&call.peer).map(|_| ()) })
    }

    fn get<'a>(&'a self, call: &'a SnmpGet) -> Answer<'a, Walked> {
        Box::pin(async move {
            let device = self.device(&call.peer)?;
            let bind = |oid: &String| {
                let value = walk::oid(oid).and_then(|oid| device.objects.get(&oid).cloned());
                VarBind { oid: oid.clone(), value: value.unwrap_or(Syntax::NoSuchInstance) }
            };
            Ok(Walked { binds: call.oids.iter().map(bind).collect(), cut: None })
        })
    }

    fn walk<'a>(&'a self, call: &'a SnmpWalk) -> Answer<'a, Vec<Walked>> {
        Box::pin(async move {
            let device = self.device(&call.peer)?;
            let mut left = usize::try_from(call.max).unwrap_or(usize::MAX);
            let mut tables = Vec::with_capacity(call.roots.len());
            for root in &call.roots {
                let root = walk::oid(root).ok_or(CallError::NotFound)?;
                let below = device.objects.range(root.clone()..).take_while(|(oid, _)| oid.starts_with(&root));
                let mut inside = below.filter(|(oid, _)| oid.len() > root.len());
                let bind =
                    |(oid, value): (&Vec<u32>, &Syntax)| VarBind { oid: walk::dotted(oid), value: value.clone() };
                let binds: Vec<VarBind> = inside.by_ref().take(left).map(bind).collect();
                left -= binds.len();
                let cut =
                    inside.next().map(|_| format!("ended after {} rows: {} were asked for", binds.len(), call.max));
                tables.push(Walked { binds, cut });
            }
            Ok(tables)
        })
    }
}
