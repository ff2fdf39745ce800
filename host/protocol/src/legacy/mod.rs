//! What an agent of this family leaves on a machine: its configuration file, and the names under which servers know it.
//!
//! Both are read as far as a move to this program needs, with bounds on size, depth and number; nothing in them is
//! carried out.

mod agent_cfg;
mod storable;

pub use agent_cfg::{Directive, What, decode, directives};
pub use storable::{Identity, StorableError, identity};
