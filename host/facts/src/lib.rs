//! What this machine is, read natively: one collector a section, each with a deadline of its own.
//!
//! A collector says what it found as rows of the schema's sections (airlock-model) and what it could not read; it has no
//! opinion on which sections anybody wants, on normalising names or on the order of things: tasks have those. It reads
//! through [`Roots`], so that a captured machine's folder can stand for the machine.
//!
//! Nothing here knows wasm or tokio.

pub mod aix;
pub mod batteries;
pub mod bsd;
mod command;
mod commands;
pub mod cups;
pub mod edid;
mod explain;
pub mod hpux;
mod ids;
pub mod linux;
mod machine;
pub mod macos;
pub mod output;
pub mod pci;
mod pseudonyms;
mod recorder;
mod roots;
mod scan;
mod smbios;
mod snapshot;
pub mod solaris;
#[cfg(test)]
mod testing;
mod time;
pub mod units;
pub mod usb;
pub mod windows;

pub use command::{CommandError, Output};
pub use commands::Commands;
pub use explain::{Explained, Explainer, Origin};
pub use ids::Ids;
pub use machine::Machine;
pub use pseudonyms::Pseudonyms;
pub use roots::Roots;
pub use scan::{Findings, Scan};
pub use snapshot::{Snapshot, Written};

/// A collector: reads one section of one machine.
#[derive(Clone, Copy)]
pub struct Collector {
    /// The section of the schema that it fills.
    pub section: &'static str,
    pub(crate) read: fn(&Scan<'_>),
}

/// The collectors of this platform, by section.
pub fn collectors() -> &'static [Collector] {
    linux::COLLECTORS
}

/// The collector of a section; none when this platform has no source for it.
pub fn collector(section: &str) -> Option<&'static Collector> {
    collectors().iter().find(|c| c.section == section)
}

impl Collector {
    /// Reads the section. Rows appear in `findings` as they are found, so that whoever waits can leave at the deadline
    /// with what is there; the collector itself looks at the deadline between rows.
    pub fn collect(&self, machine: &Machine, findings: &Findings) {
        recorder::reading(self.section);
        (self.read)(&Scan::new(machine, findings));
    }
}
