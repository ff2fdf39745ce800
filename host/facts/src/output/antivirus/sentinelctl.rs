//! SentinelOne on Linux: `sentinelctl version`, `engines status`, `control status` and `management status`, one after the
//! other. Names and values stand in columns, or with a colon between them.

use super::{Antivirus, yes};

/// None when the text is not the tool's.
pub fn agent(text: &str) -> Option<Antivirus> {
    let version = said(text, "Agent version")?;
    Some(Antivirus {
        version: version.to_owned(),
        enabled: said(text, "Agent state").map(|word| yes(word) == Some(true)),
        // The detection models come from the console: an agent that reaches it has the latest ones.
        uptodate: said(text, "Connectivity").map(|word| yes(word) == Some(true)),
        base_version: said(text, "DFI library version").unwrap_or_default().to_owned(),
        ..Antivirus::of("SentinelOne", "SentinelAgent")
    })
}

/// What stands behind a name: at least two blanks or a colon end it.
fn said<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let rest = line.trim_start().strip_prefix(name)?;
        let value = rest.strip_prefix(':').or_else(|| rest.strip_prefix("  ")).or_else(|| rest.strip_prefix('\t'))?;
        Some(value.trim()).filter(|value| !value.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_answers_are_one_agent() {
        let text = "Agent version: 9.1.2\nDFI library                Initialized\nDFI library version        9.3\n\
                    Agent state      Enabled\nConnectivity               Off\n";
        let found = agent(text).unwrap();
        assert_eq!((found.version.as_str(), found.base_version.as_str()), ("9.1.2", "9.3"));
        assert_eq!((found.enabled, found.uptodate), (Some(true), Some(false)));
        assert_eq!(agent("Agent version: 1\n").unwrap().enabled, None);
        assert_eq!(agent("Agent versions: 1\nsentinelctl: not permitted\n"), None);
    }
}
