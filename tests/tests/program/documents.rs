//! The documents of this machine itself: what every Linux machine has is in them.

use crate::strict::assert_strict;
use airlock_tests::program::Airlock;
use quick_xml::Reader;
use quick_xml::events::Event;

/// The elements of an XML document, which has to be well-formed.
pub(crate) fn elements(text: &str) -> Vec<String> {
    let mut reader = Reader::from_str(text);
    let (mut names, mut depth) = (Vec::new(), 0);
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error} in {text}")) {
            Event::Start(element) => {
                depth += 1;
                names.push(AsRef::<str>::as_ref(&element.name()).to_owned());
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "elements are left open");
    names
}

#[test]
fn the_inventory_is_strict_json() {
    let output = Airlock::new().done(&["inventory"]);
    assert_strict(&output.stdout);
    let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    for section in ["hardware", "operatingsystem", "processes", "envs", "versionprovider", "versionclient", "cpus"] {
        assert!(document["content"].get(section).is_some(), "{section} is missing");
    }
    assert_eq!(document["content"]["versionprovider"]["name"], "Airlock");
    assert!(document.get("partial").is_none() && document.get("tag").is_none());
    let id = document["deviceid"].as_str().unwrap();
    let stamp = id.get(id.len() - 20..).unwrap();
    assert!(stamp.chars().all(|c| c.is_ascii_digit() || c == '-'), "{id}");
}

#[test]
fn the_inventory_is_well_formed_xml() {
    let output = Airlock::new().done(&["inventory", "--xml"]);
    let elements = elements(&output.stdout);
    assert_eq!(elements[..2], ["REQUEST", "CONTENT"]);
    for name in ["HARDWARE", "OPERATINGSYSTEM", "PROCESSES", "DEVICEID", "QUERY", "VERSIONCLIENT"] {
        assert!(elements.iter().any(|element| element == name), "{name} is missing");
    }
}

#[test]
fn the_page_for_people_runs_nothing() {
    let output = Airlock::new().done(&["inventory", "--html"]);
    let page = output.stdout.to_lowercase();
    assert!(page.starts_with("<!doctype html>") && page.contains("</html>"), "{page}");
    for active in ["<script", "javascript:", "<iframe", "src=\"http", "href=\"http", "onload=", "onclick="] {
        assert!(!page.contains(active), "{active}");
    }
    assert!(page.contains("operating"), "{page}");
}
