//! What changed since the last report that the server took, so that the next one need not say everything again.
//!
//! Compared is with what was delivered, never with what was merely made. Where the difference cannot be said (a section that
//! is gone, a report that still waits), the report is whole.

use airlock_model::Report;
use airlock_native::OutboxEntry;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// By which a server finds the machine again: in every report.
const ALWAYS: &[&str] = &["bios", "hardware", "versionprovider"];
/// Who made the report and how long that took: no change of the machine.
const UNCOMPARED: &[&str] = &["versionprovider"];

/// A digest of each section, parts of it included.
pub(super) fn digests(report: &Report) -> BTreeMap<String, String> {
    let mut digests: BTreeMap<String, Sha256> = BTreeMap::new();
    for (section, rows) in report.sections() {
        let of = section.parent.unwrap_or(section.name);
        if UNCOMPARED.contains(&of) {
            continue;
        }
        let digest = digests.entry(of.to_owned()).or_default();
        digest.update(section.name);
        // Rows are of texts and numbers: writing them does not fail.
        digest.update(serde_json::to_vec(rows).unwrap_or_default());
    }
    let hex = |digest: Sha256| digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    digests.into_iter().map(|(section, digest)| (section, hex(digest))).collect()
}

/// The sections that a partial report has; none: it has to be whole.
pub(super) fn partial(
    sections: &BTreeMap<String, String>,
    delivered: Option<&OutboxEntry>,
    between: u32,
) -> Option<BTreeSet<String>> {
    let delivered = delivered.filter(|last| last.format == "json" && last.partials < between)?;
    if delivered.sections.is_empty() || delivered.sections.keys().any(|section| !sections.contains_key(section)) {
        return None;
    }
    let changed = sections.iter().filter(|(section, digest)| delivered.sections.get(*section) != Some(*digest));
    let mut parts: BTreeSet<String> = changed.map(|(section, _)| section.clone()).collect();
    // Software belongs to a system.
    if parts.contains("softwares") {
        parts.insert("operatingsystem".to_owned());
    }
    parts.extend(ALWAYS.iter().map(|section| (*section).to_owned()));
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_model::{Row, schema};

    fn report(software: &str) -> Report {
        let mut report = Report::default();
        let mut add = |name: &str, row: Row| {
            report.emit(schema::section(name).unwrap(), vec![row]);
        };
        add("bios", Row::new().with("ssn", "S1"));
        add("softwares", Row::new().with("name", software));
        add("users", Row::new().with("login", "ada"));
        report
    }

    fn delivered(report: &Report, partials: u32) -> OutboxEntry {
        OutboxEntry { format: "json".into(), sections: digests(report), partials, ..OutboxEntry::default() }
    }

    #[test]
    fn only_what_changed_goes_again_with_what_identifies_the_machine() {
        let last = delivered(&report("vim"), 0);
        let parts = partial(&digests(&report("emacs")), Some(&last), 14).unwrap();
        let expected = ["bios", "hardware", "operatingsystem", "softwares", "versionprovider"];
        assert_eq!(parts.iter().map(String::as_str).collect::<Vec<_>>(), expected);
        let same = partial(&digests(&report("vim")), Some(&last), 14).unwrap();
        assert!(!same.contains("softwares") && same.contains("bios"));
    }

    #[test]
    fn a_report_is_whole_where_a_part_would_not_say_it() {
        let now = digests(&report("vim"));
        assert_eq!(partial(&now, None, 14), None, "nothing was delivered");
        assert_eq!(partial(&now, Some(&delivered(&report("vim"), 14)), 14), None, "it is time for a whole one");
        assert_eq!(partial(&now, Some(&delivered(&report("vim"), 0)), 0), None, "always whole");
        let xml = OutboxEntry { format: "xml".into(), ..delivered(&report("vim"), 0) };
        assert_eq!(partial(&now, Some(&xml), 14), None, "XML has no parts");
        let mut less = now.clone();
        less.remove("users");
        assert_eq!(partial(&less, Some(&delivered(&report("vim"), 0)), 14), None, "a section is gone");
    }
}
