//! Programs against malware, by what their own tools print.

pub mod bduitool;
pub mod clamav;
pub mod cytool;
pub mod ds_agent;
pub mod falconctl;
pub mod kesl;
pub mod mdatp;
pub mod sentinelctl;

use airlock_model::Row;

/// What is known of one of them. An empty text says that nothing is known.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Antivirus {
    pub company: &'static str,
    pub name: String,
    pub version: String,
    /// It watches now.
    pub enabled: Option<bool>,
    /// Its signatures are recent.
    pub uptodate: Option<bool>,
    pub base_version: String,
    /// Date of the signatures, `YYYY-MM-DD`.
    pub base_creation: String,
    /// When the licence ends, `YYYY-MM-DD`.
    pub expiration: String,
}

impl Antivirus {
    pub(crate) fn of(company: &'static str, name: &str) -> Self {
        Self { company, name: name.to_owned(), ..Self::default() }
    }

    pub fn row(&self) -> Row {
        let mut row = Row::new();
        row.set("company", self.company)
            .set("name", self.name.as_str())
            .set("version", self.version.as_str())
            .maybe("enabled", self.enabled)
            .maybe("uptodate", self.uptodate)
            .set("base_version", self.base_version.as_str())
            .set("base_creation", self.base_creation.as_str())
            .set("expiration", self.expiration.as_str());
        row
    }
}

/// Words for yes and no; others say nothing.
pub(crate) fn yes(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "on" | "yes" | "true" | "enabled" | "active" | "running" | "1" => Some(true),
        "off" | "no" | "false" | "disabled" | "inactive" | "stopped" | "0" => Some(false),
        _ => None,
    }
}

/// The date that a text begins with, if it is one: `2024-01-31 10:00:00`, or `31/01/2024`, or with the month as a word.
pub(crate) fn date(text: &str) -> String {
    let text = text.trim();
    let iso = text.get(..10).filter(|start| {
        start.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
    });
    let spelled = || crate::units::spelled(text).or_else(|| crate::units::day_first(text));
    let found = iso.map(str::to_owned).or_else(spelled);
    found.and_then(|date| date.get(..10).map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_dates() {
        assert_eq!([yes(" On "), yes("Disabled"), yes("perhaps")], [Some(true), Some(false), None]);
        assert_eq!(date("2024-01-31 10:00:00"), "2024-01-31");
        assert_eq!(date("31 Jan 2024 10:00"), "2024-01-31");
        assert_eq!(date("31/01/2024"), "2024-01-31");
        assert_eq!(date("N/A"), "");
    }
}
