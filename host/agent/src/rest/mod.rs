//! Deployments and collections as servers hand them out: an address that is asked for jobs, and told how they go.
//!
//! A server says where its jobs are; that has to be at the server itself, whose word it is. What is told of a job goes to
//! the server that it came from and to nobody else, in the order in which it happened, and what could not be told waits in
//! the job's journal.

mod ahead;
mod answers;
mod config;
mod jobs;
mod log;
mod told;

pub(crate) use ahead::Ahead;
pub(crate) use answers::Answers;
pub(crate) use config::{Rest, where_jobs_are};
pub(crate) use jobs::{Collection, collections, deployments};
pub(crate) use log::{JobLog, Teller};
pub(crate) use told::{Telling, interrupted, is_last, note};
