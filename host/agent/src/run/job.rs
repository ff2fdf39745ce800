//! The job of a run as a person gives it: JSON on the command line, or `@file`.

use crate::exit::Usage;
use airlock_gate::mock::{Mock, MockError};
use airlock_native::read_document;
use airlock_sandbox::Unit;
use anyhow::Context;
use std::path::Path;

/// The largest job, and the largest file that says what a run is about.
const LARGEST: u64 = 16 << 20;

/// The text of a file of the owner's.
pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    let at = || path.display().to_string();
    let bytes = read_document(path, LARGEST).with_context(at)?;
    String::from_utf8(bytes).with_context(at)
}

/// A mocked machine, whose file may name others in its folder.
pub(crate) fn mock_beside(text: &str, folder: &Path) -> Result<Mock, MockError> {
    Mock::beside(text, &|name| read_text(&folder.join(name)).map_err(|error| format!("{error:#}")))
}

/// What a run is about.
pub(crate) fn unit(job: Option<&str>, target: Option<&str>) -> anyhow::Result<Unit> {
    let job = match job {
        None => "{}".to_owned(),
        Some(text) => match text.strip_prefix('@') {
            Some(path) => read_text(Path::new(path))?,
            None => text.to_owned(),
        },
    };
    serde_json::from_str::<serde::de::IgnoredAny>(&job)
        .map_err(|error| Usage(format!("the job is not JSON: {error}")))?;
    Ok(Unit { target: target.unwrap_or_default().to_owned(), job })
}
