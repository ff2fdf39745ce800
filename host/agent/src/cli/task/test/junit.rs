//! The results of tests as the XML that build servers read (`testsuites` of `testcase`s, as JUnit's runner writes them).

use super::compare::Tested;
use std::fmt::Write;
use std::time::Duration;

pub(super) fn document(results: &[Tested]) -> String {
    let failures = results.iter().filter(|tested| !tested.passed()).count();
    let time = seconds(results.iter().map(|tested| tested.took).sum());
    let counts = format!(r#"name="airlock task test" tests="{}" failures="{failures}" time="{time}""#, results.len());
    let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n<testsuite {counts}>\n");
    for tested in results {
        let (folder, name) = tested.name.rsplit_once('/').unwrap_or(("airlock", &tested.name));
        let time = seconds(tested.took);
        let _ = write!(text, r#"<testcase classname="{}" name="{}" time="{time}">"#, escaped(folder), escaped(name));
        if let Some(first) = tested.troubles.first() {
            let headline = first.lines().next().unwrap_or_default();
            let all = tested.troubles.join("\n");
            let _ = write!(text, r#"<failure message="{}">{}</failure>"#, escaped(headline), escaped(&all));
        }
        if !tested.log.is_empty() {
            let _ = write!(text, "<system-out>{}</system-out>", escaped(&tested.log.join("\n")));
        }
        text.push_str("</testcase>\n");
    }
    text.push_str("</testsuite>\n</testsuites>\n");
    text
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// XML 1.0 has no way to write most control characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_case_says_is_well_formed() {
        let evil = "<a href=\"x\">&]]>\u{1b}\u{0}".to_owned();
        let tested = Tested {
            name: format!("folder/{evil}"),
            troubles: vec![evil.clone()],
            written: false,
            log: vec![evil],
            took: Duration::from_millis(1500),
        };
        let text = document(&[tested]);
        assert!(text.contains(r#"failures="1" time="1.500""#), "{text}");
        assert!(!text.contains("<a") && !text.contains("]]>") && !text.contains('\u{1b}'), "{text}");
        assert_eq!(text.matches('<').count(), text.matches('>').count());
    }
}
