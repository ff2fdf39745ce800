//! The sessions of the inventory plugin: a nonce for a request's id and address, good for one try within its time.

use super::connections::neighbour;
use super::secret::{Secret, is_same};
use base64::Engine as _;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Open at once, in all and of one address; the oldest of an address make room for its newest.
const MOST: usize = 256;
const MOST_OF_ONE: usize = 8;

#[derive(Debug)]
pub(super) struct Sessions {
    period: Duration,
    open: Mutex<BTreeMap<(IpAddr, String), Session>>,
}

#[derive(Debug)]
struct Session {
    nonce: String,
    since: Instant,
}

impl Sessions {
    pub(super) fn new(period: Duration) -> Self {
        Self { period, open: Mutex::default() }
    }

    /// A new nonce, in place of one that was there; none: there are too many, or the system has no randomness.
    pub(super) fn begin(&self, client: IpAddr, id: &str, now: Instant) -> Option<String> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).ok()?;
        let nonce = base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, session| now.duration_since(session.since) < self.period);
        let own = neighbour(client);
        let of_one = open.iter().filter(|((address, _), _)| neighbour(*address) == own);
        let mut of_one: Vec<_> = of_one.map(|(key, session)| (session.since, key.clone())).collect();
        of_one.sort();
        if let Some((_, oldest)) = of_one.first().filter(|_| of_one.len() >= MOST_OF_ONE) {
            open.remove(oldest);
        } else if open.len() >= MOST {
            return None;
        }
        open.insert((client, id.to_owned()), Session { nonce: nonce.clone(), since: now });
        Some(nonce)
    }

    /// Whether the client knows the token. The session is over, whatever came of it.
    pub(super) fn end(&self, client: IpAddr, id: &str, payload: &str, token: &Secret, now: Instant) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(session) = open.remove(&(client, id.to_owned())) else { return false };
        now.duration_since(session.since) < self.period
            && is_same(token.payload(&session.nonce).as_bytes(), payload.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn token() -> Secret {
        Secret::new("s3cret".into())
    }

    #[test]
    fn a_nonce_is_good_for_one_try_of_one_client_within_its_time() {
        let sessions = Sessions::new(Duration::from_secs(60));
        let start = Instant::now();
        let begin = || token().payload(&sessions.begin(HERE, "a", start).unwrap());
        let end = |client, id: &str, payload: &str, after| {
            sessions.end(client, id, payload, &token(), start + Duration::from_secs(after))
        };
        let payload = begin();
        assert!(end(HERE, "a", &payload, 59));
        assert!(!end(HERE, "a", &payload, 59), "it was used");
        let payload = begin();
        assert!(!end(HERE, "a", "wrong", 1));
        assert!(!end(HERE, "a", &payload, 1), "one try");
        let payload = begin();
        assert!(!end([192, 0, 2, 1].into(), "a", &payload, 1) && !end(HERE, "b", &payload, 1));
        assert!(!end(HERE, "a", &payload, 60), "too late");
    }

    #[test]
    fn sessions_are_bounded_and_one_address_does_not_take_them_all() {
        let sessions = Sessions::new(Duration::from_secs(60));
        let now = Instant::now();
        let nonces: std::collections::BTreeSet<_> =
            (0..100).filter_map(|n| sessions.begin(HERE, &n.to_string(), now)).collect();
        assert_eq!(nonces.len(), 100, "no two are the same");
        assert_eq!(sessions.open.lock().unwrap().len(), MOST_OF_ONE);
        for n in 0..1000_u32 {
            let _ = sessions.begin(std::net::Ipv4Addr::from_bits(n).into(), "a", now);
        }
        assert_eq!(sessions.open.lock().unwrap().len(), MOST);
    }
}
