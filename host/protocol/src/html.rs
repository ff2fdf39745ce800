//! The inventory as one page for people: no script, nothing loaded from anywhere, light or dark as the reader has it.
//!
//! Names, units and descriptions come from the schema. Everything that a machine said is escaped, set apart from the
//! text around it (`unicode-bidi: isolate`), and a policy in the page forbids whatever might slip through.

use crate::base64;
use crate::envelope::Envelope;
use airlock_model::{Field, Report, Row, Section, Shape, Value, is_obeyed};
use std::fmt::Write as _;

/// How pages look: the colours and the tables, for light and dark.
pub const PAGE_STYLE: &str = include_str!("html.css");

/// A page with a table a section.
pub fn inventory_html(report: &Report, envelope: &Envelope) -> String {
    let mut page = String::new();
    let name = text_of(report, "hardware", "name").unwrap_or_else(|| envelope.deviceid.clone());
    page.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
    );
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    escape(&mut page, &name);
    page.push_str(" – inventory</title>\n<style>\n");
    page.push_str(PAGE_STYLE);
    page.push_str("</style>\n</head>\n<body>\n<header>\n<h1>");
    escape(&mut page, &name);
    page.push_str("</h1>\n");
    summary(&mut page, report, envelope);
    incomplete(&mut page, report);
    page.push_str("</header>\n");
    navigation(&mut page, report);
    page.push_str("<main>\n");
    for (section, rows) in report.sections() {
        write_section(&mut page, section, rows);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// What people look for first.
fn summary(page: &mut String, report: &Report, envelope: &Envelope) {
    let joined = |fields: [Option<String>; 2]| {
        Some(fields.into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
    };
    let facts = [
        ("Model", joined([text_of(report, "bios", "smanufacturer"), text_of(report, "bios", "smodel")])),
        ("Serial number", text_of(report, "bios", "ssn")),
        (
            "Operating system",
            text_of(report, "operatingsystem", "full_name").or_else(|| text_of(report, "operatingsystem", "name")),
        ),
        ("Processor", processors(report)),
        ("Memory", text_of(report, "hardware", "memory").map(|megabytes| format!("{megabytes} MB"))),
        ("Made", text_of(report, "accesslog", "logdate")),
        ("By", Some(envelope.versionclient.clone()).filter(|version| !version.is_empty())),
        ("Tag", envelope.tag().map(str::to_owned)),
        ("Device", Some(envelope.deviceid.clone()).filter(|id| !id.is_empty())),
    ];
    page.push_str("<dl class=\"summary\">\n");
    for (name, fact) in facts {
        let Some(fact) = fact else { continue };
        let _ = write!(page, "<div><dt>{name}</dt><dd>");
        escape(page, &fact);
        page.push_str("</dd></div>\n");
    }
    page.push_str("</dl>\n");
}

fn processors(report: &Report) -> Option<String> {
    let rows = report.rows("cpus");
    let name = rows.first()?.text("name")?;
    Some(if rows.len() > 1 { format!("{} × {name}", rows.len()) } else { name.to_owned() })
}

fn text_of(report: &Report, section: &str, field: &str) -> Option<String> {
    report.rows(section).first()?.get(field).map(Value::to_text)
}

/// What could not be read comes before what could.
fn incomplete(page: &mut String, report: &Report) {
    let loose = report.loose_ends();
    if report.incomplete.is_empty() && loose.is_empty() {
        return;
    }
    page.push_str("<section class=\"incomplete\" aria-label=\"Incomplete\">\n<h2>Not complete</h2>\n<ul>\n");
    for note in report.incomplete.iter().map(ToString::to_string).chain(loose.iter().map(ToString::to_string)) {
        page.push_str("<li>");
        escape(page, &note);
        page.push_str("</li>\n");
    }
    page.push_str("</ul>\n</section>\n");
}

fn navigation(page: &mut String, report: &Report) {
    page.push_str("<nav aria-label=\"Sections\">\n<ul>\n");
    for (section, rows) in report.sections() {
        let _ = write!(page, "<li><a href=\"#{0}\">{0}</a>", section.name);
        if section.shape == Shape::List {
            let _ = write!(page, " <small>{}</small>", rows.len());
        }
        page.push_str("</li>\n");
    }
    page.push_str("</ul>\n</nav>\n");
}

fn write_section(page: &mut String, section: &'static Section, rows: &[Row]) {
    let _ =
        writeln!(page, "<section id=\"{0}\">\n<h2>{0}</h2>\n<p>{1}</p>", section.name, escaped(section.description));
    match (section.shape, rows) {
        (Shape::Object, [row, ..]) => object(page, section, row),
        _ => list(page, section, rows),
    }
    page.push_str("</section>\n");
}

/// Two columns: a field, with its description, and its value.
fn object(page: &mut String, section: &'static Section, row: &Row) {
    page.push_str("<div class=\"wide\"><table class=\"object\">\n");
    for (field, value) in section.fields.iter().filter_map(|field| Some((field, row.get(field.name)?))) {
        let _ = write!(page, "<tr><th scope=\"row\">{}<small>{}</small></th>", field.name, escaped(field.description));
        cell(page, value, field.unit);
        page.push_str("</tr>\n");
    }
    page.push_str("</table></div>\n");
}

/// A column a field that some row knows, and below what the columns mean.
fn list(page: &mut String, section: &'static Section, rows: &[Row]) {
    let mut columns: Vec<&Field> =
        section.fields.iter().filter(|field| rows.iter().any(|row| row.get(field.name).is_some())).collect();
    // People look for the name of a thing on the left.
    let first = ["of", "name", "description", "login", "key", "version"];
    columns.sort_by_key(|field| first.iter().position(|name| *name == field.name).unwrap_or(first.len()));
    page.push_str("<div class=\"wide\"><table>\n<thead><tr>");
    for field in &columns {
        let _ = write!(page, "<th scope=\"col\" title=\"{}\">{}", escaped(field.description), field.name);
        if let Some(unit) = field.unit {
            let _ = write!(page, "<small>{}</small>", escaped(unit));
        }
        page.push_str("</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        page.push_str("<tr>");
        for field in &columns {
            match row.get(field.name) {
                Some(value) => cell(page, value, None),
                None => page.push_str("<td></td>"),
            }
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table></div>\n<details><summary>What the columns mean</summary>\n<dl>\n");
    for field in &columns {
        let _ = writeln!(page, "<dt>{}</dt><dd>{}</dd>", field.name, escaped(field.description));
    }
    page.push_str("</dl>\n</details>\n");
}

fn cell(page: &mut String, value: &Value, unit: Option<&str>) {
    page.push_str(if matches!(value, Value::Integer(_)) { "<td class=\"number\">" } else { "<td>" });
    match value {
        Value::Text(text) => escape(page, text),
        Value::Bytes(bytes) => page.push_str(&base64::encode(bytes)),
        Value::Texts(texts) => escape(page, &texts.join(", ")),
        Value::Integer(_) | Value::Boolean(_) => page.push_str(&value.to_text()),
    }
    if let Some(unit) = unit {
        let _ = write!(page, " <small>{}</small>", escaped(unit));
    }
    page.push_str("</td>");
}

/// A text that means nothing but itself, within an element or a quoted attribute of a page.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(&mut out, text);
    out
}

/// Adds a text that means nothing but itself: within an element or a quoted attribute.
fn escape(page: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => page.push_str("&amp;"),
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '"' => page.push_str("&quot;"),
            '\'' => page.push_str("&#39;"),
            c if is_obeyed(c) => page.push('\u{fffd}'),
            c => page.push(c),
        }
    }
}
