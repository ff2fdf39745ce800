//! What firmware says when nobody filled in a text: none of it is a name or a number of anything.

/// Whole values, compared without regard to case.
const PLACEHOLDERS: &[&str] = &[
    "N/A",
    "None",
    "Unknown",
    "Not Specified",
    "Not Present",
    "Not Available",
    "Not Installed",
    "Default string",
    "System Product Name",
    "System manufacturer",
    "System Serial Number",
    "System Version",
    "Chassis Serial Number",
    "Chassis manufacture",
    "Chassis manufacturer",
    "Chassis Version",
    "No Asset Tag",
    "<BAD INDEX>",
    "<OUT OF SPEC>",
    "<OUT OF SPEC><OUT OF SPEC>",
    "To Be Filled By O.E.M.",
];

/// The text without control characters and outer spaces, if it says something.
pub(crate) fn meaningful(text: &str) -> Option<String> {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    let clean = clean.trim();
    let says_nothing =
        clean.is_empty() || is_form(clean) || PLACEHOLDERS.iter().any(|known| known.eq_ignore_ascii_case(clean));
    (!says_nothing).then(|| clean.to_owned())
}

/// `OEM Define 3`: the fields of some vendors' form are numbered.
fn is_form(text: &str) -> bool {
    text.strip_prefix("OEM").and_then(|rest| rest.get(1..)).is_some_and(|rest| rest.starts_with("Define"))
}

#[cfg(test)]
mod tests {
    use super::meaningful;

    #[test]
    fn only_what_somebody_filled_in() {
        assert_eq!(meaningful(" ACME\u{7} Ltd. "), Some("ACME Ltd.".to_owned()));
        assert_eq!(meaningful("None of yours"), Some("None of yours".to_owned()));
        for nothing in
            ["", "  ", "to be filled by O.E.M.", "DEFAULT STRING", " N/A ", "Chassis manufacture", "OEM Define 3"]
        {
            assert_eq!(meaningful(nothing), None, "{nothing:?}");
        }
    }
}
