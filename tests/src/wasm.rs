//! Components, taken apart and put together again byte by byte. Source: the binary format of WebAssembly (core
//! specification, chapter 5) and of components (`Binary.md` of the component model): after eight bytes of header, both
//! are sections of a number, a size and that many bytes.

const HEADER: usize = 8;
/// In a component, the section that holds a core module.
const CORE_MODULE: u8 = 1;
/// In a core module, the section of tables.
const TABLES: u8 = 4;

/// The component with every table of its first module, which is the task's own, starting with `elements` and
/// unbounded.
pub fn with_table(component: &[u8], elements: u32) -> Vec<u8> {
    let mut is_first = true;
    rebuilt(component, |kind, body| {
        if kind != CORE_MODULE || !std::mem::take(&mut is_first) {
            return None;
        }
        Some(rebuilt(body, |kind, body| {
            (kind == TABLES).then(|| {
                assert_eq!(body[..2], [1, 0x70], "one table of functions");
                // One table; funcref; no maximum; the elements that it begins with.
                let mut table = vec![1, 0x70, 0];
                table.extend(unsigned(elements));
                table
            })
        }))
    })
}

/// The component with a table that may grow, and the instruction of `guests/hostile` that asks for memory by a number
/// of its own replaced by one that asks for `elements` more in the table.
pub fn growing_its_table(component: &[u8], elements: u16) -> Vec<u8> {
    assert!((64..8192).contains(&elements), "a number of two bytes");
    let component = with_table(component, 1000);
    // i32.const 0x0bad_f00d, memory.grow 0
    let needle = [0x41, 0x8d, 0xe0, 0xb7, 0xdd, 0x00, 0x40, 0x00];
    let low = u8::try_from(elements & 0x7f).unwrap() | 0x80;
    let high = u8::try_from(elements >> 7).unwrap();
    // ref.null func, i32.const elements, table.grow 0
    replaced(&component, &needle, &[0xd0, 0x70, 0x41, low, high, 0xfc, 0x0f, 0x00])
}

/// The bytes with each `old` replaced by `new` of the same length; there has to be one.
pub fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut bytes = bytes.to_vec();
    let mut found = false;
    let mut at = 0;
    while at + old.len() <= bytes.len() {
        if bytes[at..at + old.len()] == *old {
            bytes[at..at + new.len()].copy_from_slice(new);
            found = true;
        }
        at += 1;
    }
    assert!(found, "{old:02x?} is nowhere");
    bytes
}

pub(crate) fn rebuilt(wasm: &[u8], mut change: impl FnMut(u8, &[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut out = wasm[..HEADER].to_vec();
    let mut rest = &wasm[HEADER..];
    while let Some((&kind, after)) = rest.split_first() {
        let (size, after) = read_unsigned(after);
        let (body, after) = after.split_at(size);
        let changed = change(kind, body);
        let body = changed.as_deref().unwrap_or(body);
        out.push(kind);
        out.extend(unsigned(u32::try_from(body.len()).unwrap()));
        out.extend(body);
        rest = after;
    }
    out
}

fn read_unsigned(bytes: &[u8]) -> (usize, &[u8]) {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return (value, &bytes[at + 1..]);
        }
    }
    panic!("a number without an end");
}

pub(crate) fn unsigned(mut value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

pub(crate) fn unsigned_usize(value: usize) -> Vec<u8> {
    unsigned(u32::try_from(value).unwrap())
}

/// Reads a section's body from its beginning.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn skip(&mut self, bytes: usize) {
        self.0 = &self.0[bytes..];
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let byte = self.0[0];
        self.skip(1);
        byte
    }

    pub(crate) fn unsigned(&mut self) -> usize {
        let (value, rest) = read_unsigned(self.0);
        self.0 = rest;
        value
    }

    pub(crate) fn name(&mut self) -> &'a str {
        let size = self.unsigned();
        let name = std::str::from_utf8(&self.0[..size]).unwrap();
        self.skip(size);
        name
    }
}

/// The component with more memories or tables in its first module than it had.
pub fn with_section(component: &[u8], section: u8, body: &[u8]) -> Vec<u8> {
    let mut is_first = true;
    rebuilt(component, |kind, module| {
        if kind != CORE_MODULE || !std::mem::take(&mut is_first) {
            return None;
        }
        Some(rebuilt(module, |kind, _| (kind == section).then(|| body.to_vec())))
    })
}
