//! What a network device says by SNMP, understood: plain functions over an [`Agent`] that can be asked.
//!
//! The guests that read devices are thin: they open a session and call this crate. It is a library of its own so that what
//! it thinks about devices is tested as plain Rust, on walks of invented devices, without wasm and without a network. It
//! holds no rights and does no input or output. Devices are hostile: any value may be of any type, any length and any
//! content, any table may be empty, and none of that is an error; what is not understood is left out. The one error is a
//! device that can no longer be asked ([`Gone`]).

pub mod device;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
pub mod identify;
pub mod inventory;
pub mod sections;
#[cfg(feature = "session")]
pub mod session;
mod table;
pub mod value;
pub mod vendors;

pub use table::{Suffix, Table};

/// A value as a device gives it (RFC 2578, 7.1; RFC 3416, 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Syntax {
    Null,
    Integer(i64),
    Octets(Vec<u8>),
    /// Dotted, no leading dot.
    Oid(String),
    IpAddress([u8; 4]),
    Counter32(u32),
    Gauge32(u32),
    /// Hundredths of a second.
    TimeTicks(u32),
    Counter64(u64),
    Opaque(Vec<u8>),
    NoSuchObject,
    NoSuchInstance,
    EndOfMibView,
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bind {
    /// Dotted, no leading dot.
    pub oid: String,
    pub value: Syntax,
}

/// What the owner's database says of a sysObjectID.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    pub vendor: Option<String>,
    /// In the words of the wire: `NETWORKING`, `PRINTER`, …
    pub kind: Option<String>,
    pub model: Option<String>,
    /// The extension that knows more of such devices.
    pub module: Option<String>,
}

/// The device stopped answering, was refused, …: in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone(pub String);

impl std::fmt::Display for Gone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Gone {}

/// One device that can be asked. A session in a component; a walk in tests.
pub trait Agent {
    /// The values of some names, at most [`MOST_NAMES`], in the order asked; `None` where the device has no such instance.
    fn get(&self, oids: &[&str]) -> Result<Vec<Option<Syntax>>, Gone>;

    /// Per root, in order; an empty table is an empty `Vec`.
    fn walk(&self, roots: &[&str]) -> Result<Vec<Vec<Bind>>, Gone>;

    /// The first rows of each root, `each` or more where the table is that long: one round trip instead of a table's length.
    fn heads(&self, roots: &[&str], each: u32) -> Result<Vec<Vec<Bind>>, Gone> {
        let _ = each;
        self.walk(roots)
    }

    /// The owner's database of sysObjectIDs: the full id, else its parents, else its maker.
    fn sysobject(&self, id: &str) -> Option<Entry>;

    /// The same device asked in another context (`vlan-10`; communities get `@10`), for MAC tables; `None` where that cannot
    /// be.
    fn in_vlan(&self, vlan: u32) -> Option<Box<dyn Agent + '_>>;
}

/// How many names one [`Agent::get`] takes.
pub const MOST_NAMES: usize = 64;

impl<A: Agent + ?Sized> Agent for &A {
    fn get(&self, oids: &[&str]) -> Result<Vec<Option<Syntax>>, Gone> {
        (**self).get(oids)
    }

    fn walk(&self, roots: &[&str]) -> Result<Vec<Vec<Bind>>, Gone> {
        (**self).walk(roots)
    }

    fn heads(&self, roots: &[&str], each: u32) -> Result<Vec<Vec<Bind>>, Gone> {
        (**self).heads(roots, each)
    }

    fn sysobject(&self, id: &str) -> Option<Entry> {
        (**self).sysobject(id)
    }

    fn in_vlan(&self, vlan: u32) -> Option<Box<dyn Agent + '_>> {
        (**self).in_vlan(vlan)
    }
}
