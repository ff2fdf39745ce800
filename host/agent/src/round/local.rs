//! A folder or a file of the owner's that gets an inventory: everything, as the owner's own command sees it.

use super::{Round, TargetOutcome, interval};
use crate::config::{LocalFormat, LocalSettings};
use crate::document::{self, Format};
use crate::run::World;
use airlock_native::{Remembered, ServerState};
use airlock_protocol::Envelope;
use jiff::Timestamp;
use serde_json::json;

impl Round<'_> {
    pub(super) fn local(&self, name: &str, local: &LocalSettings) -> TargetOutcome {
        self.try_local(name, local).unwrap_or_else(|error| TargetOutcome::failed(name, format!("{error:#}")))
    }

    fn try_local(&self, name: &str, local: &LocalSettings) -> anyhow::Result<TargetOutcome> {
        let path = local.path.display().to_string();
        let state = ServerState::of_server(self.folders, &state_name(name))?;
        let now = Timestamp::now().as_second();
        if let Some(known) = self.not_due(&state.read(&path)?, now) {
            return Ok(known.of(name));
        }
        let observer = self.observer()?;
        let only = (!self.wanted.partial.is_empty()).then_some(&self.wanted.partial);
        let job = json!({ "no_category": self.settings.inventory.no_category, "partial": only }).to_string();
        let mut report = observer.report(None, job, Box::new(()), World::Machine)?;
        if let Some(path) = &self.settings.inventory.additional_content {
            document::add_content(&mut report, path)?;
        }
        document::sign(&mut report, self.began.elapsed());
        let format = match local.format {
            // A part of an inventory is JSON.
            _ if only.is_some() => Format::Json,
            LocalFormat::Json => Format::Json,
            LocalFormat::Xml => Format::Xml,
            LocalFormat::Html => Format::Html,
        };
        let envelope = Envelope {
            tag: self.settings.tag.clone(),
            partial: only.is_some(),
            ..Envelope::computer(self.device_id.clone(), document::CLIENT)
        };
        let text = document::encode(&report, &envelope, format);
        document::write(Some(&local.path), &text, &envelope.deviceid, format)?;
        let what = format!("inventory of {} kB written to {path}", text.len().div_ceil(1000));
        let random = crate::random::number()?;
        let known = state.change(&path, |known: &mut Remembered| {
            let period = self.settings.schedule.delay.0;
            (known.tried, known.worked) = (Some(now), Some(now));
            known.next = Some(interval::first(u64::try_from(now).unwrap_or(0), period, random));
            known.next_because = format!("every {}", interval::words(period));
            known.results = vec![("inventory".to_owned(), what.clone())];
        })?;
        Ok(TargetOutcome::done(name, what).with(&known))
    }
}

/// No server can have a name with a point in it.
pub(crate) fn state_name(name: &str) -> String {
    format!("{name}.folder")
}
