//! `systemctl status UNIT` (systemctl(1)).

use crate::output::pairs::value;

/// Whether the unit runs: the first word behind `Active:`.
pub fn is_active(text: &str) -> Option<bool> {
    match value(text, "Active")?.split_whitespace().next()? {
        "active" | "reloading" => Some(true),
        "inactive" | "failed" | "activating" | "deactivating" | "maintenance" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_a_unit() {
        let text = "● lab.service - A lab\n   Loaded: loaded (/lab.service; disabled)\n   Active: active (running) since Mon\n";
        assert_eq!(is_active(text), Some(true));
        assert_eq!(is_active(&text.replace(": active (running)", ": inactive (dead)")), Some(false));
        assert_eq!(is_active("Unit lab.service could not be found.\n"), None);
        assert_eq!(is_active("Active:\n"), None);
    }
}
