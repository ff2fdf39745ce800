//! Who may have a connection: so many in all, so many of one address. Where there is no room, the one that has waited longest
//! for its client to say something gives way, one of the busiest address first. So slow clients hold nobody up: not others,
//! and not honest ones behind the same address.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

#[derive(Debug)]
pub(super) struct Connections {
    known: Mutex<Known>,
    most: usize,
    most_of_one: usize,
}

#[derive(Debug, Default)]
struct Known {
    last: u64,
    all: BTreeMap<u64, One>,
    of_address: BTreeMap<IpAddr, BTreeSet<u64>>,
}

#[derive(Debug)]
struct One {
    /// A request is being answered: it does not give way.
    is_busy: bool,
    give_way: Arc<Notify>,
}

/// A connection's place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    connections: Arc<Connections>,
    number: u64,
    neighbour: IpAddr,
    give_way: Arc<Notify>,
}

/// What counts as one address: of IPv6 it is the network, for a neighbour has all of its addresses.
pub(super) fn neighbour(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        other => other,
    }
}

impl Connections {
    pub(super) fn new(most: usize, most_of_one: usize) -> Arc<Self> {
        Arc::new(Self { known: Mutex::default(), most, most_of_one })
    }

    /// A place for a new connection; none when all others are being answered.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let neighbour = neighbour(address);
        let mut known = self.lock();
        if known.of_address.get(&neighbour).is_some_and(|own| own.len() >= self.most_of_one) {
            known.give_way(neighbour)?;
        } else if known.all.len() >= self.most {
            let busiest = known.of_address.iter().max_by_key(|(_, own)| own.len()).map(|(address, _)| *address);
            known.give_way(busiest?)?;
        }
        known.last += 1;
        let (number, give_way) = (known.last, Arc::new(Notify::new()));
        known.all.insert(number, One { is_busy: false, give_way: Arc::clone(&give_way) });
        known.of_address.entry(neighbour).or_default().insert(number);
        Some(Place { connections: Arc::clone(self), number, neighbour, give_way })
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Lets the oldest that is not being answered go.
    fn give_way(&mut self, neighbour: IpAddr) -> Option<()> {
        let mut own = self.of_address.get(&neighbour)?.iter();
        let number = *own.find(|number| self.all.get(number).is_some_and(|one| !one.is_busy))?;
        let one = self.remove(number, neighbour)?;
        one.give_way.notify_one();
        Some(())
    }

    fn remove(&mut self, number: u64, neighbour: IpAddr) -> Option<One> {
        let own = self.of_address.get_mut(&neighbour)?;
        own.remove(&number);
        if own.is_empty() {
            self.of_address.remove(&neighbour);
        }
        self.all.remove(&number)
    }
}

impl Place {
    /// A request has come, or was answered.
    pub(super) fn busy(&self, is_busy: bool) {
        if let Some(one) = self.connections.lock().all.get_mut(&self.number) {
            one.is_busy = is_busy;
        }
    }

    /// Returns when the place is another's.
    pub(super) async fn given_away(&self) {
        self.give_way.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // One that gave way is gone already.
        let _ = self.connections.lock().remove(self.number, self.neighbour);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_given_way(place: &Place) -> bool {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
            tokio::time::timeout(std::time::Duration::from_millis(1), place.given_away()).await.is_ok()
        })
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn the_one_that_waits_longest_gives_way_and_the_busy_do_not() {
        let connections = Connections::new(10, 3);
        let mine: Vec<Place> = (0..3).map(|_| connections.admit(address(1)).unwrap()).collect();
        mine[0].busy(true);
        let fourth = connections.admit(address(1)).unwrap();
        assert!(!has_given_way(&mine[0]) && has_given_way(&mine[1]) && !has_given_way(&mine[2]));
        mine[2].busy(true);
        fourth.busy(true);
        assert!(connections.admit(address(1)).is_none(), "all of its own are being answered");
        assert!(connections.admit(address(2)).is_some(), "another address has its own");
    }

    #[test]
    fn who_has_most_gives_way_first() {
        let connections = Connections::new(4, 3);
        let honest = connections.admit(address(9)).unwrap();
        let flood: Vec<Place> = (0..3).map(|_| connections.admit(address(1)).unwrap()).collect();
        let late = connections.admit(address(2)).unwrap();
        assert!(!has_given_way(&honest) && has_given_way(&flood[0]) && !has_given_way(&late));
    }

    #[test]
    fn places_are_given_back() {
        let connections = Connections::new(4, 4);
        for _ in 0..100 {
            drop(connections.admit(address(1)));
        }
        let held: Vec<Place> = (0..50).map(|_| connections.admit(address(1)).unwrap()).collect();
        assert_eq!(connections.lock().all.len(), 4);
        drop(held);
        let known = connections.lock();
        assert!(known.all.is_empty() && known.of_address.is_empty());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let of = |text: &str| neighbour(text.parse().unwrap());
        assert_eq!(of("2001:db8:0:1::5"), of("2001:db8:0:1:ffff::9"));
        assert_ne!(of("2001:db8:0:1::5"), of("2001:db8:0:2::5"));
        assert_eq!(of("::ffff:192.0.2.7"), address(7));
        assert_eq!(of("::1"), IpAddr::from(Ipv6Addr::LOCALHOST));
    }
}
