//! A bar for the person who waits; nothing where nobody watches.

use crate::terminal;
use airlock_native::Watch;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar on standard error. Work that is done in a moment shows none.
    pub(crate) fn start(what: &'static str) -> Box<dyn Watch> {
        if !terminal::is_watched() {
            return Box::new(());
        }
        let bar = ProgressBar::new(0).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} {elapsed}") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Box::new(Bar(bar))
    }
}

impl Watch for Bar {
    fn progress(&self, done: u32, total: u32) -> bool {
        self.0.set_length(u64::from(total));
        self.0.set_position(u64::from(done));
        if done >= total {
            self.0.finish_and_clear();
        }
        true
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
