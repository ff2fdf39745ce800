//! A device of a test's own: it reads what it is asked and answers as the test says, truthfully or not. It knows just enough
//! of SNMP to be asked, and writes bytes that no honest device would.

use std::net::{SocketAddr, UdpSocket};
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

pub const SEQUENCE: u8 = 0x30;
pub const INTEGER: u8 = 0x02;
pub const OCTETS: u8 = 0x04;
pub const OID: u8 = 0x06;
const RESPONSE: u8 = 0xa2;
const REPORT: u8 = 0xa8;
/// How often it looks whether the test is over.
const LOOK: Duration = Duration::from_millis(20);

pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let mut out = vec![tag];
    match content.len() {
        ..0x80 => out.push(length[3]),
        0x80..0x1_0000 => out.extend([0x82, length[2], length[3]]),
        _ => out.extend([0x84, length[0], length[1], length[2], length[3]]),
    }
    out.extend_from_slice(content);
    out
}

pub fn integer(number: i64) -> Vec<u8> {
    tlv(INTEGER, &number.to_be_bytes())
}

/// A name on the wire.
pub fn name(arcs: &[u32]) -> Vec<u8> {
    let mut out = vec![u8::try_from(arcs[0] * 40 + arcs[1]).unwrap()];
    for arc in &arcs[2..] {
        let sevens = (0..5).rev().map(|place| (arc >> (7 * place)) & 0x7f).skip_while(|seven| *seven == 0);
        let mut sevens: Vec<u8> = sevens.map(|seven| u8::try_from(seven).unwrap() | 0x80).collect();
        let last = sevens.pop().unwrap_or(0x80) & 0x7f;
        out.extend(sevens);
        out.push(last);
    }
    out
}

fn arcs(name: &[u8]) -> Vec<u32> {
    let mut all = vec![u32::from(name[0]) / 40, u32::from(name[0]) % 40];
    let mut arc = 0;
    for byte in &name[1..] {
        arc = (arc << 7) | u32::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            all.push(arc);
            arc = 0;
        }
    }
    all
}

/// A name and its value, as they are on the wire.
pub fn bind(arcs: &[u32], value: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[tlv(OID, &name(arcs)), value.to_vec()].concat())
}

/// Splits off one value: its tag, what is in it, what follows.
fn split(bytes: &[u8]) -> (u8, &[u8], &[u8]) {
    let (length, header) = match bytes[1] {
        short @ ..0x80 => (usize::from(short), 2),
        long => {
            let count = usize::from(long & 0x7f);
            (bytes[2..2 + count].iter().fold(0, |all, byte| (all << 8) | usize::from(*byte)), 2 + count)
        }
    };
    (bytes[0], &bytes[header..header + length], &bytes[header + length..])
}

fn number(content: &[u8]) -> i64 {
    content.iter().fold(0, |all, byte| (all << 8) | i64::from(*byte))
}

/// What a device is asked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub from: Option<SocketAddr>,
    /// 0, 1 or 3.
    pub version: i64,
    pub community: Vec<u8>,
    /// Of the message, where that has one of its own.
    pub message: i64,
    pub id: i64,
    /// 0xa0 GET, 0xa1 GETNEXT, 0xa5 GETBULK.
    pub kind: u8,
    pub repetitions: usize,
    pub names: Vec<Vec<u32>>,
}

impl Asked {
    fn read(bytes: &[u8], from: SocketAddr) -> Self {
        let (_, message, _) = split(bytes);
        let (_, version, rest) = split(message);
        let (_, second, rest) = split(rest);
        let mut asked = Self { from: Some(from), version: number(version), ..Self::default() };
        if asked.version == 3 {
            asked.message = number(split(second).1);
            return asked;
        }
        asked.community = second.to_vec();
        let (kind, pdu, _) = split(rest);
        let (_, id, rest) = split(pdu);
        let (_, _, rest) = split(rest);
        let (_, repetitions, rest) = split(rest);
        (asked.kind, asked.id) = (kind, number(id));
        asked.repetitions = if kind == 0xa5 { usize::try_from(number(repetitions)).unwrap() } else { 1 };
        let (_, mut binds, _) = split(rest);
        while !binds.is_empty() {
            let (_, one, rest) = split(binds);
            asked.names.push(arcs(split(one).1));
            binds = rest;
        }
        asked
    }

    /// A message that answers this one with these.
    pub fn answer(&self, binds: &[Vec<u8>]) -> Vec<u8> {
        self.status(0, 0, binds)
    }

    pub fn status(&self, status: i64, index: i64, binds: &[Vec<u8>]) -> Vec<u8> {
        let pdu = [integer(self.id), integer(status), integer(index), tlv(SEQUENCE, &binds.concat())].concat();
        let whole = [integer(self.version), tlv(OCTETS, &self.community), tlv(RESPONSE, &pdu)].concat();
        tlv(SEQUENCE, &whole)
    }

    /// A report of SNMPv3 that nobody has signed, about one of `usmStats`.
    pub fn report(&self, engine: &[u8], stat: u32) -> Vec<u8> {
        let global = [integer(self.message), integer(65_507), tlv(OCTETS, &[0]), integer(3)].concat();
        let nothing = tlv(OCTETS, &[]);
        let who = [tlv(OCTETS, engine), integer(7), integer(1000), nothing.clone(), nothing.clone(), nothing.clone()];
        let count = bind(&[1, 3, 6, 1, 6, 3, 15, 1, 1, stat, 0], &tlv(0x41, &[1]));
        let pdu = [integer(self.id), integer(0), integer(0), tlv(SEQUENCE, &count)].concat();
        let scoped = [tlv(OCTETS, engine), nothing, tlv(REPORT, &pdu)].concat();
        let security = tlv(OCTETS, &tlv(SEQUENCE, &who.concat()));
        tlv(SEQUENCE, &[integer(3), tlv(SEQUENCE, &global), security, tlv(SEQUENCE, &scoped)].concat())
    }
}

/// What a device has: names in order, values as they are on the wire.
#[derive(Debug, Clone, Default)]
pub struct Objects(pub std::collections::BTreeMap<Vec<u32>, Vec<u8>>);

impl Objects {
    /// A column of so many rows below `root`.
    #[must_use]
    pub fn column(mut self, root: &[u32], rows: u32, value: &[u8]) -> Self {
        for row in 1..=rows {
            self.0.insert([root, &[row]].concat(), value.to_vec());
        }
        self
    }

    #[must_use]
    pub fn with(mut self, name: &[u32], value: &[u8]) -> Self {
        self.0.insert(name.to_vec(), value.to_vec());
        self
    }

    /// As an honest device answers, with at most so many values.
    pub fn binds(&self, asked: &Asked, most: usize) -> Vec<Vec<u8>> {
        let mut binds = Vec::new();
        let mut names = asked.names.clone();
        for _ in 0..asked.repetitions {
            for name in &mut names {
                let found = match asked.kind {
                    0xa0 => self.0.get_key_value(name),
                    _ => self.0.range::<Vec<u32>, _>((Bound::Excluded(&*name), Bound::Unbounded)).next(),
                };
                match found {
                    Some((found, value)) => {
                        *name = found.clone();
                        binds.push(bind(found, value));
                    }
                    None => binds.push(bind(name, &[if asked.kind == 0xa0 { 0x81 } else { 0x82 }, 0])),
                }
            }
        }
        binds.truncate(most);
        binds
    }

    pub fn honest(&self, asked: &Asked) -> Vec<u8> {
        asked.answer(&self.binds(asked, usize::MAX))
    }
}

/// A device that is running, until it is dropped.
pub struct SnmpDevice {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl SnmpDevice {
    /// On a port of this machine. Each question is answered with what `answer` makes of it: datagrams, one after the other.
    pub fn start(answer: impl FnMut(&Asked) -> Vec<Vec<u8>> + Send + 'static) -> Self {
        Self::on("127.0.0.1:0", answer)
    }

    pub fn on(address: &str, mut answer: impl FnMut(&Asked) -> Vec<Vec<u8>> + Send + 'static) -> Self {
        let socket = UdpSocket::bind(address).unwrap();
        socket.set_read_timeout(Some(LOOK)).unwrap();
        let (asked, over): (Arc<Mutex<Vec<Asked>>>, _) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let (address, kept, is_over) = (socket.local_addr().unwrap(), Arc::clone(&asked), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            let mut buffer = vec![0; 65_535];
            while !is_over.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
                let asked = Asked::read(&buffer[..length], from);
                kept.lock().unwrap().push(asked.clone());
                for datagram in answer(&asked) {
                    // Whoever asked may have gone.
                    drop(socket.send_to(&datagram, from));
                }
            }
        });
        Self { address, asked, over, thread: Some(thread) }
    }

    /// Everything that it was asked.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for SnmpDevice {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
