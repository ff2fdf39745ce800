//! What allowed calls do: the ports of airlock-gate over this machine, and the owner's files (state, audit, compiled
//! code), which the rest of the program reaches only through here.
//!
//! Nothing here knows a rule: whether a call may happen was decided before it arrives.

mod audit_file;
mod beneath;
mod clock;
mod code_folder;
mod documents;
mod files;
mod folders;
mod identity;
mod observation;
mod off_thread;
mod own_files;
mod reporter;
pub mod system;

pub use audit_file::AuditFile;
pub use clock::MachineClock;
pub use code_folder::CodeFolder;
pub use documents::{is_folder, is_there, make_folder, read_document, write_document};
pub use files::MachineFiles;
pub use folders::{Folders, FoldersError};
pub use identity::device_id;
pub use observation::{Budget, Observation, Timing};
pub use own_files::OwnFiles;
pub use reporter::{Collected, Watch};
