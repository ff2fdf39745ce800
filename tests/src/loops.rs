//! Components that do not come back from a place that no Rust can name: the start function, the allocation of an argument,
//! the clearing up after a call. A function that loops is added to the hostile task's core module, and put into that place.

use crate::wasm::{Reader, rebuilt, unsigned, unsigned_usize};

const CORE_MODULE: u8 = 1;
const TYPES: u8 = 1;
const IMPORTS: u8 = 2;
const FUNCTIONS: u8 = 3;
const EXPORTS: u8 = 7;
const START: u8 = 8;
const CODE: u8 = 10;

/// Where it loops.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    Start,
    /// In an exported function.
    Export(&'a str),
}

/// loop, br 0, end, unreachable, end; without variables.
const BODY: [u8; 8] = [0, 0x03, 0x40, 0x0c, 0, 0x0b, 0x00, 0x0b];

/// The component, looping.
pub fn looping(component: &[u8], place: Place<'_>) -> Vec<u8> {
    let mut is_first = true;
    rebuilt(component, |kind, body| (kind == CORE_MODULE && std::mem::take(&mut is_first)).then(|| module(body, place)))
}

struct Shape {
    imported: usize,
    defined: usize,
    types: usize,
    /// Of the defined functions.
    type_of: Vec<usize>,
    target: Option<usize>,
}

fn module(module: &[u8], place: Place<'_>) -> Vec<u8> {
    let shape = shape(module, place);
    let added = shape.imported + shape.defined;
    let kind = shape.target.map(|target| shape.type_of[target - shape.imported]);
    let mut module = rebuilt(module, |section, body| match section {
        TYPES if kind.is_none() => Some(appended(body, &[0x60, 0, 0])),
        FUNCTIONS => Some(appended(body, &unsigned_usize(kind.unwrap_or(shape.types)))),
        EXPORTS => match place {
            Place::Export(name) => Some(exports(body, name, added)),
            Place::Start => None,
        },
        CODE => Some(appended(body, &[&unsigned_usize(BODY.len())[..], &BODY].concat())),
        _ => None,
    });
    if matches!(place, Place::Start) {
        let at = end_of(&module, EXPORTS);
        let function = unsigned_usize(added);
        let section = [&[START][..], &unsigned_usize(function.len()), &function].concat();
        module.splice(at..at, section);
    }
    module
}

/// A vector with one more entry.
fn appended(body: &[u8], entry: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(body);
    let count = reader.unsigned();
    [&unsigned_usize(count + 1)[..], reader.rest(), entry].concat()
}

fn exports(body: &[u8], wanted: &str, function: usize) -> Vec<u8> {
    let mut reader = Reader::new(body);
    let count = reader.unsigned();
    let mut out = unsigned_usize(count);
    let mut found = false;
    for _ in 0..count {
        let name = reader.name();
        let (kind, index) = (reader.byte(), reader.unsigned());
        let is_it = kind == 0 && name == wanted;
        found |= is_it;
        out.extend(unsigned_usize(name.len()));
        out.extend(name.as_bytes());
        out.push(kind);
        out.extend(unsigned_usize(if is_it { function } else { index }));
    }
    assert!(found, "nothing is exported as {wanted}");
    out
}

fn shape(module: &[u8], place: Place<'_>) -> Shape {
    let mut shape = Shape { imported: 0, defined: 0, types: 0, type_of: vec![], target: None };
    rebuilt(module, |section, body| {
        let mut reader = Reader::new(body);
        match section {
            TYPES => shape.types = reader.unsigned(),
            IMPORTS => {
                for _ in 0..reader.unsigned() {
                    let (module, name) = (reader.name(), reader.name());
                    assert_eq!(reader.byte(), 0, "{module}.{name} is no function");
                    reader.unsigned();
                    shape.imported += 1;
                }
            }
            FUNCTIONS => {
                shape.defined = reader.unsigned();
                shape.type_of = (0..shape.defined).map(|_| reader.unsigned()).collect();
            }
            EXPORTS => {
                for _ in 0..reader.unsigned() {
                    let name = reader.name();
                    let (kind, index) = (reader.byte(), reader.unsigned());
                    if kind == 0 && matches!(place, Place::Export(wanted) if name == wanted) {
                        shape.target = Some(index);
                    }
                }
            }
            _ => {}
        }
        None
    });
    shape
}

fn end_of(module: &[u8], wanted: u8) -> usize {
    let mut reader = Reader::new(&module[8..]);
    loop {
        let (kind, size) = (reader.byte(), reader.unsigned());
        reader.skip(size);
        if kind == wanted {
            return module.len() - reader.rest().len();
        }
    }
}

/// The component with very many functions more in its core module, each of which does nothing.
pub fn with_functions(component: &[u8], number: usize) -> Vec<u8> {
    let mut is_first = true;
    rebuilt(component, |kind, body| {
        if kind != CORE_MODULE || !std::mem::take(&mut is_first) {
            return None;
        }
        let types = shape(body, Place::Start).types;
        Some(rebuilt(body, |section, body| match section {
            TYPES => Some(appended(body, &[0x60, 0, 0])),
            FUNCTIONS => Some(many(body, &unsigned_usize(types), number)),
            CODE => Some(many(body, &[2, 0, 0x0b], number)),
            _ => None,
        }))
    })
}

/// The component with one function that has `locals` variables and `blocks` blocks one after the other.
pub fn with_large_function(component: &[u8], locals: u32, blocks: usize) -> Vec<u8> {
    let mut is_first = true;
    rebuilt(component, |kind, body| {
        if kind != CORE_MODULE || !std::mem::take(&mut is_first) {
            return None;
        }
        let types = shape(body, Place::Start).types;
        let mut function = [&[1][..], &unsigned(locals), &[0x7f]].concat();
        function.extend([0x02, 0x40, 0x0b].repeat(blocks));
        function.push(0x0b);
        Some(rebuilt(body, |section, body| match section {
            TYPES => Some(appended(body, &[0x60, 0, 0])),
            FUNCTIONS => Some(appended(body, &unsigned_usize(types))),
            CODE => Some(appended(body, &[&unsigned_usize(function.len())[..], &function].concat())),
            _ => None,
        }))
    })
}

fn many(body: &[u8], entry: &[u8], number: usize) -> Vec<u8> {
    let mut reader = Reader::new(body);
    let count = reader.unsigned();
    [&unsigned_usize(count + number)[..], reader.rest(), &entry.repeat(number)].concat()
}
