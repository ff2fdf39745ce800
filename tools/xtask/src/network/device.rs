//! A device that answers from what was recorded of one, or that is made up: a switch with as many ports as are wanted.

use super::ber::{self, END_OF_VIEW, GET, GET_BULK, GET_NEXT, Message, NO_INSTANCE, NULL, RESPONSE, Reader, SEQUENCE};
use airlock_gate::calls::Syntax;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// Bytes of an answer: what fits a datagram.
const MOST: usize = 60_000;

/// Names in their order, each with the bytes of its name and value.
pub(super) struct Device(Vec<(Vec<u32>, Vec<u8>)>);

type Objects = BTreeMap<Vec<u32>, Vec<u8>>;

impl Device {
    /// A file of `snmpwalk -On`, or of lines `1.3.6.1…|type|value` (`.snmprec`, type with `x` for hexadecimal).
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let objects: Option<Objects> = match path.extension().is_some_and(|ending| ending == "snmprec") {
            true => {
                let objects = text.lines().filter_map(recorded);
                Some(objects.map(|(oid, value)| (oid.clone(), object(&oid, &value))).collect())
            }
            false => {
                let objects = airlock_gate::walk::parse(&text).map_err(anyhow::Error::msg)?;
                Some(objects.into_iter().map(|(oid, value)| (oid.clone(), object(&oid, &value))).collect())
            }
        };
        let objects =
            objects.filter(|objects| !objects.is_empty()).with_context(|| format!("{}: no objects", path.display()))?;
        Ok(Self(objects.into_iter().collect()))
    }

    /// A switch that nobody makes.
    pub(super) fn made_up(number: u32, ports: u32) -> Self {
        let mut objects = Objects::new();
        let mut add = |oid: &[u32], value: Syntax| drop(objects.insert(oid.to_vec(), object(oid, &value)));
        let text = |text: String| Syntax::Octets(text.into_bytes());
        let system = |last: u32| [1, 3, 6, 1, 2, 1, 1, last, 0];
        add(&system(1), text(format!("Invented Switch {ports}, Version 1.0")));
        add(&system(2), Syntax::Oid("1.3.6.1.4.1.99999.1".to_owned()));
        add(&system(3), Syntax::TimeTicks(8_640_000));
        add(&system(4), text("Network team".to_owned()));
        add(&system(5), text(format!("switch-{number}")));
        add(&system(6), text("Room 1".to_owned()));
        add(&[1, 3, 6, 1, 2, 1, 2, 1, 0], Syntax::Integer(ports.into()));
        for port in 1..=ports {
            let column = |column: u32| [1, 3, 6, 1, 2, 1, 2, 2, 1, column, port];
            let [_, b, c, d] = number.to_be_bytes();
            let last = u8::try_from(port % 256).unwrap_or(0);
            for (at, value) in [
                (1, Syntax::Integer(port.into())),
                (2, text(format!("port {port}"))),
                (3, Syntax::Integer(6)),
                (4, Syntax::Integer(1500)),
                (5, Syntax::Gauge32(1_000_000_000)),
                (6, Syntax::Octets(vec![0x02, b, c, d, 0, last])),
                (7, Syntax::Integer(1)),
                (8, Syntax::Integer(1 + i64::from(port % 2))),
                (9, Syntax::TimeTicks(port)),
                (10, Syntax::Counter32(port * 1000)),
                (14, Syntax::Counter32(0)),
                (16, Syntax::Counter32(port * 2000)),
                (20, Syntax::Counter32(0)),
            ] {
                add(&column(at), value);
            }
            let extended = |column: u32| [1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column, port];
            add(&extended(1), text(format!("p{port}")));
            add(&extended(15), Syntax::Gauge32(1000));
            add(&extended(18), text(String::new()));
        }
        Self(objects.into_iter().collect())
    }

    /// What it says; nothing to what it does not understand, and to who does not know its community.
    pub(super) fn answer(&self, packet: &[u8]) -> Option<Vec<u8>> {
        let message = Message::read(packet).filter(|message| message.version < 2)?;
        // `public@10` is another context, which is empty here.
        // As switches have it that keep a table for each VLAN: `public@10`. It has the same for all of them.
        let is_known =
            message.community.strip_prefix(b"public").is_some_and(|vlan| matches!(vlan.first(), None | Some(b'@')));
        if !is_known {
            return None;
        }
        let mut names = Vec::new();
        let mut reader = message.binds;
        while let Some((SEQUENCE, bind)) = reader.next() {
            let (_, name) = Reader(bind).next()?;
            names.push((ber::numbers(name)?, name));
        }
        let mut out = Vec::new();
        match message.kind {
            GET => {
                for (at, (numbers, name)) in names.iter().enumerate() {
                    match self.0.binary_search_by(|(known, _)| known.as_slice().cmp(numbers)) {
                        Ok(place) => out.extend_from_slice(&self.0.get(place)?.1),
                        Err(_) if message.version == 0 => return Some(refusal(&message, at)),
                        Err(_) => ber::put(&mut out, SEQUENCE, &ber::bind(name, NO_INSTANCE, &[])),
                    }
                }
            }
            GET_NEXT => {
                for (at, (numbers, name)) in names.iter().enumerate() {
                    match self.0.get(self.after(numbers)) {
                        Some((_, bind)) => out.extend_from_slice(bind),
                        None if message.version == 0 => return Some(refusal(&message, at)),
                        None => ber::put(&mut out, SEQUENCE, &ber::bind(name, END_OF_VIEW, &[])),
                    }
                }
            }
            GET_BULK => self.bulk(&message, &names, &mut out),
            _ => return None,
        }
        Some(message.with(RESPONSE, 0, 0, &out))
    }

    fn after(&self, name: &[u32]) -> usize {
        self.0.partition_point(|(known, _)| known.as_slice() <= name)
    }

    fn bulk(&self, message: &Message<'_>, names: &[(Vec<u32>, &[u8])], out: &mut Vec<u8>) {
        let once = usize::try_from(message.first).unwrap_or(0).min(names.len());
        let repeats = usize::try_from(message.second).unwrap_or(0);
        let (single, repeated) = names.split_at(once);
        let mut places: Vec<(usize, &[u8])> =
            repeated.iter().map(|(numbers, name)| (self.after(numbers), *name)).collect();
        let mut add = |place: usize, name: &[u8]| match self.0.get(place) {
            Some((_, bind)) if out.len() + bind.len() <= MOST => {
                out.extend_from_slice(bind);
                Some(true)
            }
            Some(_) => None,
            None => {
                let name = self.0.last().map_or_else(|| name.to_vec(), |(last, _)| ber::name(last));
                ber::put(out, SEQUENCE, &ber::bind(&name, END_OF_VIEW, &[]));
                Some(false)
            }
        };
        for (numbers, name) in single {
            if add(self.after(numbers), name).is_none() {
                return;
            }
        }
        for _ in 0..repeats {
            let mut any = false;
            for (place, name) in &mut places {
                match add(*place, name) {
                    Some(more) => any |= more,
                    None => return,
                }
                *place = place.saturating_add(1);
            }
            if !any {
                return;
            }
        }
    }
}

/// `noSuchName`, with what was asked for.
fn refusal(message: &Message<'_>, at: usize) -> Vec<u8> {
    message.with(RESPONSE, 2, i64::try_from(at + 1).unwrap_or(0), message.binds.0)
}

fn object(oid: &[u32], value: &Syntax) -> Vec<u8> {
    let number = |tag: u8, number: i128| {
        let mut out = Vec::new();
        ber::integer(&mut out, tag, number);
        out
    };
    let bytes = |tag: u8, bytes: &[u8]| {
        let mut out = Vec::new();
        ber::put(&mut out, tag, bytes);
        out
    };
    let value = match value {
        Syntax::Integer(n) => number(0x02, (*n).into()),
        Syntax::Octets(octets) => bytes(0x04, octets),
        Syntax::Oid(text) => {
            let numbers: Vec<u32> = text.split('.').filter_map(|part| part.parse().ok()).collect();
            bytes(0x06, &ber::name(&numbers))
        }
        Syntax::IpAddress(octets) => bytes(0x40, octets),
        Syntax::Counter32(n) => number(0x41, (*n).into()),
        Syntax::Gauge32(n) => number(0x42, (*n).into()),
        Syntax::TimeTicks(n) => number(0x43, (*n).into()),
        Syntax::Opaque(octets) => bytes(0x44, octets),
        Syntax::Counter64(n) => number(0x46, (*n).into()),
        _ => bytes(NULL, &[]),
    };
    let mut pair = Vec::new();
    ber::put(&mut pair, ber::OID, &ber::name(oid));
    pair.extend_from_slice(&value);
    let mut out = Vec::new();
    ber::put(&mut out, SEQUENCE, &pair);
    out
}

/// A line of a `.snmprec`.
fn recorded(line: &str) -> Option<(Vec<u32>, Syntax)> {
    let mut parts = line.splitn(3, '|');
    let oid: Vec<u32> = parts.next()?.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (kind, text) = (parts.next()?, parts.next()?);
    let octets = match kind.ends_with('x') {
        true => (0..text.len() / 2)
            .map(|at| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok())
            .collect::<Option<_>>()?,
        false => text.as_bytes().to_vec(),
    };
    let value = match kind.trim_end_matches('x') {
        "2" => Syntax::Integer(text.parse().ok()?),
        "4" => Syntax::Octets(octets),
        "5" => Syntax::Null,
        "6" => Syntax::Oid(text.to_owned()),
        "64" if octets.len() == 4 => Syntax::IpAddress(octets.try_into().ok()?),
        "64" => Syntax::IpAddress(text.parse::<std::net::Ipv4Addr>().ok()?.octets()),
        "65" => Syntax::Counter32(text.parse().ok()?),
        "66" => Syntax::Gauge32(text.parse().ok()?),
        "67" => Syntax::TimeTicks(text.parse().ok()?),
        "68" => Syntax::Opaque(octets),
        "70" => Syntax::Counter64(text.parse().ok()?),
        _ => return None,
    };
    Some((oid, value))
}

/// A recording in the form of `snmpwalk -On`.
pub(crate) fn walk_of(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    if path.extension().is_none_or(|ending| ending != "snmprec") {
        return Ok(text);
    }
    let name = |oid: &[u32]| oid.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
    let objects: BTreeMap<Vec<u32>, Syntax> = text.lines().filter_map(recorded).collect();
    let lines = objects.iter().filter_map(|(oid, value)| airlock_gate::walk::line(&name(oid), value));
    Ok(lines.map(|line| line + "\n").collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(answer: &[u8]) -> Vec<(Vec<u32>, u8)> {
        let mut reader = Message::read(answer).unwrap().binds;
        let mut all = Vec::new();
        while let Some((_, bind)) = reader.next() {
            let mut bind = Reader(bind);
            let name = ber::numbers(bind.next().unwrap().1).unwrap();
            all.push((name, bind.next().unwrap().0));
        }
        all
    }

    #[test]
    fn a_device_is_walked_to_its_end() {
        let device = Device::made_up(7, 3);
        let (mut at, mut seen) = (vec![1, 3], 0);
        loop {
            let question = Message::question(GET_BULK, 1, 10, &[ber::name(&at)]);
            let names = names_in(&device.answer(&question).unwrap());
            let values = names.iter().take_while(|(_, tag)| *tag != END_OF_VIEW).count();
            seen += values;
            if values < names.len() {
                break;
            }
            at = names.last().unwrap().0.clone();
        }
        assert_eq!(seen, device.0.len());
    }

    #[test]
    fn what_is_not_there_is_said() {
        let device = Device::made_up(7, 1);
        let name = |last: u32| ber::name(&[1, 3, 6, 1, 2, 1, 1, last, 0]);
        let answer = device.answer(&Message::question(GET, 1, 0, &[name(5), name(99)])).unwrap();
        assert_eq!(names_in(&answer).iter().map(|(_, tag)| *tag).collect::<Vec<_>>(), [0x04, NO_INSTANCE]);
        assert_eq!(device.answer(b"nonsense"), None);
        let other = String::from_utf8_lossy(&Message::question(GET, 1, 0, &[name(5)])).replace("public", "secret");
        assert_eq!(device.answer(other.as_bytes()), None);
    }

    #[test]
    fn recordings_are_read() {
        for (line, tag) in [("1.3.6.1|2|7", 0x02), ("1.3.6.1|4x|00ff", 0x04), ("1.3.6.1|64|10.0.0.1", 0x40)] {
            let (oid, value) = recorded(line).unwrap();
            let bind = object(&oid, &value);
            let mut bind = Reader(Reader(&bind).next().unwrap().1);
            bind.next();
            assert_eq!((oid, bind.next().unwrap().0), (vec![1, 3, 6, 1], tag));
        }
        assert!(recorded("1.3|2|x").is_none() && recorded("").is_none());
    }
}
