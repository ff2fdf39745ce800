//! Devices, by SNMP (versions 1, 2c and 3, over UDP and TCP): the port that tasks' calls go through.
//!
//! A device is a stranger. What it sends is bounded in size, in number and in time, for one question and in all; an answer
//! counts only when it is the answer to what was asked, of whom it was asked; what cannot be read, and what was not read to
//! its end, is said. A credential is used as the owner has it: nothing here falls back to a weaker one.

mod ber;
mod column;
mod community;
mod get;
mod limits;
mod link;
mod oid;
mod pdu;
mod secret;
mod session;
#[cfg(test)]
mod tests;
mod usm;
mod walk;

pub use limits::SnmpSettings;
pub use secret::{AuthProtocol, KeyExtension, PrivProtocol, Security, SnmpSecret, SnmpSecrets};

use airlock_gate::CallError;
use airlock_gate::calls::{Peer, SnmpGet, SnmpOpen, SnmpWalk, Transport, VarBind, Walked};
use airlock_gate::ports::{Answer, Snmp};
use limits::{Budget, Costly, Turns};
use link::Trouble;
use pdu::Kind;
use session::Session;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;
use usm::Masters;

/// Sessions and devices that are remembered; of more, those that were asked last.
const MOST_REMEMBERED: usize = 512;
/// What a device is asked first: sysObjectID.0 (RFC 3418). What it answers does not matter, only that it does.
const FIRST_QUESTION: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 2, 0];

type Key = (IpAddr, u16, Transport, String);
type Shared = Arc<tokio::sync::Mutex<Session>>;

/// What all devices of a scan have in common.
struct Common {
    secrets: Arc<dyn SnmpSecrets>,
    settings: SnmpSettings,
    /// Keys by the names of credentials: a password is hashed once.
    keys: Mutex<BTreeMap<String, (SnmpSecret, Arc<Masters>)>>,
    room: Semaphore,
    turns: Arc<Turns>,
}

/// SNMP over this machine's network.
pub struct MachineSnmp {
    common: Arc<Common>,
    sessions: Mutex<Vec<(Key, Shared)>>,
    devices: Mutex<Vec<(IpAddr, Arc<Budget>)>>,
    costly: Option<Costly>,
}

impl MachineSnmp {
    pub fn new(secrets: Arc<dyn SnmpSecrets>, settings: SnmpSettings) -> Self {
        let room = Semaphore::new(settings.at_once.clamp(1, Semaphore::MAX_PERMITS));
        let common = Arc::new(Common { secrets, settings, keys: Mutex::default(), room, turns: Arc::default() });
        Self { common, sessions: Mutex::default(), devices: Mutex::default(), costly: None }
    }

    /// With the same secrets, keys and room, and no device known: for the next device of a scan. Its sockets are closed and
    /// its allowances forgotten when it is dropped.
    #[must_use]
    pub fn afresh(&self) -> Self {
        let (common, costly) = (Arc::clone(&self.common), self.costly.clone());
        Self { common, sessions: Mutex::default(), devices: Mutex::default(), costly }
    }

    /// `costly` is told when a device turns out to send much, or much that answers nothing: once for each.
    #[must_use]
    pub fn telling(self, costly: impl Fn() + Send + Sync + 'static) -> Self {
        Self { costly: Some(Arc::new(costly)), ..self }
    }

    fn budget(&self, address: IpAddr) -> Arc<Budget> {
        let Common { settings, turns, .. } = &*self.common;
        let make = || Ok(Arc::new(Budget::new(settings, Arc::clone(turns), self.costly.clone())));
        remembered(&self.devices, address, make).unwrap_or_else(|error: std::convert::Infallible| match error {})
    }

    fn session(&self, peer: &Peer) -> Result<Shared, CallError> {
        let key = (peer.address, peer.port, peer.transport, peer.credential.clone());
        remembered(&self.sessions, key, || {
            let settings = &self.common.settings;
            let secret = self.common.secrets.get(&peer.credential).ok_or_else(|| {
                CallError::Failed(format!("there is no secret for SNMP under the name {:?}", peer.credential))
            })?;
            let masters = |secret: &SnmpSecret| self.common.masters(&peer.credential, secret);
            let masters = {
                let secret = secret.clone();
                move || masters(&secret)
            };
            let to = (SocketAddr::from((peer.address, peer.port)), peer.transport);
            let bounds = (settings.timeout, settings.retries);
            let session = Session::new(to, secret, masters, bounds, self.budget(peer.address))?;
            Ok(Arc::new(tokio::sync::Mutex::new(session)))
        })
    }
}

impl Common {
    fn masters(&self, name: &str, secret: &SnmpSecret) -> Arc<Masters> {
        let security = if let SnmpSecret::V3 { security, .. } = secret { security } else { &Security::NoAuthNoPriv };
        // Held while a password is hashed: the others wait for the same key.
        let mut keys = lock(&self.keys);
        match keys.get(name) {
            Some((known, masters)) if known == secret => Arc::clone(masters),
            _ => {
                let masters = Arc::new(Masters::new(security));
                keys.insert(name.to_owned(), (secret.clone(), Arc::clone(&masters)));
                masters
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known under a key, made where there is none; the one that was used the longest ago is forgotten for it.
fn remembered<K: PartialEq, V: Clone, E>(
    all: &Mutex<Vec<(K, V)>>,
    key: K,
    make: impl FnOnce() -> Result<V, E>,
) -> Result<V, E> {
    let mut all = lock(all);
    if let Some(at) = all.iter().rposition(|(known, _)| *known == key) {
        let entry = all.remove(at);
        let value = entry.1.clone();
        all.push(entry);
        return Ok(value);
    }
    let value = make()?;
    if all.len() >= MOST_REMEMBERED {
        all.remove(0);
    }
    all.push((key, value.clone()));
    Ok(value)
}

fn failed(peer: &Peer, trouble: Trouble) -> CallError {
    let device = SocketAddr::from((peer.address, peer.port));
    match trouble {
        Trouble::Silent => CallError::Timeout,
        Trouble::NoContext => CallError::NotFound,
        Trouble::Nonsense(why) => CallError::Failed(format!("{device}: what it answers is no SNMP: {why}")),
        Trouble::Refused(why) | Trouble::Unreachable(why) | Trouble::Spent(why) => {
            CallError::Failed(format!("{device}: {why}"))
        }
    }
}

impl Snmp for MachineSnmp {
    fn open<'a>(&'a self, SnmpOpen { peer }: &'a SnmpOpen) -> Answer<'a, ()> {
        Box::pin(async move {
            let _room = self.common.room.acquire().await.map_err(|_closed| CallError::Cancelled)?;
            let session = self.session(peer)?;
            let name = oid::encode(&FIRST_QUESTION);
            let answered = session.lock().await.ask(Kind::Get, &[&name], peer.vlan, &mut |_| ()).await;
            answered.map_err(|trouble| {
                // Not kept: the next credential gets a socket of its own.
                lock(&self.sessions).retain(|(_, known)| peer.vlan.is_some() || !Arc::ptr_eq(known, &session));
                failed(peer, trouble)
            })
        })
    }

    fn get<'a>(&'a self, call: &'a SnmpGet) -> Answer<'a, Walked> {
        Box::pin(async move {
            let _room = self.common.room.acquire().await.map_err(|_closed| CallError::Cancelled)?;
            let session = self.session(&call.peer)?;
            let got = get::get(&mut *session.lock().await, &call.oids, call.peer.vlan).await;
            got.map_err(|trouble| failed(&call.peer, trouble))
        })
    }

    fn walk<'a>(&'a self, call: &'a SnmpWalk) -> Answer<'a, Vec<Walked>> {
        Box::pin(async move {
            let _room = self.common.room.acquire().await.map_err(|_closed| CallError::Cancelled)?;
            let session = self.session(&call.peer)?;
            let walked = walk::walk(&mut *session.lock().await, call, &self.common.settings).await;
            walked.map_err(|trouble| failed(&call.peer, trouble))
        })
    }
}

/// The values in a message that a device sent, as far as they can be read without a key; none of what is hidden. For whoever
/// has a message and wants to know what is in it: what is no message is said.
pub fn values_of(message: &[u8]) -> Result<Vec<VarBind>, String> {
    let wrong = |ber::Malformed(why)| format!("no SNMP: {why}");
    let pdu = match community::message(message) {
        Ok((_, _, pdu)) => Some(pdu),
        Err(otherwise) => usm::peruse(message).map_err(|_of_v3| wrong(otherwise))?,
    };
    let mut arcs = Vec::new();
    let mut values = Vec::new();
    for bind in pdu.iter().flat_map(pdu::Pdu::binds) {
        let bind = bind.map_err(wrong)?;
        oid::decode_into(bind.name, &mut arcs).map_err(wrong)?;
        let oid = oid::text(&arcs);
        let value = bind.value().ok_or_else(|| format!("the value of {oid} cannot be read"))?;
        values.push(VarBind { oid, value });
    }
    Ok(values)
}
