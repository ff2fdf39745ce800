//! The page for people.

mod common;

use airlock_model::{Incomplete, Report, Row};
use airlock_protocol::{Envelope, inventory_html};
use common::add;

fn page() -> String {
    let mut report = Report::default();
    add(&mut report, "hardware", Row::new().with("name", "host<1>").with("memory", 7800_u32));
    add(&mut report, "bios", Row::new().with("smanufacturer", "ACME").with("smodel", "\"M\" & co").with("ssn", "S'1"));
    add(&mut report, "cpus", Row::new().with("name", "Chip").with("speed", 3000_u32));
    add(&mut report, "cpus", Row::new().with("name", "Chip"));
    add(&mut report, "networks", Row::new().with("description", "eth0").with("virtualdev", true));
    add(
        &mut report,
        "local_groups",
        Row::new().with("id", "1").with("name", "g").with("members", vec!["a".into(), "b".into()]),
    );
    report.incomplete.push(Incomplete { section: "memories".into(), why: "no <rights>".into() });
    inventory_html(&report, &Envelope::computer("dev", "Airlock_v0.1"))
}

#[test]
fn everything_is_there_and_escaped() {
    let page = page();
    for part in [
        "<h1>host&lt;1&gt;</h1>",
        "<dt>Model</dt><dd>ACME &quot;M&quot; &amp; co</dd>",
        "<dt>Serial number</dt><dd>S&#39;1</dd>",
        "<dt>Processor</dt><dd>2 × Chip</dd>",
        "<dt>Memory</dt><dd>7800 MB</dd>",
        "<li>memories: no &lt;rights&gt;</li>",
        "<a href=\"#cpus\">cpus</a> <small>2</small>",
        "<section id=\"cpus\">",
        "<small>MHz</small>",
        "<td class=\"number\">3000</td>",
        "<td>yes</td>",
        "<td>a, b</td>",
        "prefers-color-scheme: dark",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let page = page();
    for part in ["<script", "http://", "https://", "url(", "@import", "<link", "<img", "onload", "javascript:"] {
        assert!(!page.contains(part), "{part}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn a_whole_inventory_has_no_warning() {
    let mut report = Report::default();
    add(&mut report, "bios", Row::new().with("ssn", "1"));
    let page = inventory_html(&report, &Envelope::computer("dev", "v"));
    assert!(!page.contains("Not complete") && page.contains("<h1>dev</h1>"));
}
