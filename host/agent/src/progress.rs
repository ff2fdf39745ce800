//! A bar for the person who waits; nothing where nobody watches.

use crate::terminal;
use airlock_native::Watch;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A line on standard error: that something is beginning, then how far it is.
    pub(crate) fn start(what: &'static str) -> Box<dyn Watch> {
        if !terminal::is_watched() {
            return Box::new(());
        }
        let bar = ProgressBar::no_length().with_message(what);
        style(&bar, "{msg}: getting ready {spinner}");
        bar.enable_steady_tick(Duration::from_millis(200));
        Box::new(Bar(bar))
    }
}

/// A template that does not parse leaves the bar as it is.
fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
}

impl Watch for Bar {
    fn progress(&self, done: u32, total: u32) -> bool {
        if self.0.length().is_none() {
            style(&self.0, "{msg} [{bar:30}] {pos}/{len} {elapsed}");
        }
        self.0.set_length(u64::from(total));
        self.0.set_position(u64::from(done));
        true
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
