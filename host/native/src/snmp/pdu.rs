//! Questions and answers (RFC 3416, 3), whatever they are wrapped in.

use super::ber::{self, Malformed, Reader};
use super::oid;
use airlock_gate::calls::Syntax;

pub(super) const RESPONSE: u8 = 0xa2;
pub(super) const REPORT: u8 = 0xa8;

pub(super) const TOO_BIG: i64 = 1;
pub(super) const NO_SUCH_NAME: i64 = 2;

/// Longer ones are cut to this, and that is said.
pub(super) const LONGEST_VALUE: usize = 16 << 10;

/// What is asked of the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Get,
    GetNext,
    /// Each name, so many times.
    GetBulk(u32),
}

/// A question.
#[derive(Debug, Clone)]
pub(super) struct Question<'a> {
    pub(super) kind: Kind,
    /// Nobody can guess it.
    pub(super) id: i32,
    /// As they are on the wire.
    pub(super) names: &'a [&'a [u8]],
    /// For one VLAN alone.
    pub(super) vlan: Option<u32>,
}

impl Question<'_> {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let (tag, second) = match self.kind {
            Kind::Get => (0xa0, 0),
            Kind::GetNext => (0xa1, 0),
            Kind::GetBulk(repetitions) => (0xa5, repetitions),
        };
        ber::put_nested(out, tag, |out| {
            ber::put_integer(out, self.id.into());
            ber::put_integer(out, 0);
            ber::put_integer(out, second.into());
            ber::put_nested(out, ber::SEQUENCE, |out| {
                for name in self.names {
                    ber::put_nested(out, ber::SEQUENCE, |out| {
                        ber::put(out, ber::OID, name);
                        ber::put(out, ber::NULL, &[]);
                    });
                }
            });
        });
    }
}

/// An answer, its values still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pdu<'a> {
    pub(super) tag: u8,
    pub(super) id: i64,
    pub(super) status: i64,
    pub(super) index: i64,
    binds: Reader<'a>,
}

impl<'a> Pdu<'a> {
    pub(super) fn read(from: &mut Reader<'a>) -> Result<Self, Malformed> {
        let (tag, content) = from.any()?;
        if !matches!(tag, RESPONSE | REPORT) {
            return Err(Malformed("neither an answer nor a report"));
        }
        let mut inner = Reader::new(content);
        let (id, status, index) = (inner.integer()?, inner.integer()?, inner.integer()?);
        let binds = inner.sequence()?;
        if !inner.is_empty() {
            return Err(Malformed("something behind the values"));
        }
        Ok(Self { tag, id, status, index, binds })
    }

    /// The values; the first that is none is the last of them.
    pub(super) fn binds(&self) -> impl Iterator<Item = Result<Bind<'a>, Malformed>> + use<'a> {
        let mut rest = Some(self.binds);
        std::iter::from_fn(move || {
            let mut reader = rest.take().filter(|reader| !reader.is_empty())?;
            let bind = Bind::read(&mut reader);
            rest = bind.is_ok().then_some(reader);
            Some(bind)
        })
    }
}

/// A name and its value as they came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bind<'a> {
    pub(super) name: &'a [u8],
    tag: u8,
    content: &'a [u8],
}

impl<'a> Bind<'a> {
    fn read(from: &mut Reader<'a>) -> Result<Self, Malformed> {
        let mut inner = from.sequence()?;
        let name = inner.expect(ber::OID, "no name before a value")?;
        let (tag, content) = inner.any()?;
        if inner.is_empty() { Ok(Self { name, tag, content }) } else { Err(Malformed("something behind a value")) }
    }

    pub(super) fn is_end(&self) -> bool {
        self.tag == 0x82
    }

    pub(super) fn is_cut(&self) -> bool {
        matches!(self.tag, ber::OCTETS | 0x44) && self.content.len() > LONGEST_VALUE
    }

    pub(super) fn size(&self) -> usize {
        self.name.len() + self.content.len()
    }

    /// None: of a kind that nobody knows, or not as long as its kind is.
    pub(super) fn value(&self) -> Option<Syntax> {
        let octets = || self.content.get(..LONGEST_VALUE).unwrap_or(self.content).to_vec();
        let small = || ber::unsigned(self.content).and_then(|number| u32::try_from(number).ok());
        Some(match self.tag {
            ber::INTEGER => Syntax::Integer(ber::signed(self.content)?),
            ber::OCTETS => Syntax::Octets(octets()),
            ber::NULL => Syntax::Null,
            ber::OID => {
                let mut arcs = vec![];
                oid::decode_into(self.content, &mut arcs).ok()?;
                Syntax::Oid(oid::text(&arcs))
            }
            0x40 => Syntax::IpAddress(self.content.try_into().ok()?),
            0x41 => Syntax::Counter32(small()?),
            // UInteger32 of SNMPv2's first years is a Gauge32 by another name (RFC 1442).
            0x42 | 0x47 => Syntax::Gauge32(small()?),
            0x43 => Syntax::TimeTicks(small()?),
            0x44 => Syntax::Opaque(octets()),
            0x46 => Syntax::Counter64(ber::unsigned(self.content)?),
            0x80 => Syntax::NoSuchObject,
            0x81 => Syntax::NoSuchInstance,
            0x82 => Syntax::EndOfMibView,
            _ => return None,
        })
    }
}

/// What a device means by an error status (RFC 3416, 3).
pub(super) fn status(status: i64) -> String {
    const NAMES: [&str; 19] = [
        "noError",
        "tooBig",
        "noSuchName",
        "badValue",
        "readOnly",
        "genErr",
        "noAccess",
        "wrongType",
        "wrongLength",
        "wrongEncoding",
        "wrongValue",
        "noCreation",
        "inconsistentValue",
        "resourceUnavailable",
        "commitFailed",
        "undoFailed",
        "authorizationError",
        "notWritable",
        "inconsistentName",
    ];
    let name = usize::try_from(status).ok().and_then(|number| NAMES.get(number));
    name.map_or_else(|| format!("error {status}"), |name| (*name).to_owned())
}
