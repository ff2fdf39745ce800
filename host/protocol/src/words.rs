//! Words that are written one way in JSON and another way in XML, and older spellings of them.
//!
//! The schema's words are those of inventory_format. XML has those of its time: a server that turns XML into JSON knows
//! the state of a slot only in SMBIOS's own words.

use std::borrow::Cow;

/// The text as XML spells it.
pub(crate) fn for_xml<'a>(section: &str, field: &str, text: &'a str) -> Cow<'a, str> {
    match (section, field, text) {
        ("networks", "status", _) => Cow::Owned(capitalised(text)),
        ("slots", "status", "used") => Cow::Borrowed("In Use"),
        ("slots", "status", "free") => Cow::Borrowed("Available"),
        _ => Cow::Borrowed(text),
    }
}

/// The text as the schema spells it, whoever wrote it. `choice` is the field's list of valid words.
pub(crate) fn for_schema(section: &str, field: &str, choice: &[&str], text: String) -> String {
    if let Some(word) = choice.iter().find(|word| word.eq_ignore_ascii_case(&text)) {
        return (*word).to_owned();
    }
    let lower = text.to_ascii_lowercase();
    match (section, field, lower.as_str()) {
        ("slots", "status", "in use") => "used".to_owned(),
        ("slots", "status", "available") => "free".to_owned(),
        ("virtualmachines", "status", "pause") => "paused".to_owned(),
        ("virtualmachines", "status", "stopped") => "off".to_owned(),
        ("networks", "type", "local") => "loopback".to_owned(),
        ("virtualmachines", "vmtype", _) => lower,
        ("storages", "interface", _) => text.to_ascii_uppercase(),
        _ => text,
    }
}

/// Whether a text means yes or no; `None` if it means neither.
pub(crate) fn truth(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    // A management interface may say which kind it is instead of yes.
    if is(&["1", "true", "yes", "on", "ilo"]) {
        Some(true)
    } else if is(&["0", "false", "no", "off"]) {
        Some(false)
    } else {
        None
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}
