//! Devices, by SNMP: the host holds the credentials and finds the one that a device answers to.

pub use crate::bindings::airlock::snmp::snmp::{Session, Syntax, VarBind};
pub use crate::bindings::airlock::snmp::sysobject::{Entry, find as sysobject};
