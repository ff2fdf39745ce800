//! The calls, a file for each capability.

mod facts;
mod run;

pub use facts::{FactsExpect, FactsRead, FactsSections, FieldInfo, Reading, SectionInfo};
pub use run::{Emit, Level, Log, Moment, Now, Progress};
