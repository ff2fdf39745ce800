//! Devices, by SNMP.

mod secret;

pub use secret::{AuthProtocol, KeyExtension, PrivProtocol, Security, SnmpSecret, SnmpSecrets};
