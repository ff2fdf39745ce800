//! Software for this machine: the parts of a package, the job's own folder (`work:`), and what a job does with files of the
//! machine.

pub use crate::bindings::airlock::deploy::deploy::{
    Command, File, Kind, Metadata, assemble, copy, fetch_part, free_space, has_part, hash, install, list, make_dir,
    move_, recognise, remove, run_component, stat, unpack,
};
