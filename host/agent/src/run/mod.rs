//! Runs a task: any component, on this machine, a mocked one or a recording, under any policy. The one place where the
//! program puts sandbox, gate and machine together.

mod alone;
mod component;
mod engine;
mod job;
mod keeping;
mod machine;
mod nested;
mod observe;
mod outcome;
mod replayed;
mod reporter;
mod rights;
mod setting;
mod units;

pub(crate) use component::Component;
pub(crate) use engine::{Ended, Engine, Order};
pub(crate) use job::{mock_beside, read_text, unit};
pub(crate) use keeping::header;
pub(crate) use machine::{OfJob, live, live_with};
pub(crate) use nested::NestedRuns;
pub(crate) use observe::{Observed, Observer, Request, observe};
pub(crate) use outcome::{Outcome, sections, told, words};
pub(crate) use replayed::{Leftovers, Played, play, played};
pub(crate) use reporter::Kept;
pub(crate) use rights::{Owner, Rights, World, needs_policy, rights, rights_of};
pub(crate) use setting::{On, Setting};
pub(crate) use units::Units;
