//! A disk as a tool describes it, before it becomes a row.

use airlock_model::Row;

/// What one tool says about one disk.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Disk {
    pub name: Option<String>,
    pub maker: Option<String>,
    pub model: Option<String>,
    pub firmware: Option<String>,
    pub serial: Option<String>,
    /// `disk`, `cd`, `tape` …
    pub kind: Option<String>,
    /// The bus by which it is reached.
    pub description: Option<String>,
    pub interface: Option<String>,
    pub wwn: Option<String>,
    /// The size in the megabytes that the tool prints, of whichever kind they are.
    pub megabytes: Option<u64>,
    /// The size itself, where the tool gives it to the byte or block.
    pub bytes: Option<u64>,
}

impl Disk {
    /// With the size that was measured instead of the one that was printed: RAID tools write GB and mean GiB.
    #[must_use]
    pub fn measured(mut self) -> Self {
        if let Some(bytes) = self.bytes {
            self.megabytes = Some(bytes / 1_000_000);
        }
        self
    }

    /// A row of the section `storages`.
    pub fn row(self) -> Row {
        let mut row = Row::new();
        row.maybe("name", self.name)
            .maybe("manufacturer", self.maker)
            .maybe("model", self.model)
            .maybe("firmware", self.firmware)
            .maybe("serial", self.serial)
            .maybe("type", self.kind)
            .maybe("disksize", self.megabytes.filter(|megabytes| *megabytes > 0))
            .maybe("description", self.description)
            .maybe("interface", self.interface)
            .maybe("wwn", self.wwn);
        row
    }
}

/// `Maker Model-1` taken apart: a first word without a digit is the maker's. One word alone is the model.
pub(super) fn maker_and_model(words: &str) -> (Option<String>, String) {
    let words = words.trim();
    match words.split_once(char::is_whitespace) {
        Some((maker, model)) if !maker.contains(|c: char| c.is_ascii_digit()) => {
            (Some(maker.to_owned()), model.trim_start().to_owned())
        }
        _ => (None, words.to_owned()),
    }
}

/// The text, unless it says that there is none.
pub(super) fn said(text: &str) -> Option<String> {
    let text = text.trim();
    let is_none = matches!(text, "" | "-" | "N/A" | "NA" | "Unknown" | "unknown" | "Not Available");
    (!is_none).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measured_size_wins_where_there_is_one() {
        let disk = Disk { megabytes: Some(111), bytes: Some(120_034_123_776), ..Disk::default() };
        assert_eq!(disk.clone().row().integer("disksize"), Some(111));
        assert_eq!(disk.measured().row().integer("disksize"), Some(120_034));
        let printed = Disk { megabytes: Some(111), ..Disk::default() };
        assert_eq!(printed.measured().row().integer("disksize"), Some(111));
        assert!(Disk::default().row().is_empty());
    }

    #[test]
    fn makers_have_no_digits() {
        assert_eq!(maker_and_model("ACME  Fast SSD 100"), (Some("ACME".into()), "Fast SSD 100".into()));
        assert_eq!(maker_and_model(" AC100NM "), (None, "AC100NM".into()));
        assert_eq!(maker_and_model("AC100 v2"), (None, "AC100 v2".into()));
        assert_eq!(said(" N/A "), None);
    }
}
