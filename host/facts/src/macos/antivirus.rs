//! SentinelOne on macOS: `sentinelctl version` and `sentinelctl status`, one after the other. Other programs against
//! malware have the same tools here as on Linux.

use crate::output::antivirus::Antivirus;
use crate::output::pairs::value;

/// None when the text is not the tool's.
pub fn sentinel_one(text: &str) -> Option<Antivirus> {
    // `SentinelOne 24.1.2.7444`, or the first lines of the state.
    let alone = text.lines().find_map(|line| line.trim().strip_prefix("SentinelOne ")).map(str::trim);
    let version = alone.or_else(|| value(text, "Version"))?;
    if !version.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let state = value(text, "Protection").or_else(|| value(text, "Agent Operational State"));
    Some(Antivirus {
        version: version.to_owned(),
        enabled: state.map(|state| state == "enabled"),
        ..Antivirus::of("Sentinel Labs Inc.", "SentinelOne EPP")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_and_state() {
        let found =
            sentinel_one("Agent\n   Version:     9.1.2\n   Protection:     enabled\nSentinelOne 9.1.2\n").unwrap();
        assert_eq!((found.version.as_str(), found.enabled), ("9.1.2", Some(true)));
        assert_eq!(sentinel_one("SentinelOne 9.1.2\n").unwrap().enabled, None);
        assert_eq!(sentinel_one("SentinelOne is not here\n"), None);
    }
}
