//! Neighbours that may have a part: found by this machine's own addresses, looked at once whether they listen, and asked one
//! after the other. What one gives is taken if it is the part. One that gives anything else, or says anything but that it
//! has none, is not asked again in this run.

use super::fetch::{From, Taken, take};
use super::store::Store;
use crate::off_thread::Stopped;
use airlock_gate::calls::{DeployFromPeers, MOST_PEERS, PEER_PORT, PartReply, Sha512Sum, Target, peer_path};
use airlock_gate::{CallError, Scope};
use airlock_net::http::HttpBounds;
use airlock_net::peers::neighbours;
use std::net::IpAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Neighbours are near, or they are no help.
const REACH: Duration = Duration::from_secs(1);
const BOUNDS: HttpBounds =
    HttpBounds { connect: REACH, headers: Duration::from_secs(2), whole: Duration::from_secs(5), body: 0 };
/// All that asking them may take for one part, before the mirrors are asked.
const LONGEST: Duration = Duration::from_secs(120);
/// That are looked at at once.
const AT_ONCE: usize = 64;

/// What is known of them in this run.
#[derive(Debug, Default)]
pub(super) struct Peers {
    /// Those that listen, the last that had a part first; none: nobody has looked.
    listening: Option<Vec<IpAddr>>,
}

impl Peers {
    /// Who could be asked.
    pub(super) fn known(&self) -> Vec<IpAddr> {
        self.listening.clone().unwrap_or_else(near)
    }

    fn forget(&mut self, peer: IpAddr) {
        self.listening.get_or_insert_default().retain(|known| *known != peer);
    }

    fn goes_first(&mut self, peer: IpAddr) {
        self.forget(peer);
        self.listening.get_or_insert_default().insert(0, peer);
    }
}

fn near() -> Vec<IpAddr> {
    let most = u32::try_from(MOST_PEERS).unwrap_or(u32::MAX);
    let all = crate::own_addresses::own_networks().into_iter().flat_map(|net| neighbours(net, most)).map(IpAddr::V4);
    all.take(MOST_PEERS).collect()
}

/// Asks those that are granted. Status 200: the part is in the store; 404: none of them has it.
pub(super) fn ask_peers(
    store: &Store,
    peers: &std::sync::Mutex<Peers>,
    call: &DeployFromPeers,
    scope: &Scope,
    stopped: &Stopped,
) -> Result<PartReply, CallError> {
    let part = Sha512Sum::parse(&call.part)?;
    let lock = || peers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if lock().listening.is_none() {
        let found = listening(&call.addresses)?;
        lock().listening = Some(found);
    }
    let began = Instant::now();
    let asked: Vec<IpAddr> = lock().known().into_iter().filter(|peer| call.addresses.contains(peer)).collect();
    for peer in asked {
        if stopped.is_stopped() {
            return Err(CallError::Cancelled);
        }
        if began.elapsed() > LONGEST {
            break;
        }
        let target =
            Target { scheme: "http".to_owned(), host: peer.to_string(), port: PEER_PORT, path: peer_path(&part) };
        let from = From { target: &target, addresses: &[peer], mirrors: None, bounds: BOUNDS };
        match take(store, &part, &from, scope, (call.retention_minutes, true), stopped) {
            Ok(Taken::Kept(bytes)) => {
                lock().goes_first(peer);
                return Ok(PartReply { status: 200, location: None, bytes });
            }
            Ok(Taken::Status(404, _)) => {}
            Err(CallError::Cancelled) => return Err(CallError::Cancelled),
            Ok(Taken::Status(status, _)) => {
                tracing::warn!("the neighbour {peer} answers {status} to a part, and is not asked again");
                lock().forget(peer);
            }
            Ok(Taken::Other) => {
                tracing::warn!("the neighbour {peer} gave other bytes than the part, and is not asked again");
                lock().forget(peer);
            }
            Err(error) => {
                tracing::warn!("the neighbour {peer} is not asked again: {error}");
                lock().forget(peer);
            }
        }
    }
    Ok(PartReply { status: 404, ..PartReply::default() })
}

/// Those that take a connection.
fn listening(addresses: &[IpAddr]) -> Result<Vec<IpAddr>, CallError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CallError::Failed(error.to_string()))?;
    Ok(runtime.block_on(async {
        let mut found = Vec::new();
        for some in addresses.chunks(AT_ONCE) {
            let mut looks = JoinSet::new();
            for address in some.iter().copied() {
                looks.spawn(async move {
                    let connected = timeout(REACH, TcpStream::connect((address, PEER_PORT))).await;
                    connected.is_ok_and(|stream| stream.is_ok()).then_some(address)
                });
            }
            while let Some(looked) = looks.join_next().await {
                found.extend(looked.ok().flatten());
            }
        }
        // In their own order, whoever was faster.
        addresses.iter().copied().filter(|address| found.contains(address)).collect()
    }))
}
