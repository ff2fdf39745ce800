//! `ufw status`, and what ufw is set to, `/etc/ufw/ufw.conf` (ufw(8)).

use crate::output::pairs::value;

/// What the tool says of itself.
pub fn is_active(text: &str) -> Option<bool> {
    match value(text, "Status")? {
        "active" => Some(true),
        "inactive" => Some(false),
        _ => None,
    }
}

/// Whether it is set to be on; ufw changes this when it is switched.
pub(crate) fn is_enabled(conf: &str) -> Option<bool> {
    let value = conf.lines().rev().find_map(|line| line.trim().strip_prefix("ENABLED="))?;
    match value.trim().trim_matches(['"', '\'']).to_ascii_lowercase().as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_and_off() {
        assert_eq!(is_active("Status: active\n\nTo   Action\n"), Some(true));
        assert_eq!(is_active("Status: inactive\n"), Some(false));
        assert_eq!(is_active("ERROR: You need to be root\n"), None);
        assert_eq!(is_enabled("# ENABLED=no\nENABLED=yes\nLOGLEVEL=low\n"), Some(true));
        assert_eq!(is_enabled("ENABLED=maybe\n"), None);
    }
}
