//! What allowed calls do: the ports of airlock-gate over this machine, and the owner's files (state, audit, compiled
//! code), which the rest of the program reaches only through here.
//!
//! Nothing here knows a rule: whether a call may happen was decided before it arrives.

mod alarm;
mod audit;
mod beneath;
mod clock;
mod code_folder;
mod counters_file;
mod crashes_file;
mod daemon_lock;
mod detached;
mod documents;
mod files;
mod folders;
mod held_document;
mod http;
mod identity;
mod jobs_file;
mod journal;
mod kept;
mod limited_child;
mod locked_file;
mod log_file;
mod observation;
mod observed_file;
mod off_thread;
mod outbox;
mod own_addresses;
mod own_files;
mod passed_store;
mod people;
mod policy_folder;
mod policy_store;
mod probe;
mod process;
mod recordings;
mod redact_key;
mod reporter;
mod request_queue;
mod secrets;
mod sent;
mod server_state;
pub mod snmp;
mod steady_clock;
mod stop_file;
mod sysobject;
pub mod system;
pub mod trust_store;
mod unseen_arguments;
mod who_can_write;
mod worker;

pub use alarm::Alarm;
pub use audit::{Anchors, AuditFile, AuditReader, read_anchors};
pub use clock::MachineClock;
pub use code_folder::CodeFolder;
pub use counters_file::CountersFile;
pub use crashes_file::CrashesFile;
pub use daemon_lock::DaemonLock;
pub use detached::{detached, tell_parent_ready};
pub use documents::{
    file_names, is_folder, is_there, list_folder, make_folder, read_document, read_plain, read_standard_input,
    remove_document, write_document, write_new,
};
pub use files::MachineFiles;
pub use folders::{Folders, FoldersError};
pub use held_document::HeldDocument;
pub use http::MachineHttp;
pub use identity::{agent_id, device_id, is_uuid};
pub use jobs_file::JobsFile;
pub use journal::{Journal, Weight};
pub use limited_child::{ChildError, ChildLimits, confine, run_limited};
pub use log_file::LogFile;
pub use observation::{Budget, Observation, Timing};
pub use observed_file::{Observed, ObservedFile};
pub use outbox::{Entry as OutboxEntry, Outbox, Stored};
pub use own_addresses::{own_addresses, own_broadcast_addresses};
pub use own_files::OwnFiles;
pub use passed_store::PassedStore;
pub use people::{may_approve, who};
pub use policy_folder::{Fingerprint, PolicyFiles, PolicyFolder};
pub use policy_store::{Accepted, Change, PolicyStore, Proposed, digest as policy_digest};
pub use probe::{MachineProbe, PROBE_TIMEOUT};
pub use process::MachineProcess;
pub use recordings::{LARGEST_RECORDING, Recordings};
pub use redact_key::redaction_key;
pub use reporter::{Collected, Watch};
pub use request_queue::RequestQueue;
pub use secrets::{Secret, SecretError, read_secret};
pub use sent::{Departure, Sent};
pub use server_state::{Remembered, ServerState, SessionLock};
pub use stop_file::StopFile;
pub use sysobject::MachineSysobjects;
pub use unseen_arguments::{arguments, start_again};
pub use worker::{Worker, WorkerEnd, run_worker};
