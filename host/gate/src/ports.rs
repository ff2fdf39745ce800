//! What allowed calls need of the machine, as traits. airlock-native implements them; a mock or another machine may.

use crate::CallError;
use crate::calls::{Level, Moment, Reading};
use airlock_model::{Row, Section};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A future that borrows what it was asked of.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + Send + 'a>>;

/// What a machine is.
pub trait Facts: Send + Sync {
    /// The sections that can be read here.
    fn sections(&self) -> Vec<&'static str>;

    /// These will be read: begin, if that helps. Unknown names are nobody's business yet.
    fn expect(&self, sections: &[String]);

    /// Reads a section, by the deadline of its collector at the latest.
    fn read<'a>(&'a self, section: &'a str) -> Answer<'a, Arc<Reading>>;
}

/// The time.
pub trait Clock: Send + Sync {
    fn now(&self) -> Moment;
}

/// What a run leaves behind: its rows, its log, and what the person watching sees.
pub trait Reporter: Send + Sync {
    fn emit(&self, section: &'static Section, rows: Vec<Row>);

    fn log(&self, level: Level, message: &str);

    /// Fails with [`CallError::Cancelled`] when the run should end.
    fn progress(&self, done: u32, total: u32) -> Result<(), CallError>;
}

/// Everything that a call may need.
#[derive(Clone)]
pub struct Native {
    pub facts: Arc<dyn Facts>,
    pub clock: Arc<dyn Clock>,
    pub report: Arc<dyn Reporter>,
}
