//! Palo Alto Networks Cortex XDR: `cytool info`, `cytool info query`, `cytool runtime query` (Cortex XDR Agent
//! Administrator's Guide, "Cytool"). They may be given one after the other, in any order.

use super::Antivirus;
use crate::output::pairs::value;

/// The agent's heart, without which nothing is watched.
const DAEMON: &str = "pmd";

/// None when the text is not the tool's.
pub fn agent(text: &str) -> Option<Antivirus> {
    let version = text.lines().find_map(|line| {
        let (before, version) = line.trim().rsplit_once(' ')?;
        (before.contains("Cortex XDR") || before.contains("Traps")).then_some(version)
    });
    let version = version.filter(|version| version.starts_with(|c: char| c.is_ascii_digit())).unwrap_or_default();
    let base = value(text, "Content Version").unwrap_or_default();
    let enabled = runs(text);
    if version.is_empty() && base.is_empty() && enabled.is_none() {
        return None;
    }
    Some(Antivirus {
        version: version.to_owned(),
        base_version: base.to_owned(),
        enabled,
        ..Antivirus::of("Palo Alto Networks", "Cortex XDR")
    })
}

/// The table of processes: name, number, user, status, command. Names and users may hold blanks, the status is
/// one word.
fn runs(text: &str) -> Option<bool> {
    let rows = text.lines().skip_while(|line| !line.trim_start().starts_with("Name ")).skip(1);
    let daemon = rows.map(str::split_whitespace).find(|row| row.clone().next() == Some(DAEMON))?;
    let mut rest = daemon.skip(1);
    Some(rest.any(|word| word == "Running"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "   Name  PID  User   Status  Command\n  other  1  root   Stopped  /opt/other\n    pmd  72  root   Running  /opt/pmd\n";

    #[test]
    fn three_answers_are_one_agent() {
        let text = format!(
            "Cortex XDR (R) supervisor tool 9.1.2.3\n(c) somebody\nContent Type: 1\nContent Version: 1-2\n{TABLE}"
        );
        let found = agent(&text).unwrap();
        assert_eq!((found.version.as_str(), found.base_version.as_str()), ("9.1.2.3", "1-2"));
        assert_eq!(found.enabled, Some(true));
        assert_eq!(runs(&TABLE.replace("72  root   Running", "N/A  N/A  Stopped")), Some(false));
        assert_eq!(agent("command not found\n"), None);
    }
}
