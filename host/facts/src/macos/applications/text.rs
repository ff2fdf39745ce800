//! The text form.

use super::date::{iso, order};
use super::{Application, PROGRAMS};
use crate::macos::profile::Entry;

/// The programs of `Applications:`, in the order of the text.
pub fn from_text(profile: &Entry) -> Vec<Application> {
    let Some(list) = profile.get("Applications") else { return Vec::new() };
    let programs = || list.entries.iter().filter(|entry| entry.value.is_none()).take(PROGRAMS);
    let order = order(programs().filter_map(|entry| entry.text("Last Modified")));
    programs()
        .map(|entry| {
            let text = |name: &str| entry.text(name).map(str::to_owned);
            Application {
                name: entry.name.clone(),
                version: text("Version"),
                location: text("Location"),
                info: text("Get Info String"),
                kind: text("Kind"),
                intel_64: entry.text("64-Bit (Intel)").map(|answer| answer == "Yes"),
                signed_by: text("Signed by"),
                obtained_from: text("Obtained from"),
                modified: entry.text("Last Modified").map(|date| iso(date, order).unwrap_or_else(|| date.to_owned())),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_with_dates_of_the_locale() {
        let text = "Applications:\n\n    One: Two:\n\n      Version: 1.0\n      Last Modified: 03/02/2023 10:00\n\
                    \n      Kind: Universal\n      Location: /Applications/One.app\n\n    Three:\n\
                    \n      Last Modified: 24/02/2023 10:00\n      64-Bit (Intel): Yes\n";
        let found = from_text(&Entry::parse(text));
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[0].modified.as_deref()), ("One: Two", Some("2023-02-03")));
        assert_eq!(found[1].intel_64, Some(true));
        assert!(from_text(&Entry::parse("Software:\n")).is_empty());
    }
}
