//! One server's part of what was observed: what its policy lets it see, redacted, whole or in parts, into its outbox.

use super::Round;
use super::changes::{digests, partial};
use crate::document::{self, Format};
use crate::outgoing;
use crate::run::{Observer, World};
use crate::session::Dialect;
use airlock_gate::Policy;
use airlock_gate::redact::Withheld;
use airlock_model::Report;
use airlock_native::{Outbox, OutboxEntry, macs_of};
use airlock_protocol::Envelope;
use serde_json::json;

/// For whom a report is made.
pub(super) struct For<'a> {
    /// The server's local name, or who else the policy says it of.
    pub(super) server: &'a str,
    pub(super) tag: Option<&'a str>,
    pub(super) dialect: Dialect,
    /// Categories that it does not want, as far as it may say so.
    pub(super) no_category: &'a [String],
    pub(super) policy: &'a Policy,
}

/// What is left of the report for somebody.
pub(super) struct Made {
    pub(super) report: Report,
    pub(super) envelope: Envelope,
    withheld: Vec<Withheld>,
}

impl Round<'_> {
    /// Makes the report, of the categories that are asked for or of all: as the policy lets them see it, redacted.
    pub(super) fn make_report(
        &self,
        observer: &Observer<'_>,
        whom: &For<'_>,
        asked: &[String],
    ) -> anyhow::Result<Made> {
        let mut no_category = self.settings.inventory.no_category.clone();
        no_category.extend_from_slice(whom.no_category);
        let only = (!asked.is_empty()).then_some(asked);
        let job = json!({ "no_category": no_category, "partial": only }).to_string();
        let mut report = observer.report(Some(whom.server), job, Box::new(()), World::Machine)?;
        self.policies.saw(&macs_of(&report));
        if let Some(path) = &self.settings.inventory.additional_content {
            document::add_content(&mut report, path)?;
        }
        for what in &report.incomplete {
            tracing::warn!("{}: incomplete: {what}", whom.server);
        }
        let tokens = outgoing::tokens(&observer.observation.for_another(), &self.policies.loaded)?;
        let rules = self.policies.loaded.rules.as_deref();
        let redactor = outgoing::redactor(rules, whom.policy, whom.server, self.folders, tokens)?;
        let envelope = Envelope {
            tag: whom.tag.map(str::to_owned),
            partial: !asked.is_empty(),
            ..Envelope::computer(self.device_id.clone(), document::CLIENT)
        };
        let (report, envelope, withheld) = outgoing::redacted(report, &envelope, &redactor, self.began.elapsed());
        Ok(Made { report, envelope, withheld })
    }

    /// Makes the report and stores it; says what it is, in words.
    pub(super) fn store_report(
        &self,
        observer: &Observer<'_>,
        whom: &For<'_>,
        outbox: &Outbox,
        asked: &[String],
    ) -> anyhow::Result<String> {
        let Made { mut report, mut envelope, withheld } = self.make_report(observer, whom, asked)?;
        let sections = digests(&report);
        let mut entry = OutboxEntry {
            kind: "inventory".to_owned(),
            device: envelope.deviceid.clone(),
            created: jiff::Timestamp::now().to_string(),
            request: crate::random::request_id()?,
            ..OutboxEntry::default()
        };
        let delivered = outbox.delivered();
        if asked.is_empty() {
            let is_clear = !self.wanted.force && outbox.waiting()?.is_empty();
            let between = self.settings.inventory.changes_between;
            let parts = (whom.dialect == Dialect::Json && is_clear)
                .then(|| partial(&sections, delivered.as_ref(), between))
                .flatten();
            if let Some(parts) = parts {
                report.keep_only(|section| parts.contains(section));
                envelope.partial = true;
                entry.partials = delivered.as_ref().map_or(0, |last| last.partials) + 1;
            }
            entry.sections = sections;
        } else {
            // Beside the row of reports: what the server has of the other sections stays as it is.
            let known = delivered.unwrap_or_default();
            entry.partials = known.partials;
            entry.sections = known.sections;
            entry.sections.extend(sections);
        }
        entry.partial = envelope.partial;
        let format = match whom.dialect {
            Dialect::Json => Format::Json,
            Dialect::Xml => Format::Xml,
        };
        entry.format = format.extension().to_owned();
        let text = document::encode(&report, &envelope, format);
        let size = text.len();
        for dropped in outbox.store(entry, text.as_bytes())?.dropped {
            let (server, number, created) = (whom.server, dropped.number, dropped.created);
            tracing::error!("{server}: report {number} of {created} was never taken, and makes room for newer ones");
            self.policies.tell("report dropped", json!({ "server": server, "number": number, "created": created }));
        }
        let what = if envelope.partial { "what changed" } else { "a whole inventory" };
        let kept_back: u64 = withheld.iter().map(|one| one.count).sum();
        let kept_back = if kept_back > 0 { format!(", {kept_back} values or rows withheld") } else { String::new() };
        Ok(format!("{what} of {} kB{kept_back}", size.div_ceil(1000)))
    }
}
