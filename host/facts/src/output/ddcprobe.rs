//! `ddcprobe`: what the video BIOS and the screen say, on machines old enough to have both.
//!
//! Lines `name: value`. Names that come again (each mode, each timing) mean that the last one is the one of most use: the
//! tool prints them in rising order. `noedid` stands for a screen that did not answer. What a screen wrote into its texts
//! is printed as it is: of that only the characters are kept.
//!
//! Format: xresprobe's ddcprobe, `ddcprobe.c`.

use airlock_model::Row;
use std::collections::BTreeMap;

/// More names than the tool knows.
const MOST: usize = 64;

/// What is said, by name; of what is said more than once, the last.
pub fn properties(text: &str) -> BTreeMap<&str, String> {
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let Some((name, value)) = line.split_once(": ") else { continue };
        let value: String = value.chars().filter(|c| !c.is_control() && *c != char::REPLACEMENT_CHARACTER).collect();
        let value = value.trim();
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
        if is_name && !value.is_empty() && (found.len() < MOST || found.contains_key(name)) {
            found.insert(name, value.to_owned());
        }
    }
    found
}

/// The graphics card.
pub fn video(properties: &BTreeMap<&str, String>) -> Row {
    let memory = properties.get("memory").and_then(|text| text.strip_suffix("kb")?.parse::<u64>().ok());
    let timing = properties.get("dtiming").and_then(|text| text.split('@').next());
    let mut row = Row::new();
    row.maybe("name", properties.get("oem").map(String::as_str))
        .maybe("chipset", properties.get("product").map(String::as_str))
        .maybe("memory", memory.map(|kilobytes| kilobytes >> 10).filter(|megabytes| *megabytes > 0))
        .maybe("resolution", timing);
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_each_name() {
        let text = "user@host:~$ ddcprobe\nvbe: VESA 3.0 detected.\noem: A\u{1}\u{fffd} BIOS\nproduct: A chip 1.0\nmemory: 16384kb\n\
            mode: 640x480x256\nmode: 800x600x64k\nedid: \nedid: 1 3\ndtiming: 1680x1050@59\nnoedid\nX: 1\n";
        let found = properties(text);
        assert_eq!((found["mode"].as_str(), found["edid"].as_str(), found.len()), ("800x600x64k", "1 3", 7));
        let row = video(&found);
        assert_eq!((row.text("name"), row.text("chipset")), (Some("A BIOS"), Some("A chip 1.0")));
        assert_eq!((row.integer("memory"), row.text("resolution")), (Some(16), Some("1680x1050")));
    }

    #[test]
    fn other_text_gives_nothing() {
        assert!(properties("").is_empty() && properties(": x\né: y\nmode:\n").is_empty());
        assert!(video(&properties("memory: kb\n")).is_empty());
    }
}
