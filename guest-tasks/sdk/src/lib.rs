//! What the author of a task uses: implement [`Task`], name it in [`task!`], and build for `wasm32-unknown-unknown`.
//!
//! A task holds no rights. It asks the host ([`collect`], [`deploy`], [`facts`], [`files`], [`http`], [`probe`], [`process`], [`prompt`], [`snmp`], [`status`], [`wake`], [`run`]) and every
//! call may be refused; a refusal is an ordinary [`Error`]. What a task does not use, its component does not ask for, and
//! the kind of task (its world) says what it may ask for at all. Rows are [`Row`]s of airlock-model, with the names of the host's schema, so that what a task
//! thinks about rows can be tested as plain Rust, without wasm.

#[allow(clippy::all, missing_docs, unreachable_pub, unsafe_code, reason = "generated code")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "airlock:task/everything",
        generate_all,
        pub_export_macro: true,
        default_bindings_module: "airlock_task::bindings",
    });
}

pub mod collect;
pub mod deploy;
pub mod facts;
pub mod files;
pub mod http;
pub mod probe;
pub mod process;
pub mod prompt;
pub mod run;
pub mod snmp;
pub mod status;
mod table;
pub mod wake;

pub use airlock_model::{Row, Value};
pub use bindings::airlock::types::types::{Denial, DenialReason, Error, Limit, Table};
pub use bindings::exports::airlock::task::task::{Description, Failure, Guest as Task, Unit};

/// Makes a type that implements [`Task`] the task of this component.
#[macro_export]
macro_rules! task {
    ($task:ident) => {
        $crate::bindings::export!($task with_types_in $crate::bindings);
    };
}

/// What becomes of a host's error when the task cannot go on without the answer.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(denial) => Failure::Denied(denial),
            other => Failure::Failed(words(&other)),
        }
    }
}

/// A host's error in words for people.
pub fn words(error: &Error) -> String {
    match error {
        Error::Denied(denial) => format!("{} is refused here (audit {})", denial.capability, denial.audit),
        Error::Exhausted(limit) => format!("this run's allowance of {} is spent", allowance(*limit)),
        Error::Cancelled => "the run is being stopped".to_owned(),
        Error::Unsupported => "this machine cannot do that".to_owned(),
        Error::Invalid(why) | Error::Failed(why) => why.clone(),
        Error::NotFound => "not found".to_owned(),
        Error::Timeout => "took too long".to_owned(),
    }
}

fn allowance(limit: Limit) -> &'static str {
    match limit {
        Limit::Calls => "host calls",
        Limit::Bytes => "bytes",
        Limit::Rate => "calls a second",
        Limit::Time => "time",
        Limit::Handles => "open resources",
    }
}
