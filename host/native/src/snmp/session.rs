//! Asking one device with one credential: questions go out, answers to them come back, and what else comes is dropped.
//! A user of SNMPv3 is made known again where the device says that it must be, so many times and no more.

use super::community::Community;
use super::limits::Budget;
use super::link::{Link, Trouble};
use super::pdu::{Kind, Pdu, Question};
use super::secret::SnmpSecret;
use super::usm::{Heard, Masters, Usm};
use airlock_gate::CallError;
use airlock_gate::calls::Transport;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How often one question is asked anew because a device says that it is another, or that its clock is.
const ANEW: u32 = 4;

/// Values in one answer: with more, datagrams come in so many pieces that one of them is lost.
const MOST_VALUES: usize = 240;

enum Auth {
    Community(Community),
    Usm(Box<Usm>),
}

/// What has been learnt of how much a device answers at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Values in one answer.
    pub(super) target: usize,
    /// More it does not send, or says nothing to.
    pub(super) ceiling: usize,
    /// It has no GETBULK, or is silent to it.
    pub(super) is_single: bool,
}

pub(super) struct Session {
    to: SocketAddr,
    transport: Transport,
    link: Option<Link>,
    auth: Auth,
    out: Vec<u8>,
    pub(super) pace: Pace,
    pub(super) timeout: Duration,
    pub(super) retries: u32,
    pub(super) budget: Arc<Budget>,
}

impl Session {
    pub(super) fn new(
        (to, transport): (SocketAddr, Transport),
        secret: SnmpSecret,
        masters: impl FnOnce() -> Arc<Masters>,
        (timeout, retries): (Duration, u32),
        budget: Arc<Budget>,
    ) -> Result<Self, CallError> {
        let is_single = matches!(secret, SnmpSecret::V1 { .. });
        let auth = match secret {
            SnmpSecret::V1 { community } => Auth::Community(Community { version: 0, word: community }),
            SnmpSecret::V2c { community } => Auth::Community(Community { version: 1, word: community }),
            SnmpSecret::V3 { user, .. } => {
                let mut salt = [0; 8];
                getrandom::fill(&mut salt).map_err(|error| CallError::Failed(format!("no chance here: {error}")))?;
                Auth::Usm(Box::new(Usm::new(&user, masters(), u64::from_be_bytes(salt))))
            }
        };
        // As many as an answer of one packet holds.
        let pace = Pace { target: 60, ceiling: MOST_VALUES, is_single };
        Ok(Self { to, transport, link: None, auth, out: Vec::new(), pace, timeout, retries, budget })
    }

    /// Asks, and asks again where nothing comes.
    pub(super) async fn ask<T: Send>(
        &mut self,
        kind: Kind,
        names: &[&[u8]],
        vlan: Option<u32>,
        take: &mut (dyn FnMut(&Pdu<'_>) -> T + Send),
    ) -> Result<T, Trouble> {
        let id = random_id()?;
        let mut tried = 0;
        loop {
            match self.attempt(&Question { kind, id, names, vlan }, take).await {
                Err(Trouble::Silent | Trouble::Nonsense(_)) if tried < self.retries => tried += 1,
                Err(Trouble::Silent) if self.says_only_who_it_is() => {
                    let why = "it says who it is and does not answer this user: the context, or what hides the question from others, may be another";
                    return Err(Trouble::Refused(why.to_owned()));
                }
                outcome => return outcome,
            }
        }
    }

    fn says_only_who_it_is(&self) -> bool {
        matches!(&self.auth, Auth::Usm(usm) if usm.says_only_who_it_is())
    }

    /// Asks once.
    pub(super) async fn attempt<T: Send>(
        &mut self,
        question: &Question<'_>,
        take: &mut (dyn FnMut(&Pdu<'_>) -> T + Send),
    ) -> Result<T, Trouble> {
        let budget = Arc::clone(&self.budget);
        let _turn = budget.question().await;
        let until = budget.until(self.timeout)?;
        let mut link = match self.link.take() {
            Some(link) => link,
            None => Link::open(self.to, self.transport, until).await?,
        };
        let outcome = match &mut self.auth {
            Auth::Community(community) => {
                community.write(&mut self.out, question);
                match link.send(&self.out, until).await {
                    Ok(()) => {
                        let mut read =
                            |bytes: &[u8]| community.read(bytes, question).map(|pdu| pdu.map(|pdu| take(&pdu)));
                        link.receive(until, &budget, &mut read).await
                    }
                    Err(trouble) => Err(trouble),
                }
            }
            Auth::Usm(usm) => converse(usm, &mut link, &mut self.out, (question, self.timeout, &budget), take).await,
        };
        // A connection that is broken, or on which an answer is owed, is not used again.
        let is_broken =
            matches!(outcome, Err(Trouble::Unreachable(_))) || (outcome.is_err() && self.transport == Transport::Tcp);
        if !is_broken {
            self.link = Some(link);
        }
        outcome
    }
}

/// A question to a device that wants to know who asks, and has to say who it is.
async fn converse<T: Send>(
    usm: &mut Usm,
    link: &mut Link,
    out: &mut Vec<u8>,
    (question, timeout, budget): (&Question<'_>, Duration, &Budget),
    take: &mut (dyn FnMut(&Pdu<'_>) -> T + Send),
) -> Result<T, Trouble> {
    let mut until = budget.until(timeout)?;
    for _ in 0..ANEW {
        if !usm.knows_engine() {
            let id = random_id()?;
            usm.write_discovery(out, id);
            link.send(out, until).await?;
            link.receive(until, budget, &mut |bytes| usm.read_discovery(bytes, id)).await?;
        }
        if usm.write(out, question).is_none() {
            return Err(Trouble::Refused("the credential's password makes no key".to_owned()));
        }
        link.send(out, until).await?;
        let heard = link.receive(until, budget, &mut |bytes| usm.read(bytes, question, take)).await;
        match heard {
            Ok(Heard::Answer(answer)) => return Ok(answer),
            Ok(Heard::Again) => {}
            Ok(Heard::Stranger) => usm.forget_engine(),
            Ok(Heard::NoContext) => return Err(Trouble::NoContext),
            Ok(Heard::Refused(why)) => {
                usm.forget_engine();
                return Err(Trouble::Refused(why.to_owned()));
            }
            Ok(Heard::Unreadable) => {
                if !usm.other_extension() {
                    let why = "it cannot read what is hidden from others: the password, or the way of hiding, is another (usmStatsDecryptionErrors)";
                    return Err(Trouble::Refused(why.to_owned()));
                }
            }
            Err(Trouble::Silent) if usm.may_be_misunderstood() => {
                usm.other_extension();
                until = budget.until(timeout)?;
            }
            Err(trouble) => {
                // Whoever said who the device is may have been another: it is asked again.
                usm.forget_unproven();
                return Err(trouble);
            }
        }
    }
    usm.forget_engine();
    Err(Trouble::Refused(format!("asked {ANEW} times, it goes on to say that it is another, or has another time")))
}

/// Which nobody can guess.
pub(super) fn random_id() -> Result<i32, Trouble> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(|error| Trouble::Unreachable(format!("no chance here: {error}")))?;
    Ok(i32::from_be_bytes(bytes) & i32::MAX)
}
