//! Kaspersky Endpoint Security for Linux: `kesl-control --app-info` (its online help, "Viewing information about the
//! application"). `Name: value` lines.

use super::{Antivirus, date};
use crate::output::pairs::value;

/// None when the text is not the tool's.
pub fn application(text: &str) -> Option<Antivirus> {
    let version = value(text, "Version")?;
    let name = value(text, "Name")?;
    let said = |name| value(text, name).unwrap_or_default();
    let state = value(text, "File Threat Protection").or_else(|| value(text, "File monitoring"));
    // `Available and running`, `Available and stopped`, `Unavailable due to license limitation`.
    let enabled = state.map(|state| state.ends_with("running") && !state.contains("not running"));
    Some(Antivirus {
        version: version.to_owned(),
        enabled,
        base_creation: date(said("Application databases last release date")),
        expiration: date(said("License expiration date")),
        ..Antivirus::of("Kaspersky", name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application() {
        let text = "Name:      Endpoint Lab 9 for Linux\nVersion:   9.1.0\nLicense expiration date: 2030-02-01\n\
                    Application databases last release date: 2024-01-31 10:00:00\nFile Threat Protection: Available and running\n";
        let found = application(text).unwrap();
        assert_eq!((found.name.as_str(), found.version.as_str()), ("Endpoint Lab 9 for Linux", "9.1.0"));
        assert_eq!((found.enabled, found.base_creation.as_str()), (Some(true), "2024-01-31"));
        assert_eq!(found.expiration, "2030-02-01");
        assert_eq!(application("Failed to connect\n"), None);
    }
}
