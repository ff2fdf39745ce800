//! A device that answers through the host: what components hand to this crate.

use crate::{Agent, Bind, Entry, Gone, Syntax};
use airlock_task::{Error, snmp, words};
use std::cell::RefCell;

/// The most values of one walk.
const MOST: u32 = 200_000;

/// A session with a device.
pub struct Asked {
    session: snmp::Session,
    address: String,
    /// Words of the sessions of VLANs, which are gone before anybody asks for them.
    cut_short: RefCell<Vec<String>>,
}

impl Asked {
    /// Opens a session with a device at an address, or at an address and a port.
    pub fn open(target: &str) -> Result<Self, Error> {
        Ok(Self::of(snmp::Session::open(target)?, target))
    }

    fn of(session: snmp::Session, target: &str) -> Self {
        Self { session, address: address_of(target).to_owned(), cut_short: RefCell::default() }
    }

    /// The address without the port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The name of the credential that the device answered to.
    pub fn credential(&self) -> String {
        self.session.credential()
    }

    /// What has been cut short so far, in words.
    pub fn cut_short(&self) -> Vec<String> {
        let mut all = self.session.incomplete();
        all.append(&mut self.cut_short.borrow_mut());
        all
    }
}

impl Agent for Asked {
    fn get(&self, oids: &[&str]) -> Result<Vec<Option<Syntax>>, Gone> {
        let answers = self.session.get(&owned(oids)).map_err(gone)?;
        Ok(answers.into_iter().map(|bind| known(bind.value)).collect())
    }

    fn walk(&self, roots: &[&str]) -> Result<Vec<Vec<Bind>>, Gone> {
        self.tables(roots, MOST)
    }

    /// Asks for a bounded number of rows. What was cut before its share was reached (a longer column may have taken it) is
    /// asked for again, in full; that a beginning ends is no news otherwise.
    fn heads(&self, roots: &[&str], each: u32) -> Result<Vec<Vec<Bind>>, Gone> {
        let count = u32::try_from(roots.len()).unwrap_or(u32::MAX);
        let earlier = self.session.incomplete();
        self.cut_short.borrow_mut().extend(earlier);
        let mut tables = self.tables(roots, each.saturating_mul(count))?;
        let cut = self.session.incomplete();
        for (root, table) in roots.iter().zip(&mut tables) {
            let is_cut = cut.iter().any(|text| text.strip_prefix(root).is_some_and(|rest| rest.starts_with(':')));
            if is_cut && table.len() < usize::try_from(each).unwrap_or(usize::MAX) {
                *table = self.tables(&[root], MOST)?.into_iter().next().unwrap_or_default();
            }
        }
        Ok(tables)
    }

    fn sysobject(&self, id: &str) -> Option<Entry> {
        let entry = snmp::sysobject(id).ok().flatten()?;
        Some(Entry { vendor: entry.vendor, kind: entry.kind, model: entry.model, module: entry.module })
    }

    fn in_vlan(&self, vlan: u32) -> Option<Box<dyn Agent + '_>> {
        let session = self.session.in_context(vlan).ok()?;
        Some(Box::new(InVlan { vlan: Self::of(session, &self.address), device: self }))
    }
}

impl Asked {
    fn tables(&self, roots: &[&str], most: u32) -> Result<Vec<Vec<Bind>>, Gone> {
        let tables = self.session.walk_many(&owned(roots), most).map_err(gone)?;
        let bind = |bind: snmp::VarBind| Some(Bind { oid: bind.oid, value: known(bind.value)? });
        Ok(tables.into_iter().map(|table| table.into_iter().filter_map(bind).collect()).collect())
    }
}

/// The same device in the context of a VLAN. What was cut short there is told by the device's own session.
struct InVlan<'a> {
    vlan: Asked,
    device: &'a Asked,
}

impl Agent for InVlan<'_> {
    fn get(&self, oids: &[&str]) -> Result<Vec<Option<Syntax>>, Gone> {
        self.vlan.get(oids)
    }

    fn walk(&self, roots: &[&str]) -> Result<Vec<Vec<Bind>>, Gone> {
        self.vlan.walk(roots)
    }

    fn sysobject(&self, id: &str) -> Option<Entry> {
        self.device.sysobject(id)
    }

    fn in_vlan(&self, vlan: u32) -> Option<Box<dyn Agent + '_>> {
        self.device.in_vlan(vlan)
    }
}

impl Drop for InVlan<'_> {
    fn drop(&mut self) {
        self.device.cut_short.borrow_mut().extend(self.vlan.cut_short());
    }
}

fn owned(oids: &[&str]) -> Vec<String> {
    oids.iter().map(|oid| (*oid).to_owned()).collect()
}

fn gone(error: Error) -> Gone {
    Gone(words(&error))
}

/// The address of `10.1.0.7`, `10.1.0.7:1161`, `[2001:db8::7]:161`, `tcp:10.1.0.7`.
pub fn address_of(target: &str) -> &str {
    let target = target.strip_prefix("tcp:").unwrap_or(target);
    if let Some((inner, _)) = target.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return inner;
    }
    match target.split_once(':') {
        Some((address, port)) if !port.contains(':') => address,
        _ => target,
    }
}

/// A value; `None` for the words by which a device says that it has none.
fn known(value: snmp::Syntax) -> Option<Syntax> {
    Some(match value {
        snmp::Syntax::Null => Syntax::Null,
        snmp::Syntax::Integer(number) => Syntax::Integer(number),
        snmp::Syntax::Octets(bytes) => Syntax::Octets(bytes),
        snmp::Syntax::Oid(oid) => Syntax::Oid(oid),
        snmp::Syntax::IpAddress((a, b, c, d)) => Syntax::IpAddress([a, b, c, d]),
        snmp::Syntax::Counter32(number) => Syntax::Counter32(number),
        snmp::Syntax::Gauge32(number) => Syntax::Gauge32(number),
        snmp::Syntax::TimeTicks(number) => Syntax::TimeTicks(number),
        snmp::Syntax::Counter64(number) => Syntax::Counter64(number),
        snmp::Syntax::Opaque(bytes) => Syntax::Opaque(bytes),
        snmp::Syntax::NoSuchObject | snmp::Syntax::NoSuchInstance | snmp::Syntax::EndOfMibView => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_its_port() {
        for (target, address) in [
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.2.7:1161", "192.0.2.7"),
            ("tcp:192.0.2.7:1161", "192.0.2.7"),
            ("[2001:db8::7]:161", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
        ] {
            assert_eq!(address_of(target), address);
        }
    }
}
