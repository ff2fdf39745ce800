//! The first of the three gates: what a component is and what it asks for, found out before any of it is compiled.

use crate::caps;
use crate::error::LoadError;
use crate::world::World;
use sha2::{Digest as _, Sha256};
use std::fmt;
use wasmtime::wasmparser::{Encoding, Parser, Payload};

/// No task of ours is larger; a Python interpreter in a component is 18 MB.
const LARGEST: usize = 64 << 20;

/// The SHA-256 of a component's bytes: its identity.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{self}")
    }
}

/// A component that asks for nothing outside its world.
#[derive(Debug, Clone)]
pub struct Checked<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) world: World,
    pub(crate) digest: Digest,
    imports: Vec<String>,
}

impl<'a> Checked<'a> {
    /// Looks at a component: its size, its kind, and that each of its imports is one of the world's.
    pub fn new(bytes: &'a [u8], world: World) -> Result<Self, LoadError> {
        let imports = imports(bytes)?;
        if let Some(import) = imports.iter().find(|import| !world.has(import)) {
            let hint = if import.starts_with("wasi:") {
                ": no task gets WASI; build the component without it (in Rust, for wasm32-unknown-unknown)"
            } else {
                ""
            };
            return Err(LoadError::OutsideWorld { import: import.clone(), world: world.name(), hint });
        }
        caps::check(bytes)?;
        Ok(Self { bytes, world, digest: Digest::of(bytes), imports })
    }

    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The component itself: what a [`crate::Compiler`] compiles.
    pub fn bytes(&self) -> &[u8] {
        self.bytes
    }

    pub fn imports(&self) -> &[String] {
        &self.imports
    }
}

/// The names that a component imports, in its order.
pub(crate) fn imports(bytes: &[u8]) -> Result<Vec<String>, LoadError> {
    if bytes.len() > LARGEST {
        return Err(LoadError::TooLarge { size: bytes.len(), limit: LARGEST });
    }
    if wasmtime::Engine::detect_precompiled(bytes).is_some() {
        return Err(LoadError::Precompiled);
    }
    let malformed = |error: wasmtime::wasmparser::BinaryReaderError| LoadError::NotAComponent(error.to_string());
    let mut names = Vec::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(malformed)? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(LoadError::NotAComponent("a core module; components are made by wit-component".to_owned()));
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    names.push(import.map_err(malformed)?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(names)
}
