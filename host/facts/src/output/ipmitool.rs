//! ipmitool(1): what the management controller of a server knows.
//!
//! `fru print` lists what can be changed in the field (Field Replaceable Units; IPMI Platform Management FRU Information
//! Storage Definition), each a name and the fields of up to three areas: of its board, of the product, of the chassis.
//! Modules of memory are printed from their own table of parameters instead. `lan print` has the controller's own address.

mod controller;
mod lan;
mod memory;
mod power_supply;
mod unit;

pub use controller::controllers;
pub use lan::lan;
pub use memory::complete_memories;
pub(crate) use memory::is_bare;
pub use power_supply::{complete_power_supplies, power_supplies};
pub use unit::{Unit, units};
