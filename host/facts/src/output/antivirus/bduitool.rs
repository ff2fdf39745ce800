//! Bitdefender Endpoint Security Tools: `bduitool get ps`, the product's state as `Name: value` lines. Its words differ
//! between versions; those that are not known say nothing.

use super::{Antivirus, date, yes};
use crate::output::pairs::indented_pair;

/// None when the text is not the tool's.
pub fn state(text: &str) -> Option<Antivirus> {
    let mut found = Antivirus::of("Bitdefender", "Bitdefender Endpoint Security Tools for Linux");
    let mut waiting: Option<bool> = None;
    for (name, value) in text.lines().filter_map(indented_pair) {
        let name = name.to_ascii_lowercase();
        // Something new that waits to be installed: the program, or its signatures and engines.
        if name.contains("available") {
            if let Some(new) = yes(value) {
                waiting = Some(waiting.unwrap_or(false) || new);
            }
            continue;
        }
        match name.as_str() {
            "product version" => found.version = value.to_owned(),
            "engine version" | "engines version" | "signatures version" | "antimalware engines version" => {
                found.base_version = value.to_owned();
            }
            "antimalware status" | "antimalware" | "on-access status" => found.enabled = yes(value),
            "last signatures update" | "last security content update" | "last update" => {
                found.base_creation = date(value)
            }
            _ => {}
        }
    }
    found.uptodate = waiting.map(|waiting| !waiting);
    (!found.version.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_the_product() {
        let text = "Product version: 9.1\nEngines version: 9.2 (3)\nAntimalware status: On\n\
                    New product update available: no\nNew security content available: yes\n";
        let found = state(text).unwrap();
        assert_eq!((found.version.as_str(), found.base_version.as_str()), ("9.1", "9.2 (3)"));
        assert_eq!((found.enabled, found.uptodate), (Some(true), Some(false)));
        assert_eq!(state("Product version: 1\nAntimalware status: lost\n").unwrap().enabled, None);
        assert_eq!(state("Access denied: try sudo\n"), None);
    }
}
