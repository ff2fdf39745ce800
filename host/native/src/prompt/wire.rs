//! Messages of D-Bus (D-Bus Specification, "Message Protocol"), as far as asking a desktop needs them: strings, numbers,
//! lists of strings. What comes in is bounded and never trusted to be well formed.

use std::io::{self, Read};

/// Bytes of the fields of a header, and of a body.
const LARGEST_FIELDS: usize = 16 << 10;
const LARGEST_BODY: usize = 256 << 10;

pub(super) const CALL: u8 = 1;
pub(super) const REPLY: u8 = 2;
pub(super) const ERROR: u8 = 3;
pub(super) const SIGNAL: u8 = 4;

/// A message; what it does not have is empty or 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) kind: u8,
    pub(super) serial: u32,
    pub(super) reply_to: u32,
    pub(super) path: String,
    pub(super) interface: String,
    pub(super) member: String,
    pub(super) error: String,
    pub(super) destination: String,
    pub(super) sender: String,
    pub(super) signature: String,
    pub(super) body: Vec<u8>,
}

fn wrong(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("a message that is none: {why}"))
}

/// Values one after the other, each at the place that it has to begin at.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }

    fn align(&mut self, to: usize) {
        self.0.resize(self.0.len().next_multiple_of(to), 0);
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn number(&mut self, number: u32) {
        self.align(4);
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(u32::try_from(text.len()).unwrap_or(u32::MAX));
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(0);
    }

    pub(super) fn signature(&mut self, text: &str) {
        self.0.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(0);
    }

    /// Elements that begin at multiples of `to`.
    pub(super) fn list(&mut self, to: usize, elements: impl FnOnce(&mut Self)) {
        self.number(0);
        let length_at = self.0.len() - 4;
        self.align(to);
        let begin = self.0.len();
        elements(self);
        let length = u32::try_from(self.0.len() - begin).unwrap_or(u32::MAX);
        if let Some(place) = self.0.get_mut(length_at..length_at + 4) {
            place.copy_from_slice(&length.to_le_bytes());
        }
    }

    pub(super) fn texts(&mut self, texts: &[&str]) {
        self.list(4, |list| texts.iter().for_each(|text| list.text(text)));
    }

    fn field(&mut self, code: u8, signature: &str, write: impl FnOnce(&mut Self)) {
        self.align(8);
        self.byte(code);
        self.signature(signature);
        write(self);
    }
}

/// Values as they were written.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn take(&mut self, length: usize) -> io::Result<&'a [u8]> {
        let end = self.at.checked_add(length).ok_or_else(|| wrong("a length"))?;
        let taken = self.bytes.get(self.at..end).ok_or_else(|| wrong("it ends early"))?;
        self.at = end;
        Ok(taken)
    }

    fn align(&mut self, to: usize) {
        self.at = self.at.next_multiple_of(to);
    }

    fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn byte(&mut self) -> io::Result<u8> {
        Ok(self.take(1)?.first().copied().unwrap_or(0))
    }

    pub(super) fn number(&mut self) -> io::Result<u32> {
        self.align(4);
        let four: [u8; 4] = self.take(4)?.try_into().map_err(|_| wrong("a number"))?;
        Ok(u32::from_le_bytes(four))
    }

    fn words(&mut self, length: usize) -> io::Result<String> {
        let text = std::str::from_utf8(self.take(length)?).map_err(|_| wrong("a text that is not UTF-8"))?.to_owned();
        match self.byte()? {
            0 => Ok(text),
            _ => Err(wrong("a text without an end")),
        }
    }

    pub(super) fn text(&mut self) -> io::Result<String> {
        let length = usize::try_from(self.number()?).map_err(|_| wrong("a length"))?;
        self.words(length)
    }

    fn signature(&mut self) -> io::Result<String> {
        let length = usize::from(self.byte()?);
        self.words(length)
    }

    pub(super) fn texts(&mut self) -> io::Result<Vec<String>> {
        let length = usize::try_from(self.number()?).map_err(|_| wrong("a length"))?;
        let mut inside = Reader {
            bytes: self.bytes.get(..self.at.saturating_add(length)).ok_or_else(|| wrong("a list"))?,
            at: self.at,
        };
        let mut texts = Vec::new();
        while !inside.is_done() {
            texts.push(inside.text()?);
        }
        self.at = inside.at;
        Ok(texts)
    }
}

impl Message {
    /// The bytes of it, under this number.
    pub(super) fn encode(&self, serial: u32) -> Vec<u8> {
        let mut writer = Writer::default();
        // Little endian, no flags, version 1.
        writer.0.extend_from_slice(&[b'l', self.kind, 0, 1]);
        writer.number(u32::try_from(self.body.len()).unwrap_or(u32::MAX));
        writer.number(serial);
        writer.list(8, |fields| {
            let texts = [
                (1, "o", &self.path),
                (2, "s", &self.interface),
                (3, "s", &self.member),
                (4, "s", &self.error),
                (6, "s", &self.destination),
                (7, "s", &self.sender),
            ];
            for (code, signature, text) in texts.into_iter().filter(|(_, _, text)| !text.is_empty()) {
                fields.field(code, signature, |field| field.text(text));
            }
            if self.reply_to != 0 {
                fields.field(5, "u", |field| field.number(self.reply_to));
            }
            if !self.signature.is_empty() {
                fields.field(8, "g", |field| field.signature(&self.signature));
            }
        });
        writer.align(8);
        writer.0.extend_from_slice(&self.body);
        writer.done()
    }

    /// The next message of a stream.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut fixed = [0; 16];
        from.read_exact(&mut fixed)?;
        let mut reader = Reader::new(&fixed);
        let (order, kind) = (reader.byte()?, reader.byte()?);
        let (_flags, version) = (reader.byte()?, reader.byte()?);
        if order != b'l' || version != 1 {
            return Err(wrong("its byte order or version"));
        }
        let length = |number: u32, most: usize| {
            usize::try_from(number).ok().filter(|length| *length <= most).ok_or_else(|| wrong("it is too long"))
        };
        let body_length = length(reader.number()?, LARGEST_BODY)?;
        let serial = reader.number()?;
        let fields_length = length(reader.number()?, LARGEST_FIELDS)?;
        let mut fields = vec![0; fields_length.next_multiple_of(8)];
        from.read_exact(&mut fields)?;
        let mut message = Self { kind, serial, ..Self::default() };
        message.fields(fields.get(..fields_length).unwrap_or_default())?;
        message.body = vec![0; body_length];
        from.read_exact(&mut message.body)?;
        Ok(message)
    }

    fn fields(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut reader = Reader::new(bytes);
        while !reader.is_done() {
            reader.align(8);
            if reader.is_done() {
                break;
            }
            let code = reader.byte()?;
            match (code, reader.signature()?.as_str()) {
                (1, "o") => self.path = reader.text()?,
                (2, "s") => self.interface = reader.text()?,
                (3, "s") => self.member = reader.text()?,
                (4, "s") => self.error = reader.text()?,
                (5, "u") => self.reply_to = reader.number()?,
                (6, "s") => self.destination = reader.text()?,
                (7, "s") => self.sender = reader.text()?,
                (8, "g") => self.signature = reader.signature()?,
                (_, "s" | "o") => drop(reader.text()?),
                (_, "u") => drop(reader.number()?),
                (_, "g") => drop(reader.signature()?),
                _ => return Err(wrong("a field of an unknown kind")),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        let mut body = Writer::default();
        body.text("héllo");
        body.number(7);
        body.texts(&["a", "bcd", ""]);
        Message {
            kind: CALL,
            path: "/org/freedesktop/DBus".into(),
            interface: "org.freedesktop.DBus".into(),
            member: "Hello".into(),
            destination: "org.freedesktop.DBus".into(),
            reply_to: 9,
            signature: "suas".into(),
            body: body.done(),
            ..Message::default()
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = message().encode(3);
        let read = Message::read(&mut bytes.as_slice()).unwrap();
        assert_eq!(read, Message { serial: 3, ..message() });
        let mut body = Reader::new(&read.body);
        assert_eq!((body.text().unwrap().as_str(), body.number().unwrap()), ("héllo", 7));
        assert_eq!(body.texts().unwrap(), ["a", "bcd", ""]);
        assert!(body.text().is_err());
    }

    #[test]
    fn no_bytes_are_a_crash_or_a_wait_without_end() {
        let bytes = message().encode(3);
        for end in 0..bytes.len() {
            assert!(Message::read(&mut &bytes[..end]).is_err(), "{end}");
        }
        for at in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut changed = bytes.clone();
                changed[at] = value;
                if let Ok(read) = Message::read(&mut changed.as_slice()) {
                    let mut body = Reader::new(&read.body);
                    let _ = body.text();
                    let _ = body.texts();
                }
            }
        }
        let mut huge = bytes;
        huge[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Message::read(&mut huge.as_slice()).is_err());
    }
}
