//! Messages of SNMPv3 (RFC 3412, 6) under its user-based security (RFC 3414): who a device is, what time it has, and what
//! is asked of it, signed and hidden as the owner wants it.
//!
//! Nothing that is not signed changes what is known of a device, once it has proven who it is; what comes on a lower level
//! than was asked for is not an answer. Both bounds on a device's own size of messages are left to it (RFC 3412, 6.3):
//! some name more than a datagram can hold, and answer all the same.

mod keys;
mod privacy;

pub(super) use keys::Masters;

use super::ber::{self, Malformed, Reader};
use super::oid;
use super::pdu::{Kind, Pdu, Question, REPORT, RESPONSE};
use keys::Key;
use privacy::Moment;
use std::sync::Arc;
use std::time::Instant;

/// As large as a datagram can be (RFC 3417, 3.2).
const LARGEST_MESSAGE: i64 = 65_507;
/// Seconds by which clocks may differ (RFC 3414, 2.2.3).
const WINDOW: u32 = 150;
const AUTH: u8 = 1;
const PRIV: u8 = 2;
const REPORTABLE: u8 = 4;
/// The user-based security model.
const MODEL: i64 = 3;
/// `usmStats`, and which of them a report is about (RFC 3414, 5).
const STATS: [u32; 9] = [1, 3, 6, 1, 6, 3, 15, 1, 1];
/// `snmpUnknownContexts` (RFC 3413, 4.2).
const UNKNOWN_CONTEXTS: [u32; 11] = [1, 3, 6, 1, 6, 3, 12, 1, 5, 0, 0];

/// A device that has said who it is.
struct Engine {
    id: Vec<u8>,
    boots: u32,
    time: u32,
    /// When it had that time.
    at: Instant,
    /// Whether boots and time were signed.
    is_proven: bool,
    auth_key: Option<Key>,
    priv_key: Option<Key>,
}

impl Engine {
    fn now(&self) -> u32 {
        let passed = u32::try_from(self.at.elapsed().as_secs()).unwrap_or(u32::MAX);
        self.time.saturating_add(passed)
    }
}

/// A user, as a device knows one.
pub(super) struct Usm {
    user: Vec<u8>,
    masters: Arc<Masters>,
    engine: Option<Engine>,
    /// Which of the ways to make a key longer is being tried.
    extension: usize,
    salt: u64,
    /// The device has said who it is, at least once.
    is_met: bool,
    /// It has answered, at least once.
    is_answered: bool,
}

/// What has come.
pub(super) enum Heard<T> {
    Answer(T),
    /// The device has another clock than was thought: ask again.
    Again,
    /// It is not who it was: find out who it is, and ask again.
    Stranger,
    /// It cannot read what was hidden: hide it in the other way, if there is one.
    Unreadable,
    /// It will not answer, in words.
    Refused(&'static str),
    /// It does not know the context.
    NoContext,
}

/// The fields of a message before what is asked or answered.
struct Header<'a> {
    id: i64,
    flags: u8,
    engine: &'a [u8],
    boots: i64,
    time: i64,
    user: &'a [u8],
    signature: &'a [u8],
    parameters: &'a [u8],
    data: Reader<'a>,
}

impl<'a> Header<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut outer = Reader::new(bytes);
        let mut inner = outer.sequence()?;
        if !outer.is_empty() {
            return Err(Malformed("something behind the message"));
        }
        if inner.integer()? != 3 {
            return Err(Malformed("a message of another version"));
        }
        let mut global = inner.sequence()?;
        let (id, _largest) = (global.integer()?, global.integer()?);
        let &[flags] = global.octets()? else { return Err(Malformed("flags that are no byte")) };
        if global.integer()? != MODEL {
            return Err(Malformed("another security than that of users"));
        }
        let mut security = Reader::new(inner.octets()?);
        let mut security = security.sequence()?;
        let (engine, boots, time) = (security.octets()?, security.integer()?, security.integer()?);
        let (user, signature, parameters) = (security.octets()?, security.octets()?, security.octets()?);
        Ok(Self { id, flags, engine, boots, time, user, signature, parameters, data: inner })
    }

    fn clock(&self) -> Option<(u32, u32)> {
        let fits = |number| u32::try_from(number).ok().filter(|number| i32::try_from(*number).is_ok());
        Some((fits(self.boots)?, fits(self.time)?))
    }
}

fn scoped<'a>(from: &mut Reader<'a>) -> Result<Pdu<'a>, Malformed> {
    let mut inner = from.sequence()?;
    inner.octets()?;
    inner.octets()?;
    Pdu::read(&mut inner)
}

impl Usm {
    pub(super) fn new(user: &str, masters: Arc<Masters>, salt: u64) -> Self {
        Self {
            user: user.as_bytes().to_vec(),
            masters,
            engine: None,
            extension: 0,
            salt,
            is_met: false,
            is_answered: false,
        }
    }

    fn level(&self) -> u8 {
        let (auth, privacy) = (self.masters.auth.is_some(), self.masters.privacy.is_some());
        (if auth { AUTH } else { 0 }) | (if privacy { PRIV } else { 0 })
    }

    pub(super) fn knows_engine(&self) -> bool {
        self.engine.is_some()
    }

    pub(super) fn forget_engine(&mut self) {
        self.engine = None;
    }

    /// It has said who it is, and there is another way to hide things from others that it may understand: it is told apart
    /// from silence by nothing else.
    pub(super) fn may_be_misunderstood(&self) -> bool {
        self.engine.is_some() && !self.is_answered && self.extension + 1 < self.masters.extensions.len()
    }

    /// It says who it is and nothing else.
    pub(super) fn says_only_who_it_is(&self) -> bool {
        self.is_met && !self.is_answered
    }

    /// Forgets who has never signed anything.
    pub(super) fn forget_unproven(&mut self) {
        self.engine.take_if(|engine| !engine.is_proven && self.masters.auth.is_some());
    }

    /// Goes on to the next way to make a key longer; false: there is none.
    pub(super) fn other_extension(&mut self) -> bool {
        self.extension += 1;
        let is_one = self.extension < self.masters.extensions.len();
        if let Some(engine) = &mut self.engine {
            engine.priv_key = self.masters.privacy_key(&engine.id, self.extension);
        }
        is_one
    }

    /// Asks a device who it is (RFC 3414, 4).
    pub(super) fn write_discovery(&self, out: &mut Vec<u8>, id: i32) {
        let question = Question { kind: Kind::Get, id, names: &[], vlan: None };
        write(out, id, REPORTABLE, (&[], 0, 0, &[]), (&[], &[]), |out| put_scoped(out, &[], &question));
    }

    /// Who a device says it is. Its clock is believed until it has signed one.
    pub(super) fn read_discovery(&mut self, bytes: &[u8], id: i32) -> Result<Option<()>, Malformed> {
        let header = Header::read(bytes)?;
        if header.id != i64::from(id) || header.flags & (AUTH | PRIV) != 0 {
            return Ok(None);
        }
        let mut data = header.data;
        if scoped(&mut data)?.tag != REPORT {
            return Ok(None);
        }
        // RFC 3411, 5.
        if !(5..=32).contains(&header.engine.len()) {
            return Err(Malformed("an engine that has no name of 5 to 32 bytes"));
        }
        let (boots, time) = header.clock().ok_or(Malformed("an engine with no time"))?;
        let id = header.engine.to_vec();
        let (auth_key, priv_key) = (self.masters.auth_key(&id), self.masters.privacy_key(&id, self.extension));
        self.engine = Some(Engine { id, boots, time, at: Instant::now(), is_proven: false, auth_key, priv_key });
        self.is_met = true;
        Ok(Some(()))
    }

    /// None: nobody has said who the device is, or a key is none.
    pub(super) fn write(&mut self, out: &mut Vec<u8>, question: &Question<'_>) -> Option<()> {
        self.salt = self.salt.wrapping_add(1);
        let engine = self.engine.as_ref()?;
        let (boots, time, flags) = (engine.boots, engine.now(), self.level() | REPORTABLE);
        let protocol = self.masters.protocol();
        let blank = vec![0; protocol.map_or(0, keys::signature_length)];
        let mut scoped = Vec::with_capacity(512);
        put_scoped(&mut scoped, &engine.id, question);
        let mut parameters = vec![];
        if let (Some((privacy, _)), Some(key)) = (&self.masters.privacy, &engine.priv_key) {
            let moment = Moment { boots, time, salt: self.salt.to_be_bytes() };
            let hidden = privacy::hide(*privacy, key, &moment, scoped)?;
            parameters = moment.parameters(*privacy).to_vec();
            scoped = Vec::with_capacity(hidden.len() + 4);
            ber::put(&mut scoped, ber::OCTETS, &hidden);
        }
        let known = (engine.id.as_slice(), boots, time, self.user.as_slice());
        write(out, question.id, flags, known, (&blank, &parameters), |out| out.extend_from_slice(&scoped));
        if let (Some(protocol), Some(key)) = (protocol, &engine.auth_key) {
            let signature = keys::sign(protocol, key, out)?;
            // Behind the signature are the parameters, with tag and length, and what is asked.
            let end = out.len().checked_sub(scoped.len() + parameters.len() + 2)?;
            out.get_mut(end.checked_sub(signature.len())?..end)?.copy_from_slice(&signature);
        }
        Some(())
    }

    /// What a message says to a question; none where it is another's.
    pub(super) fn read<T>(
        &mut self,
        bytes: &[u8],
        question: &Question<'_>,
        take: &mut (dyn FnMut(&Pdu<'_>) -> T + Send),
    ) -> Result<Option<Heard<T>>, Malformed> {
        let header = Header::read(bytes)?;
        let Some(engine) = &mut self.engine else { return Ok(None) };
        if header.id != i64::from(question.id) {
            return Ok(None);
        }
        let is_signed = header.flags & AUTH != 0;
        if is_signed {
            let (Some(protocol), Some(key)) = (self.masters.protocol(), &engine.auth_key) else { return Ok(None) };
            if header.engine != engine.id || header.user != self.user || !verify(protocol, key, bytes, header.signature)
            {
                return Ok(None);
            }
            let Some((boots, time)) = header.clock() else { return Ok(None) };
            let now = engine.now();
            if engine.is_proven
                && (boots < engine.boots || (boots == engine.boots && time.saturating_add(WINDOW) < now))
            {
                return Ok(None);
            }
            if !engine.is_proven || boots > engine.boots || time > now {
                (engine.boots, engine.time, engine.at, engine.is_proven) = (boots, time, Instant::now(), true);
            }
        }
        let shown;
        let mut data = header.data;
        if header.flags & PRIV != 0 {
            let (true, Some((privacy, _)), Some(key)) = (is_signed, &self.masters.privacy, &engine.priv_key) else {
                return Ok(None);
            };
            let clock = header.clock().unwrap_or_default();
            let found = privacy::show(*privacy, key, clock, header.parameters, data.octets()?);
            shown = found.ok_or(Malformed("something hidden that cannot be shown"))?;
            data = Reader::new(&shown);
        }
        let pdu = scoped(&mut data)?;
        if pdu.tag == REPORT {
            return Ok(report(&pdu, is_signed));
        }
        // A device that answers on a lower level than it was asked on has not answered.
        let is_answer = pdu.tag == RESPONSE
            && header.flags & (AUTH | PRIV) == self.level()
            && pdu.id == i64::from(question.id)
            && header.engine == self.engine.as_ref().map_or(&[][..], |engine| &engine.id)
            && header.user == self.user;
        self.is_answered |= is_answer;
        Ok(is_answer.then(|| Heard::Answer(take(&pdu))))
    }
}

/// What a report is about.
fn report<T>(pdu: &Pdu<'_>, is_signed: bool) -> Option<Heard<T>> {
    let mut arcs = vec![];
    oid::decode_into(pdu.binds().next()?.ok()?.name, &mut arcs).ok()?;
    if arcs.starts_with(UNKNOWN_CONTEXTS.split_at(9).0) {
        return Some(Heard::NoContext);
    }
    match arcs.strip_prefix(&STATS)?.first()? {
        1 => Some(Heard::Refused("this user may not ask on this level of security (usmStatsUnsupportedSecLevels)")),
        2 if is_signed => Some(Heard::Again),
        2 | 4 => Some(Heard::Stranger),
        3 => Some(Heard::Refused("it does not know the user (usmStatsUnknownUserNames)")),
        5 => Some(Heard::Refused("the password, or the way of signing, is another (usmStatsWrongDigests)")),
        6 => Some(Heard::Unreadable),
        _ => None,
    }
}

fn verify(protocol: super::AuthProtocol, key: &[u8], bytes: &[u8], signature: &[u8]) -> bool {
    // The signature lies within the message; the message is signed with zeros in its place.
    let Some(start) = signature.as_ptr().addr().checked_sub(bytes.as_ptr().addr()) else { return false };
    let (Some(before), Some(behind)) = (bytes.get(..start), bytes.get(start + signature.len()..)) else { return false };
    let blank = [0; 64];
    let Some(blank) = blank.get(..signature.len()) else { return false };
    keys::is_signed(protocol, key, &[before, blank, behind], signature)
}

fn put_scoped(out: &mut Vec<u8>, engine: &[u8], question: &Question<'_>) {
    ber::put_nested(out, ber::SEQUENCE, |out| {
        ber::put(out, ber::OCTETS, engine);
        let context = question.vlan.map(|vlan| format!("vlan-{vlan}")).unwrap_or_default();
        ber::put(out, ber::OCTETS, context.as_bytes());
        question.put(out);
    });
}

fn write(
    out: &mut Vec<u8>,
    id: i32,
    flags: u8,
    (engine, boots, time, user): (&[u8], u32, u32, &[u8]),
    (signature, parameters): (&[u8], &[u8]),
    data: impl FnOnce(&mut Vec<u8>),
) {
    out.clear();
    ber::put_nested(out, ber::SEQUENCE, |out| {
        ber::put_integer(out, 3);
        ber::put_nested(out, ber::SEQUENCE, |out| {
            ber::put_integer(out, id.into());
            ber::put_integer(out, LARGEST_MESSAGE);
            ber::put(out, ber::OCTETS, &[flags]);
            ber::put_integer(out, MODEL);
        });
        ber::put_nested(out, ber::OCTETS, |out| {
            ber::put_nested(out, ber::SEQUENCE, |out| {
                ber::put(out, ber::OCTETS, engine);
                ber::put_integer(out, boots.into());
                ber::put_integer(out, time.into());
                ber::put(out, ber::OCTETS, user);
                ber::put(out, ber::OCTETS, signature);
                ber::put(out, ber::OCTETS, parameters);
            });
        });
        data(out);
    });
}

/// Reads a message of this version as far as it can be read without a key.
pub(super) fn peruse(bytes: &[u8]) -> Result<Option<Pdu<'_>>, Malformed> {
    let header = Header::read(bytes)?;
    let mut data = header.data;
    if header.flags & PRIV == 0 { scoped(&mut data).map(Some) } else { data.octets().map(|_| None) }
}
