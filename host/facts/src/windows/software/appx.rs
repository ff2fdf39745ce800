//! Packages of the store, as a list of `NAME: value` lines with a blank line between packages: what the properties of
//! `Get-AppxPackage` and of the packages' manifests come to.

use super::{MICROSOFT, PROGRAMS};
use crate::units;
use airlock_model::Row;

/// The mark of the publisher of the system's own parts.
const SYSTEM_PUBLISHER: &str = "cw5n1h2txyewy";

/// Rows of the section `softwares`.
pub fn appx_packages(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut open = Row::new();
    let mut of_system = false;
    let mut finish = |open: &mut Row, of_system: &mut bool| {
        let mut row = std::mem::take(open);
        if std::mem::take(of_system) {
            row.set("publisher", MICROSOFT);
        }
        if row.get("name").is_some() && rows.len() < PROGRAMS {
            row.set("from", "uwp");
            rows.push(row);
        }
    };
    for line in text.trim_start_matches('\u{feff}').lines() {
        if line.trim().is_empty() {
            finish(&mut open, &mut of_system);
            continue;
        }
        let Some((name, value)) = line.split_once(": ") else { continue };
        let value = value.trim();
        match name {
            "PUBID" => of_system = value == SYSTEM_PUBLISHER,
            "INSTALLDATE" => {
                let date = value.split_whitespace().next().and_then(units::month_first);
                open.maybe("install_date", date);
            }
            "NAME" => {
                open.set("name", value);
            }
            "PUBLISHER" => {
                open.set("publisher", value);
            }
            "COMMENTS" => {
                open.set("comments", value);
            }
            "ARCH" => {
                open.set("arch", value.to_lowercase());
            }
            "VERSION" => {
                open.set("version", value);
            }
            "FOLDER" => {
                open.set("folder", value);
            }
            "SYSTEM_CATEGORY" => {
                open.set("system_category", value);
            }
            _ => {}
        }
    }
    finish(&mut open, &mut of_system);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_between_blank_lines() {
        let text = "NAME: One\r\nPUBLISHER: Éditeur\r\nPUBID: cw5n1h2txyewy\r\nINSTALLDATE: 02/28/2020 10:00:00 +01:00\r\n\r\n\
                    NAME: Two\nPUBLISHER: Other\nODD\n\nPUBLISHER: nameless\n";
        let rows = appx_packages(text);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].text("publisher"), rows[0].text("install_date")), (Some(MICROSOFT), Some("2020-02-28")));
        assert_eq!((rows[1].text("publisher"), rows[1].text("from")), (Some("Other"), Some("uwp")));
    }
}
