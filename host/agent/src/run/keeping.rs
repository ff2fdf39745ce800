//! Runs of installed tasks are kept as recordings, so that a new version can be held against what was asked before
//! (`airlock task inspect --against last:20`). How many is the owner's to say (`[audit] recordings` of the policy, 0 for none).
//!
//! Not kept: tasks of the program itself, files that the owner names, and runs that look at no machine.

use super::Order;
use airlock_gate::cassette::{Cassette, FORMAT, Header};
use airlock_gate::{Recorder, Source};
use airlock_native::{Folders, LARGEST_RECORDING, Recordings};
use airlock_sandbox::Loaded;
use anyhow::anyhow;
use std::sync::Arc;

/// Room for what a recording says beside calls and answers.
const BESIDE: u64 = 1 << 20;

/// What a recording of this run says first.
pub(crate) fn header(order: &Order, task: &Loaded) -> Header {
    Header {
        cassette: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        task: order.asker.task.clone(),
        digest: task.digest().to_string(),
        world: task.world().name().to_owned(),
        server: order.asker.server.clone(),
        target: order.unit.target.clone(),
        job: order.unit.job.clone(),
        created: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        pseudonyms: false,
    }
}

/// A run that is being recorded.
pub(super) struct Keeping {
    recordings: Recordings,
    recorder: Arc<Recorder>,
    header: Header,
    most: usize,
}

impl Keeping {
    /// The order, whose source keeps what the machine answers from now on if the run is one that is kept.
    pub(super) fn begin(folders: Option<&Folders>, order: Order, task: &Loaded) -> (Order, Option<Self>) {
        let most = usize::try_from(order.policy.recordings()).unwrap_or(usize::MAX);
        let Some(folders) = folders.filter(|_| most > 0 && order.asker.publisher.is_some()) else {
            return (order, None);
        };
        let recordings = match Recordings::open(folders) {
            Ok(recordings) => recordings,
            Err(error) => {
                tracing::warn!("this run is not kept as a recording: {error}");
                return (order, None);
            }
        };
        let header = header(&order, task);
        let recorder = Arc::new(Recorder::within(LARGEST_RECORDING.saturating_sub(BESIDE)));
        match order.source {
            Source::Live(native) => {
                let source = Source::Record(native, Arc::clone(&recorder));
                (Order { source, ..order }, Some(Self { recordings, recorder, header, most }))
            }
            // Recorded already, or of no machine.
            source => (Order { source, ..order }, None),
        }
    }

    /// A run whose recording cannot be kept has run all the same; that it was not kept is said.
    pub(super) fn end(self, how: &str) {
        let task = self.header.task.clone();
        let kept = self.recorder.take().map_err(|why| anyhow!(why)).and_then(|(exchanges, denied)| {
            let text = Cassette { header: self.header, exchanges, denied, end: how.to_owned() }.to_text()?;
            Ok(self.recordings.keep(&task, &text, self.most)?)
        });
        if let Err(error) = kept {
            tracing::warn!("this run of {task} is not kept as a recording: {error:#}");
        }
    }
}
