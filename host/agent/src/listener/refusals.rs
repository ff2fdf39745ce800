//! What neighbours asked for and did not get, on its way to the audit: the first at once, those of the same kind and address
//! that follow within a while as one record with their number, at its end. So whoever knocks a thousand times writes two lines,
//! and all who knock together write a bounded number of them; none is left uncounted.

use super::connections::neighbour;
use super::view::{DaemonView, Refused};
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;

/// Between two records of the same kind and address.
pub(super) const SPACING: Duration = Duration::from_secs(600);
/// Kinds and addresses that are told apart at once; those that are more are counted together.
const MOST: usize = 32;

/// Why something is not done for a neighbour, as the audit has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Because {
    NotTrusted,
    NotGranted,
    WrongToken,
    TooManyTokens,
    OtherSite,
    TooMany,
    TooSoon,
}

impl Because {
    fn code(self) -> &'static str {
        match self {
            Self::NotTrusted => "NOT_TRUSTED",
            Self::NotGranted => "NO_GRANT",
            Self::WrongToken => "WRONG_TOKEN",
            Self::TooManyTokens => "TOO_MANY_TOKENS",
            Self::OtherSite => "OTHER_SITE",
            Self::TooMany => "TOO_MANY",
            Self::TooSoon => "TOO_SOON",
        }
    }
}

/// What is counted together: what was asked for, why it was refused, and whom (nobody in particular: all the others).
type Kind = (&'static str, Because, Option<IpAddr>);

pub(super) struct Refusals {
    spacing: Duration,
    records: Arc<Records>,
    known: Mutex<BTreeMap<Kind, Counted>>,
    /// Those that wait for the end of the spacing; they end with this.
    waiting: Mutex<JoinSet<()>>,
}

/// Records on their way to the disk, which may be slow: nobody waits for it. What nobody has begun to write when the daemon
/// ends is written then.
struct Records {
    view: Arc<dyn DaemonView>,
    queue: Mutex<VecDeque<Refused>>,
}

impl Records {
    fn add(self: &Arc<Self>, refused: Refused) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).push_back(refused);
        let records = Arc::clone(self);
        tokio::task::spawn_blocking(move || records.write_one());
    }

    /// False: there is none.
    fn write_one(&self) -> bool {
        let next = self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        next.inspect(|refused| self.view.refused(refused)).is_some()
    }
}

/// What came since the record of the first.
struct Counted {
    client: IpAddr,
    why: String,
    more: u64,
}

impl Refusals {
    pub(super) fn new(spacing: Duration, view: Arc<dyn DaemonView>) -> Arc<Self> {
        let records = Arc::new(Records { view, queue: Mutex::default() });
        Arc::new(Self { spacing, records, known: Mutex::default(), waiting: Mutex::default() })
    }

    /// `what` was asked for by `client`, and is not done; `why` is for the owner.
    pub(super) fn tell(self: &Arc<Self>, client: IpAddr, what: &'static str, because: Because, why: String) {
        let mut known = self.lock();
        let mut kind = (what, because, Some(neighbour(client)));
        if !known.contains_key(&kind) && known.len() >= MOST {
            kind.2 = None;
        }
        if let Some(counted) = known.get_mut(&kind) {
            counted.more = counted.more.saturating_add(1);
            return;
        }
        known.insert(kind, Counted { client, why: why.clone(), more: 0 });
        drop(known);
        tracing::warn!("refused {what} from {client}: {why}");
        self.records.add(refused(kind, client, why, 1));
        self.after(kind);
    }

    fn after(self: &Arc<Self>, kind: Kind) {
        let (refusals, spacing) = (Arc::downgrade(self), self.spacing);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while waiting.try_join_next().is_some() {}
        waiting.spawn(async move {
            tokio::time::sleep(spacing).await;
            let Some(refusals) = refusals.upgrade() else { return };
            let Some(more) = refusals.lock().remove(&kind).and_then(|counted| again(kind, counted)) else { return };
            refusals.records.add(more);
        });
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Kind, Counted>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Refusals {
    /// What was counted and not recorded yet.
    fn drop(&mut self) {
        while self.records.write_one() {}
        for (kind, counted) in std::mem::take(&mut *self.lock()) {
            if let Some(more) = again(kind, counted) {
                self.records.view.refused(&more);
            }
        }
    }
}

fn again(kind: Kind, counted: Counted) -> Option<Refused> {
    let Counted { client, why, more } = counted;
    if more == 0 {
        return None;
    }
    tracing::warn!("refused {} from {client}, {more} more times: {why}", kind.0);
    Some(refused(kind, client, why, more))
}

fn refused((what, because, of): Kind, client: IpAddr, why: String, times: u64) -> Refused {
    let neighbour = of.map_or_else(|| "many".to_owned(), |_| client.to_string());
    Refused {
        time: format!("{:.3}", jiff::Timestamp::now()),
        server: None,
        what: format!("{what} from {neighbour}"),
        neighbour: Some(neighbour),
        task: "listener".to_owned(),
        code: because.code().to_owned(),
        why,
        times,
    }
}
