//! A contact with one server: how it speaks, what it wants and offers, and what waits for it handed over. Whatever it
//! answers is data about that server alone; what follows from it is decided elsewhere, under the policy.

mod contact;
mod deliver;
mod error;
mod pass_on;
mod transport;
mod wire;

pub(crate) use contact::{About, Contact, Dialect, Dialects, contact, jobs};
pub(crate) use deliver::{Delivery, deliver};
pub(crate) use error::SessionError;
pub(crate) use pass_on::pass_on;
pub(crate) use transport::client;
pub(crate) use wire::{As, Heard, PATIENCE, Wire};
