//! One table, or one column of one, while it is read: where it has come to, what was read, and why it ends.

use super::ber::Malformed;
use super::get::too_long;
use super::oid;
use super::pdu::Bind;
use airlock_gate::calls::{VarBind, Walked};

pub(super) struct Column {
    root: Vec<u32>,
    /// As it was asked for.
    root_text: String,
    /// The last name that was read, to compare and to ask behind.
    last: Vec<u32>,
    pub(super) next: Vec<u8>,
    rows: Vec<VarBind>,
    state: State,
    /// Values that could not be read, and the name of the first.
    unread: Option<(usize, String)>,
    is_cut: bool,
}

enum State {
    Open,
    /// The device has no more.
    Whole,
    Ended(String),
}

/// What came of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    Row,
    /// The table is at its end, or was before.
    Nothing,
    /// What came before was sent again; the table ends.
    Back,
    /// There is a row more than may be.
    TooMany,
}

impl Column {
    pub(super) fn new(root_text: &str) -> Option<Self> {
        let root = oid::parse(root_text)?;
        let (last, next) = (root.clone(), oid::encode(&root));
        let (root_text, state) = (root_text.to_owned(), State::Open);
        Some(Self { root, root_text, last, next, rows: vec![], state, unread: None, is_cut: false })
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// Whether the device has said anything of it.
    pub(super) fn is_begun(&self) -> bool {
        !self.is_open() || self.last != self.root
    }

    pub(super) fn is_whole(&mut self) {
        self.state = State::Whole;
    }

    pub(super) fn end(&mut self, why: &str) {
        if self.is_open() {
            self.state = State::Ended(format!("ended after {} rows: {why}", self.rows.len()));
        }
    }

    /// Takes the next value; `arcs` is where its name is read into. `may_grow`: whether there is room for a row.
    pub(super) fn take(&mut self, bind: &Bind<'_>, arcs: &mut Vec<u32>, may_grow: bool) -> Result<Taken, Malformed> {
        if !self.is_open() {
            return Ok(Taken::Nothing);
        }
        if bind.is_end() {
            self.is_whole();
            return Ok(Taken::Nothing);
        }
        oid::decode_into(bind.name, arcs)?;
        let Some(behind) = arcs.strip_prefix(self.root.as_slice()).filter(|behind| !behind.is_empty()) else {
            // The root itself is not below it: whoever answers with what was asked for stands still.
            if *arcs == self.root {
                self.end(STANDS_STILL);
                return Ok(Taken::Back);
            }
            self.is_whole();
            return Ok(Taken::Nothing);
        };
        if *arcs <= self.last {
            self.end(STANDS_STILL);
            return Ok(Taken::Back);
        }
        if !may_grow {
            return Ok(Taken::TooMany);
        }
        let name = oid::text_below(&self.root_text, behind);
        self.is_cut |= bind.is_cut();
        match bind.value() {
            Some(value) => self.rows.push(VarBind { oid: name, value }),
            None => self.unread.get_or_insert((0, name)).0 += 1,
        }
        std::mem::swap(&mut self.last, arcs);
        self.next.clear();
        self.next.extend_from_slice(bind.name);
        Ok(Taken::Row)
    }

    pub(super) fn done(self) -> Walked {
        let ended = if let State::Ended(why) = self.state { Some(why) } else { None };
        let unread = self.unread.map(|(number, name)| match number {
            1 => format!("a value could not be read: {name}"),
            _ => format!("{number} values could not be read, the first of them {name}"),
        });
        let cut: Vec<String> = ended.into_iter().chain(unread).chain(self.is_cut.then(too_long)).collect();
        Walked { binds: self.rows, cut: (!cut.is_empty()).then(|| cut.join("; ")) }
    }
}

const STANDS_STILL: &str = "the device did not go forward";
