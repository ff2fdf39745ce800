//! How much of everything a component may have, found out before any of it is compiled: compiling takes time and memory
//! by what a component holds, not by what it does.

use crate::error::LoadError;
use wasmtime::wasmparser::{BinaryReaderError, Parser, Payload};

/// What is counted, over the whole component, with the most that is accepted. The interpreters of Python and JavaScript,
/// the largest components of use, stay below a third of each.
const MOST: [(&str, u64); 6] = [
    ("functions", 100_000),
    ("types", 100_000),
    ("imports and exports", 100_000),
    ("globals, tables, memories and tags", 50_000),
    ("segments of data and elements", 100_000),
    ("modules and components in it", 256),
];
const FUNCTIONS: usize = 0;
const TYPES: usize = 1;
const NAMES: usize = 2;
const GLOBALS: usize = 3;
const SEGMENTS: usize = 4;
const PARTS: usize = 5;

/// Bytes of one function. Time to compile grows faster than they do.
const LARGEST_FUNCTION: u64 = 1 << 20;
/// Local variables of one function.
const MOST_LOCALS: u64 = 10_000;
/// Components within components.
const DEEPEST: usize = 16;

/// Refuses a component that has too much of something.
pub(crate) fn check(bytes: &[u8]) -> Result<(), LoadError> {
    let malformed = |error: BinaryReaderError| LoadError::NotAComponent(error.to_string());
    let mut counts = [0_u64; MOST.len()];
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        let (what, count) = match payload.map_err(malformed)? {
            Payload::TypeSection(section) => (TYPES, section.count()),
            Payload::CoreTypeSection(section) => (TYPES, section.count()),
            Payload::ComponentTypeSection(section) => (TYPES, section.count()),
            Payload::ImportSection(section) => (NAMES, section.count()),
            Payload::ExportSection(section) => (NAMES, section.count()),
            Payload::ComponentImportSection(section) => (NAMES, section.count()),
            Payload::ComponentExportSection(section) => (NAMES, section.count()),
            Payload::ComponentAliasSection(section) => (NAMES, section.count()),
            Payload::InstanceSection(section) => (NAMES, section.count()),
            Payload::ComponentInstanceSection(section) => (NAMES, section.count()),
            Payload::ComponentCanonicalSection(section) => (FUNCTIONS, section.count()),
            Payload::FunctionSection(section) => (FUNCTIONS, section.count()),
            Payload::GlobalSection(section) => (GLOBALS, section.count()),
            Payload::TableSection(section) => (GLOBALS, section.count()),
            Payload::MemorySection(section) => {
                most("memories of one module", u64::from(section.count()), 1)?;
                (GLOBALS, section.count())
            }
            Payload::TagSection(section) => (GLOBALS, section.count()),
            Payload::ElementSection(section) => (SEGMENTS, section.count()),
            Payload::DataSection(section) => (SEGMENTS, section.count()),
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                let size = u64::try_from(range.end.saturating_sub(range.start)).unwrap_or(u64::MAX);
                most("bytes of one function", size, LARGEST_FUNCTION)?;
                let mut locals = 0_u64;
                for local in body.get_locals_reader().map_err(malformed)? {
                    locals = locals.saturating_add(u64::from(local.map_err(malformed)?.0));
                }
                most("local variables of one function", locals, MOST_LOCALS)?;
                continue;
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                depth += 1;
                most("components within components", u64::try_from(depth).unwrap_or(u64::MAX), DEEPEST as u64)?;
                (PARTS, 1)
            }
            Payload::End(_) => {
                depth = depth.saturating_sub(1);
                continue;
            }
            _ => continue,
        };
        if let (Some(sum), Some((name, limit))) = (counts.get_mut(what), MOST.get(what)) {
            *sum = sum.saturating_add(u64::from(count));
            most(name, *sum, *limit)?;
        }
    }
    Ok(())
}

fn most(what: &'static str, count: u64, limit: u64) -> Result<(), LoadError> {
    if count > limit { Err(LoadError::TooMuch { what, count, limit }) } else { Ok(()) }
}
