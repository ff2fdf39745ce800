//! Tables, several at once: each question asks for the next rows of every table that is still open, so that they cost the
//! round trips of the longest. How many rows it asks for follows what the device answers: more where it answers in full,
//! fewer where it says that it is too much or says nothing, one at a time where it knows no other way.

use super::ber::Malformed;
use super::column::{Column, Taken};
use super::limits::{SnmpSettings, words};
use super::link::Trouble;
use super::pdu::{self, Kind, NO_SUCH_NAME, Pdu, Question, TOO_BIG};
use super::session::{Session, random_id};
use airlock_gate::calls::{SnmpWalk, Walked};
use tokio::time::Instant;

/// Values in one answer: that many are asked for even where answers are lost.
const FEW: usize = 4;
/// Names in one question.
const MOST_COLUMNS: usize = 32;
/// Rows in one question.
const MOST_REPETITIONS: usize = 100;
/// Bytes of an answer, from which on none larger is asked for.
const LARGE: usize = 6_000;
/// Questions in a row without an answer before a device is given up, at least.
const SILENT: u32 = 2;

/// What came of one question.
struct Page {
    status: i64,
    index: i64,
    /// Values that were there.
    came: usize,
    bytes: usize,
    /// Tables in which it went back.
    back: u64,
    /// What follows those cannot be read.
    malformed: Option<Malformed>,
}

/// How it is being asked.
struct Way {
    /// Tables at a time.
    width: usize,
    is_single: bool,
    /// Questions in a row without an answer.
    silent: u32,
    /// One of those was a GETBULK.
    was_bulk: bool,
}

/// What may still come.
struct Room {
    rows: usize,
    asked: u32,
    bytes: u64,
    most_bytes: u64,
    until: Instant,
    time: String,
}

pub(super) async fn walk(
    session: &mut Session,
    call: &SnmpWalk,
    settings: &SnmpSettings,
) -> Result<Vec<Walked>, Trouble> {
    let wrong = || Trouble::Refused("a name that cannot be asked for".to_owned());
    let columns = call.roots.iter().map(|root| Column::new(root).ok_or_else(wrong)).collect::<Result<_, _>>()?;
    let room = Room {
        rows: usize::try_from(call.max).unwrap_or(usize::MAX),
        asked: call.max,
        bytes: settings.walk_bytes,
        most_bytes: settings.walk_bytes,
        until: Instant::now() + settings.walk_time,
        time: words(settings.walk_time),
    };
    let way = Way { width: MOST_COLUMNS, is_single: session.pace.is_single, silent: 0, was_bulk: false };
    let mut walk = Walk { columns, room, way, arcs: Vec::with_capacity(32) };
    walk.go(session, call.peer.vlan).await?;
    Ok(walk.columns.into_iter().map(Column::done).collect())
}

struct Walk {
    columns: Vec<Column>,
    room: Room,
    way: Way,
    arcs: Vec<u32>,
}

impl Walk {
    async fn go(&mut self, session: &mut Session, vlan: Option<u32>) -> Result<(), Trouble> {
        loop {
            let open = self.columns.iter().enumerate().filter(|(_, column)| column.is_open());
            let active: Vec<usize> = open.map(|(at, _)| at).take(self.way.width).collect();
            if active.is_empty() {
                return Ok(());
            }
            if Instant::now() >= self.room.until {
                self.end_all(&format!("it took longer than {}", self.room.time));
                return Ok(());
            }
            let kind = self.kind(session, active.len());
            match self.ask(session, kind, vlan, &active).await {
                Ok(page) => self.learn(session, kind, &page, &active),
                Err(Trouble::Silent | Trouble::Nonsense(_)) if self.goes_on(session, kind, active.len()) => {}
                Err(trouble) if !self.columns.iter().any(Column::is_begun) => return Err(trouble),
                Err(trouble) => {
                    self.end_all(&match trouble {
                        Trouble::Silent => "the device stopped answering".to_owned(),
                        Trouble::Nonsense(why) => format!("its answers are no SNMP: {why}"),
                        Trouble::NoContext => "the device no longer knows the context".to_owned(),
                        Trouble::Refused(why) | Trouble::Unreachable(why) | Trouble::Spent(why) => why,
                    });
                    return Ok(());
                }
            }
        }
    }

    fn kind(&self, session: &Session, columns: usize) -> Kind {
        if self.way.is_single {
            return Kind::GetNext;
        }
        // Not many more than may still come.
        let wanted = self.room.rows.saturating_add(columns).min(session.pace.target);
        let repetitions = (wanted / columns).clamp(1, MOST_REPETITIONS);
        Kind::GetBulk(u32::try_from(repetitions).unwrap_or(1))
    }

    async fn ask(
        &mut self,
        session: &mut Session,
        kind: Kind,
        vlan: Option<u32>,
        active: &[usize],
    ) -> Result<Page, Trouble> {
        // Taken out, so that the answer can be written over what was asked.
        let mut taken = |at: &usize| self.columns.get_mut(*at).map(|column| std::mem::take(&mut column.next));
        let names: Vec<Vec<u8>> = active.iter().filter_map(&mut taken).collect();
        let asked: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        let question = Question { kind, id: random_id()?, names: &asked, vlan };
        let outcome = session.attempt(&question, &mut |pdu| self.read(pdu, active)).await;
        for (at, name) in active.iter().zip(names) {
            if let Some(column) = self.columns.get_mut(*at)
                && column.next.is_empty()
            {
                column.next = name;
            }
        }
        outcome
    }

    fn read(&mut self, pdu: &Pdu<'_>, active: &[usize]) -> Page {
        let mut page = Page { status: pdu.status, index: pdu.index, came: 0, bytes: 0, back: 0, malformed: None };
        if pdu.status != 0 {
            return page;
        }
        for (bind, at) in pdu.binds().zip(active.iter().cycle()) {
            let Some(column) = self.columns.get_mut(*at) else { continue };
            let taken = bind.and_then(|bind| {
                page.bytes += bind.size();
                let may_grow = self.room.rows > 0 && self.room.bytes > 0;
                let taken = column.take(&bind, &mut self.arcs, may_grow)?;
                if taken == Taken::Row {
                    self.room.rows -= 1;
                    self.room.bytes = self.room.bytes.saturating_sub(bind.size() as u64);
                }
                Ok(taken)
            });
            match taken {
                Ok(Taken::TooMany) if self.room.rows == 0 => {
                    column.end(&format!("no more than {} were asked for", self.room.asked));
                }
                Ok(Taken::TooMany) => column.end(&format!("more than {} bytes", self.room.most_bytes)),
                Ok(Taken::Back) => page.back += 1,
                Ok(Taken::Row | Taken::Nothing) => {}
                Err(malformed) => {
                    page.malformed = Some(malformed);
                    break;
                }
            }
            page.came += 1;
        }
        page
    }

    /// What an answer says of how to go on.
    fn learn(&mut self, session: &mut Session, kind: Kind, page: &Page, active: &[usize]) {
        session.budget.charge_for_values(page.came);
        session.budget.charge_for_nothing(page.back);
        if self.way.was_bulk && self.way.silent > 1 && self.way.is_single {
            session.pace.is_single = true;
        }
        (self.way.silent, self.way.was_bulk) = (0, false);
        if page.status != 0 {
            return self.refused(session, kind, page, active);
        }
        if let Some(Malformed(why)) = page.malformed {
            return self.smaller(session, kind, active, &format!("its answer cannot be read: {why}"));
        }
        if page.came == 0 {
            return self.smaller(session, kind, active, "the device answers with nothing");
        }
        let pace = &mut session.pace;
        match kind {
            Kind::GetBulk(repetitions) => {
                let asked = usize::try_from(repetitions).unwrap_or(usize::MAX).saturating_mul(active.len());
                if page.came < asked {
                    pace.ceiling = page.came.max(1);
                }
                if page.bytes < LARGE {
                    pace.target = (pace.target * 2).min(pace.ceiling);
                }
            }
            _ => self.way.width = self.way.width.min(page.came.max(1)),
        }
    }

    /// The device says that it cannot.
    fn refused(&mut self, session: &mut Session, kind: Kind, page: &Page, active: &[usize]) {
        let index = usize::try_from(page.index).ok().and_then(|index| index.checked_sub(1));
        let about = index.and_then(|index| active.get(index)).copied();
        let single = if let &[at] = active { Some(at) } else { None };
        match (page.status, kind, about.or(single)) {
            (TOO_BIG, ..) => self.smaller(session, kind, active, "the device says that one value is too big to send"),
            // Which of many rows it is about is not said.
            (_, Kind::GetBulk(_), _) => self.way.is_single = true,
            (NO_SUCH_NAME, _, Some(at)) => {
                if let Some(column) = self.columns.get_mut(at) {
                    column.is_whole();
                }
            }
            (status, _, Some(at)) => {
                if let Some(column) = self.columns.get_mut(at) {
                    column.end(&format!("the device says {}", pdu::status(status)));
                }
            }
            (_, _, None) => self.way.width = (active.len() / 2).max(1),
        }
    }

    /// Asks for less at a time; where that is not possible, the tables end.
    fn smaller(&mut self, session: &mut Session, kind: Kind, active: &[usize], why: &str) {
        match kind {
            Kind::GetBulk(2..) => {
                let asked = session.pace.target.min(MOST_REPETITIONS.saturating_mul(active.len()));
                session.pace.ceiling = (asked / 2).max(1);
                session.pace.target = session.pace.ceiling;
            }
            Kind::GetBulk(_) => self.way.is_single = true,
            _ if active.len() > 1 => self.way.width = active.len() / 2,
            _ => {
                for at in active {
                    if let Some(column) = self.columns.get_mut(*at) {
                        column.end(why);
                    }
                }
            }
        }
    }

    /// Nothing came: whether to ask again, for less.
    fn goes_on(&mut self, session: &mut Session, kind: Kind, columns: usize) -> bool {
        self.way.silent += 1;
        if self.way.silent > session.retries.max(SILENT) {
            return false;
        }
        match kind {
            // Too much for it, or lost on the way: whichever it was, with less it is likelier to come.
            Kind::GetBulk(repetitions) if self.way.silent == 1 => {
                let asked = usize::try_from(repetitions).unwrap_or(1).saturating_mul(columns);
                session.pace.ceiling = (asked / 4 * 3).clamp(FEW, session.pace.ceiling.max(FEW));
                session.pace.target = (asked / 4).max(1);
                self.way.was_bulk = true;
            }
            Kind::GetBulk(_) => {
                (self.way.was_bulk, self.way.is_single) = (true, true);
            }
            _ => self.way.width = (columns / 2).max(1),
        }
        true
    }

    fn end_all(&mut self, why: &str) {
        self.columns.iter_mut().for_each(|column| column.end(why));
    }
}
